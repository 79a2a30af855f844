package path

import (
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"beichen/internal/event"
	"beichen/internal/journey/stream"
	"beichen/internal/journey/stream/streamtest"
	"beichen/internal/listing"
	"beichen/internal/nodes"
	"beichen/internal/nodes/carrier"
	"beichen/internal/nodes/nodestest"
	"beichen/internal/warehouse"
	"beichen/internal/warehouse/duckdb/duckdbtest"
)

// TestDividedPathsAreThoseOfOneNode holds paths, and the customers behind them, that
// several nodes count together to those that one counts alone.
func TestDividedPathsAreThoseOfOneNode(t *testing.T) {
	links, lists, cut, taken, seeds := map[Kind]int{}, 0, 0, 0, 60
	if testing.Short() {
		seeds = 24
	}
	for seed := range uint64(seeds) {
		r := rand.New(rand.NewPCG(seed, 79))
		b := randomQuestion(r)
		histories := map[string][]bruteEvent{}
		for i := range 10 {
			histories[fmt.Sprint("u", i)] = randomHistory(r)
		}
		live := streamtest.Shared(t, duckdbtest.Open(t), messages(r, histories), 1+r.IntN(4))
		circles := nodestest.Start(t, r, Divided, counters(live, 0))
		q := b.request("person")
		q.AsOf, q.Timezone = instant(2000).Format(time.RFC3339), "Asia/Taipei"
		one, together := paths(t, live[0], nil, q), paths(t, live[0], circles[0], q)
		if diff := cmp.Diff(one, together); diff != "" {
			t.Fatalf("seed %d, %d nodes, %+v (−one +several): %s", seed, len(live), q, diff)
		}
		links[b.kind] += len(one.Links)
		for range 4 {
			list := randomList(r, q, one)
			if list == nil {
				break
			}
			one, together := walkers(t, live[0], nil, *list), walkers(t, live[0], circles[0], *list)
			if diff := cmp.Diff(one, together); diff != "" {
				t.Fatalf("seed %d, %d nodes, %+v (−one +several): %s", seed, len(live), list, diff)
			}
			if lists++; one.Total > len(one.Items) {
				cut++
			}
		}
		taken += nodestest.Taken(circles)
	}
	for _, kind := range []Kind{Transitions, After, Before, Between} {
		if links[kind] < seeds/4 {
			t.Errorf("only %d links of kind %s were compared", links[kind], kind)
		}
	}
	if lists < seeds*2 || cut < seeds/2 || taken < seeds {
		t.Errorf("too little was compared: %d lists, %d of them of several pages, %d shares of others", lists, cut, taken)
	}
}

// randomList asks for the customers behind some node or link of an answer; nil where it
// has none.
func randomList(r *rand.Rand, q Request, a *Answer) *WalkersRequest {
	list := &WalkersRequest{
		Request: q, Sort: pick(r, "", "newest", "oldest", "longest", "shortest", "most"),
		Page: listing.Page{Search: pick(r, "", "", "1"), Offset: r.IntN(2), Limit: 1 + r.IntN(3)},
	}
	if list.Search != "" {
		list.Named = []string{"u2", "u3"}
	}
	switch {
	case len(a.Links) == 0:
		return nil
	case r.IntN(2) == 0:
		list.Node = pick(r, a.Nodes...).ID
	default:
		link := pick(r, a.Links...)
		list.Link = []string{link.From, link.To}
	}
	return list
}

// counters are those of nodes, which keep so many times before they lay brackets closer.
func counters(live []*stream.Live, limit int) (all []nodes.Counter) {
	for _, source := range live {
		all = append(all, (&Finder{Source: source, limit: limit}).Count)
	}
	return all
}

