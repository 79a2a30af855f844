package path

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"beichen/internal/event"
	"beichen/internal/journey/stream"
	"beichen/internal/journey/stream/streamtest"
)

func pick[T any](r *rand.Rand, of ...T) T { return of[r.IntN(len(of))] }

func randomQuestion(r *rand.Rand) *brute {
	b := &brute{
		kind: pick(r, Transitions, After, Before, Between), fold: r.IntN(2) == 0, gap: pick(r, 0, 0, 1, 3),
		top: 1 + r.IntN(4), from: pick(r, 0, 0, 2), to: pick(r, 1000, 1000, 8), segment: r.IntN(4) == 0,
	}
	if r.IntN(4) == 0 {
		b.only = []string{"a", "b", "c"}
	}
	if r.IntN(4) == 0 {
		b.except = []string{pick(r, "a", "b", "e")}
	}
	if b.kind != Transitions {
		b.anchor, b.steps, b.occurrence = pick(r, "a", "b", "a*", "e*"), 1+r.IntN(4), pick(r, First, Last, Every)
	}
	if b.kind == Between {
		b.until, b.within = pick(r, "c", "a", "b*"), pick(r, 0, 2, 5)
	}
	return b
}

func randomHistory(r *rand.Rand) []bruteEvent {
	events := make([]bruteEvent, r.IntN(10))
	span := pick(r, 2, 6, 15)
	for i := range events {
		events[i] = bruteEvent{t: r.IntN(span), name: string("aabbccde"[r.IntN(8)]), x: r.IntN(2) == 0, in: r.IntN(3) > 0}
	}
	slices.SortStableFunc(events, func(x, y bruteEvent) int { return x.t - y.t })
	return events
}

// messages gives the histories to customers, all in one random order that keeps
// each customer's instants in theirs; some came under two ids.
func messages(r *rand.Rand, histories map[string][]bruteEvent) []*event.Message {
	var out []*event.Message
	for _, id := range slices.Sorted(maps.Keys(histories)) {
		two := r.IntN(3) == 0
		for _, e := range histories[id] {
			m := &event.Message{
				Type: event.Track, UserID: id, Name: e.name, Time: instant(e.t), Properties: json.RawMessage(fmt.Sprintf(`{"x":%t,"who":%q}`, e.x, id)),
			}
			if e.in {
				m.Channel = "in"
			}
			if two && r.IntN(2) == 0 {
				m.UserID = id + "-before"
			}
			m.Seq, m.MessageID = uint64(len(out)+1), fmt.Sprint(len(out))
			out = append(out, m)
		}
		if two {
			out = append(out, &event.Message{
				Type: event.Alias, PreviousID: id + "-before", UserID: id, Time: instant(0), Seq: uint64(len(out) + 1), MessageID: fmt.Sprint(len(out)),
			})
		}
	}
	return out
}

func (b *brute) request(subject string) Request {
	span := func(seconds int) string {
		if seconds == 0 {
			return "none"
		}
		return fmt.Sprint(seconds, "s")
	}
	pattern := func(name string) json.RawMessage {
		if name == "" {
			return nil
		}
		if plain, marked := strings.CutSuffix(name, "*"); marked {
			return json.RawMessage(fmt.Sprintf(`{"when":[{"event":%q,"where":{"properties.x":true}}]}`, plain))
		}
		return json.RawMessage(fmt.Sprintf(`{"when":[{"event":%q}]}`, name))
	}
	q := Request{
		Kind: b.kind, Subject: subject, From: instant(b.from).Format(time.RFC3339), To: instant(b.to).Format(time.RFC3339), Anchor: pattern(b.anchor),
		Until: pattern(b.until), Steps: b.steps, Occurrence: b.occurrence, Fold: b.fold, Gap: span(b.gap), Only: b.only, Except: b.except, Top: b.top,
	}
	if b.kind == Between {
		q.Within = span(b.within)
	}
	if b.segment {
		q.Segment, _ = event.ParseFilter([]byte(`{"channel":"in"}`)) // known to be well formed
	}
	return q
}

