// Package ledgertest holds the rules that every ledger.Store must keep: one
// suite, run by the tests of each of them.
package ledgertest

import (
	"context"
	"encoding/json"
	"fmt"
	"sync"
	"testing"
	"time"

	"beichen/internal/fault"
	"beichen/internal/ledger"

	"github.com/google/go-cmp/cmp"
)

// noon is when everything in the suite happens.
var noon = time.Date(2026, 11, 23, 12, 0, 0, 123456000, time.UTC)

// Run holds a store to the rules. open gives an empty one that ends with the test.
func Run(t *testing.T, open func(t *testing.T) ledger.Store) {
	rules := map[string]func(*testing.T, ledger.Store){
		"what was appended is read back whole":                    readBack,
		"a version is taken once":                                 takenOnce,
		"of many writers of one version exactly one adds it":      oneWinner,
		"version 0 is the last one, and only that one is current": lastIsCurrent,
		"history is whole and newest first":                       history,
		"the newest are those of all definitions":                 newest,
		"approvals belong to one revision and all of them stay":   approval,
		"only a revision that exists is approved":                 approvalOfNothing,
		"lists are by kind, sorted, deleted ones apart":           lists,
		"what is not there is not found, which is no error":       nothing,
	}
	for rule, hold := range rules {
		t.Run(rule, func(t *testing.T) { hold(t, open(t)) })
	}
}

func revision(kind ledger.Kind, id string, version int) ledger.Revision {
	return ledger.Revision{
		Kind: kind, ID: id, Version: version, Hash: fmt.Sprintf("sha256:%d", version), Status: ledger.Proposed,
		Author: "Ada 艾達", Reason: "because", At: noon.Add(time.Duration(version) * time.Hour), Current: true,
		Body: json.RawMessage(fmt.Sprintf(`{"kind":%q,"id":%q,"zebra":%d,"apple":"茶"}`, kind, id, version)),
	}
}

func add(t *testing.T, s ledger.Store, all ...ledger.Revision) {
	t.Helper()
	for _, r := range all {
		if added, err := s.Append(context.Background(), r); err != nil || !added {
			t.Fatalf("append %s %s %d: added %v, %v", r.Kind, r.ID, r.Version, added, err)
		}
	}
}

func get(t *testing.T, s ledger.Store, kind ledger.Kind, id string, version int) ledger.Revision {
	t.Helper()
	r, found, err := s.Revision(context.Background(), kind, id, version)
	if err != nil || !found {
		t.Fatalf("read %s %s %d: found %v, %v", kind, id, version, found, err)
	}
	return r
}

func readBack(t *testing.T, s ledger.Store) {
	want := revision("Journey", "tea", 1)
	want.Deleted, want.RestoredFrom = true, 1
	add(t, s, want)
	if diff := cmp.Diff(want, get(t, s, "Journey", "tea", 1)); diff != "" {
		t.Error(diff)
	}
}

func takenOnce(t *testing.T, s ledger.Store) {
	first := revision("Journey", "tea", 1)
	add(t, s, first)
	second := revision("Journey", "tea", 1)
	second.Author = "late"
	if added, err := s.Append(context.Background(), second); err != nil || added {
		t.Errorf("second append of version 1: added %v, %v", added, err)
	}
	if got := get(t, s, "Journey", "tea", 1).Author; got != first.Author {
		t.Errorf("the first revision's author became %q", got)
	}
}

func oneWinner(t *testing.T, s ledger.Store) {
	const writers = 16
	var (
		wait sync.WaitGroup
		wins = make([]bool, writers)
		errs = make([]error, writers)
	)
	for i := range writers {
		wait.Go(func() {
			r := revision("Journey", "tea", 1)
			r.Author = fmt.Sprint(i)
			wins[i], errs[i] = s.Append(context.Background(), r)
		})
	}
	wait.Wait()
	winner := -1
	for i := range writers {
		if errs[i] != nil {
			t.Fatal(errs[i])
		}
		if wins[i] && winner >= 0 {
			t.Fatalf("writers %d and %d both won", winner, i)
		}
		if wins[i] {
			winner = i
		}
	}
	if got := get(t, s, "Journey", "tea", 1).Author; got != fmt.Sprint(winner) {
		t.Errorf("writer %d won, writer %s is stored", winner, got)
	}
}

func lastIsCurrent(t *testing.T, s ledger.Store) {
	add(t, s, revision("Journey", "tea", 1), revision("Journey", "tea", 2), revision("Journey", "tea", 10))
	if got := get(t, s, "Journey", "tea", 0); got.Version != 10 || !got.Current {
		t.Errorf("version 0 is %d, current %v", got.Version, got.Current)
	}
	if got := get(t, s, "Journey", "tea", 2); got.Current {
		t.Error("version 2 of 10 is current")
	}
}

