package stream_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"beichen/internal/event"
	"beichen/internal/journey/stream"
)

// TestSpansHoldTheEventsThatCount compares the spans of a question with the words that
// a cursor gives, customer by customer: of few events and of many, over several blocks,
// some of which are replaced on the way, with bounds inside the history, at its ends and
// the wrong way round.
func TestSpansHoldTheEventsThatCount(t *testing.T) {
	const day = 24 * time.Hour
	s := newStore(t)
	live := stream.NewLive(s, s, s.graph)
	defer live.Close()
	r := rand.New(rand.NewPCG(20261126, 3))
	first, seq, compared := time.Date(2024, time.July, 1, 0, 0, 0, 0, time.UTC), uint64(0), 0
	for range 30 {
		for range 500 {
			seq++
			who := r.IntN(1200)
			if r.IntN(2) == 0 {
				who = r.IntN(8)
			}
			s.accept(&event.Message{
				Type: event.Track, UserID: fmt.Sprint("u", who), Name: "A", Seq: seq, MessageID: fmt.Sprint(seq),
				Time: first.Add(time.Duration(r.IntN(540)) * day),
			})
		}
		var q stream.Question
		if r.IntN(4) > 0 {
			q.From = first.Add(time.Duration(r.IntN(560)-10) * day)
		}
		if r.IntN(4) > 0 {
			q.Until = first.Add(time.Duration(r.IntN(560)-10) * day)
		}
		answer, err := live.Streams(context.Background(), q)
		if err != nil {
			t.Fatal(err)
		}
		c := answer.Cursor(true)
		for _, b := range answer.Blocks {
			spans, ok := answer.Spans(b, nil)
			if !ok {
				t.Fatal("a question without a segment has no spans")
			}
			for i := range b.Len() {
				words := c.Words(b, i)
				if len(words) == 0 {
					continue
				}
				if len(spans) == 0 || spans[0].Place != uint32(i) || !slices.Equal(words, b.Event[spans[0].Low:spans[0].High]) {
					t.Fatalf("from %s until %s: customer %d has %d events that count, and the spans go on with %v", q.From, q.Until, i, len(words), spans)
				}
				spans = spans[1:]
				compared++
			}
			if len(spans) > 0 {
				t.Fatalf("from %s until %s: spans of nobody: %v", q.From, q.Until, spans)
			}
		}
	}
	if compared < 5000 {
		t.Errorf("only %d customers were compared", compared)
	}
	if _, ok := segmented(t, live).Spans(&stream.Block{}, nil); ok {
		t.Error("a question with a segment has spans")
	}
}

func segmented(t *testing.T, live *stream.Live) *stream.Streams {
	t.Helper()
	segment, err := event.ParseFilter([]byte(`{"channel":"in"}`))
	if err != nil {
		t.Fatal(err)
	}
	answer, err := live.Streams(context.Background(), stream.Question{Segment: segment})
	if err != nil {
		t.Fatal(err)
	}
	return answer
}

// TestCountingBelow compares counting by lines of memory with a search.
func TestCountingBelow(t *testing.T) {
	r := rand.New(rand.NewPCG(20261126, 4))
	for range 2000 {
		words := make([]uint64, r.IntN(70))
		for i := range words {
			words[i] = r.Uint64N(50)
		}
		slices.Sort(words)
		bound := r.Uint64N(52)
		want, _ := slices.BinarySearch(words, bound)
		if got := stream.CountBelow(words, bound); got != uint64(want) {
			t.Fatalf("%d of %v are below %d, want %d", got, words, bound, want)
		}
	}
}
