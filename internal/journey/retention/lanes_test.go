package retention

import (
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"beichen/internal/calendar"
	"beichen/internal/journey/stream"
)

// TestStartsOfListsAreCountedLikeCustomers counts more starts than lanes have room for, of
// tables of any width, and compares with looking at each customer's intervals one by one.
func TestStartsOfListsAreCountedLikeCustomers(t *testing.T) {
	r := rand.New(rand.NewPCG(20261128, 1))
	day := calendar.Calendar{Grain: calendar.Day, Location: time.UTC}
	first := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	places := stream.Layout{Base: first.UnixMicro(), NameBits: 9}
	for _, n := range []int{1, 2, 7, 8, 9, 12, 63, 64} {
		in := newIntervals(day, first, n).laid(places)
		for _, cumulative := range []bool{false, true} {
			c := &counts{n: n, cumulative: cumulative, cells: make([]int, n*n)}
			want := make([]int, n*n)
			for block := range 8 {
				of := make([]sets, 512)
				var list []uint64
				for place := range of {
					of[place].back = r.Uint64() & r.Uint64() >> (64 - n)
					var started uint64
					for range []int{1, 4}[block%2] {
						interval := r.IntN(n) * r.IntN(2)
						if block%2 == 0 {
							interval = 0 // more than lanes have room for
						}
						at := r.Int64N(dayMicros) + int64(interval)*dayMicros
						list = append(list, uint64(at)<<places.NameBits|uint64(place))
						started |= 1 << interval
					}
					for i := range n {
						if started>>i&1 == 0 {
							continue
						}
						want[i*n+i]++
						for j := n - 1; j > i; j-- {
							if of[place].back>>j&1 == 1 {
								if want[i*n+j]++; cumulative {
									break
								}
							}
						}
					}
				}
				slices.Sort(list)
				c.addStarts(list[:len(list)/2], places, in, of)
				c.addStarts(list[len(list)/2:], places, in, of)
			}
			all := &counts{n: n, cells: make([]int, n*n)}
			all.join(c)
			if !slices.Equal(all.cells, want) {
				t.Fatalf("%d intervals, cumulative %t: %v, want %v", n, cumulative, all.cells, want)
			}
		}
	}
}
