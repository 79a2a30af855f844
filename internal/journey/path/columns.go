package path

import (
	"cmp"
	"context"
	"maps"
	"slices"

	"beichen/internal/journey/stream"
	"beichen/internal/nodes/carrier"
)

// columns say which node every stop belongs to: in each column the most frequent
// names have one each, the others one together, and the ends theirs.
type columns struct {
	*asked
	first int // position of the first column
	count int
	width int        // nodes a column may have
	named [][]string // by column: names by slot − 1
	slot  [][]uint16 // by column and code of a name: from 1 on; 0: other
}

// ends are the nodes of a column that are no event, after those that are.
var ends = [...]NodeKind{AnchorNode, UntilNode, EndedNode, BeganNode, MoreNode}

// reach is where the first and the last column stand.
func (q *question) reach() (first, last int) {
	switch q.Kind {
	case Before:
		return -q.Steps - 1, 0
	case Between:
		return 0, q.Steps + 2
	}
	return 0, q.Steps + 1
}

// frequent counts names by position and adds them to times.
func (a *asked) frequent(ctx context.Context, times []map[string]int) error {
	first, _ := a.reach()
	names := len(a.streams.Names)
	workers, err := run(ctx, a.streams.Blocks, func() *frequencies {
		return &frequencies{ways: a.newWays(), first: first, times: make([]int, len(times)*names)}
	})
	for _, w := range workers {
		for i, n := range w.times {
			if n > 0 {
				times[i/names][a.streams.Names[i%names]] += n
			}
		}
	}
	return err
}

// newTimes is how often names stand in the columns of a question: never so far.
func (q *question) newTimes() []map[string]int {
	first, last := q.reach()
	times := make([]map[string]int, last-first+1)
	for column := range times {
		times[column] = map[string]int{}
	}
	return times
}

// mostFrequent are the most frequent names by column, which get a node each, and those of
// wanted places, however frequent.
func (q *question) mostFrequent(times []map[string]int, wanted []place) (all [][]string) {
	first, _ := q.reach()
	for column, here := range times {
		named := slices.SortedFunc(maps.Keys(here), func(x, y string) int { return cmp.Or(here[y]-here[x], cmp.Compare(x, y)) })
		named = named[:min(len(named), q.Top)]
		for _, p := range wanted {
			if p.kind == EventNode && p.position == first+column && !slices.Contains(named, p.event) {
				named = append(named, p.event)
			}
		}
		all = append(all, named)
	}
	return all
}

// columns are those in which these names, by column, have a node each.
func (q *question) columns(named [][]string) *columns {
	first, _ := q.reach()
	c := &columns{first: first, count: len(named), named: named}
	for _, here := range named {
		c.width = max(c.width, 1+len(here)+len(ends))
	}
	return c
}

// about are the same columns by the codes of other customers.
func (c *columns) about(a *asked) *columns {
	out := *c
	out.asked, out.slot = a, nil
	for _, named := range c.named {
		slot := make([]uint16, len(a.streams.Names))
		for code, name := range a.streams.Names {
			slot[code] = uint16(slices.Index(named, name) + 1)
		}
		out.slot = append(out.slot, slot)
	}
	return &out
}

// nodes is how many there may be.
func (c *columns) nodes() int { return c.count * c.width }

// nodeAt is the node of a place.
func (c *columns) nodeAt(p place) int {
	column := p.position - c.first
	switch p.kind {
	case EventNode:
		return column*c.width + slices.Index(c.named[column], p.event) + 1
	case OtherNode:
		return column * c.width
	}
	return (column+1)*c.width - 1 - slices.Index(ends[:], p.kind)
}

// nodeOf is the node of a stop.
func (c *columns) nodeOf(s *stop) int {
	column := s.position - c.first
	switch s.kind {
	case EventNode:
		return column*c.width + int(c.slot[column][s.name])
	case OtherNode:
		return column * c.width
	}
	return (column+1)*c.width - 1 - slices.Index(ends[:], s.kind)
}

// has reports whether a node stands for anything: a column may have fewer than are wide.
func (c *columns) has(node int) bool {
	if node >= c.nodes() {
		return false
	}
	slot := node % c.width
	return slot <= len(c.named[node/c.width]) || slot >= c.width-len(ends)
}

// place is what a node stands for.
func (c *columns) place(node int) place {
	column, slot := node/c.width, node%c.width
	p := place{position: c.first + column}
	switch end := c.width - 1 - slot; {
	case end < len(ends):
		p.kind = ends[end]
	case slot == 0:
		p.kind = OtherNode
	default:
		p.kind, p.event = EventNode, c.named[column][slot-1]
	}
	return p
}

// frequencies counts names by position. It is a worker.
type frequencies struct {
	*ways
	first int
	times []int // by column and code of a name
}

func (f *frequencies) block(b *stream.Block) {
	names := len(f.streams.Names)
	for i := range b.Len() {
		f.each(b, i, func(way []stop) {
			for s := range way {
				if way[s].kind == EventNode {
					f.times[(way[s].position-f.first)*names+int(way[s].name)]++
				}
			}
		})
	}
}

// nameCounts is the reading of how often names stand in columns.
type nameCounts struct {
	*question
	times []map[string]int // by column
}

func (q *question) newNameCounts() *nameCounts { return &nameCounts{q, q.newTimes()} }

func (n *nameCounts) look(ctx context.Context, a *asked) error { return a.frequent(ctx, n.times) }

func (*nameCounts) order() readingOrder { return readingOrder{Reading: readNames} }

func (n *nameCounts) carry(c *carrier.Carrier) {
	for _, here := range n.times {
		listed := slices.Sorted(maps.Keys(here))
		carrier.List(c, &listed, func(name *string) {
			c.Text(name)
			times := here[*name]
			c.Count(&times)
			here[*name] = times
		})
	}
}

func (n *nameCounts) take(c *carrier.Carrier) (add func()) {
	o := n.newNameCounts()
	o.carry(c)
	return func() {
		for column, here := range o.times {
			for name, times := range here {
				n.times[column][name] += times
			}
		}
	}
}
