package journey

import (
	"encoding/json"
	"math"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// reflected is an answer without a hand in how it is written.
type reflected Answer

func TestAnAnswerIsWrittenAsItsFieldsSay(t *testing.T) {
	floats := rapid.OneOf(rapid.Float64(), rapid.Float64Range(0, 1), rapid.SampledFrom([]float64{0, 1, -3, 1e-7, 1e21, 1 << 53, math.Copysign(0, -1), 604800}))
	maybe := func(t *rapid.T) *float64 {
		if rapid.Bool().Draw(t, "null") {
			return nil
		}
		return new(floats.Draw(t, "float"))
	}
	count := func(t *rapid.T) *int {
		if rapid.Bool().Draw(t, "null") {
			return nil
		}
		return new(rapid.Int().Draw(t, "count"))
	}
	money := func(t *rapid.T) []Money {
		if rapid.Bool().Draw(t, "null") {
			return nil
		}
		return []Money{{Currency: rapid.String().Draw(t, "currency"), Total: floats.Draw(t, "total"), PerCustomer: maybe(t)}}
	}
	rate := func(t *rapid.T) *Rate { return &Rate{Rate: maybe(t), Low: maybe(t), High: maybe(t), N: 7} }
	numbers := func(t *rapid.T) Numbers {
		n := Numbers{ID: rapid.String().Draw(t, "id"), Reached: count(t), Pending: count(t), Cost: money(t), Value: money(t)}
		if rapid.Bool().Draw(t, "bound") {
			n.OfPrevious, n.OfStart, n.Eventual, n.Left = rate(t), rate(t), &Eventual{Rate: floats.Draw(t, "eventual")}, &Left{N: 2, MedianDwellSeconds: maybe(t)}
			n.Time = &Times{N: 3, MedianSeconds: maybe(t), Histogram: [][2]float64{{floats.Draw(t, "low"), 4}}}
			n.TimeFromEntry = &Times{MeanSeconds: maybe(t), P90Seconds: maybe(t)}
			n.Sentiment.Said = &Feeling{Mean: 0.5, N: 3}
		}
		return n
	}
	rapid.Check(t, func(t *rapid.T) {
		stages := func() []StageAnswer {
			return []StageAnswer{{Numbers: numbers(t), Steps: []StepAnswer{{Numbers: numbers(t), Events: count(t), Lift: maybe(t)}}}, {Numbers: numbers(t)}}
		}
		a := &Answer{
			Definition: Definition{Kind: "Journey", ID: rapid.String().Draw(t, "id"), Version: count(t)}, AsOf: time.UnixMicro(1700000000123456).UTC(),
			Timezone: "Asia/Taipei", Entered: count(t), Excluded: count(t), Unattributed: 3, Stages: stages(),
		}
		if rapid.Bool().Draw(t, "more") {
			a.Breakdown = []Row{{Value: rapid.SampledFrom([]any{nil, "<a>", 2.5, true, []any{"x", nil}}).Draw(t, "value"), Entered: 1, Stages: stages()}}
			a.TimeBetween = &TimeBetween{From: "a", To: "b", Histogram: [][2]float64{}}
			a.Customers = []CustomerPlace{}
			a.From = new("2024-01-01")
		}
		want, err := json.Marshal((*reflected)(a))
		if err != nil {
			t.Fatal(err)
		}
		got, err := json.Marshal(a)
		if err != nil {
			t.Fatal(err)
		}
		if string(got) != string(want) {
			t.Fatalf("want\n%s\ngot\n%s", want, got)
		}
	})
}