func history(t *testing.T, s ledger.Store) {
	add(t, s, revision("Journey", "tea", 1), revision("Journey", "other", 1), revision("Journey", "tea", 2), revision("Journey", "tea", 3))
	all, err := s.History(context.Background(), "Journey", "tea")
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, r := range all {
		got = append(got, fmt.Sprint(r.ID, r.Version, r.Current))
	}
	if diff := cmp.Diff([]string{"tea3 true", "tea2 false", "tea1 false"}, got); diff != "" {
		t.Error(diff)
	}
}

func newest(t *testing.T, s ledger.Store) {
	gone := revision("Metric", "cups", 2)
	gone.Deleted = true
	add(t, s, revision("Journey", "tea", 1), revision("Journey", "tea", 2), revision("Metric", "cups", 1), gone, revision("Tree", "one", 3))
	for _, c := range []struct {
		limit int
		kinds []ledger.Kind
		want  []string
	}{
		{9, nil, []string{"Tree one 3", "Journey tea 2", "Metric cups 2", "Journey tea 1", "Metric cups 1"}},
		{2, nil, []string{"Tree one 3", "Journey tea 2"}},
		{9, []ledger.Kind{"Metric", "Tree"}, []string{"Tree one 3", "Metric cups 2", "Metric cups 1"}},
		{9, []ledger.Kind{"Goal"}, nil},
	} {
		all, err := s.Newest(context.Background(), c.limit, c.kinds...)
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, r := range all {
			got = append(got, fmt.Sprintf("%s %s %d", r.Kind, r.ID, r.Version))
		}
		if diff := cmp.Diff(c.want, got); diff != "" {
			t.Errorf("%d of %v: %s", c.limit, c.kinds, diff)
		}
	}
}

func approval(t *testing.T, s ledger.Store) {
	add(t, s, revision("Journey", "tea", 1), revision("Journey", "tea", 2))
	want := revision("Journey", "tea", 1)
	want.Current = false
	for i, by := range []string{"Grace", "Ada", "Grace"} {
		yes := ledger.Approval{By: by, Reason: "yes, " + by, At: noon.Add(time.Duration(i) * time.Minute)}
		for range 2 { // told again, it is the same one
			if err := s.Approve(context.Background(), "Journey", "tea", 1, yes); err != nil {
				t.Fatal(err)
			}
		}
		want.Approve(yes)
	}
	if want.ApprovedBy != "Grace" || len(want.Approvals) != 3 {
		t.Errorf("the last one counts: %+v", want)
	}
	if history, err := s.History(context.Background(), "Journey", "tea"); err != nil || len(history) != 2 || len(history[1].Approvals) != 3 {
		t.Errorf("the history has %+v, %v", history, err)
	}
	if diff := cmp.Diff(want, get(t, s, "Journey", "tea", 1)); diff != "" {
		t.Error(diff)
	}
	if got := get(t, s, "Journey", "tea", 2).Status; got != ledger.Proposed {
		t.Errorf("the approval of 1 made 2 %s", got)
	}
}

func approvalOfNothing(t *testing.T, s ledger.Store) {
	err := s.Approve(context.Background(), "Journey", "tea", 1, ledger.Approval{By: "Grace", Reason: "yes", At: noon})
	if !fault.Is(err, fault.NotFound) {
		t.Errorf("approved a revision that is not there: %v", err)
	}
}

func lists(t *testing.T, s ledger.Store) {
	gone := revision("Journey", "gone", 2)
	gone.Deleted = true
	back := revision("Journey", "back", 2)
	back.Deleted = true
	add(t, s, revision("Metric", "revenue", 1), revision("Journey", "tea", 1), revision("Journey", "tea", 2),
		revision("Journey", "gone", 1), gone, revision("Journey", "back", 1), back, revision("Journey", "back", 3))
	for _, c := range []struct {
		kind    ledger.Kind
		deleted bool
		want    []string
	}{
		{"", false, []string{"Journey back 3", "Journey tea 2", "Metric revenue 1"}},
		{"Journey", false, []string{"Journey back 3", "Journey tea 2"}},
		{"Journey", true, []string{"Journey gone 2"}},
		{"Goal", false, nil},
	} {
		all, err := s.Current(context.Background(), c.kind, c.deleted)
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, r := range all {
			got = append(got, fmt.Sprintf("%s %s %d", r.Kind, r.ID, r.Version))
		}
		if diff := cmp.Diff(c.want, got); diff != "" {
			t.Errorf("kind %q, deleted %v: %s", c.kind, c.deleted, diff)
		}
	}
}

func nothing(t *testing.T, s ledger.Store) {
	add(t, s, revision("Journey", "tea", 1))
	for _, version := range []int{0, 7} {
		id := "coffee"
		if version == 7 {
			id = "tea"
		}
		if r, found, err := s.Revision(context.Background(), "Journey", id, version); found || err != nil {
			t.Errorf("%s %d: found %v (%+v), %v", id, version, found, r, err)
		}
	}
	if all, err := s.History(context.Background(), "Journey", "coffee"); err != nil || len(all) != 0 {
		t.Errorf("history of nothing: %v, %v", all, err)
	}
}
