package path

import (
	"cmp"
	"context"
	"math"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"

	"beichen/internal/journey/stream"
)

// cell is what is counted of a link: how often it was gone, by how many
// customers, and how long it took. Of the times only those inside a bracket are
// kept, and of the others how many lie below it: where the bracket holds the
// middle of them, that tells the median exactly and at little cost.
type cell struct {
	// sums is how often, and from customersBit on by how many customers. A worker
	// would need thirty gigabytes of events to overflow the lower half.
	sums  uint64
	below uint32
	last  uint32 // the customer who was counted last; 0: nobody
	bracket
}

const customersBit = 32

// bracket is the times from low on that lie less than span above it, in
// microseconds. The zero bracket holds none.
type bracket struct{ low, span uint64 }

var open = bracket{0, math.MaxUint64}

// brackets are those of some links by key, and the one of all others.
type brackets struct {
	of        map[uint64]bracket
	otherwise bracket
}

func (b brackets) bracket(key uint64) bracket {
	if known, ok := b.of[key]; ok {
		return known
	}
	return b.otherwise
}

// maxFlat bounds the cells that are laid out for all keys there may be: 32 MB a
// worker. Where there may be more of them, they are looked up.
const maxFlat = 1 << 20

// tally counts links. Each worker has one of its own; no customer is in two.
type tally struct {
	brackets brackets
	cells    []cell
	place    map[uint64]uint32 // of cells by key; nil: the key is the place
	keys     []uint64          // by place
	kept     [][]timed         // in pieces, so that none is copied to grow
}

// timed is a time that lay inside its cell's bracket.
type timed struct {
	place uint32
	took  uint64
}

func newTally(keys uint64, b brackets) *tally {
	t := &tally{brackets: b}
	if keys > maxFlat {
		t.place = map[uint64]uint32{}
		return t
	}
	t.cells = make([]cell, keys)
	if b.otherwise != (bracket{}) {
		for key := range t.cells {
			t.cells[key].bracket = b.otherwise
		}
	}
	for key, bracket := range b.of {
		t.cells[key].bracket = bracket
	}
	return t
}

// at is the place of a link's cell.
func (t *tally) at(key uint64) uint64 {
	if t.place == nil {
		return key
	}
	place, known := t.place[key]
	if !known {
		place = uint32(len(t.cells))
		t.place[key] = place
		t.keys = append(t.keys, key)
		t.cells = append(t.cells, cell{bracket: t.brackets.bracket(key)})
	}
	return uint64(place)
}

// add counts that a customer went a link; kept says whether the time lay inside
// the bracket. It has no branch that hangs on the data.
func (c *cell) add(customer uint32, took uint64) (kept bool) {
	another := uint64(c.last ^ customer)
	c.sums += 1 + (-another>>63)<<customersBit
	c.last = customer
	above := took - c.low
	c.below += uint32(above >> 63)
	return above < c.span
}

func (c *cell) paths() int     { return int(c.sums & (1<<customersBit - 1)) }
func (c *cell) customers() int { return int(c.sums >> customersBit) }

func (t *tally) keep(place, took uint64) {
	last := len(t.kept) - 1
	if last < 0 || len(t.kept[last]) == cap(t.kept[last]) {
		t.kept = append(t.kept, make([]timed, 0, 1<<12))
		last++
	}
	t.kept[last] = append(t.kept[last], timed{uint32(place), took})
}

// counted is what all tallies have of a link.
type counted struct {
	key                     uint64
	paths, customers, below int
	kept                    []uint64 // in no order
	median                  *float64 // once it was asked for
}

// settled gives the median in microseconds; ok is false where the bracket missed
// it.
func (c *counted) settled() (micros float64, ok bool) {
	low, high := (c.paths-1)/2-c.below, c.paths/2-c.below
	if low < 0 || high >= len(c.kept) {
		return 0, false
	}
	if c.median == nil {
		before := nth(c.kept, low)
		after := before
		if high > low { // nth leaves nothing smaller behind
			after = slices.Min(c.kept[high:])
		}
		c.median = new((float64(before) + float64(after)) / 2)
	}
	return *c.median, true
}

// around is a bracket around the median of a sample: three standard deviations of
// its rank to both sides, were the times independent of each other.
func (c *counted) around() bracket {
	n := len(c.kept)
	if n < 32 {
		return open // few in the sample are few in all
	}
	reach := int(1.5 * math.Sqrt(float64(n)))
	low, high := nth(c.kept, max(n/2-reach, 0)), nth(c.kept, min(n/2+reach, n-1))
	return bracket{low, high - low + 1}
}

