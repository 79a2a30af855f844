package journey

import (
	"encoding/json"

	"beichen/internal/nodes/carrier"
)

// shareCounts are what one node counted of a share of the customers, as it travels to the
// node that was asked.
type shareCounts struct {
	total   *tally
	rows    []shareRow
	between sample
	places  []CustomerPlace
}

// shareRow is a row of a breakdown: codes are of one node, values are what they mean.
type shareRow struct {
	values []any
	tally  *tally
}

// shareCounts are counts as they travel, of which d has the codes.
func (d *measured) shareCounts(all *counts) *shareCounts {
	of := &all.levels[0]
	s := &shareCounts{total: of.total, between: all.between, places: all.places}
	of.rows.each(func(row []uint32, t *tally) {
		values := make([]any, len(row))
		for k, code := range row {
			values[k] = d.valueOf(k, code)
		}
		s.rows = append(s.rows, shareRow{values, t})
	})
	return s
}

func (s *shareCounts) carry(c *carrier.Carrier, q *question) {
	if c.Reading() {
		s.total = newTally(q.plan)
	}
	s.total.carry(c)
	carrier.List(c, &s.rows, func(r *shareRow) {
		if c.Reading() {
			*r = shareRow{make([]any, len(q.keys)), newTally(q.plan)}
		}
		for k := range r.values {
			c.Value(&r.values[k])
		}
		r.tally.carry(c)
	})
	s.between.carry(c)
	carryPlaces(c, &s.places)
}

// carry carries a tally that is closed.
func (t *tally) carry(c *carrier.Carrier) {
	c.Counts(&t.counted, &t.excluded)
	for k := range t.stages {
		s := &t.stages[k]
		s.mark.carry(c)
		c.Counts(&s.eligible, &s.passed, &s.passedOn)
	}
	for n := range t.steps {
		s := &t.steps[n]
		s.mark.carry(c)
		c.Counts(&s.events, &s.didOn, &s.passed, &s.passedOn)
	}
	for n := range t.by {
		t.by[n].took.carry(c)
		c.Counts(&t.by[n].on, &t.by[n].events)
	}
	for _, purses := range []*[]purse{&t.values.stages, &t.values.steps, &t.costs.stages, &t.costs.steps, &t.byValues} {
		carryPurses(c, purses, max(len(t.stages), len(t.steps)))
	}
}

func (m *mark) carry(c *carrier.Carrier) {
	c.Counts(&m.reached, &m.left)
	m.took.carry(c)
	m.waits.carry(c)
	m.dwells.carry(c)
	carrier.List(c, &m.open, func(o *open) {
		c.Instant(&o.end)
		c.Instant(&o.dwell)
	})
}

// carry carries a sample, all pieces as one.
func (s *sample) carry(c *carrier.Carrier) {
	c.Count(&s.zeros)
	pairs := 0
	if s.pairs {
		pairs = 1
	}
	c.Count(&pairs)
	if !c.Reading() {
		s.seal()
		c.Size(s.len() - s.zeros)
		for column := range pairs + 1 {
			for i := range s.others {
				c.Durations(s.others[i].columns[column])
			}
		}
		return
	}
	if pairs > 1 {
		c.Fail("a sample has two columns at most")
	}
	n := c.Size(0)
	if s.pairs = pairs == 1; n == 0 {
		return
	}
	for column := range pairs + 1 {
		if n > c.Left() {
			c.Fail("there is less than it says")
			return
		}
		s.own[column] = make([]int64, n)
		c.Durations(s.own[column])
	}
	s.filled = n
	s.seal()
}

func (i *instants) carry(c *carrier.Carrier) {
	if c.Reading() {
		n := c.Size(0)
		i.own = make([]int64, n)
		for at := range i.own {
			c.Instant(&i.own[at])
		}
		return
	}
	pieces, n := append(i.others, i.own), 0
	for _, piece := range pieces {
		n += len(piece)
	}
	c.Size(n)
	for _, piece := range pieces {
		for at := range piece {
			c.Instant(&piece[at])
		}
	}
}

// carryPurses carries money by place; there are no more than most places.
func carryPurses(c *carrier.Carrier, of *[]purse, most int) {
	n := c.Size(len(*of))
	if n > most {
		c.Fail("there is money of no stage and no step")
		return
	}
	if c.Reading() && n > 0 {
		*of = make([]purse, n)
	}
	for place := 0; place < n && c.OK(); place++ {
		(*of)[place].carry(c)
	}
}

func (p *purse) carry(c *carrier.Carrier) {
	carrier.List(c, (*[]inCurrency)(p), func(of *inCurrency) {
		c.Text(&of.currency)
		c.Sum(&of.Sum)
	})
}

// carryPlaces carries customers, which are listed where few are asked about.
func carryPlaces(c *carrier.Carrier, places *[]CustomerPlace) {
	var text string
	if !c.Reading() && *places != nil {
		raw, err := json.Marshal(*places)
		if err != nil {
			c.Fail(err.Error())
			return
		}
		text = string(raw)
	}
	if c.Text(&text); !c.Reading() || text == "" {
		return
	}
	if err := json.Unmarshal([]byte(text), places); err != nil {
		c.Fail(err.Error())
	}
}
