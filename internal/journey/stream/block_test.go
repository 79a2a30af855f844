package stream_test

import (
	"math"
	"math/rand/v2"
	"testing"

	"beichen/internal/journey/stream"
)

// TestSlotsHoldASpan compares the slots of a span with those of its instants, one
// slot after the other, on both sides of 1970.
func TestSlotsHoldASpan(t *testing.T) {
	const slot = 1 << 40
	r := rand.New(rand.NewPCG(1, 2))
	for range 1000 {
		from := r.Int64N(400*slot) - 200*slot
		until := from + r.Int64N(80*slot)
		want := stream.Slots(until, until)
		for at := from; at <= until; at += slot {
			want |= stream.Slots(at, at)
		}
		if got := stream.Slots(from, until); got != want {
			t.Fatalf("from %d until %d: %#x, want %#x", from, until, got, want)
		}
		if one := stream.Slots(from, from); one&(one-1) != 0 || one == 0 {
			t.Fatalf("an instant in the slots %#x", one)
		}
	}
	if got := stream.Slots(slot, 0); got != 0 {
		t.Errorf("a span that ends before it begins has the slots %#x", got)
	}
	if got := stream.Slots(-100*slot, 100*slot); got != math.MaxUint64 {
		t.Errorf("centuries have the slots %#x", got)
	}
}
