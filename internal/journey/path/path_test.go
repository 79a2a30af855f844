package path

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"beichen/internal/event"
	"beichen/internal/fault"
	"beichen/internal/journey"
	"beichen/internal/journey/stream"
	"beichen/internal/listing"
)

const shop = `{"kind":"Journey","id":"shop","window":"2d","stages":[
	{"id":"look","steps":[{"id":"view","when":[{"event":"Viewed"},{"event":"Searched"}]},{"id":"later"}]},
	{"id":"pay","steps":[{"id":"order","when":[{"event":"Paid"}]}]},
	{"id":"love","steps":[{"id":"thanks"}]}]}`

func journeyOf(t *testing.T, text string) *journey.Journey {
	t.Helper()
	j, err := journey.Parse([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return j
}

// history makes one customer's messages, an hour apart.
func history(user string, names ...string) []*event.Message {
	var out []*event.Message
	for i, name := range names {
		out = append(out, &event.Message{
			Type: event.Track, UserID: user, Name: name, Time: time.Date(2026, 11, 2, i, 0, 0, 0, time.UTC), MessageID: fmt.Sprint(user, i),
		})
	}
	return out
}

func TestEverythingThatIsWrongWithAQuestionIsSaidAtOnce(t *testing.T) {
	f := Finder{Source: stream.NewMemory(nil, 0)}
	j := journeyOf(t, shop)
	for _, c := range []struct {
		name string
		r    Request
		want []string
	}{
		{"nothing", Request{}, []string{"kind journey.bad-value"}},
		{"no anchors", Request{Kind: Between}, []string{"anchor journey.required", "until journey.required"}},
		{"much", Request{
			Kind: After, Subject: "properties", From: "2026-02-02", To: "2026-02-01", Timezone: "Mars/Olympus", AsOf: "soon", Gap: "1 day",
			Steps: 11, Top: 21, Occurrence: "second", Within: "1d", Anchor: json.RawMessage(`{"when":[{"event":"","where":{"no":1}}],"then":1}`),
			Only: []string{" "}, Except: []string{""},
		}, []string{
			"anchor.then journey.unknown-field", "anchor.when[0].event journey.empty", "anchor.when[0].where.no event.bad-key", "asOf journey.bad-date",
			"except journey.empty", "from journey.dates-reversed", "gap journey.bad-duration", "occurrence journey.bad-value", "only journey.empty",
			"steps path.bad-count", "subject journey.bad-subject", "timezone journey.bad-timezone", "top path.bad-count", "within path.not-asked",
		}},
		{"not asked", Request{Kind: Transitions, Anchor: json.RawMessage(`{}`), Until: json.RawMessage(`{}`), Steps: 2, Occurrence: Last, Top: 201}, []string{
			"anchor path.not-asked", "occurrence path.not-asked", "steps path.not-asked", "top path.bad-count", "until path.not-asked",
		}},
		{"a stage without a journey", Request{Kind: After, Anchor: json.RawMessage(`{"stage":"pay"}`)}, []string{"anchor.stage path.no-journey"}},
		{"stages", Request{Kind: Between, Journey: j, Anchor: json.RawMessage(`{"stage":"love"}`), Until: json.RawMessage(`{"stage":"hate"}`)},
			[]string{"anchor.stage path.unbound-stage", "until.stage journey.unknown-stage"}},
		{"both", Request{Kind: Before, Journey: j, Anchor: json.RawMessage(`{"stage":"pay","when":[{}]}`)}, []string{"anchor path.two-anchors"}},
		{"neither", Request{Kind: Before, Anchor: json.RawMessage(`{"when":[]}`)}, []string{"anchor.when journey.required"}},
		{"no JSON", Request{Kind: Before, Anchor: json.RawMessage(`{"when`)}, []string{"anchor journey.syntax"}},
	} {
		_, err := f.Paths(context.Background(), c.r)
		if diff := cmp.Diff(c.want, faultsOf(err)); diff != "" {
			t.Errorf("%s:\n%s", c.name, diff)
		}
	}
	after := Request{Kind: After, Journey: j, Anchor: json.RawMessage(`{"stage":"pay"}`)}
	for _, c := range []struct {
		r    WalkersRequest
		want []string
	}{
		{WalkersRequest{Request: after}, []string{"node path.node-or-link"}},
		{WalkersRequest{Request: after, Node: "1/ended", Link: []string{"0/anchor", "1/ended"}, Sort: "best"}, []string{"node path.node-or-link", "sort journey.bad-value"}},
		{WalkersRequest{Request: after, Link: []string{"-1/event/Paid", "1/event"}}, []string{"link[0] path.unknown-node", "link[1] path.unknown-node"}},
		{WalkersRequest{Request: Request{Kind: Transitions}, Node: "0/anchor"}, []string{"node path.unknown-node"}},
		{WalkersRequest{Request: after, Node: "six/ended"}, []string{"node path.unknown-node"}},
	} {
		if _, err := f.Customers(context.Background(), c.r); !slices.Equal(faultsOf(err), c.want) {
			t.Errorf("%+v: %v", c.r, err)
		}
	}
}

func faultsOf(err error) []string {
	var f *fault.Error
	var out []string
	if errors.As(err, &f) && f.Key == "journey.invalid-question" {
		for _, d := range f.Faults {
			out = append(out, d.Path+" "+d.Key)
		}
	}
	slices.Sort(out)
	return out
}

func TestAStageStandsForWhatItsBoundStepsAskFor(t *testing.T) {
	messages := slices.Concat(
		history("u1", "Searched", "Chatted", "Paid", "Thanked"),
		history("u2", "Viewed", "Compared", "Viewed", "Paid"),
		history("u3", "Viewed", "Compared"))
	f := Finder{Source: stream.NewMemory(messages, uint64(len(messages)))}
	a, err := f.Paths(context.Background(), Request{
		Kind: Between, Journey: journeyOf(t, shop), Anchor: json.RawMessage(`{"stage":"look"}`), Until: json.RawMessage(`{"stage":"pay"}`), Steps: 1, Occurrence: Last,
	})
	if err != nil {
		t.Fatal(err)
	}
	want := []string{
		"0/anchor: 2 by 2", "0/anchor>1/event/Chatted: 1 by 1 in 3600", "0/anchor>3/until: 1 by 1 in 3600", "1/event/Chatted: 1 by 1",
		"1/event/Chatted>3/until: 1 by 1 in 3600", "2 customers, 2 paths", "3 anchored", "3/until: 2 by 2",
	}
	if diff := cmp.Diff(want, told(a)); diff != "" || *a.Rule.Within != "2d" {
		t.Errorf("within %s\n%s", *a.Rule.Within, diff)
	}
}

func TestAListTellsWhenAndHowLong(t *testing.T) {
	messages := slices.Concat(history("u1", "Viewed", "Paid", "Rated", "Paid"), history("u2", "Paid", "Viewed", "Viewed", "Rated"))
	f := Finder{Source: stream.NewMemory(messages, uint64(len(messages)))}
	list := func(r WalkersRequest) (lines []string) {
		page, err := f.Customers(context.Background(), r)
		if err != nil {
			t.Fatal(err)
		}
		for _, w := range page.Items {
			lines = append(lines, fmt.Sprintf("%s at %d in %s, %d", w.ID, w.At.Hour(), seconds(w.Seconds), w.Paths))
		}
		return lines
	}
	after := Request{Kind: After, Anchor: json.RawMessage(`{"when":[{"event":"Paid"}]}`), Steps: 3}
	before := Request{Kind: Before, Anchor: json.RawMessage(`{"when":[{"event":"Rated"}]}`)}
	for _, c := range []struct {
		r    WalkersRequest
		want []string
	}{
		{WalkersRequest{Request: after, Node: "2/event/Paid"}, []string{"u1 at 3 in 7200, 1"}},
		{WalkersRequest{Request: after, Node: "0/anchor"}, []string{"u1 at 1 in unknown, 1", "u2 at 0 in unknown, 1"}},
		{WalkersRequest{Request: after, Node: "3/ended"}, []string{"u1 at 3 in unknown, 1"}},
		{WalkersRequest{Request: after, Link: []string{"1/event/Viewed", "2/event/Viewed"}}, []string{"u2 at 2 in 3600, 1"}},
		{WalkersRequest{Request: after, Link: []string{"2/event/Paid", "3/ended"}}, []string{"u1 at 3 in unknown, 1"}},
		{WalkersRequest{Request: before, Node: "-2/event/Viewed"}, []string{"u2 at 1 in 7200, 1", "u1 at 0 in 7200, 1"}},
		{WalkersRequest{Request: before, Node: "-2/event/Viewed", Page: listing.Page{Search: "U1"}}, []string{"u1 at 0 in 7200, 1"}},
		{WalkersRequest{Request: before, Node: "-2/event/Viewed", Page: listing.Page{Search: "Bo", Named: []string{"u2"}}}, []string{"u2 at 1 in 7200, 1"}},
		{WalkersRequest{Request: before, Node: "-2/event/Viewed", Sort: "oldest", Page: listing.Page{Offset: 1, Limit: 1}}, []string{"u2 at 1 in 7200, 1"}},
		{WalkersRequest{Request: Request{Kind: Transitions}, Node: "0/event/Viewed", Sort: "most"}, []string{"u2 at 1 in unknown, 2", "u1 at 0 in unknown, 1"}},
		{WalkersRequest{Request: Request{Kind: Transitions}, Node: "1/event/Paid"}, []string{"u1 at 1 in 3600, 2"}},
		{WalkersRequest{Request: Request{Kind: Transitions}, Link: []string{"0/event/Paid", "1/event/Lost"}}, nil},
	} {
		if diff := cmp.Diff(c.want, list(c.r)); diff != "" {
			t.Errorf("%s %v:\n%s", c.r.Node, c.r.Link, diff)
		}
	}
}

// crowd makes histories of many customers, long and uneven, with names of very
// different popularity.
func crowd(customers, names int) map[string][]bruteEvent {
	r := rand.New(rand.NewPCG(7, 7))
	out := map[string][]bruteEvent{}
	for i := range customers {
		at := r.IntN(1_000_000)
		history := make([]bruteEvent, 1+int(r.ExpFloat64()*8))
		for k := range history {
			at += int(math.Exp(12 * r.Float64()))
			u := r.Float64()
			history[k] = bruteEvent{t: at, name: fmt.Sprintf("E%04d", int(u*u*float64(names))), x: r.IntN(2) == 0, in: true}
		}
		out[fmt.Sprintf("u%05d", i)] = history
	}
	return out
}

// Medians are the same whether every time is kept, or only those near the middle
// of a sample, be it good or bad; and so are counts where pairs are looked up.
func TestASampleOnlySavesWork(t *testing.T) {
	for _, c := range []struct {
		names int
		kind  Kind
		of    Occurrence
	}{{12, Transitions, ""}, {1100, Transitions, ""}, {12, After, Every}, {12, Before, Last}} {
		b := &brute{kind: c.kind, top: 5, to: math.MaxInt32, occurrence: c.of}
		if c.kind != Transitions {
			b.anchor, b.steps = "E0000", 3
		}
		histories := crowd(3000, c.names)
		b.count(histories)
		want := b.told()
		source := stream.NewMemory(messages(rand.New(rand.NewPCG(1, 1)), histories), 1)
		for _, stride := range []int{1, 2, 3, 100} {
			f := Finder{Source: source, stride: stride}
			a, err := f.Paths(context.Background(), b.request("person"))
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(want, told(a)); diff != "" {
				t.Fatalf("%d names, %s, every block of %d:\n%s", c.names, c.kind, stride, diff)
			}
		}
	}
}

func TestAnAnswerStopsWithItsContext(t *testing.T) {
	f := Finder{Source: stream.NewMemory(history("u1", "Viewed", "Paid"), 1)}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	for _, r := range []Request{{Kind: Transitions}, {Kind: After, Anchor: json.RawMessage(`{"when":[{}]}`)}} {
		if _, err := f.Paths(ctx, r); !errors.Is(err, context.Canceled) {
			t.Errorf("%s: %v", r.Kind, err)
		}
	}
}

func TestNothingHasNoPaths(t *testing.T) {
	f := Finder{Source: stream.NewMemory(nil, 0)}
	for _, r := range []Request{{Kind: Transitions}, {Kind: Between, Anchor: json.RawMessage(`{"when":[{}]}`), Until: json.RawMessage(`{"when":[{}]}`)}} {
		a, err := f.Paths(context.Background(), r)
		if err != nil {
			t.Fatal(err)
		}
		if a.Paths != 0 || a.Customers != 0 || a.Nodes == nil || a.Links == nil || len(a.Nodes) > 0 || len(a.Links) > 0 {
			t.Errorf("%s: %+v", r.Kind, a)
		}
	}
}