func paths(t *testing.T, source stream.Source, circle *nodes.Circle, q Request) *Answer {
	t.Helper()
	a, err := (&Finder{Source: source, Nodes: circle}).Paths(t.Context(), q)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

func walkers(t *testing.T, source stream.Source, circle *nodes.Circle, r WalkersRequest) *Walkers {
	t.Helper()
	page, err := (&Finder{Source: source, Nodes: circle}).Customers(t.Context(), r)
	if err != nil {
		t.Fatal(err)
	}
	return page
}

// TestDividedMediansAreExact has nodes and the asker hardly any room for times.
func TestDividedMediansAreExact(t *testing.T) {
	for _, quicker := range []bool{false, true} {
		live := streamtest.Shared(t, duckdbtest.Open(t), manyWays(quicker), 2)
		for _, q := range []Request{
			{Kind: Transitions},
			{Kind: After, Anchor: []byte(`{"when":[{"event":"a"}]}`), Occurrence: Every},
		} {
			q.AsOf = "2026-11-27"
			want := paths(t, live[0], nil, q)
			for _, limits := range [][2]int{{1, 1}, {1, 0}, {0, 1}} { // of the asker, of the nodes
				circle := nodestest.Start(t, rand.New(rand.NewPCG(1, 80)), Divided, counters(live, limits[1]))[0]
				asked := Finder{Source: live[0], Nodes: circle, limit: limits[0]}
				got, err := asked.Paths(t.Context(), q)
				if err != nil {
					t.Fatal(err)
				}
				if diff := cmp.Diff(want, got); diff != "" {
					t.Errorf("%s, the later the quicker: %t, room for %d: %s", q.Kind, quicker, limits, diff)
				}
			}
		}
	}
}

// What nobody can have counted is refused, and the answer is right all the same.
func TestSharesThatCameToHarmChangeNothing(t *testing.T) {
	var facts []*event.Message
	for _, who := range []string{"u1", "u2", "u3", "u4", "u5", "u6"} {
		facts = append(facts, history(who, "a", "b", "a", "c")...)
	}
	for i, m := range facts {
		m.Seq, m.MessageID = uint64(i+1), fmt.Sprint(i)
	}
	live := streamtest.Shared(t, duckdbtest.Open(t), facts, 1)
	live = append(live, live[0])
	around := Request{Kind: After, Anchor: []byte(`{"when":[{"event":"a"}]}`), AsOf: "2026-11-27"}
	for what, ask := range map[string]func(*nodes.Circle) any{
		"transitions": func(circle *nodes.Circle) any {
			return paths(t, live[0], circle, Request{Kind: Transitions, AsOf: "2026-11-27"})
		},
		"after": func(circle *nodes.Circle) any { return paths(t, live[0], circle, around) },
		"list": func(circle *nodes.Circle) any {
			return walkers(t, live[0], circle, WalkersRequest{Request: around, Node: "0/anchor"})
		},
	} {
		counters := counters(live, 0)
		nodestest.Harm(t, what, Divided, counters[0], counters[1], ask)
	}
}

// A link tells as many times as there can be, all of them inside its bracket.
func TestALinkThatCannotHaveBeenGoneIsRefused(t *testing.T) {
	good := counted{key: 1, paths: 3, customers: 2, below: 1, bracket: bracket{5, 10}, kept: []uint64{5, 14}}
	for what, change := range map[string]func(*counted){
		"":                        func(*counted) {},
		"more customers":          func(c *counted) { c.customers = 4 },
		"more below":              func(c *counted) { c.below = 4 },
		"more times":              func(c *counted) { c.below = 2 },
		"a time before":           func(c *counted) { c.kept[0] = 4 },
		"a time after":            func(c *counted) { c.kept[1] = 15 },
		"a bracket without end":   func(c *counted) { c.low, c.kept = 16, nil; c.span = open.span },
		"nobody":                  func(c *counted) { *c = counted{key: 1} },
		"an end that is not told": func(c *counted) { c.key = 2 * acrossParts },
	} {
		l := good
		l.kept = append([]uint64{}, good.kept...)
		change(&l)
		all := newParts(0)
		all.links[l.key] = &l
		var out carrier.Carrier
		all.carry(&out, acrossParts, upTo(9))
		text, err := out.Written()
		if err != nil {
			t.Fatal(err)
		}
		in := carrier.From(text)
		newParts(0).carry(in, acrossParts, upTo(2))
		if err = in.End(); (err == nil) != (what == "") {
			t.Errorf("%q: %v", what, err)
		}
	}
}

func upTo(ends int) func(int) bool { return func(end int) bool { return end < ends } }

// An order that no asker gives is refused.
func TestAnOrderOfNoReadingIsRefused(t *testing.T) {
	live := streamtest.Shared(t, duckdbtest.Open(t), history("u", "a", "b"), 1)
	f := Finder{Source: live[0]}
	for _, body := range []string{
		``, `{}`, `{"request":{"kind":"transitions"},"order":{"reading":"ways"}}`, `{"request":{"kind":"transitions"},"order":{"reading":"names"}}`,
		`{"request":{"kind":"transitions"},"order":{"reading":"list"}}`,
		`{"request":{"kind":"after","anchor":{"when":[{"event":"a"}]}},"order":{"reading":"ways","named":[["b"]]}}`,
		`{"request":{"kind":"after","anchor":{"when":[{"event":"a"}]},"steps":1},"order":{"reading":"ways","named":[[],["b"],[]],"missed":[["0/anchor","9/event/b"]]}}`,
	} {
		if _, err := f.Count(t.Context(), []byte(body), warehouse.Moment{}); err == nil {
			t.Errorf("%s was begun", body)
		}
	}
}

// What a question takes from a journey other nodes are told.
func TestADividedQuestionTakesItsJourneyAlong(t *testing.T) {
	var facts []*event.Message
	for _, who := range []string{"u1", "u2", "u3"} {
		facts = append(facts, history(who, "A", "C", "B", "A", "C", "C", "B")...)
	}
	for i, m := range facts {
		m.Seq, m.MessageID = uint64(i+1), fmt.Sprint(i)
	}
	live := streamtest.Shared(t, duckdbtest.Open(t), facts, 2)
	q := Request{
		Kind: Between, AsOf: "2026-11-27", Occurrence: Every, Anchor: []byte(`{"stage":"a"}`), Until: []byte(`{"stage":"b"}`),
		Journey: journeyOf(t, "kind: Journey\nid: j\nwindow: 2h\nstages: [{id: a, steps: [{id: a, when: [{event: A}]}]}, {id: b, steps: [{id: b, when: [{event: B, where: {channel: {ne: x}}}]}]}]"),
	}
	one := paths(t, live[0], nil, q)
	if one.Paths != 3 { // the second way of each takes three hours
		t.Errorf("%d paths", one.Paths)
	}
	circle := nodestest.Start(t, rand.New(rand.NewPCG(1, 81)), Divided, counters(live, 0))[0]
	if diff := cmp.Diff(one, paths(t, live[0], circle, q)); diff != "" {
		t.Error(diff)
	}
}

// FuzzWhatWasCounted reads anything as a share of every reading. What it takes it can add
// up and show, and it is the same when it is written and read again.
func FuzzWhatWasCounted(f *testing.F) {
	q, err := Request{Kind: After, Anchor: []byte(`{"when":[{"event":"a"}]}`), Steps: 1}.understand()
	if err != nil {
		f.Fatal(err)
	}
	about := (&Finder{}).about(q, &stream.Streams{})
	columns := q.columns([][]string{{}, {"b"}, {}})
	begins := []func() reading{
		func() reading { return q.newNameCounts() },
		func() reading { return q.newPairLinks(9) },
		func() reading { return q.newWayLinks(columns, 9) },
		func() reading { return q.newListed(&WalkersRequest{Request: q.Request}, nil, columns.named) },
	}
	show := func(r reading) any {
		switch r := r.(type) {
		case *nameCounts:
			return r.times
		case *pairLinks:
			r.missed(r.top(q.Top))
			return about.told(r.links, pairing{r.book.names, acrossParts}, r.customers)
		case *wayLinks:
			r.missed(everyLink)
			return columns.about(about).told(r.links, r.passed)
		case *listed:
			return r.items
		}
		return nil
	}
	link := func() *counted {
		return &counted{key: 1, paths: 3, customers: 2, below: 1, bracket: bracket{5, 10}, kept: []uint64{5, 14}}
	}
	for _, begin := range begins {
		r := begin()
		switch r := r.(type) {
		case *nameCounts:
			r.times[1]["b"] = 3
		case *pairLinks:
			r.book.names, r.links[1] = []string{"a", "b"}, link()
		case *wayLinks:
			anchor, b := columns.nodeAt(place{0, AnchorNode, ""}), columns.nodeAt(place{1, EventNode, "b"})
			l := link()
			l.key = uint64(anchor*columns.nodes() + b)
			r.anchored, r.paths[b], r.customers[b], r.links[l.key] = 2, 3, 2, l
		case *listed:
			r.items = []Walker{{ID: "u", At: instant(5), Seconds: new(1.5), Paths: 2}}
		}
		f.Add(carried(f, r))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		for _, begin := range begins {
			once := begin()
			if !taken(once, text) {
				continue
			}
			again := begin()
			if !taken(again, carried(t, once)) {
				t.Fatalf("what %T took it does not take again", once)
			}
			if diff := cmp.Diff(show(once), show(again)); diff != "" {
				t.Errorf("%T: %s", once, diff)
			}
		}
	})
}

// taken has a reading add what it takes for a share of its; false where it is none.
func taken(r reading, text []byte) bool {
	c := carrier.From(text)
	add := r.take(c)
	if c.End() != nil {
		return false
	}
	add()
	return true
}

func carried(t testing.TB, r reading) []byte {
	t.Helper()
	var c carrier.Carrier
	r.carry(&c)
	text, err := c.Written()
	if err != nil {
		t.Fatal(err)
	}
	return text
}
