package journey

import (
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"beichen/internal/event"
	"beichen/internal/journey/stream"
)

// TestTheMachineAgreesWithListingEveryChain compares the machine, through
// Measure and with merges, with the evaluator of brute_test.go on random small
// histories with many equal timestamps.
func TestTheMachineAgreesWithListingEveryChain(t *testing.T) {
	const journeys, customers = 4000, 12
	compared, chains, tainted, undecided := 0, 0, 0, 0
	for seed := range cases(uint64(journeys)) {
		r := rand.New(rand.NewPCG(seed, 20261123))
		b := randomJourney(r)
		histories := make([][]bruteEvent, customers)
		for i := range histories {
			histories[i] = randomHistory(r)
		}
		want, excluded := map[string]string{}, 0
		for i, history := range histories {
			v, ok := b.judge(history)
			switch {
			case b.undecided:
				histories[i] = nil
				undecided++
			case !ok:
			case v.excluded:
				excluded++
			case v.level == 0: // kept, with nothing passed before the exclusion
				excluded++
			default:
				want[fmt.Sprint("u", i)] = b.describe(v)
			}
			compared++
		}
		chains += len(want)
		tainted += excluded
		j, err := Parse(b.definition())
		if err != nil {
			t.Fatalf("%s: %v", b.definition(), err)
		}
		m := Measurer{Source: stream.NewMemory(messagesOf(r, histories), 1)}
		if seed%2 == 1 {
			live := resident(messagesOf(r, histories))
			defer live.Close()
			m.Source = live
		}
		request := Request{Journey: j, Customers: true, From: instantText(b.from), AsOf: instantText(1000)}
		a, err := m.Measure(context.Background(), request)
		if err != nil {
			t.Fatal(err)
		}
		got := map[string]string{}
		for _, p := range a.Customers {
			got[p.ID] = b.describePlace(p, j)
		}
		if diff := cmp.Diff(want, got); diff != "" || *a.Excluded != excluded {
			t.Errorf("seed %d: %s\nexcluded: want %d, got %d\n%s", seed, b.definition(), excluded, *a.Excluded, diff)
			for i, history := range histories {
				id := fmt.Sprint("u", i)
				if want[id] != got[id] {
					t.Errorf("%s: %s", id, showHistory(history))
				}
			}
			if excluded == *a.Excluded {
				t.FailNow()
			}
			t.Fatal("histories:", mapped(histories, showHistory))
		}
		if seed%50 == 0 {
			checkAgreement(t, &m, request, a)
		}
	}
	if compared < cases(30000) || chains < compared/4 || tainted < compared/150 || undecided > compared/100 {
		t.Errorf("too little was compared: %d histories, %d chains, %d excluded, %d undecided", compared, chains, tainted, undecided)
	}
}

// cases is how many random cases a property is held to: with -short, as under the race
// detector, a tenth. Sums are not what that looks for.
func cases[N int | uint64](n N) N {
	if testing.Short() {
		return n / 10
	}
	return n
}

func mapped[T any](list []T, f func(T) string) []string {
	var out []string
	for _, item := range list {
		out = append(out, f(item))
	}
	return out
}

func showHistory(history []bruteEvent) string {
	return strings.Join(mapped(history, func(e bruteEvent) string { return fmt.Sprintf("%c@%d", e.name, e.t) }), " ")
}

func pick[T any](r *rand.Rand, of ...T) T { return of[r.IntN(len(of))] }

func randomJourney(r *rand.Rand) *brute {
	b := &brute{bruteJourney: bruteJourney{
		order: pick(r, "ordered", "ordered", "strict", "any"), entry: pick(r, "latest", "latest", "first"),
		excluded: pick(r, "remove", "keep"), window: pick(r, 0, 1, 2, 3, 5, 8), from: pick(r, 0, 0, 0, 2),
	}}
	plain := r.IntN(2) == 0 // single steps only
	for q := range 1 + r.IntN(4) {
		s := bruteStage{pass: "any", optional: r.IntN(4) == 0 && (plain && b.order != "any" || b.order == "ordered" && q > 0)}
		steps := 1 + r.IntN(2)
		if plain {
			steps = 1
		} else if steps > 1 {
			s.pass = pick(r, "any", "all", "sequence")
		}
		for range steps {
			step := bruteStep{names: pick(r, "a", "b", "c", "ab", "bc", "abcdx"), times: 1, firstEver: r.IntN(10) == 0}
			if !plain && !step.firstEver && r.IntN(3) == 0 {
				step.times, step.within = 2, pick(r, 0, 1, 3)
			}
			s.steps = append(s.steps, step)
		}
		b.stages = append(b.stages, s)
	}
	if len(b.stages) > 1 && r.IntN(2) == 0 {
		for range 1 + r.IntN(2) {
			x := bruteExclusion{name: pick[byte](r, 'x', 'x', 'x', 'd', 'a'), to: len(b.stages) - 1}
			if b.order != "any" {
				x.from = r.IntN(len(b.stages) - 1)
				x.to = x.from + 1 + r.IntN(len(b.stages)-1-x.from)
			}
			b.exclusions = append(b.exclusions, x)
		}
	}
	return b
}

