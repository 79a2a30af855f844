package capture

import (
	"encoding/json"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"beichen/internal/event"
	"beichen/internal/fault"
	"beichen/internal/warehouse"
)

func TestTheQuarantineKeepsWhatAReplayNeeds(t *testing.T) {
	sent := received.Add(time.Hour)
	env := Envelope{ReceivedAt: received, Source: "site", SentAt: sent, Context: json.RawMessage(`{"channel":"email"}`)}
	in := Receive([]byte(`{"type":"track","messageId":"m","timestamp":"2026-03-01T12:59:00Z","event":"E","context":{"a":1}}`), env)
	if in.Refused == nil || in.Refused.Reason != "capture.no-id" || in.Refused.Detail != `field: "userId"` || in.Refused.Type != "track" {
		t.Fatalf("%+v", in.Refused)
	}
	fixed := mergeObjects(in.Refused.Raw, json.RawMessage(`{"userId":"u"}`))
	m, err := decodeAgain(*in.Refused, fixed)
	if err != nil {
		t.Fatal(err)
	}
	if m.MessageID != "m" || m.Channel != "email" || !m.Time.Equal(received.Add(-time.Minute)) {
		t.Errorf("%+v", m)
	}
	endpoint := Receive([]byte(`{"event":"E","type":"page"}`), Envelope{Type: event.Track, ReceivedAt: received})
	if m, err = decodeAgain(*endpoint.Refused, mergeObjects(endpoint.Refused.Raw, json.RawMessage(`{"userId":"u"}`))); err != nil || m.Type != event.Track || m.MessageID != "quarantine:"+endpoint.Refused.ID {
		t.Errorf("%+v, %v", m, err)
	}
	broken := Receive([]byte("{\"event\":\"E\",\xff"), Envelope{Type: event.Track, ReceivedAt: received})
	if !json.Valid(broken.Refused.Raw) || broken.Refused.Raw[0] != '"' || broken.Refused.Reason != "capture.bad-json" {
		t.Errorf("%+v", broken.Refused)
	}
	if m, err = decodeAgain(*broken.Refused, json.RawMessage(`{"event":"E","userId":"u"}`)); err != nil || m.Type != event.Track {
		t.Errorf("%+v, %v", m, err)
	}
}

func TestAnEditedEntryIsStoredOnceAndResolved(t *testing.T) {
	b := newBench(t, Config{})
	b.accept(b.receive(`{"type":"track","messageId":"m","event":"E"}`))
	b.flush()
	entry := b.quarantine(warehouse.QuarantineQuery{}).Items[0]
	_, err := b.intake.ReplayEdited(t.Context(), entry.ID, json.RawMessage(`{"type":"track","event":"E","userId":[]}`), "ann")
	if !fault.Is(err, fault.Invalid) {
		t.Errorf("still wrong: %v", err)
	}
	got, err := b.intake.ReplayEdited(t.Context(), entry.ID, json.RawMessage(`{"type":"track","event":"E","userId":"u","messageId":"another"}`), "ann")
	if err != nil || got.Stored != 1 {
		t.Fatalf("%+v, %v", got, err)
	}
	if _, err := b.intake.ReplayEdited(t.Context(), entry.ID, entry.Raw, "ann"); !fault.Is(err, fault.NotFound) {
		t.Errorf("a second time: %v", err)
	}
	// The sender mends it too, and sends it again.
	if got := b.accept(b.track("m", "u")); got.Duplicate != 1 {
		t.Errorf("sent anew: %+v", got)
	}
	b.flush()
	b.once("m")
	if e := b.quarantine(warehouse.QuarantineQuery{}).Items[0]; e.Status != warehouse.Replayed || e.ResolvedBy != "ann" {
		t.Errorf("%+v", e)
	}
}

