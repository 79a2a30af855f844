package metric

import (
	"context"

	"beichen/internal/journey/stream"
	"beichen/internal/nodes/carrier"
)

// share is the table of a share of the customers, on the node that counts them. It is a
// stream.Counted.
type share struct {
	*table
	from countable
}

// Add is stream.Counted's.
func (s *share) Add(ctx context.Context, part *stream.Streams) error {
	return s.from.count(ctx, s.table, part)
}

// Write is stream.Counted's.
func (s *share) Write(c *carrier.Carrier, whole *stream.Streams) {
	d := s.about(whole)
	var all []sharedRow
	for i, cells := range s.cells {
		r := sharedRow{values: make([]any, len(s.keys))}
		for k := range r.values {
			r.values[k] = d.valueOf(k, s.rows.codes[i][k])
		}
		for period, of := range cells {
			if of.isSomething() {
				r.cells = append(r.cells, sharedCell{period, of})
			}
		}
		all = append(all, r)
	}
	s.carry(c, &all)
}

// sharedRow is a row of a table as it travels: codes are of one node, values are what they
// mean, and there are few cells in which something is.
type sharedRow struct {
	values []any
	cells  []sharedCell
}

type sharedCell struct {
	period int // as in table.cells
	cell
}

// carry carries the rows of a table of the same question.
func (d *measured) carry(c *carrier.Carrier, all *[]sharedRow) {
	carrier.List(c, all, func(r *sharedRow) {
		if c.Reading() {
			r.values = make([]any, len(d.keys))
		}
		for k := range r.values {
			c.Value(&r.values[k])
		}
		carrier.List(c, &r.cells, func(of *sharedCell) {
			if c.Count(&of.period); of.period > d.periods() {
				c.Fail("there is no such period")
			}
			of.carry(c, d.Metric)
		})
	})
}

// carry carries what a metric tells of a cell.
func (c *cell) carry(to *carrier.Carrier, m *Definition) {
	to.Counts(&c.customers, &c.events, &c.successes, &c.leftOut)
	if c.successes > c.customers || c.leftOut > c.events {
		to.Fail("a part is more than the whole")
	}
	if m.Sum != nil || m.Average != nil {
		to.Sum(&c.sum)
	}
	if m.Average != nil {
		to.Count(&c.spread.n)
		to.Number(&c.spread.mean)
		if to.Number(&c.spread.squares); c.spread.squares < 0 {
			to.Fail("a square is negative")
		}
	}
	if m.Quantile != nil || m.Time != nil {
		carrier.List(to, &c.values, to.Number)
	}
}

// shares is the table of all shares so far, whose values have codes of its own.
type shares struct {
	*table
	values [][]any          // as stream.Streams has them
	codes  []map[any]uint32 // by key: of the values
}

// newShares begins with nobody.
func newShares(d *measured) *shares {
	s := &shares{table: newTable(d, newRows(len(d.keys)))}
	for range d.keys {
		s.values, s.codes = append(s.values, []any{nil}), append(s.codes, map[any]uint32{nil: 0})
	}
	return s
}

// read is that of stream.Together.
func (s *shares) read(c *carrier.Carrier) (add func()) {
	var all []sharedRow
	s.carry(c, &all)
	return func() {
		for _, r := range all {
			s.addRow(&r)
		}
	}
}

func (s *shares) addRow(r *sharedRow) {
	codes := make([]uint32, len(r.values))
	for k, value := range r.values {
		code, known := s.codes[k][value]
		if !known {
			code = uint32(len(s.values[k]))
			s.codes[k][value] = code
			s.values[k] = append(s.values[k], value)
		}
		codes[k] = code
	}
	row := 0
	if len(codes) > 0 {
		row = s.rows.of(codes)
	}
	for i := range r.cells {
		s.at(row, r.cells[i].period-1).join(&r.cells[i].cell)
	}
}
