package path

import (
	"math"
	"math/bits"
	"slices"
	"sync"
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

// bracket is the times from low on that lie less than span above it. The zero
// bracket holds none.
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
	// Times are in parts of a microsecond, of which 1 << partBits make one: as the
	// worker finds them.
	partBits uint8
	brackets brackets
	cells    []cell
	place    map[uint64]uint32 // of cells by key; nil: the key is the place
	keys     []uint64          // by place
	kept     []*chunk          // all but the last one full
	last     int               // how many times are in the last one
	// By place, of gather: the links, and where the next time goes.
	links []*counted
	next  []int
}

// timed is a time that lay inside its cell's bracket.
type timed struct {
	place uint32
	took  uint64
}

// chunk holds times as they come. Chunks are used again, by whatever question comes next:
// to grow by copying would cost more than what is done with the times.
type chunk [1 << 12]timed

var spare = sync.Pool{New: func() any { return new(chunk) }}

func newTally(keys uint64, partBits uint8, b brackets) *tally {
	t := &tally{partBits: partBits}
	if keys > maxFlat {
		t.place = map[uint64]uint32{}
	} else {
		t.cells = make([]cell, keys)
	}
	t.begin(b)
	return t
}

// begin starts to count from nothing, with other brackets.
func (t *tally) begin(b brackets) {
	t.brackets = b
	if t.place != nil {
		clear(t.place)
		t.cells, t.keys = t.cells[:0], t.keys[:0]
		return
	}
	for place := range t.cells {
		t.cells[place] = cell{bracket: b.otherwise}
	}
	for key, bracket := range b.of {
		t.cells[key].bracket = bracket
	}
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
	above, below := bits.Sub64(took, c.low, 0)
	c.below += uint32(below)
	return above < c.span
}

func (c *cell) paths() int     { return int(c.sums & (1<<customersBit - 1)) }
func (c *cell) customers() int { return int(c.sums >> customersBit) }

func (t *tally) keep(place, took uint64) {
	if t.last == len(chunk{}) || len(t.kept) == 0 {
		t.kept, t.last = append(t.kept, spare.Get().(*chunk)), 0
	}
	t.kept[len(t.kept)-1][t.last] = timed{uint32(place), took}
	t.last++
}

// chunks yields the times that were kept.
func (t *tally) chunks(yield func([]timed) bool) {
	for i, c := range t.kept {
		n := len(c)
		if i == len(t.kept)-1 {
			n = t.last
		}
		if !yield(c[:n]) {
			return
		}
	}
}

// gather adds what tallies counted to links, on all processors.
func gather(tallies []*tally, links map[uint64]*counted) {
	share(len(tallies), func(i int) { tallies[i].measure() })
	for _, t := range tallies {
		t.addTo(links)
	}
	size := 0
	for _, c := range links {
		if c.coming > 0 {
			size += len(c.kept) + c.coming
		}
	}
	room, from := make([]uint64, size), 0
	for _, c := range links {
		if c.coming > 0 {
			c.next = from + copy(room[from:], c.kept)
			until := c.next + c.coming
			c.kept, c.coming, from = room[from:until:until], 0, until
		}
	}
	for _, t := range tallies {
		t.reserve()
	}
	share(len(tallies), func(i int) { tallies[i].lay(room) })
}

// measure counts the times of each place that were kept.
func (t *tally) measure() {
	t.next = slices.Grow(t.next[:0], len(t.cells))[:len(t.cells)]
	clear(t.next)
	for times := range t.chunks {
		for i := range times {
			t.next[times[i].place]++
		}
	}
}

// addTo adds what was counted to links, but for the times, which are on their way.
func (t *tally) addTo(links map[uint64]*counted) {
	t.links = slices.Grow(t.links[:0], len(t.cells))[:len(t.cells)]
	for place := range t.cells {
		c, key := &t.cells[place], uint64(place)
		if c.sums == 0 {
			t.links[place] = nil
			continue
		}
		if t.place != nil {
			key = t.keys[place]
		}
		sum := links[key]
		if sum == nil {
			sum = &counted{key: key, partBits: t.partBits, bracket: c.bracket}
			links[key] = sum
		}
		t.links[place] = sum
		sum.paths += c.paths()
		sum.customers += c.customers()
		sum.below += int(c.below)
		sum.coming += t.next[place]
	}
}