// TestPathsAreThoseOfAPlainWalk compares answers and the lists behind them with
// the evaluator of brute_test.go on random small histories with many equal
// instants, folded or not, with pauses, bounds, segments and merged people.
func TestPathsAreThoseOfAPlainWalk(t *testing.T) {
	links, lists, seeds := map[Kind]int{}, 0, 3000
	if testing.Short() {
		seeds = 600 // under the race detector, which takes its time
	}
	for seed := range uint64(seeds) {
		r := rand.New(rand.NewPCG(seed, 20261126))
		b := randomQuestion(r)
		histories := map[string][]bruteEvent{}
		for i := range 8 {
			histories[fmt.Sprint("u", i)] = randomHistory(r)
		}
		b.count(histories)
		facts := messages(r, histories)
		q := b.request(pick(r, "person", "person", "properties.who"))
		inParts := streamtest.InParts(facts)
		for where, f := range map[string]*Finder{
			"in memory": {Source: stream.NewMemory(facts, 1), stride: pick(r, 0, 1, 2)},
			"in parts":  {Source: inParts, limit: pick(r, 0, 1, 9)},
		} {
			a, err := f.Paths(context.Background(), q)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(b.told(), told(a)); diff != "" {
				t.Fatalf("seed %d, %s, %+v:\n%s\n%v", seed, where, q, diff, histories)
			}
			if links[b.kind] += len(a.Links); seed%5 == 0 {
				lists += checkLists(t, f, q, a, b)
			}
		}
		inParts.Close()
	}
	for _, kind := range []Kind{Transitions, After, Before, Between} {
		if links[kind] < seeds/3 {
			t.Errorf("only %d links of kind %s were compared", links[kind], kind)
		}
	}
	if lists < seeds*4/3 {
		t.Errorf("only %d lists were compared", lists)
	}
}

// told writes an answer as lines that do not hang on the order of equals.
func told(a *Answer) []string {
	lines := []string{fmt.Sprintf("%d customers, %d paths", a.Customers, a.Paths)}
	if a.Anchored != nil {
		lines = append(lines, fmt.Sprintf("%d anchored", *a.Anchored))
	}
	if a.Pairs != nil {
		lines = append(lines, fmt.Sprintf("%d pairs", *a.Pairs))
	}
	for _, n := range a.Nodes {
		line := fmt.Sprintf("%s: %d", n.ID, n.Paths)
		if n.Customers != nil {
			line += fmt.Sprintf(" by %d", *n.Customers)
		}
		lines = append(lines, line)
	}
	for _, l := range a.Links {
		lines = append(lines, fmt.Sprintf("%s>%s: %d by %d in %s", l.From, l.To, l.Paths, l.Customers, seconds(l.MedianSeconds)))
	}
	slices.Sort(lines)
	return lines
}

func seconds(s *float64) string {
	if s == nil {
		return "unknown"
	}
	return fmt.Sprint(*s)
}

func (b *brute) told() []string {
	lines := []string{fmt.Sprintf("%d customers, %d paths", len(b.customers), b.paths)}
	nodes := map[string]bool{}
	for _, link := range b.drawn() {
		from, to, _ := strings.Cut(link, ">")
		nodes[from], nodes[to] = true, true
		paths := 0
		for _, n := range b.linkWho[link] {
			paths += n
		}
		lines = append(lines, fmt.Sprintf("%s: %d by %d in %s", link, paths, len(b.linkWho[link]), seconds(medianOf(b.linkTook[link]))))
	}
	if b.kind == Transitions {
		lines = append(lines, fmt.Sprintf("%d pairs", b.differently))
	} else {
		lines = append(lines, fmt.Sprintf("%d anchored", len(b.anchored)))
	}
	for node := range nodes {
		line := fmt.Sprintf("%s: %d", node, b.nodePaths[node])
		if b.kind != Transitions {
			line += fmt.Sprintf(" by %d", len(b.nodeWho[node]))
		}
		lines = append(lines, line)
	}
	slices.Sort(lines)
	return lines
}

// checkLists opens every node and link: the customers are those that were counted.
func checkLists(t *testing.T, f *Finder, q Request, a *Answer, b *brute) (lists int) {
	t.Helper()
	check := func(r WalkersRequest, want map[string]int, paths int) {
		t.Helper()
		r.Request, r.Limit = q, 1000
		page, err := f.Customers(context.Background(), r)
		if err != nil {
			t.Fatalf("%+v: %v", r, err)
		}
		got, sum := map[string]int{}, 0
		for _, w := range page.Items {
			got[w.ID] = w.Paths
			sum += w.Paths
		}
		if diff := cmp.Diff(want, got); diff != "" || page.Total != len(want) || sum != paths {
			t.Fatalf("%s%v: total %d, %d paths of %d\n%s", r.Node, r.Link, page.Total, sum, paths, diff)
		}
		lists++
	}
	for _, n := range a.Nodes {
		check(WalkersRequest{Node: n.ID}, b.nodeWho[n.ID], n.Paths)
	}
	for _, l := range a.Links {
		check(WalkersRequest{Link: []string{l.From, l.To}}, b.linkWho[l.From+">"+l.To], l.Paths)
	}
	return lists
}
