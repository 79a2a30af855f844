package journey

import "encoding/json"

// shareCounts are what one node counted of a share of the customers, as it travels to the
// node that was asked.
type shareCounts struct {
	events, customers, unattributed int   // of the streams
	kept                            int64 // likewise

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

// written writes what was counted of a share, of which d has the streams.
func (d *measured) written(all *counts) ([]byte, error) {
	of := &all.levels[0]
	s := shareCounts{
		events: d.streams.Events, customers: d.streams.Customers, unattributed: d.streams.Unattributed, kept: d.streams.Kept,
		total: of.total, between: all.between, places: all.places,
	}
	of.rows.each(func(row []uint32, t *tally) {
		values := make([]any, len(row))
		for k, code := range row {
			values[k] = d.valueOf(k, code)
		}
		s.rows = append(s.rows, shareRow{values, t})
	})
	c := carrier{}
	s.carry(&c, d.question)
	return c.bytes, c.err
}

// readShare reads what written wrote, of the same question.
func (q *question) readShare(text []byte) (*shareCounts, error) {
	c := carrier{reading: true, bytes: text}
	var s shareCounts
	if s.carry(&c, q); c.err == nil && len(c.bytes) > 0 {
		c.fail("there is more than was counted")
	}
	return &s, c.err
}

func (s *shareCounts) carry(c *carrier, q *question) {
	c.counts(&s.events, &s.customers, &s.unattributed)
	c.instant(&s.kept)
	if c.reading {
		s.total = newTally(q.plan)
	}
	s.total.carry(c)
	n := c.size(len(s.rows))
	for i := 0; i < n && c.err == nil; i++ {
		if c.reading {
			s.rows = append(s.rows, shareRow{make([]any, len(q.keys)), newTally(q.plan)})
		}
		for k := range s.rows[i].values {
			c.value(&s.rows[i].values[k])
		}
		s.rows[i].tally.carry(c)
	}
	s.between.carry(c)
	c.json(&s.places)
}

func (t *tally) carry(c *carrier) {
	t.bank()
	c.counts(&t.counted, &t.excluded)
	for k := range t.stages {
		s := &t.stages[k]
		s.mark.carry(c)
		c.counts(&s.eligible, &s.passed, &s.passedOn)
	}
	for n := range t.steps {
		s := &t.steps[n]
		s.mark.carry(c)
		c.counts(&s.events, &s.didOn, &s.passed, &s.passedOn)
	}
	for n := range t.by {
		t.by[n].took.carry(c)
		c.counts(&t.by[n].on, &t.by[n].events)
	}
	for _, purses := range []*[]purse{&t.values.stages, &t.values.steps, &t.costs.stages, &t.costs.steps, &t.byValues} {
		c.purses(purses, max(len(t.stages), len(t.steps)))
	}
}

func (m *mark) carry(c *carrier) {
	c.counts(&m.reached, &m.left)
	m.took.carry(c)
	m.waits.carry(c)
	m.dwells.carry(c)
	n := c.size(len(m.open))
	for i := 0; i < n && c.err == nil; i++ {
		if c.reading {
			m.open = append(m.open, open{})
		}
		c.instant(&m.open[i].end)
		c.instant(&m.open[i].dwell)
	}
}

// carry carries a sample, all pieces as one.
func (s *sample) carry(c *carrier) {
	c.count(&s.zeros)
	pairs := 0
	if s.pairs {
		pairs = 1
	}
	c.count(&pairs)
	if !c.reading {
		s.seal()
		c.size(s.len() - s.zeros)
		for column := range pairs + 1 {
			for i := range s.others {
				c.durations(s.others[i].columns[column])
			}
		}
		return
	}
	if pairs > 1 {
		c.fail("a sample has two columns at most")
	}
	n := c.size(0)
	if s.pairs = pairs == 1; n == 0 {
		return
	}
	for column := range pairs + 1 {
		if n > len(c.bytes) {
			c.fail("there is less than it says")
			return
		}
		s.own[column] = make([]int64, n)
		c.durations(s.own[column])
	}
	s.seal()
}

func (i *instants) carry(c *carrier) {
	if c.reading {
		n := c.size(0)
		i.own = make([]int64, n)
		for at := range i.own {
			c.instant(&i.own[at])
		}
		return
	}
	pieces, n := append(i.others, i.own), 0
	for _, piece := range pieces {
		n += len(piece)
	}
	c.size(n)
	for _, piece := range pieces {
		for at := range piece {
			c.instant(&piece[at])
		}
	}
}

// purses carries money by place; there are no more than most places.
func (c *carrier) purses(of *[]purse, most int) {
	n := c.size(len(*of))
	if n > most {
		c.fail("there is money of no stage and no step")
		return
	}
	if c.reading && n > 0 {
		*of = make([]purse, n)
	}
	for place := 0; place < n && c.err == nil; place++ {
		p := &(*of)[place]
		currencies := c.size(len(*p))
		for i := 0; i < currencies && c.err == nil; i++ {
			if c.reading {
				*p = append(*p, inCurrency{})
			}
			c.text(&(*p)[i].currency)
			c.sum(&(*p)[i].Sum)
		}
	}
}

// json carries customers, which are listed where few are asked about.
func (c *carrier) json(places *[]CustomerPlace) {
	var text string
	if !c.reading && *places != nil {
		raw, err := json.Marshal(*places)
		if err != nil {
			c.fail(err.Error())
			return
		}
		text = string(raw)
	}
	if c.text(&text); !c.reading || text == "" {
		return
	}
	if err := json.Unmarshal([]byte(text), places); err != nil {
		c.fail(err.Error())
	}
}
