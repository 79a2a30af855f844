package journey

import (
	"context"
	"fmt"
	"math/rand/v2"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"beichen/internal/event"
)

// drafts is a journey as its stages are written, to be changed one by one.
type drafts []string

func (d drafts) journey(t *testing.T) *Journey {
	t.Helper()
	text := "kind: Journey\nid: j\nwindow: 20s\nstages:\n"
	for s, steps := range d {
		text += fmt.Sprintf("- id: s%d\n  steps:\n%s", s, steps)
	}
	j, err := Parse([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return j
}

func drawSteps(r *rand.Rand) string {
	text := ""
	for k := range 1 + r.IntN(3) {
		text += fmt.Sprintf("  - { id: t%d, when: [{ event: %s }] }\n", k, pick(r, "a", "b", "c", "d"))
	}
	return text
}

// TestSeveralAnswersAreMadeAtOnceOfWhatWasCounted is for the race detector: what was
// counted of a board is shared by its drafts.
func TestSeveralAnswersAreMadeAtOnceOfWhatWasCounted(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 12))
	histories := make([][]bruteEvent, 2000)
	for i := range histories {
		for range 20 {
			histories[i] = append(histories[i], bruteEvent{t: r.IntN(40), name: "abcd"[r.IntN(4)]})
		}
	}
	messages := messagesOf(r, histories)
	for _, m := range messages {
		m.Channel = pick(r, "email", "shop")
		if m.Type == event.Track {
			m.Value, m.Currency = new(float64(r.IntN(1000))), "TWD"
		}
	}
	source := resident(messages)
	defer source.Close()
	request := Request{Journey: drafts{drawSteps(r), drawSteps(r), drawSteps(r)}.journey(t), Breakdown: []string{"channel"}}
	q, err := request.forAnswer()
	if err != nil {
		t.Fatal(err)
	}
	d, counted, err := (&Measurer{Source: source}).undivided(t.Context(), q)
	if err != nil {
		t.Fatal(err)
	}
	want, err := (&Measurer{Source: source}).Measure(t.Context(), request)
	if err != nil {
		t.Fatal(err)
	}
	var answering sync.WaitGroup
	for range 4 {
		answering.Go(func() {
			got, err := d.answer(t.Context(), counted)
			if diff := cmp.Diff(want, got); err != nil || diff != "" {
				t.Error(err, diff)
			}
		})
	}
	answering.Wait()
}

// TestADraftIsCountedAsIfNothingHadBeenCountedBefore changes journeys stage by
// stage while time goes on, and holds each answer to that of somebody who never
// saw the drafts before. Journeys are of more than one level, and what is changed is
// now and then the last of their stages alone.
func TestADraftIsCountedAsIfNothingHadBeenCountedBefore(t *testing.T) {
	again, late, far, waiting := 0, 0, 0, 0
	for seed := range uint64(50) {
		r := rand.New(rand.NewPCG(seed, 11))
		histories := make([][]bruteEvent, 60)
		for i := range histories {
			for range 1 + r.IntN(24) {
				histories[i] = append(histories[i], bruteEvent{t: r.IntN(40), name: "aabbccdd"[r.IntN(8)]})
			}
		}
		messages := messagesOf(r, histories)
		for _, m := range messages {
			m.Channel = pick(r, "", "email", "shop")
			if m.Type == event.Track && r.IntN(3) == 0 {
				m.Value, m.Currency = new(float64(r.IntN(1000))/100), pick(r, "", "TWD")
			}
		}
		source := resident(messages)
		defer source.Close()
		m := &Measurer{Source: source}
		var d drafts
		for range levelStages + 1 + r.IntN(levelStages) {
			d = append(d, drawSteps(r))
		}
		asOf := 40 + r.IntN(4)
		for range 12 {
			place := r.IntN(len(d))
			if r.IntN(2) == 0 {
				place = len(d) - 1
			}
			switch r.IntN(5) {
			case 0:
				if len(d) > 1 {
					d = append(d[:place:place], d[place+1:]...)
				}
			case 1:
				d = append(d[:place:place], append(drafts{drawSteps(r)}, d[place:]...)...)
			case 2: // the same again, later
			default:
				d[place] = drawSteps(r)
			}
			asOf += r.IntN(3)
			request := Request{Journey: d.journey(t), AsOf: time.Unix(int64(asOf), 0).UTC().Format(time.RFC3339)}
			if r.IntN(2) == 0 {
				request.Breakdown = []string{"channel"}
			}
			request.Only = pick(r, "", OnlyCounts)
			before := len(m.before.last)
			got, err := m.Measure(context.Background(), request)
			if err != nil {
				t.Fatal(err)
			}
			want, err := (&Measurer{Source: source}).Measure(context.Background(), request)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Fatalf("seed %d, %v: %s", seed, d, diff)
			}
			if before > 0 {
				again++
				if place > levelStages {
					late++
				}
			}
			for k, s := range got.Stages {
				waiting += *s.Pending
				if k >= levelStages {
					far += *s.Reached
				}
			}
		}
	}
	if again < 300 || late < 100 || far == 0 || waiting == 0 {
		t.Errorf("%d drafts had one before them, %d were changed late, %d customers came far, %d were waiting", again, late, far, waiting)
	}
}
