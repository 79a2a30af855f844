package journey

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"beichen/internal/event"
)

// TestCountsAloneAreThoseOfTheWholeAnswer asks random journeys, and drafts of journeys with
// a step a stage, once whole and once for their counts: the second answer is the first one
// without its times, its money and its events.
func TestCountsAloneAreThoseOfTheWholeAnswer(t *testing.T) {
	rows, excluded, brief := 0, 0, 0
	for seed := range cases(uint64(600)) {
		r := rand.New(rand.NewPCG(seed, 43))
		definition := string(randomJourney(r).definition())
		if seed%2 == 0 {
			definition = singleSteps(r)
		}
		histories := make([][]bruteEvent, 20)
		for i := range histories {
			histories[i] = randomHistory(r)
		}
		messages := messagesOf(r, histories)
		for _, m := range messages {
			if m.Type == event.Track {
				m.Channel = pick(r, "", "", "shop", "mail")
				m.Value, m.Cost, m.Currency = new(float64(r.IntN(9))), new(0.25*float64(r.IntN(3))), pick(r, "TWD", "BRL")
			}
		}
		source := resident(messages)
		whole, counts := Measurer{Source: source}, Measurer{Source: source}
		for range 3 {
			j, err := Parse([]byte(definition))
			if err != nil {
				t.Fatal(err, definition)
			}
			request := Request{Journey: j, AsOf: instantText(pick(r, 4, 9, 1000)), Breakdown: pick(r, nil, []string{"channel"}, []string{"channel", "value"})}
			if request.Breakdown != nil {
				request.Attribution = pick(r, "first", "first", "last", "all", "step:s0")
			}
			if r.IntN(6) == 0 {
				request.Customers = true
			}
			want, err := whole.Measure(t.Context(), request)
			if err != nil {
				t.Fatal(err)
			}
			request.Only = OnlyCounts
			got, err := counts.Measure(t.Context(), request)
			if err != nil {
				t.Fatal(err)
			}
			leaveOutTimes(want)
			if diff := cmp.Diff(want, got); diff != "" {
				t.Fatalf("seed %d, %v by %s: %s\n−whole +counts: %s", seed, request.Breakdown, request.Attribution, definition, diff)
			}
			rows += len(want.Breakdown)
			excluded += *want.Excluded
			if q, err := request.forAnswer(); err == nil && (&measured{question: q}).brief() {
				brief++
			}
			definition = strings.Replace(definition, "event: a", "event: "+pick(r, "b", "c", "d"), 1)
		}
		source.Close()
	}
	if rows < cases(600) || excluded < cases(100) || brief < cases(300) {
		t.Errorf("too little was compared: %d rows, %d excluded, %d journeys of single steps", rows, excluded, brief)
	}
}

// singleSteps is a journey whose stages have a step each.
func singleSteps(r *rand.Rand) string {
	text := fmt.Sprintf("kind: Journey\nid: j\nwindow: %s\nstages:\n", pick(r, "none", "2s", "9s"))
	stages := 1 + r.IntN(4)
	for s := range stages {
		text += fmt.Sprintf("- id: s%d\n  steps: [{ id: t, when: [{ event: %s }] }]\n", s, "abcd"[s:s+1])
	}
	if stages > 1 && r.IntN(2) == 0 {
		text += "exclude: [{ event: x, between: [s0, s1] }]\n"
	}
	return text
}

// leaveOutTimes takes out of an answer what counts alone do not tell.
func leaveOutTimes(a *Answer) {
	bare := func(n *Numbers) {
		n.Time, n.TimeFromEntry, n.Eventual, n.Cost, n.Value = nil, nil, nil, nil, nil
		if n.Left != nil {
			n.Left.MedianDwellSeconds = nil
		}
	}
	all := [][]StageAnswer{a.Stages}
	for _, row := range a.Breakdown {
		all = append(all, row.Stages)
	}
	for _, stages := range all {
		for s := range stages {
			bare(&stages[s].Numbers)
			for k := range stages[s].Steps {
				bare(&stages[s].Steps[k].Numbers)
				stages[s].Steps[k].Events = nil
			}
		}
	}
}
