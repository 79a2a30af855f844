package demo_test

import (
	"encoding/json"
	"reflect"
	"slices"
	"testing"
	"time"

	"beichen/internal/capture"
	"beichen/internal/dashboard"
	"beichen/internal/demo"
	"beichen/internal/event"
	"beichen/internal/fault"
	"beichen/internal/identity"
	"beichen/internal/journey"
	"beichen/internal/journey/retention"
	"beichen/internal/metric"
	"beichen/internal/tree"

	"github.com/google/go-cmp/cmp"
)

var now = time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)

// reduced is a tenth of the sample company.
func reduced() demo.Params {
	p := demo.Default(now)
	p.People, p.Accounts, p.IcedPerMonth = 2_000, 150, 25
	return p
}

func company(t testing.TB, p demo.Params) *demo.Company {
	t.Helper()
	c, err := demo.New(p)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func messages(t testing.TB, p demo.Params) []*event.Message {
	t.Helper()
	return told(company(t, p))
}

// told is what a company tells as capture would have it, with positions in the log.
func told(c *demo.Company) []*event.Message {
	var out []*event.Message
	for batch := range c.Messages() {
		for i := range batch {
			batch[i].Seq = uint64(len(out) + 1)
			out = append(out, &batch[i])
		}
	}
	return out
}

func TestTheSameParametersTellTheSameStory(t *testing.T) {
	p := reduced()
	first := messages(t, p)
	c := company(t, p)
	for range 2 {
		n := 0
		for batch := range c.Messages() {
			for i := range batch {
				batch[i].Seq = uint64(n + 1)
				if !reflect.DeepEqual(*first[n], batch[i]) {
					t.Fatalf("message %d: %s", n, cmp.Diff(*first[n], batch[i]))
				}
				n++
			}
		}
		if n != len(first) {
			t.Fatalf("%d messages, then %d", len(first), n)
		}
	}
	p.Seed++
	if other := messages(t, p); cmp.Equal(first[len(first)/2], other[len(first)/2]) {
		t.Error("another seed tells the same story")
	}
}

func TestABatchIsLeftWhereTheReaderStops(t *testing.T) {
	batches := 0
	for range company(t, reduced()).Messages() {
		if batches++; batches == 3 {
			break
		}
	}
	if batches != 3 {
		t.Errorf("read %d batches", batches)
	}
}

func TestEveryMessageIsOneThatCaptureWouldTake(t *testing.T) {
	p := reduced()
	seen := map[string]bool{}
	arrived := time.Time{}
	offline := 0
	for _, m := range messages(t, p) {
		if seen[m.MessageID] {
			t.Fatalf("two messages with id %s", m.MessageID)
		}
		seen[m.MessageID] = true
		if m.Time.Before(p.Start()) || !m.Time.Before(p.End) {
			t.Fatalf("%s happened at %s, outside %s … %s", m.Name, m.Time, p.Start(), p.End)
		}
		if m.ReceivedAt.Before(arrived) || m.ReceivedAt.Before(m.Time) {
			t.Fatalf("%s of %s arrived at %s, after %s", m.Name, m.Time, m.ReceivedAt, arrived)
		}
		arrived = m.ReceivedAt
		if m.ReceivedAt.Sub(m.Time) > time.Hour {
			offline++
		}
		if !m.Imported || m.Ref().ID == "" || m.Time.Location() != time.UTC {
			t.Fatalf("not importable: %+v", m)
		}
		for _, body := range []json.RawMessage{m.Properties, m.Context, m.Traits} {
			var object map[string]any
			if body != nil && json.Unmarshal(body, &object) != nil {
				t.Fatalf("%s carries broken JSON: %s", m.Name, body)
			}
		}
		checkDerived(t, m)
	}
	if offline == 0 {
		t.Error("no machine was ever offline")
	}
}

// checkDerived holds what is set directly to what capture would read from the
// properties.
func checkDerived(t *testing.T, m *event.Message) {
	t.Helper()
	var p struct {
		Value, Cost *float64
		Currency    string
	}
	if m.Properties != nil {
		if err := json.Unmarshal(m.Properties, &p); err != nil {
			t.Fatal(err)
		}
	}
	if !cmp.Equal(p.Value, m.Value) || !cmp.Equal(p.Cost, m.Cost) || m.Value != nil && p.Currency != m.Currency {
		t.Fatalf("%s says %s, its fields %v %v %s", m.Name, m.Properties, m.Value, m.Cost, m.Currency)
	}
}

func TestBrokenMessagesAreRefusedForTheReasonTheyGive(t *testing.T) {
	p := reduced()
	broken := company(t, p).Broken()
	if len(broken) != company(t, p).Truths().Quarantined {
		t.Errorf("%d broken messages, want %d", len(broken), company(t, p).Truths().Quarantined)
	}
	reasons := map[string]bool{}
	for _, b := range broken {
		if !json.Valid(b.Raw) {
			t.Errorf("%s: no JSON at all: %s", b.Reason, b.Raw)
		}
		_, err := capture.Decode(b.Raw, capture.Envelope{Source: b.Source, ReceivedAt: now})
		refused, ok := err.(*fault.Error)
		if !ok || refused.Key != b.Reason {
			t.Errorf("refused with %v, want %s: %.200s", err, b.Reason, b.Raw)
		}
		reasons[b.Reason] = true
	}
	if len(reasons) < 8 {
		t.Errorf("only %d reasons: %v", len(reasons), reasons)
	}
}

func TestPeopleAreWhoThePlanSays(t *testing.T) {
	p := reduced()
	truth := company(t, p).Truths()
	g := identity.NewGraph()
	merged := 0
	for _, m := range messages(t, p) {
		g.Number(m.Ref())
		g.Apply(identity.Row{
			MessageID: m.MessageID, Type: m.Type, UserID: m.UserID, AnonymousID: m.AnonymousID,
			PreviousID: m.PreviousID, GroupID: m.GroupID, Source: m.Source, Time: m.Time,
		})
		if m.Type == event.Alias {
			merged++
		}
	}
	v := g.View()
	if v.Persons != truth.Persons {
		t.Errorf("%d persons, want %d", v.Persons, truth.Persons)
	}
	if merged != truth.Duplicates {
		t.Errorf("%d persons were merged, want %d", merged, truth.Duplicates)
	}
	shared := 0
	for n := range truth.Tablets {
		tablet, ok := v.FindRef(event.Ref{Anonymous: true, ID: "tablet-0000" + string(rune('1'+n))})
		if ok && len(v.Links(tablet)) > 2 && !v.Anonymous(tablet) {
			shared++
		}
	}
	if shared != truth.Tablets {
		t.Errorf("%d tablets are shared, want %d", shared, truth.Tablets)
	}
}

func TestContradictingPlansAreRefused(t *testing.T) {
	for name, change := range map[string]func(*demo.Params){
		"too short":                 func(p *demo.Params) { p.Months = 12 },
		"more quotes than tastings": func(p *demo.Params) { p.Accounts = p.People },
		"more machines than people": func(p *demo.Params) { p.Visitors = 0.99 },
		"nobody orders supplies":    func(p *demo.Params) { p.Refill = 0 },
		"a push before the ads":     func(p *demo.Params) { p.AppMonths = 20 },
		"more installs than users":  func(p *demo.Params) { p.UserInstall, p.AppMonths = 1, 10 },
	} {
		p := reduced()
		change(&p)
		if _, err := demo.New(p); err == nil {
			t.Errorf("%s: planned", name)
		}
	}
}

func TestDefinitionsAreValidAndEndWhereTheirHistoryEnds(t *testing.T) {
	p := demo.Default(now)
	var emails []string
	for _, m := range demo.Members() {
		emails = append(emails, m.Email)
	}
	last := time.Time{}
	count := map[string]int{}
	unbound, optional, several := 0, 0, 0
	for _, r := range demo.Revisions(p) {
		if r.Reason == "" || !slices.Contains(emails, r.Author) || !r.At.After(last) || !r.At.Before(p.End) {
			t.Errorf("revision of %s is not in order: %+v", r.ID, r)
		}
		last = r.At
		count[r.ID]++
		if r.Kind == retention.Kind {
			if d, err := retention.Parse(r.Body); err != nil || d.ID != r.ID || r.Approver == "" {
				t.Errorf("%s: %v", r.ID, err)
			}
			continue
		}
		if r.Kind == metric.Kind {
			continue // see TestEveryMetricIsMeasured
		}
		if r.Kind == dashboard.Kind {
			if d, err := dashboard.Parse(r.Body); err != nil || d.ID != r.ID || r.Approver == "" {
				t.Errorf("%s: %v", r.ID, err)
			}
			continue
		}
		if r.Kind == tree.Kind {
			if d, err := tree.Parse(r.Body); err != nil || d.ID != r.ID || r.Approver == "" {
				t.Errorf("%s: %v", r.ID, err)
			}
			continue
		}
		j, err := journey.Parse(r.Body)
		if err != nil || j.ID != r.ID {
			t.Fatalf("%s: %v", r.ID, err)
		}
		if len(j.Stages) > 8 {
			t.Errorf("%s has %d stages, more than a screen is wide", r.ID, len(j.Stages))
		}
		if r.Approver == "" {
			continue
		}
		for _, s := range j.Stages {
			if s.Optional {
				optional++
			}
			if len(s.Steps) > 1 {
				several++
			}
			for _, step := range s.Steps {
				if !step.Bound() {
					unbound++
				}
			}
		}
	}
	if count["buyer-journey"] < 3 || count["machine-life"] < 2 || unbound == 0 || optional == 0 || several == 0 {
		t.Errorf("too little to show: %v, %d unbound, %d optional, %d of several steps", count, unbound, optional, several)
	}
}
