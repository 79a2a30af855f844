package ledger_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"beichen/internal/event"
	"beichen/internal/fault"
	"beichen/internal/ledger"
	"beichen/internal/ledger/sqlstore"

	"github.com/google/go-cmp/cmp"
)

const journey = `{"kind":"Journey","id":"tea","stages":[{"id":"seen","name":"看見"},{"id":"bought","name":"購買"}]}`

// book is a ledger in a real SQLite file, with a clock that a test moves and the
// news it told.
type book struct {
	*ledger.Ledger
	now  time.Time
	news []ledger.News
}

func open(t testing.TB) *book {
	t.Helper()
	db, err := sqlstore.Open(context.Background(), filepath.Join(t.TempDir(), "ledger.sqlite"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	b := &book{now: time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)}
	b.Ledger = ledger.New(ledger.Config{
		Store: sqlstore.NewStore(db),
		Now:   func() time.Time { return b.now },
		Rules: ledger.Rules{
			Validators: map[ledger.Kind]ledger.Validator{
				ledger.Journey: stagesNeedIDs,
				ledger.Metric:  func(json.RawMessage) error { return nil },
			},
			Relations: map[ledger.Kind]ledger.Relation{ledger.Metric: {References: ofMetrics, Check: ofMetricsThatExist}},
		},
		OnChange: func(n ledger.News) { b.news = append(b.news, n) },
	})
	return b
}

// stagesNeedIDs is a small validator that reports several faults with paths.
func stagesNeedIDs(body json.RawMessage) error {
	var j struct {
		Stages []struct{ ID string }
	}
	if err := json.Unmarshal(body, &j); err != nil {
		return fault.Wrap(err, fault.Invalid, "ledger.body", "kind", "Journey")
	}
	var faults []fault.Detail
	for i, s := range j.Stages {
		if s.ID == "" {
			faults = append(faults, fault.At(fmt.Sprintf("stages[%d].id", i), 1, "ledger.needs"))
		}
	}
	return fault.Many("ledger.files", faults)
}

func write(version int) ledger.Write {
	return ledger.Write{Kind: ledger.Journey, ID: "tea", IfMatch: version, Author: "Ada", Reason: "because"}
}

func put(t testing.TB, b *book, version int, body string) ledger.Revision {
	t.Helper()
	r, err := b.Put(context.Background(), write(version), json.RawMessage(body))
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// wantFault fails unless err is a fault of the kind with the key.
func wantFault(t testing.TB, err error, kind fault.Kind, key string) *fault.Error {
	t.Helper()
	var f *fault.Error
	if !errors.As(err, &f) || f.Kind != kind || f.Key != key {
		t.Fatalf("got %v, want a fault %s %s", err, kind, key)
	}
	return f
}

func TestARevisionCarriesAuthorReasonTimeAndHash(t *testing.T) {
	b := open(t)
	got := put(t, b, 0, journey)
	hash, err := event.Hash([]byte(journey))
	if err != nil {
		t.Fatal(err)
	}
	want := ledger.Revision{
		Kind: "Journey", ID: "tea", Version: 1, Hash: hash, Status: ledger.Proposed,
		Author: "Ada", Reason: "because", At: b.now, Current: true, Body: json.RawMessage(journey),
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	stored, err := b.Current(context.Background(), "Journey", "tea")
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, stored); diff != "" {
		t.Errorf("stored: %s", diff)
	}
}

func TestABodyKeepsTheOrderOfItsKeysAndNamesItself(t *testing.T) {
	b := open(t)
	got := put(t, b, 0, "{\n  \"zebra\": 1, \"stages\": [], \"apple\": \"<茶>\" }")
	if want := `{"kind":"Journey","id":"tea","zebra":1,"stages":[],"apple":"<茶>"}`; string(got.Body) != want {
		t.Errorf("body %s, want %s", got.Body, want)
	}
	_, err := b.Put(context.Background(), write(1), json.RawMessage(`{"kind":"Journey","id":"coffee"}`))
	if f := wantFault(t, err, fault.Invalid, "ledger.mismatch"); len(f.Faults) != 1 || f.Faults[0].Path != "id" {
		t.Errorf("faults %+v", f.Faults)
	}
}

func TestAnUnchangedBodyMakesNoRevision(t *testing.T) {
	b := open(t)
	first := put(t, b, 0, journey)
	again := put(t, b, 1, `{"id":"tea", "kind":"Journey", "stages":[{"name":"看見","id":"seen"},{"id":"bought","name":"購買"}]}`)
	if diff := cmp.Diff(first, again); diff != "" {
		t.Error(diff)
	}
	if len(b.news) != 1 {
		t.Errorf("told %d times", len(b.news))
	}
}

func TestAChangeNeedsAReason(t *testing.T) {
	b := open(t)
	put(t, b, 0, journey)
	ctx := context.Background()
	w := write(1)
	w.Reason = " \u3000\n"
	calls := map[string]func() (ledger.Revision, error){
		"put":     func() (ledger.Revision, error) { return b.Put(ctx, w, json.RawMessage(`{}`)) },
		"approve": func() (ledger.Revision, error) { return b.Approve(ctx, w) },
		"delete":  func() (ledger.Revision, error) { return b.Delete(ctx, w) },
		"restore": func() (ledger.Revision, error) { return b.Restore(ctx, w, 1) },
	}
	for name, call := range calls {
		t.Run(name, func(t *testing.T) {
			_, err := call()
			wantFault(t, err, fault.Invalid, "ledger.reason")
		})
	}
}

func TestAStaleWriteAnswersWithBothVersions(t *testing.T) {
	b := open(t)
	put(t, b, 0, journey)
	second := put(t, b, 1, `{"stages":[]}`)
	mine := `{"kind":"Journey","id":"tea","stages":[{"id":"mine"}]}`
	for _, saw := range []int{0, 1, 7} {
		_, err := b.Put(context.Background(), write(saw), json.RawMessage(mine))
		wantFault(t, err, fault.Conflict, "ledger.stale")
		var stale *ledger.Stale
		if !errors.As(err, &stale) {
			t.Fatalf("no *Stale in %v", err)
		}
		if diff := cmp.Diff(&ledger.Stale{Current: second, Yours: json.RawMessage(mine)}, stale); diff != "" {
			t.Error(diff)
		}
	}
}

func TestOfTwoWritersOnOneVersionExactlyOneWins(t *testing.T) {
	b := open(t)
	b.Ledger.OnChange = nil
	put(t, b, 0, `{"n":0}`)
	const rounds, writers = 20, 8
	for round := 1; round <= rounds; round++ {
		var wait sync.WaitGroup
		errs := make([]error, writers)
		for i := range writers {
			wait.Go(func() {
				_, errs[i] = b.Put(context.Background(), write(round), json.RawMessage(fmt.Sprintf(`{"n":%d,"by":%d}`, round, i)))
			})
		}
		wait.Wait()
		wins := 0
		for _, err := range errs {
			if err == nil {
				wins++
				continue
			}
			wantFault(t, err, fault.Conflict, "ledger.stale")
		}
		if wins != 1 {
			t.Fatalf("round %d: %d writers won", round, wins)
		}
	}
	all, err := b.History(context.Background(), "Journey", "tea")
	if err != nil || len(all) != rounds+1 {
		t.Errorf("%d revisions, %v", len(all), err)
	}
}

func TestAnApprovedDefinitionThatIsEditedIsProposedAgain(t *testing.T) {
	b := open(t)
	ctx := context.Background()
	put(t, b, 0, journey)
	b.now = b.now.Add(time.Hour)
	yes := ledger.Write{Kind: "Journey", ID: "tea", IfMatch: 1, Author: "Grace", Reason: "agreed in the weekly"}
	approved, err := b.Approve(ctx, yes)
	if err != nil {
		t.Fatal(err)
	}
	if approved.Status != ledger.Approved || approved.ApprovedBy != "Grace" || approved.ApprovalReason != yes.Reason || !approved.ApprovedAt.Equal(b.now) {
		t.Errorf("approved as %+v", approved)
	}
	b.now = b.now.Add(time.Hour)
	again, err := b.Approve(ctx, ledger.Write{Kind: "Journey", ID: "tea", IfMatch: 1, Author: "Late", Reason: "it still holds"})
	if err != nil || again.Version != 1 || again.ApprovedBy != "Late" || !again.ApprovedAt.Equal(b.now) || len(again.Approvals) != 2 || again.Approvals[0].By != "Grace" {
		t.Errorf("the second approval: %+v, %v", again, err)
	}
	if r := put(t, b, 1, `{"stages":[]}`); r.Status != ledger.Proposed || r.ApprovedBy != "" {
		t.Errorf("after the edit: %+v", r)
	}
	_, err = b.Approve(ctx, yes)
	wantFault(t, err, fault.Conflict, "ledger.stale")
	if old, err := b.At(ctx, "Journey", "tea", 1); err != nil || old.Status != ledger.Approved {
		t.Errorf("version 1 is %s, %v", old.Status, err)
	}
}

func TestRestoreIsANewRevisionWithTheOldBody(t *testing.T) {
	b := open(t)
	ctx := context.Background()
	first := put(t, b, 0, journey)
	put(t, b, 1, `{"stages":[]}`)
	back, err := b.Restore(ctx, write(2), 1)
	if err != nil {
		t.Fatal(err)
	}
	if back.Version != 3 || back.RestoredFrom != 1 || string(back.Body) != string(first.Body) || back.Hash != first.Hash {
		t.Errorf("restored %+v", back)
	}
	_, err = b.Restore(ctx, write(2), 1)
	if err != nil {
		t.Errorf("restoring what already stands: %v", err)
	}
	_, err = b.Restore(ctx, write(3), 9)
	wantFault(t, err, fault.NotFound, "ledger.no-version")
	_, err = b.Restore(ctx, write(1), 2)
	wantFault(t, err, fault.Conflict, "ledger.stale")
}

func TestADeletedDefinitionKeepsItsHistoryAndComesBack(t *testing.T) {
	b := open(t)
	ctx := context.Background()
	put(t, b, 0, journey)
	gone, err := b.Delete(ctx, write(1))
	if err != nil || !gone.Deleted || gone.Version != 2 {
		t.Fatalf("deleted %+v, %v", gone, err)
	}
	if list, err := b.List(ctx, "Journey"); err != nil || len(list) != 0 {
		t.Errorf("the list still has %d, %v", len(list), err)
	}
	if list, err := b.Deleted(ctx, ""); err != nil || len(list) != 1 {
		t.Errorf("%d deleted, %v", len(list), err)
	}
	_, err = b.Approve(ctx, write(2))
	wantFault(t, err, fault.Invalid, "ledger.deleted")
	back, err := b.Undelete(ctx, write(2))
	if err != nil || back.Deleted || back.Version != 3 || string(back.Body) != journey {
		t.Fatalf("undeleted %+v, %v", back, err)
	}
	_, err = b.Delete(ctx, ledger.Write{Kind: "Journey", ID: "coffee", Author: "Ada", Reason: "r"})
	wantFault(t, err, fault.NotFound, "ledger.not-found")
}

func TestEveryFaultOfABodyIsReportedAtOnceWithoutLinesNobodyWrote(t *testing.T) {
	b := open(t)
	_, err := b.Put(context.Background(), write(0), json.RawMessage(`{"stages":[{},{"id":"ok"},{}]}`))
	var paths []string
	for _, f := range wantFault(t, err, fault.Invalid, "ledger.files").Faults {
		paths = append(paths, fmt.Sprint(f.Path, " ", f.Line))
	}
	if diff := cmp.Diff([]string{"stages[0].id 0", "stages[2].id 0"}, paths); diff != "" {
		t.Error(diff)
	}
}

func TestWhatCannotBeADefinitionIsRefused(t *testing.T) {
	b := open(t)
	for _, c := range []struct {
		write ledger.Write
		body  string
		key   string
	}{
		{ledger.Write{Kind: "Jorney", ID: "tea", Author: "a", Reason: "r"}, `{}`, "ledger.kind"},
		{ledger.Write{Kind: "Journey", ID: "../tea", Author: "a", Reason: "r"}, `{}`, "ledger.id"},
		{ledger.Write{Kind: "Journey", ID: "", Author: "a", Reason: "r"}, `{}`, "ledger.id"},
		{ledger.Write{Kind: "Journey", ID: strings.Repeat("茶", 129), Author: "a", Reason: "r"}, `{}`, "ledger.id"},
		{ledger.Write{Kind: "Journey", ID: "tea", Author: "a", Reason: "r"}, `[]`, "ledger.body"},
		{ledger.Write{Kind: "Journey", ID: "tea", Author: "a", Reason: "r"}, `{"a":1,"a":2}`, "ledger.body"},
		{ledger.Write{Kind: "Journey", ID: "tea", Author: "a", Reason: "r"}, `{"a":`, "ledger.body"},
		{ledger.Write{Kind: "Journey", ID: "tea", Author: "a", Reason: "r"}, `{"a":1e999}`, "ledger.body"},
	} {
		_, err := b.Put(context.Background(), c.write, json.RawMessage(c.body))
		wantFault(t, err, fault.Invalid, c.key)
	}
	_, err := b.Put(context.Background(), write(3), json.RawMessage(`{}`))
	wantFault(t, err, fault.NotFound, "ledger.not-found")
}

func TestTheLongestIDIsTaken(t *testing.T) {
	w := write(0)
	w.ID = strings.Repeat("茶", 128)
	if _, err := open(t).Put(context.Background(), w, json.RawMessage(`{}`)); err != nil {
		t.Error(err)
	}
}

func TestEveryChangeIsTold(t *testing.T) {
	b := open(t)
	ctx := context.Background()
	put(t, b, 0, journey)
	b.Approve(ctx, write(1))
	b.Delete(ctx, write(1))
	b.Undelete(ctx, write(2))
	want := []ledger.News{{"Journey", "tea", 1, "Ada"}, {"Journey", "tea", 1, "Ada"}, {"Journey", "tea", 2, "Ada"}, {"Journey", "tea", 3, "Ada"}}
	if diff := cmp.Diff(want, b.news); diff != "" {
		t.Error(diff)
	}
}
