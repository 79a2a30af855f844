package path

import "beichen/internal/journey/stream"

// trail is what a customer did, in runs: one event each or, folded, the repeats
// of one name in a row. A run stands at its first event. Stretches part it where
// a pause ends a path.
type trail struct {
	layout  stream.Layout
	mask    uint64
	skipped []bool
	fold    bool
	gap     uint64 // 0: no pause ends a path

	words []uint64 // of each run its first event
	marks []mark   // of each run that of all its events
	from  []int    // where stretches begin

	rows []stream.Span // of spans
}

func (a *asked) newTrail() *trail {
	return &trail{layout: a.streams.Layout, mask: 1<<a.streams.NameBits - 1, skipped: a.skipped, fold: a.Fold, gap: uint64(a.gap.Micros())}
}

// isPlain reports whether a trail is the events as they are.
func (t *trail) isPlain() bool { return t.skipped == nil && !t.fold && t.gap == 0 }

// read makes the trail of a customer's events. marks are those of the events; nil
// where they have none. An event that has a mark counts whatever its name.
func (t *trail) read(words []uint64, marks []mark) {
	t.words, t.marks, t.from = t.words[:0], t.marks[:0], t.from[:0]
	if t.isPlain() && len(words) > 0 { // as most are: one stretch of all of them
		t.words, t.marks, t.from = append(t.words, words...), append(t.marks, marks...), append(t.from, 0)
		return
	}
	var last uint64 // instant of the last event
	for i, word := range words {
		var m mark
		if marks != nil {
			m = marks[i]
		}
		if m == 0 && t.skipped != nil && t.skipped[word&t.mask] {
			continue
		}
		at := word >> t.layout.NameBits
		n := len(t.words)
		switch paused := t.gap > 0 && at-last > t.gap; {
		case n == 0 || paused:
			t.from = append(t.from, n)
		case t.fold && t.words[n-1]&t.mask == word&t.mask:
			t.marks[n-1] |= m
			last = at
			continue
		}
		t.words, t.marks, last = append(t.words, word), append(t.marks, m), at
	}
}

// stretches yields where each begins and ends.
func (t *trail) stretches(yield func(from, to int) bool) {
	for i, from := range t.from {
		to := len(t.words)
		if i+1 < len(t.from) {
			to = t.from[i+1]
		}
		if !yield(from, to) {
			return
		}
	}
}

// spans gives the stretches as rows of words of one customer.
func (t *trail) spans() []stream.Span {
	t.rows = t.rows[:0]
	for from, to := range t.stretches {
		t.rows = append(t.rows, stream.Span{Low: uint32(from), High: uint32(to)})
	}
	return t.rows
}
