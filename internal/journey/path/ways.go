package path

import (
	"math"
	"slices"

	"beichen/internal/journey/stream"
)

// stop is where a way is at a position.
type stop struct {
	position int
	kind     NodeKind
	name     uint32 // code of the event's name, of an event
	at       uint64 // instant, as words tell it; of an end that of the stop beside it
}

// isEvent reports whether something happened at a node, at an instant.
func (k NodeKind) isEvent() bool { return k != EndedNode && k != BeganNode }

// place is what a node of an answer stands for.
type place struct {
	position int
	kind     NodeKind
	event    string // the name, of an event
}

// ways finds what stands around the anchors of customers.
type ways struct {
	*asked
	cursor    *stream.Cursor
	anchoring uint64 // Block.Has of who may have done the anchor
	trail     *trail
	words     []uint64
	marks     []mark
	next      []int // by run: the next one that a way between may end with, −1
	way       []stop
}

func (a *asked) newWays() *ways {
	anchoring := a.streams.NamesOf(func(class uint32) bool { return a.marks[class]&isAnchor != 0 })
	return &ways{asked: a, cursor: a.streams.Cursor(true), anchoring: anchoring, trail: a.newTrail()}
}

// each yields the ways of customer i of a block that count, by time of their
// anchors; a way holds until the next one. anchored is false for who never did the
// anchor.
func (w *ways) each(b *stream.Block, i int, yield func(way []stop)) (anchored bool) {
	if b.Has[i]&w.anchoring == 0 || !w.cursor.Load(b, i) || !w.anyAnchor(w.cursor.Class) {
		return false
	}
	w.words, w.marks = w.words[:0], w.marks[:0]
	for n, e := range w.cursor.Event {
		word := b.Event[e]
		if w.same != nil {
			word = word&^w.trail.mask | uint64(w.same[word&w.trail.mask])
		}
		w.words, w.marks = append(w.words, word), append(w.marks, w.asked.marks[w.cursor.Class[n]])
	}
	w.trail.read(w.words, w.marks)
	if w.Kind == Between {
		w.findNext()
	}
	var last struct{ anchor, from, to int }
	last.anchor = -1
	for from, to := range w.trail.stretches {
		for anchor := from; anchor < to; anchor++ {
			if w.trail.marks[anchor]&isAnchor == 0 || w.Kind == Between && !w.arrives(anchor) {
				continue
			}
			switch w.Occurrence {
			case Last:
				last.anchor, last.from, last.to = anchor, from, to
			case First:
				yield(w.around(anchor, from, to))
				return true
			default:
				yield(w.around(anchor, from, to))
			}
		}
	}
	if last.anchor >= 0 {
		yield(w.around(last.anchor, last.from, last.to))
	}
	return true
}

func (w *ways) anyAnchor(classes []uint32) bool {
	return slices.ContainsFunc(classes, func(class uint32) bool { return w.asked.marks[class]&isAnchor != 0 })
}

// findNext finds for every run the next one of its stretch that matches until.
func (w *ways) findNext() {
	w.next = slices.Grow(w.next[:0], len(w.trail.words))[:len(w.trail.words)]
	for from, to := range w.trail.stretches {
		next := -1
		for i := to - 1; i >= from; i-- {
			w.next[i] = next
			if w.trail.marks[i]&isUntil != 0 {
				next = i
			}
		}
	}
}

// arrives reports whether a way between leads from an anchor to its end in time.
func (w *ways) arrives(anchor int) bool {
	within := uint64(math.MaxUint64)
	if !w.within.IsZero() && w.within.Micros() > 0 {
		within = uint64(w.within.Micros())
	}
	return w.next[anchor] >= 0 && w.at(w.next[anchor])-w.at(anchor) <= within
}

func (w *ways) at(run int) uint64 { return w.trail.words[run] >> w.trail.layout.NameBits }

func (w *ways) event(position, run int) stop {
	return stop{position, EventNode, uint32(w.trail.words[run] & w.trail.mask), w.at(run)}
}

// around is the way around an anchor in its stretch, by time.
func (w *ways) around(anchor, from, to int) []stop {
	w.way = w.way[:0]
	switch w.Kind {
	case After:
		w.way = append(w.way, stop{0, AnchorNode, 0, w.at(anchor)})
		w.follow(anchor+1, min(to, anchor+1+w.Steps))
		if n := to - anchor - 1; n < w.Steps {
			w.way = append(w.way, stop{n + 1, EndedNode, 0, w.at(to - 1)})
		}
	case Before:
		if n := anchor - from; n < w.Steps {
			w.way = append(w.way, stop{-n - 1, BeganNode, 0, w.at(from)})
		}
		for run := max(from, anchor-w.Steps); run < anchor; run++ {
			w.way = append(w.way, w.event(run-anchor, run))
		}
		w.way = append(w.way, stop{0, AnchorNode, 0, w.at(anchor)})
	case Between:
		end := w.next[anchor]
		w.way = append(w.way, stop{0, AnchorNode, 0, w.at(anchor)})
		w.follow(anchor+1, min(end, anchor+1+w.Steps))
		if more := anchor + 1 + w.Steps; more < end {
			w.way = append(w.way, stop{w.Steps + 1, MoreNode, 0, w.at(more)})
		}
		w.way = append(w.way, stop{w.Steps + 2, UntilNode, 0, w.at(end)})
	}
	return w.way
}

func (w *ways) follow(from, to int) {
	for run := from; run < to; run++ {
		w.way = append(w.way, w.event(run-from+1, run))
	}
}
