package retention

import (
	"math/bits"
	"slices"

	"beichen/internal/journey/stream"
)

// worker finds in which intervals customers started and came back, one customer
// after the other. It keeps its memory from customer to customer.
type worker struct {
	*measured
	cursor *stream.Cursor
	// what tells by the class of an event what it is, a bit each: 1 << startPattern
	// and 1 << returnPattern. byName is the same by the name's code, where that tells.
	what, byName []uint8
	starting     uint64 // Block.Has of who may have started
	slots        uint64 // Block.When of who may have been there
	// from and until bound the words: the first that counts, and the first that does not.
	from, until uint64
	rolling     bool
	enough      int // returns needed in one interval

	// Of the customer in hand: the intervals in which they started, ascending, with
	// the word of the first start event in each; and the intervals in which they came
	// back often enough. Rolling windows need the returns themselves.
	block   *stream.Block
	place   int // in the block
	starts  []int
	first   []uint64
	back    []int
	returns []uint64
	last    int // the interval of the return event seen last
	count   int // of return events in it

	spans             []span // of the block in hand
	events, customers int    // that read has seen
}

func newWorker(d *measured) *worker {
	s := d.streams
	w := &worker{
		measured: d, cursor: s.Cursor(false), what: make([]uint8, len(s.Classes)),
		from: d.words[0], until: max(d.words[0], s.Floor(min(d.end(), d.asOf+1))),
		rolling: d.Retention.mode() == Rolling24h, enough: d.Retention.minOccurrences(),
		starts: make([]int, 0, d.n), first: make([]uint64, 0, d.n), back: make([]int, 0, d.n),
	}
	for class, patterns := range s.Classes {
		if len(patterns) > 0 {
			w.what[class] = uint8(patterns[0])
		}
	}
	if classes, _, ok := s.ByName(); ok {
		w.slots = stream.Slots(d.bounds[0], min(d.end()-1, d.asOf))
		w.byName = make([]uint8, 1<<s.NameBits)
		for name, class := range classes {
			w.byName[name] = w.what[class]
			w.starting |= uint64(w.what[class]>>startPattern&1) << (name & 63)
		}
	}
	return w
}

// customersOf walks those of a block.
func (w *worker) customersOf(b *stream.Block, to fold) {
	w.block = b
	if w.byName != nil {
		w.read(b, to)
		return
	}
	for i := range b.Len() {
		w.turn(i)
		w.load(b, i)
		if len(w.starts) > 0 {
			to.add(w)
		}
	}
}

// turn begins with a customer of the block.
func (w *worker) turn(i int) {
	w.place, w.starts, w.first, w.back, w.returns = i, w.starts[:0], w.first[:0], w.back[:0], w.returns[:0]
	w.last, w.count = -1, 0
}

// load takes what a customer did from the cursor.
func (w *worker) load(b *stream.Block, i int) {
	if !w.cursor.Load(b, i) {
		return
	}
	for n, e := range w.cursor.Event {
		if word := b.Event[e]; word >= w.from && word < w.until {
			w.see(word, w.what[w.cursor.Class[n]])
		}
	}
}

// read takes what customers did from the words of a block, and counts the events on
// the way: nobody else has.
func (w *worker) read(b *stream.Block, to fold) {
	byName := w.byName
	mask := uint64(len(byName) - 1)
	for _, s := range w.spansOf(b) {
		if s.low == s.high {
			continue
		}
		w.events += int(s.high - s.low)
		w.customers++
		if b.Has[s.place]&w.starting == 0 {
			continue
		}
		w.turn(int(s.place))
		for _, word := range b.Event[s.low:s.high] {
			if what := byName[word&mask]; what != 0 {
				w.see(word, what)
			}
		}
		if len(w.starts) > 0 {
			to.add(w)
		}
	}
}

// span is a customer of a block and their events that count: from low on and before
// high.
type span struct{ place, low, high uint32 }

// spansOf finds those of the customers who may have been there at the time. All of
// a block's are found before any is looked into, by counting and without a branch
// that hangs on the words: so the processor fetches the next ones meanwhile, where a
// search would wait for memory at each of its steps.
func (w *worker) spansOf(b *stream.Block) []span {
	w.spans = slices.Grow(w.spans[:0], b.Len())
	spans, n := w.spans[:b.Len()], 0
	for i, when := range b.When {
		spans[n].place = uint32(i)
		_, there := bits.Sub64(0, when&w.slots, 0)
		n += int(there)
	}
	spans = spans[:n]
	if n > 0 && b.First == 0 && spans[0].place == 0 { // nobody
		spans = spans[1:]
	}
	for k := range spans {
		s := &spans[k]
		low, high := b.Start[s.place], b.Start[s.place]
		for _, word := range b.Event[low:b.Start[s.place+1]] {
			_, before := bits.Sub64(word, w.from, 0)
			_, within := bits.Sub64(word, w.until, 0)
			low += uint32(before)
			high += uint32(within)
		}
		s.low, s.high = low, high
	}
	return spans
}

// see takes an event that is a start, a return or both.
func (w *worker) see(word uint64, what uint8) {
	if w.rolling {
		if what>>returnPattern&1 == 1 {
			w.returns = append(w.returns, word)
		}
		if what>>startPattern&1 == 0 || word >= w.words[w.n] {
			return
		}
	}
	interval := w.of(word)
	if what>>startPattern&1 == 1 && (len(w.starts) == 0 || w.starts[len(w.starts)-1] != interval) {
		w.starts, w.first = append(w.starts, interval), append(w.first, word)
	}
	if what>>returnPattern&1 == 0 || w.rolling {
		return
	}
	if interval != w.last {
		w.last, w.count = interval, 0
	}
	if w.count++; w.count == w.enough {
		w.back = append(w.back, interval)
	}
}

// backAfter lists the intervals, ascending, in which who started in starts[s] came
// back often enough. It holds until the next call.
func (w *worker) backAfter(s int) []int {
	if w.rolling {
		return w.backInWindows(s)
	}
	n := 0
	for n < len(w.back) && w.back[n] <= w.starts[s] {
		n++
	}
	return w.back[n:]
}

// backInWindows is backAfter for windows of 24 hours from the first start event:
// window k stands for the interval k after it.
func (w *worker) backInWindows(s int) []int {
	w.back = w.back[:0]
	last, count := -1, 0
	for _, word := range w.returns {
		if word < w.first[s] {
			continue
		}
		at := w.streams.Time(word) - w.streams.Time(w.first[s])
		interval := w.starts[s] + int(at/dayMicros)
		if interval >= w.n {
			break
		}
		if interval != last {
			last, count = interval, 0
		}
		if count++; count == w.enough && interval > w.starts[s] {
			w.back = append(w.back, interval)
		}
	}
	return w.back
}
