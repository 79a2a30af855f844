package warehouse

import (
	"cmp"
	"slices"
	"time"

	"beichen/internal/event"
)

// weeks is how far back a name's weekly counts go.
const weeks = 26

// NameTally adds up what an engine counted of each event name, to be listed.
type NameTally map[string]*nameCounts

type nameCounts struct {
	NameSummary
	types map[event.Type]int64
}

// Add takes the number of a name's events of one type in one week, and the
// instants of the first and the last of them in microseconds. Weeks are counted
// back from the newest event of all names, which is in week 0.
func (t NameTally) Add(name string, of event.Type, weeksAgo int, count, first, last int64) {
	n := t[name]
	if n == nil {
		n = &nameCounts{types: map[event.Type]int64{}}
		n.Name, n.Weekly = name, make([]int64, weeks)
		n.First, n.Last = time.UnixMicro(first).UTC(), time.UnixMicro(last).UTC()
		t[name] = n
	}
	n.Count += count
	n.types[of] += count
	if weeksAgo < weeks {
		n.Weekly[weeks-1-weeksAgo] += count
	}
	if t := time.UnixMicro(first).UTC(); t.Before(n.First) {
		n.First = t
	}
	if t := time.UnixMicro(last).UTC(); t.After(n.Last) {
		n.Last = t
	}
}

// Summary lists the names, most frequent first. A name that came with several
// types has the most frequent of them.
func (t NameTally) Summary() []NameSummary {
	summaries := []NameSummary{}
	for _, n := range t {
		for _, kind := range []event.Type{event.Track, event.Page, event.Screen} {
			if n.types[kind] > n.types[n.Type] {
				n.Type = kind
			}
		}
		summaries = append(summaries, n.NameSummary)
	}
	slices.SortFunc(summaries, func(a, b NameSummary) int {
		return cmp.Or(cmp.Compare(b.Count, a.Count), cmp.Compare(a.Name, b.Name))
	})
	return summaries
}