// nth is the value that would stand at a place if the values were sorted, which
// it does in part, so that none behind the place is smaller: quickselect (Hoare, 1961),
// with a sort where pivots are bad.
func nth(values []uint64, place int) uint64 {
	low, high := 0, len(values)-1
	for rounds := 0; high-low > 16 && rounds < 64; rounds++ {
		a, b, c := values[low], values[(low+high)/2], values[high]
		pivot := max(min(a, b), min(max(a, b), c))
		i, j := low, high
		for i <= j {
			for values[i] < pivot {
				i++
			}
			for values[j] > pivot {
				j--
			}
			if i <= j {
				values[i], values[j] = values[j], values[i]
				i++
				j--
			}
		}
		switch {
		case place <= j:
			high = j
		case place >= i:
			low = i
		default:
			return pivot
		}
	}
	slices.Sort(values[low : high+1])
	return values[place]
}

// worker looks at the customers of blocks.
type worker interface{ block(b *stream.Block) }

// linker is a worker that counts links.
type linker interface {
	worker
	links() *tally
}

// run lets as many workers as there are processors look at blocks.
func run[W worker](ctx context.Context, blocks []*stream.Block, begin func() W) ([]W, error) {
	all := make([]W, min(runtime.GOMAXPROCS(0), len(blocks)))
	var next atomic.Int64
	var group sync.WaitGroup
	for i := range all {
		group.Go(func() {
			all[i] = begin()
			for b := int(next.Add(1)) - 1; b < len(blocks) && ctx.Err() == nil; b = int(next.Add(1)) - 1 {
				if blocks[b] != nil {
					all[i].block(blocks[b])
				}
			}
		})
	}
	group.Wait()
	return all, ctx.Err()
}

// total adds up what workers counted.
func total[W linker](workers []W) map[uint64]*counted {
	out := map[uint64]*counted{}
	for _, w := range workers {
		w.links().addTo(out)
	}
	return out
}

func (t *tally) addTo(out map[uint64]*counted) {
	kept := make([]uint32, len(t.cells)) // by place
	for _, piece := range t.kept {
		for i := range piece {
			kept[piece[i].place]++
		}
	}
	of := make([]*counted, len(t.cells))
	for place := range t.cells {
		c, key := &t.cells[place], uint64(place)
		if c.sums == 0 {
			continue
		}
		if t.place != nil {
			key = t.keys[place]
		}
		sum := out[key]
		if sum == nil {
			sum = &counted{key: key}
			out[key] = sum
		}
		sum.paths += c.paths()
		sum.customers += c.customers()
		sum.below += int(c.below)
		sum.kept = slices.Grow(sum.kept, int(kept[place]))
		of[place] = sum
	}
	for _, piece := range t.kept {
		for _, k := range piece {
			of[k.place].kept = append(of[k.place].kept, k.took)
		}
	}
}

// sampled is every how many blocks are looked at to place the brackets, so that
// the work on the sample and that on the times inside the brackets are about
// even; 1: so few links are expected that all times may be kept.
func sampled(expected int) int {
	if expected < 1<<17 {
		return 1
	}
	return int(math.Cbrt(float64(expected)) / 4)
}

// choice picks the links of an answer.
type choice func(map[uint64]*counted) []*counted

// count counts all links, expected ones by estimate, and makes the medians of
// those that choose picks settled. likely picks the ones that choose will, judging
// by a sample: brackets are laid around their medians, and where one missed, its
// links are counted again. All is exact, whatever the sample was like.
func count[W linker](ctx context.Context, a *asked, expected int, begin func(brackets) W, likely, choose choice) (workers []W, links map[uint64]*counted, err error) {
	blocks, b := a.streams.Blocks, brackets{otherwise: open}
	if stride := cmp.Or(a.stride, sampled(expected)); stride > 1 {
		var some []*stream.Block
		for i := stride / 2; i < len(blocks); i += stride {
			some = append(some, blocks[i])
		}
		sample, err := run(ctx, some, func() W { return begin(b) })
		if err != nil {
			return nil, nil, err
		}
		b = around(total(sample), likely)
	}
	if workers, err = run(ctx, blocks, func() W { return begin(b) }); err != nil {
		return nil, nil, err
	}
	links = total(workers)
	missed := brackets{of: map[uint64]bracket{}}
	for _, c := range choose(links) {
		if _, ok := c.settled(); !ok {
			missed.of[c.key] = open
		}
	}
	if len(missed.of) == 0 {
		return workers, links, nil
	}
	again, err := run(ctx, blocks, func() W { return begin(missed) })
	if err != nil {
		return nil, nil, err
	}
	found := total(again)
	for key := range missed.of {
		links[key] = found[key]
	}
	return workers, links, nil
}

// around lays brackets around the medians of a sample's likely links. Without
// likely ones all links are wanted, and those that the sample did not see are
// kept whole.
func around(sample map[uint64]*counted, likely choice) brackets {
	b := brackets{of: map[uint64]bracket{}}
	if likely == nil {
		b.otherwise = open
		for key, c := range sample {
			b.of[key] = c.around()
		}
		return b
	}
	for _, c := range likely(sample) {
		b.of[c.key] = c.around()
	}
	return b
}
