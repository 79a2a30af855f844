package retention

import (
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

	spans  []stream.Span  // of the block in hand
	finder *stream.Finder // nil where names do not tell
	// byPlace are the intervals for the words of the finder's lists.
	byPlace *intervals
	sets    []sets // by place in the block in hand
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
		w.byName = make([]uint8, 1<<s.NameBits)
		for name, class := range classes {
			w.byName[name] = w.what[class]
			w.starting |= uint64(w.what[class]>>startPattern&1) << (name & 63)
		}
		if w.finder = s.Finder(); w.finder != nil {
			w.byPlace = d.laid(s.ByPlace())
		}
	}
	return w
}

// customersOf walks those of blocks.
func (w *worker) customersOf(blocks []*stream.Block, to fold) {
	if sets, quick := to.(setFold); quick && w.finder != nil && w.fitsSets() {
		w.finder.Find(blocks, func(b *stream.Block, lists []stream.List) { w.readSets(b, lists, sets) })
		return
	}
	for _, b := range blocks {
		if b == nil {
			continue
		}
		if w.block = b; w.byName != nil {
			w.read(b, to)
			continue
		}
		for i := range b.Len() {
			w.turn(i)
			w.load(b, i)
			if len(w.starts) > 0 {
				to.add(w)
			}
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

// read takes what customers did from the words of a block.
func (w *worker) read(b *stream.Block, to fold) {
	w.spans, _ = w.streams.Spans(b, w.spans)
	byName := w.byName
	mask := uint64(len(byName) - 1)
	for _, s := range w.spans {
		if b.Has[s.Place]&w.starting == 0 {
			continue
		}
		w.turn(int(s.Place))
		for _, word := range b.Event[s.Low:s.High] {
			if what := byName[word&mask]; what != 0 {
				w.see(word, what)
			}
		}
		if len(w.starts) > 0 {
			to.add(w)
		}
	}
}

// setFold is a fold that needs no more of a customer than the intervals in which
// they started and those in which they came back: a bit each.
type setFold interface {
	fold
	addStarts(list []uint64, places stream.Layout, in *intervals, of []sets)
}

// fitsSets reports whether sets of intervals tell all: of as many as a word has bits,
// in which one return is enough.
func (w *worker) fitsSets() bool { return w.n <= 64 && !w.rolling && w.enough == 1 }

// readSets is read for sets: returns are put into the sets of whose they are, in whichever
// order they are found, and then starts are counted.
func (w *worker) readSets(b *stream.Block, lists []stream.List, to setFold) {
	w.sets = slices.Grow(w.sets[:0], b.Len())[:b.Len()]
	clear(w.sets)
	in, places := w.byPlace, w.streams.ByPlace()
	for _, list := range lists {
		if w.byName[list.Name]>>returnPattern&1 == 1 {
			for _, word := range list.Words {
				w.sets[places.Name(word)].back |= 1 << (in.of(word) & 63)
			}
		}
	}
	for _, list := range lists {
		if w.byName[list.Name]>>startPattern&1 == 1 {
			to.addStarts(list.Words, places, in, w.sets)
		}
	}
}

// sets are the intervals in which a customer started and came back, a bit each.
type sets struct{ started, back uint64 }

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
