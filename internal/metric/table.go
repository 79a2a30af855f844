package metric

import (
	"math"
	"slices"

	"gonum.org/v1/gonum/stat/distuv"

	"beichen/internal/fault"
	"beichen/internal/stat"
)

// rows number the values of a breakdown, by the codes of its keys; without one all
// stand in row 0.
type rows struct {
	byCode []int          // of one key, by code: row + 1
	byKey  map[string]int // of several
	codes  [][]uint32     // by row
}

func newRows(keys int) *rows {
	r := &rows{byKey: map[string]int{}}
	if keys == 0 {
		r.codes = [][]uint32{nil}
	}
	return r
}

func (r *rows) of(codes []uint32) int {
	if len(codes) == 1 && codes[0] < 1<<16 {
		code := int(codes[0])
		for len(r.byCode) <= code {
			r.byCode = append(r.byCode, 0)
		}
		if r.byCode[code] == 0 {
			r.codes = append(r.codes, slices.Clone(codes))
			r.byCode[code] = len(r.codes)
		}
		return r.byCode[code] - 1
	}
	key := keyOf(codes)
	row, known := r.byKey[key]
	if !known {
		row = len(r.codes)
		r.byKey[key] = row
		r.codes = append(r.codes, slices.Clone(codes))
	}
	return row
}

func keyOf(codes []uint32) string {
	key := make([]byte, 0, 4*len(codes))
	for _, c := range codes {
		key = append(key, byte(c), byte(c>>8), byte(c>>16), byte(c>>24))
	}
	return string(key)
}

// cell is a number in the making: of a row in a period.
type cell struct {
	customers, events, successes, leftOut int
	sum                                   stat.Sum
	spread                                spread
	values                                []float64 // of a quantile, or how long it took
}

// spread is how far amounts lie apart, by the updating formulas of Chan, Golub &
// LeVeque (1979), "Updating formulae and a pairwise algorithm for computing sample
// variances".
type spread struct {
	n       int
	mean    float64
	squares float64 // of the distances from the mean
}

func (s *spread) add(v float64) {
	s.n++
	off := v - s.mean
	s.mean += off / float64(s.n)
	s.squares += off * (v - s.mean)
}

func (s *spread) join(o *spread) {
	if o.n == 0 {
		return
	}
	n := s.n + o.n
	off := o.mean - s.mean
	s.squares += o.squares + off*off*float64(s.n)*float64(o.n)/float64(n)
	s.mean += off * float64(o.n) / float64(n)
	s.n = n
}

// half is half of the 95 % interval of the mean, by Student's t; NaN of fewer than
// two.
func (s *spread) half() float64 {
	if s.n < 2 {
		return math.NaN()
	}
	df := float64(s.n - 1)
	t := distuv.StudentsT{Mu: 0, Sigma: 1, Nu: df}.Quantile(0.975)
	return t * math.Sqrt(s.squares/df/float64(s.n))
}

// table is the cells of a metric by row and period. It is a fold.
type table struct {
	*measured
	rows  *rows
	cells [][]cell // by row: of what came before the first period, then by period
}

func newTable(d *measured, r *rows) *table { return &table{measured: d, rows: r} }

// at is a cell; period −1 is before the first.
func (t *table) at(row, period int) *cell {
	for len(t.cells) <= row {
		t.cells = append(t.cells, make([]cell, t.periods()+1))
	}
	return &t.cells[row][period+1]
}

func (t *table) add(_ *walker, h *hit) {
	c := t.at(h.row, h.period)
	if !h.again || !t.Metric.Cumulative {
		c.customers++
	}
	c.events += h.events
	c.leftOut += h.leftOut
	if h.success {
		c.successes++
	}
	if t.plan.Amount == nil {
		return
	}
	c.sum.Join(&h.sum)
	if len(h.amounts) == 0 || t.Metric.Sum != nil {
		return
	}
	if t.plan.Rule.Per == PerCustomer {
		c.addAmount(h.sum.Total(), t.Metric.Quantile != nil)
		return
	}
	for _, amount := range h.amounts {
		c.addAmount(amount, t.Metric.Quantile != nil)
	}
}

func (c *cell) addAmount(amount float64, keep bool) {
	c.spread.add(amount)
	if keep {
		c.values = append(c.values, amount)
	}
}

// join adds what another table counted. It takes no rows in which nothing is: a walker
// numbers the values of events that it then gives no hit of.
func (t *table) join(o *table) {
	for row := range o.cells {
		if !slices.ContainsFunc(o.cells[row], cell.isSomething) {
			continue
		}
		to := 0
		if len(o.rows.codes[row]) > 0 {
			to = t.rows.of(o.rows.codes[row])
		}
		for i := range o.cells[row] {
			t.at(to, i-1).join(&o.cells[row][i])
		}
	}
}

func (c cell) isSomething() bool { return c.customers > 0 || c.events > 0 }

func (c *cell) join(o *cell) {
	c.customers += o.customers
	c.events += o.events
	c.successes += o.successes
	c.leftOut += o.leftOut
	c.sum.Join(&o.sum)
	c.spread.join(&o.spread)
	c.values = append(c.values, o.values...)
}

// maxRows bounds an answer: more values than anybody reads.
const maxRows = 1000

// tell makes the series of all rows.
func (t *table) tell() ([]row, error) {
	if len(t.cells) > maxRows {
		return nil, fault.Many("journey.invalid-question", []fault.Detail{fault.At("breakdown", 0, "metric.too-many-values", "values", len(t.cells), "limit", maxRows)})
	}
	if len(t.keys) == 0 {
		t.at(0, -1)
	}
	out := make([]row, len(t.cells))
	for i := range t.cells {
		out[i] = row{value: rowValue(t.rows.codes[i], t.valueOf), points: make([]Point, t.periods()), leftOut: make([]int, t.periods())}
		before := &t.cells[i][0]
		for p := range t.periods() {
			c := &t.cells[i][p+1]
			if t.Metric.Cumulative {
				c.join(before)
				before = c
			}
			out[i].points[p], out[i].leftOut[p] = t.point(c, p), c.leftOut
		}
	}
	return out, nil
}

// point is what a cell tells.
func (t *table) point(c *cell, period int) Point {
	p := Point{From: t.text(period), Partial: t.partial(period), Customers: c.customers}
	switch m := t.Metric; {
	case m.Count != nil:
		p.Value, p.N = new(float64(c.events)), c.events
	case m.Customers != nil, m.Active != nil:
		p.Value, p.N = new(float64(c.customers)), c.customers
	case m.Sum != nil:
		p.Value, p.N = new(c.sum.Total()), c.events-c.leftOut
	case m.Average != nil:
		if p.N = c.spread.n; p.N > 0 {
			mean := c.sum.Total() / float64(p.N)
			p.Value = &mean
			if half := c.spread.half(); !math.IsNaN(half) {
				p.Low, p.High = new(mean-half), new(mean+half)
			}
		}
	case m.Quantile != nil:
		if p.N = len(c.values); p.N > 0 {
			slices.Sort(c.values)
			p.Value = new(stat.Quantile(c.values, m.Quantile.Q))
			p.Low, p.High = stat.QuantileInterval(c.values, m.Quantile.Q)
		}
	case m.Rate != nil:
		p.rate(c.successes, c.customers)
	}
	return p
}