func TestAReplayTakesWhatCanBeTakenByNow(t *testing.T) {
	b := newBench(t, Config{})
	var in []Incoming
	for n := range 5 {
		in = append(in, b.receive(fmt.Sprintf(`{"type":"track","messageId":"no%d","event":"E"}`, n)))
	}
	// As if an older version had refused what this one takes.
	for n := range 3 {
		q := *in[0].Refused
		q.ID, q.Raw = fmt.Sprint("old", n), json.RawMessage(fmt.Sprintf(`{"type":"track","messageId":"ok%d","event":"E","userId":"u"}`, n))
		in = append(in, Incoming{Refused: &q})
	}
	b.accept(in...)
	b.flush()
	got, err := b.intake.ReplayQuarantine(t.Context(), warehouse.QuarantineQuery{Reason: "capture.no-id"}, "ann")
	if err != nil {
		t.Fatal(err)
	}
	want := Replay{Receipt: Receipt{Stored: 3, Through: 3}, Refused: map[string]int{"capture.no-id": 5}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	b.flush()
	b.once("ok0", "ok1", "ok2")
	if page := b.quarantine(warehouse.QuarantineQuery{Status: warehouse.Open}); page.Total != 5 {
		t.Errorf("%d still open", page.Total)
	}
	n, err := b.intake.DiscardQuarantine(t.Context(), warehouse.QuarantineQuery{IDs: []string{in[0].Refused.ID, in[1].Refused.ID, "unknown"}}, "ann")
	if err != nil || n != 2 {
		t.Errorf("discarded %d, %v", n, err)
	}
}

// TestAReplayThatCrashedHalfwayStoresNothingTwice: stored, but not yet resolved,
// and tried again long after the id was forgotten in memory.
func TestAReplayThatCrashedHalfwayStoresNothingTwice(t *testing.T) {
	b := newBench(t, Config{})
	b.accept(b.receive(`{"type":"track","event":"E"}`))
	b.flush()
	entry := b.quarantine(warehouse.QuarantineQuery{}).Items[0]
	fixed := json.RawMessage(`{"type":"track","event":"E","userId":"u"}`)
	m, err := decodeAgain(entry, fixed)
	if err != nil {
		t.Fatal(err)
	}
	b.accept(Incoming{Message: m, replayed: true})
	b.flush()
	b.close()
	b.now = b.now.Add(100 * time.Hour)
	b.open(Config{})
	got, err := b.intake.ReplayEdited(t.Context(), entry.ID, fixed, "ann")
	if err != nil || got.Duplicate != 1 || got.Stored != 0 {
		t.Errorf("%+v, %v", got, err)
	}
	b.flush()
	b.once("quarantine:" + entry.ID)
}

func TestARetriedBatchFillsTheQuarantineOnce(t *testing.T) {
	b := newBench(t, Config{})
	bad := b.receive(`{"type":"track","messageId":"m"}`)
	again := b.receive(`{"type":"track","messageId":"m"}`)
	if got := b.accept(bad, again); got != (Receipt{Quarantined: 1, Duplicate: 1}) {
		t.Errorf("%+v", got)
	}
	var f *fault.Error
	if _, err := b.intake.ReplayEdited(t.Context(), "nobody", nil, "ann"); !errors.As(err, &f) || f.Kind != fault.NotFound {
		t.Errorf("%v", err)
	}
}

func TestAnImporterHandsInRowsThatItRefused(t *testing.T) {
	b := newBench(t, Config{})
	row := func() Incoming {
		return Receive([]byte(`{"type":"quarantine","messageId":"crm:7","source":"crm","reason":"import.no-time","args":{"file":"a.csv","line":7,"field":"timestamp"},"raw":{"won":""}}`), imported())
	}
	if got := b.accept(row()); got.Quarantined != 1 {
		t.Fatalf("%+v", got)
	}
	b.flush()
	b.close()
	b.now = b.now.Add(1000 * time.Hour)
	b.open(Config{})
	if got := b.accept(row()); got.Duplicate != 1 || got.Quarantined != 0 {
		t.Errorf("the same file again: %+v", got)
	}
	entry := b.quarantine(warehouse.QuarantineQuery{}).Items[0]
	if entry.Source != "crm" || entry.Reason != "import.no-time" || entry.Detail != `file: "a.csv", line: 7, field: "timestamp"` || !entry.Imported {
		t.Errorf("%+v", entry)
	}
	fixed := json.RawMessage(`{"type":"track","userId":"u","event":"Won","timestamp":"2026-01-01"}`)
	if got, err := b.intake.ReplayEdited(t.Context(), entry.ID, fixed, "ann"); err != nil || got.Stored != 1 {
		t.Fatalf("%+v, %v", got, err)
	}
	mended := Receive([]byte(`{"type":"track","messageId":"crm:7","userId":"u","event":"Won","timestamp":"2026-01-01"}`), imported())
	if got := b.accept(mended); got.Duplicate != 1 {
		t.Errorf("the mended file: %+v", got)
	}
	for _, text := range []string{`{"type":"quarantine","reason":"<script>"}`, `{"type":"quarantine"}`} {
		if q := Receive([]byte(text), imported()).Refused; q == nil || q.Reason != "capture.bad-type" {
			t.Errorf("%s: %+v", text, q)
		}
	}
	if q := Receive([]byte(`{"type":"quarantine","reason":"import.no-time"}`), live()).Refused; q == nil || q.Reason != "capture.bad-type" {
		t.Errorf("not from an import: %+v", q)
	}
}
