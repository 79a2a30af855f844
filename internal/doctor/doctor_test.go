package doctor

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"beichen/internal/eventlog"
	"beichen/internal/fault"
	"beichen/internal/warehouse"
)

var languages = []fault.Language{fault.English, fault.TraditionalChinese, fault.SimplifiedChinese}

// is holds a finding to a state and to words in every language: a warning or a
// fault says what to do, what is well says nothing of the kind.
func is(t *testing.T, rule string, f Finding, state State, key string) {
	t.Helper()
	if f.State != state || f.message.Key != key {
		t.Errorf("%s: %s (%s), want %s (%s)", rule, f.State, f.message.Key, state, key)
	}
	for _, l := range languages {
		r := NewReport([]Finding{f}, l)
		said := r.Items[0]
		if said.Text == "" || strings.ContainsAny(said.Text+said.Todo, "{}") || strings.HasPrefix(said.Text, key) {
			t.Errorf("%s: %s says %q, %q", rule, l, said.Text, said.Todo)
		}
		if (said.Todo != "") != (state != OK) {
			t.Errorf("%s: %s: to do: %q", rule, l, said.Todo)
		}
		if r.State != state {
			t.Errorf("%s: the report is %s", rule, r.State)
		}
	}
}

func TestFreeSpace(t *testing.T) {
	const gigabyte = 1 << 30
	is(t, "plenty", disk(100*gigabyte, 5*gigabyte), OK, "doctor.disk")
	is(t, "less than a backup takes", disk(4*gigabyte, 5*gigabyte), Warning, "doctor.disk-low")
	is(t, "little", disk(gigabyte/2, 0), Warning, "doctor.disk-low")
	is(t, "nearly none", disk(100<<20, 0), Fault, "doctor.disk-full")
	if f := Disk(t.TempDir(), 0); f.State == Fault {
		t.Errorf("the disk of this test: %+v", f.message)
	}
	if f := Disk(filepath.Join(t.TempDir(), "nowhere"), 0); f.State != Fault {
		t.Errorf("no folder: %+v", f.message)
	}
}