func randomHistory(r *rand.Rand) []bruteEvent {
	events := make([]bruteEvent, 1+r.IntN(6))
	span := pick(r, 3, 6, 12)
	for i := range events {
		events[i] = bruteEvent{t: r.IntN(span), name: "aabbccdxx"[r.IntN(9)]}
	}
	slices.SortStableFunc(events, func(x, y bruteEvent) int { return x.t - y.t })
	return events
}

func instantText(t int) string { return time.Unix(int64(t), 0).UTC().Format(time.RFC3339) }

// messagesOf gives the histories to customers u0, u1, …; some of them have two
// ids that an alias joins later. All in one random order that keeps each
// instant's.
func messagesOf(r *rand.Rand, histories [][]bruteEvent) []*event.Message {
	var out []*event.Message
	for i, history := range histories {
		id := fmt.Sprint("u", i)
		two := r.IntN(3) == 0
		for k, e := range history {
			m := &event.Message{Type: event.Track, UserID: id, Name: string(e.name), Time: time.Unix(int64(e.t), 0).UTC()}
			if two && r.IntN(2) == 0 {
				m.UserID = id + "-before"
			}
			m.Seq, m.MessageID = uint64(i*100+k+1), fmt.Sprint(id, ":", k)
			out = append(out, m)
		}
		if two {
			out = append(out, &event.Message{
				Type: event.Alias, PreviousID: id + "-before", UserID: id, Time: time.Unix(100, 0).UTC(),
				Seq: uint64(i*100 + 99), MessageID: id + ":alias",
			})
		}
	}
	return out
}

// definition writes the journey as people would.
func (b *brute) definition() []byte {
	type object = map[string]any
	var stages, exclude []object
	for q, s := range b.stages {
		var steps []object
		for i, step := range s.steps {
			var when []object
			for _, name := range step.names {
				when = append(when, object{"event": string(name)})
			}
			o := object{"id": fmt.Sprint("t", i), "when": when, "times": step.times, "firstEver": step.firstEver}
			if step.within > 0 {
				o["within"] = fmt.Sprint(step.within, "s")
			}
			steps = append(steps, o)
		}
		stages = append(stages, object{"id": fmt.Sprint("s", q), "pass": s.pass, "optional": s.optional, "steps": steps})
	}
	for _, x := range b.exclusions {
		exclude = append(exclude, object{"event": string(x.name), "between": []string{fmt.Sprint("s", x.from), fmt.Sprint("s", x.to)}})
	}
	window := "none"
	if b.window > 0 {
		window = fmt.Sprint(b.window, "s")
	}
	raw, err := json.Marshal(object{
		"kind": "Journey", "id": "j", "order": b.order, "entry": b.entry, "excluded": b.excluded, "window": window,
		"stages": stages, "exclude": exclude,
	})
	if err != nil {
		panic(err)
	}
	return raw
}

// single reports whether every stage is passed by one event.
func (b *brute) single() bool {
	return !slices.ContainsFunc(b.stages, func(s bruteStage) bool {
		return len(s.steps) > 1 || s.steps[0].times > 1
	})
}

// told reports whether a stage's instant is compared. Where stages have several
// steps, an optional one may be passed in several ways that lead equally far, and
// so may the levels below the last with order any.
func (b *brute) told(q, level int) bool {
	return b.single() || b.order != "any" && !b.stages[q].optional || q == level-1
}

// describe tells a verdict.
func (b *brute) describe(v bruteVerdict) string {
	text := fmt.Sprintf("level %d, entry %d", v.level, v.entry)
	for q, at := range v.t {
		if at != bruteNever && b.told(q, v.level) {
			text += fmt.Sprintf(", %d at %d", q, at)
		}
	}
	return text
}

func (b *brute) describePlace(p CustomerPlace, j *Journey) string {
	text := fmt.Sprintf("level %d, entry %d", p.Level, p.EntryAt.Unix())
	for q := range j.Stages {
		id := j.Stages[q].ID
		if b.order == "any" {
			id = fmt.Sprint(q + 1)
		}
		if at, ok := p.Stages[id]; ok && b.told(q, p.Level) {
			text += fmt.Sprintf(", %d at %d", q, at.Unix())
		}
	}
	return text
}
