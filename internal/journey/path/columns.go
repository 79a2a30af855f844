package path

import (
	"cmp"
	"context"
	"slices"

	"beichen/internal/journey/stream"
)

// columns say which node every stop belongs to: in each column the most frequent
// names have one each, the others one together, and the ends theirs.
type columns struct {
	*asked
	first int // position of the first column
	count int
	width int        // nodes a column may have
	slot  [][]uint16 // by column and code of a name: from 1 on; 0: other
	named [][]uint32 // by column: codes by slot − 1
}

// ends are the nodes of a column that are no event, after those that are.
var ends = [...]NodeKind{AnchorNode, UntilNode, EndedNode, BeganNode, MoreNode}

// reach is where the first and the last column stand.
func (a *asked) reach() (first, last int) {
	switch a.Kind {
	case Before:
		return -a.Steps - 1, 0
	case Between:
		return 0, a.Steps + 2
	}
	return 0, a.Steps + 1
}

// layOut finds the most frequent names by position. wanted are stops that get a
// node of their own, however frequent.
func (a *asked) layOut(ctx context.Context, wanted []stop) (*columns, error) {
	first, last := a.reach()
	c := &columns{asked: a, first: first, count: last - first + 1}
	workers, err := run(ctx, a.streams.Blocks, func() *frequencies {
		return &frequencies{ways: a.newWays(), first: first, times: make([]int, c.count*len(a.streams.Names))}
	})
	if err != nil {
		return nil, err
	}
	names := len(a.streams.Names)
	times := make([]int, c.count*names)
	for _, w := range workers {
		for i, n := range w.times {
			times[i] += n
		}
	}
	for column := range c.count {
		here := times[column*names:][:names]
		var named []uint32
		for code, n := range here {
			if n > 0 {
				named = append(named, uint32(code))
			}
		}
		slices.SortFunc(named, func(x, y uint32) int {
			return cmp.Or(here[y]-here[x], cmp.Compare(a.streams.Names[x], a.streams.Names[y]))
		})
		named = named[:min(len(named), a.Top)]
		for _, s := range wanted {
			if s.kind == EventNode && s.position == first+column && !slices.Contains(named, s.name) {
				named = append(named, s.name)
			}
		}
		slot := make([]uint16, names)
		for i, code := range named {
			slot[code] = uint16(i + 1)
		}
		c.named, c.slot = append(c.named, named), append(c.slot, slot)
		c.width = max(c.width, 1+len(named)+len(ends))
	}
	return c, nil
}

// nodes is how many there may be.
func (c *columns) nodes() int { return c.count * c.width }

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

// stop is what a node stands for.
func (c *columns) stop(node int) stop {
	column, slot := node/c.width, node%c.width
	s := stop{position: c.first + column}
	switch end := c.width - 1 - slot; {
	case end < len(ends):
		s.kind = ends[end]
	case slot == 0:
		s.kind = OtherNode
	default:
		s.kind, s.name = EventNode, c.named[column][slot-1]
	}
	return s
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
