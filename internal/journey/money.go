package journey

import (
	"cmp"
	"slices"

	"beichen/internal/journey/stream"
	"beichen/internal/stat"
)

// taken is a sum of which is known whether something was added to it.
type taken struct {
	stat.Sum
	known bool
}

func (t *taken) join(o *taken) {
	t.known = true
	t.Sum.Join(&o.Sum)
}

// purse is money by currency; there are few.
type purse []inCurrency

type inCurrency struct {
	currency string
	stat.Sum
}

func (p *purse) of(currency string) *stat.Sum {
	for i := range *p {
		if (*p)[i].currency == currency {
			return &(*p)[i].Sum
		}
	}
	*p = append(*p, inCurrency{currency: currency})
	return &(*p)[len(*p)-1].Sum
}

func (p *purse) add(currency string, amount float64) { p.of(currency).Add(amount) }

func (p *purse) join(o purse) {
	for i := range o {
		p.of(o[i].currency).Join(&o[i].Sum)
	}
}

// perCustomer lists the money, nil where none is known.
func (p purse) perCustomer(customers int) []Money {
	var out []Money
	for i := range p {
		m := Money{Currency: p[i].currency, Total: p[i].Total()}
		if customers > 0 {
			m.PerCustomer = new(m.Total / float64(customers))
		}
		out = append(out, m)
	}
	slices.SortFunc(out, func(a, b Money) int { return cmp.Compare(a.Currency, b.Currency) })
	return out
}

// money is what stages and steps, by place, brought or cost. Most rows of a
// breakdown have none, and then it takes no room.
type money struct{ stages, steps []purse }

func (m *money) stage(p *plan, k int) *purse {
	if len(m.stages) < len(p.stages) {
		m.stages = append(m.stages, make([]purse, len(p.stages)-len(m.stages))...)
	}
	return &m.stages[k]
}

func (m *money) step(p *plan, n int) *purse {
	if len(m.steps) < len(p.steps) {
		m.steps = append(m.steps, make([]purse, len(p.steps)-len(m.steps))...)
	}
	return &m.steps[n]
}

func (m *money) join(o *money) {
	m.stages, m.steps = joinPurses(m.stages, o.stages), joinPurses(m.steps, o.steps)
}

// joinPurses adds purses to those at their places; there may be more of the ones
// than of the others.
func joinPurses(purses, others []purse) []purse {
	for i, o := range others {
		if len(o) == 0 {
			continue
		}
		for len(purses) <= i {
			purses = append(purses, nil)
		}
		purses[i].join(o)
	}
	return purses
}

// ofPlace is a stage's or a step's money for each of its customers.
func ofPlace(purses []purse, place, customers int) []Money {
	if place >= len(purses) {
		return nil
	}
	return purses[place].perCustomer(customers)
}

// collects reports whether what events of a block cost is to be counted, so
// that each of them has to be known.
func (w *worker) collects(b *stream.Block) bool {
	return !w.bare && (w.costly || b.Costs.Event != nil)
}

// definitionOf is a bound step as it was written.
func (d *measured) definitionOf(n int) *Step {
	s := &d.plan.steps[n]
	return &d.Journey.Stages[d.plan.stages[s.stage].definition].Steps[s.definition]
}
