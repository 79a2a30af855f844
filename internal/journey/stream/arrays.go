package stream

import (
	"context"
	"encoding/json"
	"time"

	"beichen/internal/event"
	"beichen/internal/identity"
)

// Arrays is a source of customers whose events somebody else has gathered. Customer i,
// from 0, has the number i + 1 and the events First[i] … End[i]−1 of the slices after
// these, in any order. An event has an instant, in microseconds since 1970 UTC, a name
// by its place in Names and, where anybody asks for any, properties as a JSON object; no
// more is known of it, nor of whom it happened to.
type Arrays struct {
	First, End []int
	Time       []int64
	Name       []uint32
	Names      []string
	Properties []string // nil: none
}

// Streams implements Source.
func (a *Arrays) Streams(ctx context.Context, q Question) (*Streams, error) {
	view := identity.NewGraph().View()
	b := newPlain(newPlan(q), view)
	b.part = newPortioning(len(q.Patterns))
	known, err := newCustomers(view, b.plan.customerKeys())
	if err != nil {
		return nil, err
	}
	var last int64
	for customer, first := range a.First {
		for e := first; e < a.End[customer]; e++ {
			last = max(last, a.Time[e])
			a.add(b, identity.Number(customer+1), e)
		}
	}
	s, err := b.finish(ctx, known)
	if err != nil {
		return nil, err
	}
	s.Last = time.UnixMicro(last).UTC()
	return s, nil
}

// add adds an event of a customer if it is of the question.
func (a *Arrays) add(b *plain, customer identity.Number, e int) {
	p, at := b.plan, a.Time[e]
	m := event.Message{Type: event.Track, Name: a.Names[a.Name[e]], Time: time.UnixMicro(at)}
	if a.Properties != nil && a.Properties[e] != "" {
		m.Properties = json.RawMessage(a.Properties[e])
	}
	if !p.inside(at) || !p.segment.Matches(&m) {
		return
	}
	r := &b.rows
	r.customer, r.time, r.name, r.seq = append(r.customer, customer), append(r.time, at), append(r.name, b.names.code(m.Name)), append(r.seq, uint64(e))
	b.person, b.account = append(b.person, customer), append(b.account, 0)
	for range p.words() {
		b.match = append(b.match, 0)
	}
	p.match(&m, b.match[len(b.match)-p.words():])
	for _, k := range p.ofEvent {
		r.keys[k] = append(r.keys[k], b.values[k].code(event.Scalar(p.keys[k].Of(&m))))
	}
}
