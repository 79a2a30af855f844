package journey

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"beichen/internal/event"
	"beichen/internal/identity"
	"beichen/internal/journey/stream"
	"beichen/internal/warehouse"
)

// TestTheQuickWalkGivesWhatTheMachineGives compares both ways over journeys of every
// order and entry, customer by customer: the chain, the very events that filled it,
// the steps and every event that counts for them.
func TestTheQuickWalkGivesWhatTheMachineGives(t *testing.T) {
	for _, of := range []string{"", "entry: first\n", "order: strict\n", "order: any\n"} {
		t.Run(of, func(t *testing.T) { compareWalks(t, of) })
	}
}

func compareWalks(t *testing.T, of string) {
	compared, handed, passed, resolved, unresolved := 0, 0, 0, 0, 0
	for seed := range cases(uint64(1500)) {
		r := rand.New(rand.NewPCG(seed, 7))
		text := fmt.Sprintf("kind: Journey\nid: j\nwindow: %s\n%sstages:\n", pick(r, "none", "1s", "2s", "4s", "9s"), of)
		// Where stages share no events and events no instants, all is left to the quick walk.
		apart := r.IntN(3) > 0
		stages := 1 + r.IntN(5)
		// The value of one column tells a class with the name, or several do.
		other := pick(r, ", where: { channel: shop }", ", where: { channel: { ne: shop } }", ", where: { channel: shop, value: { gte: 2 } }")
		for s := range stages {
			text += fmt.Sprintf("- id: s%d\n  steps:\n", s)
			for k := range 1 + r.IntN(3) {
				name := pick(r, "a", "b", "c", "d")
				if apart {
					name = "abcdx"[s : s+1]
				}
				text += fmt.Sprintf("  - { id: t%d, when: [{ event: %s%s }", k, name, pick(r, "", "", "", other))
				if r.IntN(4) == 0 && !apart {
					text += fmt.Sprintf(", { event: %s }", pick(r, "a", "b", "c", "d"))
				}
				text += "] }\n"
			}
		}
		if stages > 1 && stages < 5 && r.IntN(4) == 0 && of != "order: any\n" {
			text += "exclude: [{ event: x, between: [s0, s1] }]\n"
		}
		j, err := Parse([]byte(text))
		if err != nil {
			t.Fatal(err)
		}
		histories := make([][]bruteEvent, 20)
		for i := range histories {
			n, span := 1+r.IntN(12), pick(r, 6, 15, 60)
			if r.IntN(20) == 0 { // more than are looked at at once, or than a byte can count
				n = pick(r, 40, 40, 80, 300)
				span = 2 * n
			}
			for range n {
				e := bruteEvent{t: r.IntN(span), name: "aabbccdx"[r.IntN(8)]}
				if apart {
					e.t = len(histories[i])
				}
				histories[i] = append(histories[i], e)
			}
		}
		messages := messagesOf(r, histories)
		for _, m := range messages {
			m.Channel = pick(r, "", "shop", "shop")
			if m.Type == event.Track {
				m.Value, m.Currency = new(float64(r.IntN(4))), "TWD"
			}
		}
		source := resident(messages)
		m := Measurer{Source: source}
		q, err := Request{Journey: j}.understand()
		if err != nil {
			t.Fatal(err)
		}
		d, err := m.one(context.Background(), q, "")
		if err != nil {
			t.Fatal(err)
		}
		fast, slow := newWorker(d), newWorker(d)
		fast.quick.collect = r.IntN(2) == 0
		source.Close()
		switch {
		case fast.quick.resolving != nil:
			resolved++
		case slices.Contains(fast.quick.classOfName, stream.Conditional):
			unresolved++
		}
		for i := range d.streams.Blocks[0].Len() {
			b := d.streams.Blocks[0]
			if !slow.cursor.Load(b, i) {
				continue
			}
			slow.walk.load(slow.since())
			want := slow.verdict()
			found := fast.quick.judge(b, i, &fast.result)
			if found == leftToWalk {
				handed++
				continue
			}
			compared++
			if got := found != noChainFound; got != want {
				t.Fatalf("%s\n%d: chain %v, want %v", text, i, got, want)
			}
			if found == inCrowd {
				fast.fromCrowd()
			}
			if !fast.quick.collect {
				slow.result.Touches = nil
			}
			if want && slow.result.Level > 1 {
				passed++
			}
			if diff := cmp.Diff(told(&slow.result, want), told(&fast.result, want)); diff != "" {
				t.Fatalf("seed %d: %s\nat %v class %v\n%s", seed, text, slow.cursor.At, slow.cursor.Class, diff)
			}
		}
	}
	if compared < cases(10_000) || passed < cases(1_500) || handed == 0 {
		t.Errorf("%d compared, %d of them past the first stage, %d handed to the machine", compared, passed, handed)
	}
	if simple := of == "" || of == "entry: first\n"; simple && (resolved < cases(300) || unresolved < cases(150)) {
		t.Errorf("%d journeys whose classes one value tells, %d of others with conditions", resolved, unresolved)
	}
}

// told is a result without what is left over from other customers.
func told(r *Result, hasChain bool) map[string]any {
	if !hasChain {
		return nil
	}
	steps := map[int]string{}
	for n := range r.StepAt {
		if r.Steps.has(n) {
			steps[n] = fmt.Sprint(r.StepAt[n], " ", r.Times[n])
		}
	}
	touches := slices.Clone(r.Touches)
	slices.SortFunc(touches, func(a, b Touch) int { return int(a.Event-b.Event)*1000 + int(a.Step-b.Step) })
	return map[string]any{
		"level": r.Level, "complete": r.Complete, "entry": r.Entry, "end": r.End, "at": slices.Clone(r.At), "event": slices.Clone(r.Event),
		"steps": steps, "fills": slices.Clone(r.Fills), "touches": touches, "excluded": r.Excluded,
	}
}

// unloaded is a store that nothing has been moved into yet.
type unloaded struct {
	warehouse.Warehouse
	tail []warehouse.Stored
}

func (unloaded) Extent(context.Context) (warehouse.Stats, error) { return warehouse.Stats{}, nil }

func (unloaded) Horizon(context.Context) (warehouse.Horizon, error) { return warehouse.Horizon{}, nil }

func (unloaded) Scan(context.Context, warehouse.Scan, func(*warehouse.Batch) error) error { return nil }

func (unloaded) TraitValues(context.Context, event.Root, []string, func(warehouse.TraitValue) error) error {
	return nil
}

func (u unloaded) Tail() (uint64, []warehouse.Stored) { return 0, u.tail }

// resident answers about messages from the index, as a server does.
func resident(messages []*event.Message) *stream.Live {
	graph := identity.NewGraph()
	var u unloaded
	for i, m := range messages {
		m.Seq = uint64(i + 1)
		u.tail = append(u.tail, stream.Number(graph, m))
	}
	return stream.NewLive(u, u, graph)
}
