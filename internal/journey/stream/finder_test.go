package stream_test

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"beichen/internal/event"
	"beichen/internal/journey/stream"
)

// TestAFinderFindsWhatACursorReads asks for the same names again and again, so that they
// come from lists, while events come in and blocks are replaced, with bounds that change:
// of every customer a finder has to give the words that a cursor reads, by time.
func TestAFinderFindsWhatACursorReads(t *testing.T) {
	names := []string{"A", "B", "C", "D", "E", "F", "G", "H", "I", "J", "K", "L"}
	patterns := func(names ...string) (all []event.Pattern) {
		for _, name := range names {
			all = append(all, event.Pattern{Name: name})
		}
		return all
	}
	asked := [][]event.Pattern{patterns("A"), patterns("B", "C"), patterns("C", "A"), patterns("L"), patterns("unheard"), patterns(names...), {{AnyName: true}}}
	s := newStore(t)
	live := stream.NewLive(s, s, s.graph)
	defer live.Close()
	r := rand.New(rand.NewPCG(20261127, 1))
	first, seq := at(0), uint64(0)
	found, listed := 0, 0
	for range 40 {
		for range r.IntN(2) * 300 {
			seq++
			s.accept(&event.Message{
				Type: event.Track, UserID: fmt.Sprint("u", r.IntN(700)), Name: names[r.IntN(len(names))], Seq: seq, MessageID: fmt.Sprint(seq),
				Time: first.Add(time.Duration(r.IntN(1000)) * time.Hour),
			})
		}
		for _, of := range asked {
			q := stream.Question{Patterns: of}
			if r.IntN(3) > 0 {
				q.From = first.Add(time.Duration(r.IntN(1000)) * time.Hour)
			}
			if r.IntN(3) > 0 {
				q.Until = first.Add(time.Duration(r.IntN(1100)-50) * time.Hour)
			}
			answer, err := live.Streams(context.Background(), q)
			if err != nil {
				t.Fatal(err)
			}
			if len(answer.Blocks) == 0 {
				continue // nothing came so far
			}
			_, _, before := live.Size()
			f, c := answer.Finder(), answer.Cursor(false)
			want := map[*stream.Block]map[int][]uint64{}
			for _, b := range answer.Blocks {
				want[b] = map[int][]uint64{}
				for i := range b.Len() {
					c.Load(b, i)
					for _, e := range c.Event {
						want[b][i] = append(want[b][i], b.Event[e])
						found++
					}
				}
			}
			blocks := append([]*stream.Block{nil}, answer.Blocks...) // there may be gaps
			f.Find(blocks, func(_ *stream.Block, lists []stream.List) {
				for _, list := range lists {
					last := map[uint32]int64{}
					for _, word := range list.Words {
						at, place := answer.ByPlace().Time(word), answer.ByPlace().Name(word)
						if at < last[place] {
							t.Fatalf("%v from %s until %s: the events of a customer are not by time", of, q.From, q.Until)
						}
						last[place] = at
					}
				}
			})
			f.Customers(blocks, func(b *stream.Block, place int, words []uint64) {
				byTime := func(a, b uint64) int { return cmp.Compare(answer.Time(a), answer.Time(b)) }
				if !slices.IsSortedFunc(words, byTime) {
					t.Fatalf("the words %x are not by time", words)
				}
				slices.Sort(want[b][place])
				slices.Sort(words)
				if !slices.Equal(want[b][place], words) {
					t.Fatalf("%v from %s until %s: customer %d has the words %x, want %x", of, q.From, q.Until, place, words, want[b][place])
				}
				delete(want[b], place)
			})
			for _, b := range answer.Blocks {
				if len(want[b]) > 0 {
					t.Fatalf("%v from %s until %s: nobody finds the events of %v", of, q.From, q.Until, want[b])
				}
			}
			if events, _, after := live.Size(); after > before {
				if listed++; after > events*9/4+len(answer.Blocks)*10_000 {
					t.Fatalf("lists of %d events take %d bytes", events, after)
				}
			}
		}
	}
	if found < 50_000 || listed < 5 {
		t.Errorf("only %d events were found, and %d times something was listed", found, listed)
	}
	if segmented(t, live).Finder() != nil {
		t.Error("a question with a segment has a finder")
	}
}

// TestListsMakeRoomForOthersOnlyAfterLong asks for names that have not room together: those
// that were listed stay so while they are asked for, and make room once they are not.
func TestListsMakeRoomForOthersOnlyAfterLong(t *testing.T) {
	s := newStore(t)
	live := stream.NewLive(s, s, s.graph)
	defer live.Close()
	for i := range 900 {
		s.accept(&event.Message{
			Type: event.Track, UserID: fmt.Sprint("u", i%90), Name: []string{"A", "B", "C", "D", "E"}[i%5], Seq: uint64(i + 1), MessageID: fmt.Sprint(i), Time: at(i),
		})
	}
	find := func(name string, times int) (bytes int) {
		for range times {
			answer, err := live.Streams(context.Background(), stream.Question{Patterns: []event.Pattern{{Name: name}}})
			if err != nil {
				t.Fatal(err)
			}
			f, n := answer.Finder(), 0
			f.Find(answer.Blocks[:1], func(_ *stream.Block, lists []stream.List) {
				for _, list := range lists {
					n += len(list.Words)
				}
			})
			if n != 180 {
				t.Fatalf("%d events of %s are found, want 180", n, name)
			}
		}
		_, _, bytes = live.Size()
		return bytes
	}
	none := find("A", 1)
	one := find("A", 1)
	if more := one - none; more < 180*8 || more > 180*9 {
		t.Errorf("a name that was asked for twice takes %d bytes more, want eight for each of its 180 events and a little", more)
	}
	if two := find("B", 50); two-one > 200 {
		t.Errorf("a second name is listed beside the first, though both are more than a quarter of the events: %d bytes more", two-one)
	}
	find("A", 1)
	find("B", 50)
	if stays := find("A", 1); stays-one > 200 {
		t.Error("what is asked for made room")
	}
	find("B", 2*stream.LongUnused) // who was refused in between waits as long again
	if later := find("B", 1); later-one > 200 || later < one {
		t.Errorf("%d bytes once the other name was not asked for any more, want about %d", later, one)
	}
	if !live.Lists("B") || live.Lists("A") {
		t.Error("the name that is asked for has no list")
	}
}

// TestPostingsOfAnyTimesAreFound holds the parts that postings are found by to a search: of
// times that lie evenly, all in one instant, far apart, and of none.
func TestPostingsOfAnyTimesAreFound(t *testing.T) {
	r := rand.New(rand.NewPCG(20261127, 2))
	for range 2000 {
		words := make([]uint64, r.IntN(200))
		width := uint64(1) << r.IntN(64)
		for i := range words {
			words[i] = r.Uint64N(width)
			if r.IntN(4) == 0 {
				words[i] = []uint64{0, 1, width - 1, math.MaxUint64}[r.IntN(4)]
			}
		}
		below := stream.PostingsBelow(words)
		slices.Sort(words)
		for range 20 {
			bound := r.Uint64N(width)
			if len(words) > 0 && r.IntN(2) == 0 {
				bound = words[r.IntN(len(words))] + uint64(r.IntN(2))
			}
			want, _ := slices.BinarySearch(words, bound)
			if got := below(bound); got != uint32(want) {
				t.Fatalf("%d of %x are below %x, want %d", got, words, bound, want)
			}
		}
	}
}
