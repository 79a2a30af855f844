package journey

import (
	"maps"
	"math"
	"slices"
)

// purse is money by currency.
type purse struct{ amounts map[string]float64 }

func (p *purse) add(currency string, amount float64) {
	if p.amounts == nil {
		p.amounts = map[string]float64{}
	}
	p.amounts[currency] += amount
}

// perCustomer lists the money, nil where none is known.
func (p *purse) perCustomer(customers int) []Money {
	var out []Money
	for _, currency := range slices.Sorted(maps.Keys(p.amounts)) {
		m := Money{Currency: currency, Total: p.amounts[currency]}
		if customers > 0 {
			m.PerCustomer = new(m.Total / float64(customers))
		}
		out = append(out, m)
	}
	return out
}

// money is what stages and steps, by place, brought or cost.
type money struct {
	stages, steps []purse
	touches       []int // events that count for a step
}

func (d *measured) newMoney() money {
	return money{stages: make([]purse, len(d.plan.stages)), steps: make([]purse, len(d.plan.steps)), touches: make([]int, len(d.plan.steps))}
}

// values is what customers brought from a stage or step on within the window,
// its own event included.
func (d *measured) values(g group) money {
	m := d.newMoney()
	for _, r := range g.counted {
		d.events(r, r.Entry, r.End, func(e int32) {
			value := d.streams.Value[e]
			if math.IsNaN(value) {
				return
			}
			currency := d.streams.Currencies[d.streams.Currency[e]]
			for k, at := range r.At {
				if at != notReached && d.streams.Time[e] >= at {
					m.stages[k].add(currency, value)
				}
			}
			for n, at := range r.StepAt {
				if at != notReached && d.streams.Time[e] >= at {
					m.steps[n].add(currency, value)
				}
			}
		})
	}
	return m
}

// costs is what the events of steps cost, and what the definition says a touch
// of them costs. An event that counts for two steps of a stage costs the stage
// once.
func (d *measured) costs(g group) money {
	m := d.newMoney()
	for _, r := range g.counted {
		for i, t := range r.Touches {
			n := int(t.Step)
			stage := d.plan.steps[n].stage
			m.touches[n]++
			if c := d.definitionOf(n).Cost; c != nil {
				m.steps[n].add(c.Currency, c.PerTouch)
				m.stages[stage].add(c.Currency, c.PerTouch)
			}
			cost := d.streams.Cost[t.Event]
			if math.IsNaN(cost) {
				continue
			}
			currency := d.streams.Currencies[d.streams.Currency[t.Event]]
			m.steps[n].add(currency, cost)
			again := slices.ContainsFunc(r.Touches[:i], func(o Touch) bool {
				return o.Event == t.Event && d.plan.steps[o.Step].stage == stage
			})
			if !again {
				m.stages[stage].add(currency, cost)
			}
		}
	}
	return m
}

// definitionOf is a bound step as it was written.
func (d *measured) definitionOf(n int) *Step {
	s := &d.plan.steps[n]
	return &d.Journey.Stages[d.plan.stages[s.stage].definition].Steps[s.definition]
}