func TestTheRightsOfTheFolder(t *testing.T) {
	dir := t.TempDir()
	for mode, want := range map[os.FileMode]string{0o700: "doctor.folder", 0o750: "doctor.folder-open", 0o707: "doctor.folder-open"} {
		if err := os.Chmod(dir, mode); err != nil {
			t.Fatal(err)
		}
		state := Warning
		if mode == 0o700 {
			state = OK
		}
		is(t, mode.String(), Folder(dir), state, want)
	}
	is(t, "no folder", Folder(filepath.Join(dir, "nowhere")), Fault, "ledger.no-workspace")
	file := filepath.Join(dir, "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	is(t, "a file", Folder(file), Fault, "doctor.folder-readonly")
}

func TestTheClockDoesNotGoBack(t *testing.T) {
	noon := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	is(t, "nothing received yet", Clock(noon, time.Time{}), OK, "doctor.clock")
	is(t, "at the same instant", Clock(noon, noon), OK, "doctor.clock")
	is(t, "before the newest message", Clock(noon, noon.Add(time.Second)), Fault, "doctor.clock-back")
}

func TestAFolderThatAnImportHoldsIsNotCalledFaulty(t *testing.T) {
	is(t, "another process", Busy("data"), Warning, "doctor.busy")
}

func TestAServerThatDoesNotAnswerIs(t *testing.T) {
	is(t, "silence", Silent(30*time.Second), Fault, "doctor.silent")
}

func TestTheZoneIsKnown(t *testing.T) {
	is(t, "Taipei", Zone("Asia/Taipei"), OK, "doctor.zone")
	is(t, "nowhere", Zone("Asia/Nowhere"), Fault, "doctor.zone-unknown")
}

func TestLoading(t *testing.T) {
	is(t, "in step", Loading(Load{Through: 9, Loaded: 9}), OK, "doctor.loading")
	is(t, "far behind", Loading(Load{Through: 600_000}), Warning, "doctor.loading-behind")
	is(t, "failing", Loading(Load{Through: 9, Err: fault.New(fault.Unavailable, "warehouse.failed")}), Fault, "doctor.loading-failed")
	full := Loading(Load{Through: 9, LogBytes: 101e6, LogBound: 100e6, LogFull: true, Err: errors.New("no space")})
	is(t, "full", full, Fault, "doctor.log-full")
	if text := NewReport([]Finding{full}, fault.English).Items[0].Text; !strings.Contains(text, "reached its bound (100 MB)") {
		t.Error(text)
	}
	filling := NewReport([]Finding{Loading(Load{Through: 9, Loaded: 9, LogBytes: 7e6, LogBound: 100e6})}, fault.English)
	if text := filling.Items[0].Text; !strings.Contains(text, "holds 7 MB of at most 100 MB") {
		t.Error(text)
	}
	said := NewReport([]Finding{Loading(Load{Err: fault.New(fault.Unavailable, "warehouse.failed")})}, fault.TraditionalChinese)
	if text := said.Items[0].Text; !strings.Contains(text, "無法讀取或寫入事實資料") {
		t.Errorf("the cause is not in the reader's language: %s", text)
	}
}

func TestTheQuarantineNamesItsCommonestReason(t *testing.T) {
	is(t, "empty", Quarantine(nil), OK, "doctor.quarantine")
	f := Quarantine(map[string]int64{"capture.no-id": 7, "capture.bad-json": 2})
	is(t, "nine", f, Warning, "doctor.quarantine-open")
	if text := NewReport([]Finding{f}, fault.English).Items[0].Text; text != "9 events wait in the quarantine, 7 of them for no customer id." {
		t.Error(text)
	}
}

func TestTheIndexIsACache(t *testing.T) {
	is(t, "none", Index(0, 0, nil), OK, "doctor.index-none")
	is(t, "good", Index(7, 1, nil), OK, "doctor.index")
	is(t, "outgrown", IndexOutgrown(512), OK, "doctor.index-outgrown")
	is(t, "damaged", Index(0, 0, errors.New("torn")), Warning, "doctor.index-damaged")
}

type whole struct{ err error }

func (w whole) Check(context.Context) error { return w.err }

func TestTheLedgerIsWhole(t *testing.T) {
	is(t, "whole", Ledger(t.Context(), whole{}), OK, "doctor.ledger")
	is(t, "damaged", Ledger(t.Context(), whole{errors.New("row 7 missing")}), Fault, "doctor.ledger-damaged")
	is(t, "away", Ledger(t.Context(), whole{fault.New(fault.Unavailable, "ledger.away", "server", "db:5432/tea")}), Fault, "ledger.away")
}

func TestAServerOfTheLedgerKeepsWhatItAcknowledged(t *testing.T) {
	is(t, "as it should", LedgerServer("db:5432/tea", "15.6", nil), OK, "doctor.ledger-server")
	is(t, "not through a crash", LedgerServer("db:5432/tea", "15.6", []string{"fsync"}), Warning, "doctor.ledger-unsafe")
}

func TestNodesAreOfOneVersion(t *testing.T) {
	is(t, "of one", Nodes([]string{"http://a:8420 (v1)", "b (v1)"}, true), OK, "doctor.nodes")
	is(t, "of two", Nodes([]string{"http://a:8420 (v1)", "b (v2)"}, false), Warning, "doctor.nodes-differ")
}

func TestTheLogIsReadWholeAndHeldToThePositionOfTheFacts(t *testing.T) {
	dir := t.TempDir()
	log, err := eventlog.Open(dir, eventlog.Options{First: 5})
	if err != nil {
		t.Fatal(err)
	}
	for range 3 {
		settled := make(chan error, 1)
		if err := log.Append([]byte("event"), func(_ uint64, err error) { settled <- err }); err != nil {
			t.Fatal(err)
		}
		if err := <-settled; err != nil {
			t.Fatal(err)
		}
	}
	at := func(record uint64) warehouse.Position { return warehouse.Position{Record: record} }
	is(t, "two to be loaded", Log(t.Context(), log, dir, at(5)), OK, "doctor.log")
	is(t, "all loaded", Log(t.Context(), log, dir, at(7)), OK, "doctor.log")
	is(t, "facts ahead of the log", Log(t.Context(), log, dir, at(8)), Fault, "capture.log-behind")
	is(t, "a hole between facts and log", Log(t.Context(), log, dir, at(3)), Fault, "eventlog.gone")

	// A byte of the second record turns over on the disk.
	segment := filepath.Join(dir, "00000000000000000005.log")
	text, err := os.ReadFile(segment)
	if err != nil {
		t.Fatal(err)
	}
	text[len(text)/2] ^= 1
	if err := os.WriteFile(segment, text, 0o600); err != nil {
		t.Fatal(err)
	}
	is(t, "a damaged record", Log(t.Context(), log, dir, at(5)), Fault, "eventlog.damaged")
	if err := log.Close(); err != nil {
		t.Fatal(err)
	}
}

func TestTheReportIsAsBadAsItsWorstFindingAndPrintsWhatToDo(t *testing.T) {
	now := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	findings := []Finding{Clock(now, now), Quarantine(map[string]int64{"capture.no-id": 1}), Zone("Asia/Nowhere")}
	for n, want := range []State{OK, OK, Warning, Fault} {
		if r := NewReport(findings[:n], fault.English); r.State != want {
			t.Errorf("%d findings: %s, want %s", n, r.State, want)
		}
	}
	var out strings.Builder
	if err := NewReport(findings, fault.SimplifiedChinese).Print(&out, fault.SimplifiedChinese); err != nil {
		t.Fatal(err)
	}
	for _, part := range []string{"正常\tclock", "警告\tquarantine", "故障\tzone", "→ 请在“设置”中改选其他时区。"} {
		if !strings.Contains(out.String(), part) {
			t.Errorf("%q is not in\n%s", part, out.String())
		}
	}
}