// reserve takes room for the times of each place.
func (t *tally) reserve() {
	for place, c := range t.links {
		if c != nil {
			n := t.next[place]
			t.next[place] = c.next
			c.next += n
		}
	}
}

// lay lays the times into the room that was taken for them, and keeps them no longer.
func (t *tally) lay(room []uint64) {
	for times := range t.chunks {
		for i := range times {
			next := &t.next[times[i].place]
			room[*next] = times[i].took
			*next++
		}
	}
	for _, c := range t.kept {
		spare.Put(c)
	}
	t.kept = t.kept[:0]
}

// counted is what all tallies have of a link.
type counted struct {
	key                     uint64
	partBits                uint8 // of the tallies
	paths, customers, below int
	bracket
	kept         []uint64 // in no order
	coming, next int      // of gather: times on their way to kept, and where the next one goes
	median       *float64 // once it was asked for
}

// settled gives the median in microseconds; ok is false where the bracket missed it.
func (c *counted) settled() (micros float64, ok bool) {
	if c.median != nil {
		return *c.median, true
	}
	low, high := (c.paths-1)/2-c.below, c.paths/2-c.below
	if low < 0 || high >= len(c.kept) {
		return 0, false
	}
	before := nth(c.kept, low)
	after := before
	if high > low { // nth leaves nothing smaller behind
		after = slices.Min(c.kept[high:])
	}
	c.median = new((float64(before>>c.partBits) + float64(after>>c.partBits)) / 2)
	return *c.median, true
}

// narrow lays the bracket closer around the median, as far as what was counted can
// tell: five standard deviations of its rank to both sides, were the times of different
// customers independent and those of one all the same. Few are that alike; but a
// customer with thousands of times outweighs many.
func (c *counted) narrow() {
	n := len(c.kept)
	if n < 64 {
		return // few so far are few in all
	}
	middle, reach := c.paths/2-c.below, int(2.5*float64(c.paths)/math.Sqrt(float64(c.customers)))
	from, until := c.low, c.low+c.span
	if place := middle - reach; place > 0 && place < n {
		from = nth(c.kept, place)
	}
	if place := middle + reach; place > 0 && place < n {
		until = nth(c.kept, place) + 1
	}
	c.within(bracket{from, until - from})
}

// within lays a bracket that lies inside the one there is.
func (c *counted) within(b bracket) {
	c.bracket = b
	below := toFront(c.kept, 0, b.low)
	c.below += below
	c.kept = c.kept[below:]
	c.kept = c.kept[:toFront(c.kept, b.low, b.span)]
}

// join adds what was counted of other customers, in the same unit. Times are known inside
// both brackets then; where these have nothing in common the median is missed.
func (c *counted) join(o *counted) {
	b := c.bracket.and(o.bracket)
	c.within(b)
	o.within(b)
	c.paths += o.paths
	c.customers += o.customers
	c.below += o.below
	c.kept = append(c.kept, o.kept...)
}

// and is what lies inside two brackets.
func (b bracket) and(o bracket) bracket {
	low, end := max(b.low, o.low), min(b.low+b.span, o.low+o.span)
	return bracket{low, max(low, end) - low}
}

// nth is the value that would stand at a place if the values were sorted, which
// it does in part, so that none behind the place is smaller: quickselect (Hoare, 1961),
// partitioning without a branch that hangs on the values, with a sort where pivots are
// bad.
func nth(values []uint64, place int) uint64 {
	for rounds := 0; len(values) > 16 && rounds < 64; rounds++ {
		a, b, c := values[0], values[len(values)/2], values[len(values)-1]
		pivot := max(min(a, b), min(max(a, b), c))
		less := toFront(values, 0, pivot)
		switch {
		case place < less:
			values = values[:less]
			continue
		case less == 0: // the pivot is the smallest there is
			if less = toFront(values, pivot, 1); place < less {
				return pivot
			}
		}
		values, place = values[less:], place-less
	}
	slices.Sort(values)
	return values[place]
}

// toFront brings the values from low on that lie less than span above it to the front,
// and tells how many they are.
func toFront(values []uint64, low, span uint64) int {
	n := uint64(0)
	for i, v := range values {
		values[i], values[n] = values[n], v
		_, front := bits.Sub64(v-low, span, 0)
		n, _ = bits.Add64(n, 0, front)
	}
	return int(n)
}
