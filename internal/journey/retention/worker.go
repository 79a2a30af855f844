package retention

import (
	"math/bits"

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
	has          uint64 // Block.Has of who has such names
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

	events, customers int // that read has seen
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
	if classes, has, ok := s.ByName(); ok {
		w.has = has
		w.byName = make([]uint8, 1<<s.NameBits)
		for name, class := range classes {
			w.byName[name] = w.what[class]
		}
	}
	return w
}

// customersOf walks those of a block.
func (w *worker) customersOf(b *stream.Block, to fold) {
	w.block = b
	for i := range b.Len() {
		w.place, w.starts, w.first, w.back, w.returns = i, w.starts[:0], w.first[:0], w.back[:0], w.returns[:0]
		w.last, w.count = -1, 0
		if w.byName != nil {
			w.read(b, i)
		} else {
			w.load(b, i)
		}
		if len(w.starts) > 0 {
			to.add(w)
		}
	}
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

// read takes what a customer did from the words of the block, and counts the events
// on the way: nobody else has.
func (w *worker) read(b *stream.Block, i int) {
	words := b.Event[b.Start[i]:b.Start[i+1]]
	if len(words) == 0 || b.First+uint32(i) == 0 {
		return
	}
	low, high := between(words, w.from, w.until)
	if low == high {
		return
	}
	words = words[low:high]
	w.events += len(words)
	w.customers++
	if b.Has[i]&w.has == 0 {
		return
	}
	byName := w.byName
	mask := uint64(len(byName) - 1)
	for _, word := range words {
		if what := byName[word&mask]; what != 0 {
			w.see(word, what)
		}
	}
}

// between gives the places of the first word of a sorted run, not empty, that is
// not below from, and of the first that is not below until. It looks for both at
// once and takes no branch that the processor would have to guess.
func between(words []uint64, from, until uint64) (low, high int) {
	for n := len(words); n > 1; {
		half := n / 2
		_, below := bits.Sub64(words[low+half-1], from, 0)
		_, within := bits.Sub64(words[high+half-1], until, 0)
		low += half & -int(below)
		high += half & -int(within)
		n -= half
	}
	_, below := bits.Sub64(words[low], from, 0)
	_, within := bits.Sub64(words[high], until, 0)
	return low + int(below), high + int(within)
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
