package stream

import (
	"math"
	"slices"

	"beichen/internal/event"
	"beichen/internal/warehouse"
)

// plan is a question split into what an event alone decides, which a store can
// evaluate, and what depends on who it happened to as known now, which is
// decided for each person and account once the events are in.
type plan struct {
	Question
	keys []event.Key // Question.Keys, and after them the subject's key if it has one

	segment  event.Filter
	patterns []event.Pattern
	indexed  map[string][]int // of patterns by name
	anyName  []int
	ofEvent  []int // of keys

	segmentOf  event.Filter         // conditions on traits and account
	patternsOf map[int]event.Filter // likewise, by pattern
	ofCustomer []int                // of keys
}

func newPlan(q Question) *plan {
	p := &plan{Question: q, indexed: map[string][]int{}, patternsOf: map[int]event.Filter{}}
	p.segment, p.segmentOf = q.Segment.Split()
	for i, pattern := range q.Patterns {
		ofEvent, ofCustomer := pattern.Where.Split()
		pattern.Where = ofEvent
		p.patterns = append(p.patterns, pattern)
		if len(ofCustomer) > 0 {
			p.patternsOf[i] = ofCustomer
		}
		if pattern.AnyName {
			p.anyName = append(p.anyName, i)
		} else {
			p.indexed[pattern.Name] = append(p.indexed[pattern.Name], i)
		}
	}
	p.keys = append(p.keys, q.Keys...)
	if q.Subject.Kind == ByKey {
		p.keys = append(p.keys, q.Subject.Key)
	}
	for i, key := range p.keys {
		if key.Root.OfEvent() {
			p.ofEvent = append(p.ofEvent, i)
		} else {
			p.ofCustomer = append(p.ofCustomer, i)
		}
	}
	return p
}

// Stored is the part of a question that a store can answer: of events alone, whoever
// did them.
func (q Question) Stored() warehouse.Scan { return newPlan(q).scan(math.MaxInt64) }

// OfCustomers are the keys that are looked up once the events are there: those on
// traits and accounts, as known now.
func (q Question) OfCustomers() []event.Key { return newPlan(q).customerKeys() }

func (p *plan) words() int { return (len(p.patterns) + 63) / 64 }

// inside reports whether an instant may be in the answer.
func (p *plan) inside(micros int64) bool {
	return (p.AllHistory || !p.beforeFrom(micros)) && (p.Until.IsZero() || micros <= p.Until.UnixMicro())
}

func (p *plan) beforeFrom(micros int64) bool {
	return !p.From.IsZero() && micros < p.From.UnixMicro()
}

// scan is the part of the question that a warehouse answers.
func (p *plan) scan(maxSeq uint64) warehouse.Scan {
	s := warehouse.Scan{Until: p.Until, MaxSeq: maxSeq, Segment: p.segment, Patterns: p.patterns}
	if !p.AllHistory {
		s.From = p.From
		// Whose an event is has to be told of all; a value of the event is not told of
		// those that match nothing.
		if p.Subject.Kind != ByKey && p.Customer == "" {
			s.Group = p.Group
		}
	}
	for _, k := range p.ofEvent {
		s.Keys = append(s.Keys, p.keys[k])
	}
	return s
}

// match evaluates the patterns on an event into its words.
func (p *plan) match(m *event.Message, words []uint64) {
	for _, candidates := range [2][]int{p.indexed[m.Name], p.anyName} {
		for _, i := range candidates {
			if p.patterns[i].Where.Matches(m) {
				words[i/64] |= 1 << (i % 64)
			}
		}
	}
}

// eventKeys lists every key of events that the question needs the values of.
func (p *plan) eventKeys() []event.Key {
	var keys []event.Key
	add := func(key event.Key) {
		if key.Root.OfEvent() && !slices.ContainsFunc(keys, key.Equal) {
			keys = append(keys, key)
		}
	}
	for _, c := range p.Segment {
		add(c.Key)
	}
	for _, pattern := range p.Patterns {
		for _, c := range pattern.Where {
			add(c.Key)
		}
	}
	for _, key := range p.Question.Keys {
		add(key)
	}
	return keys
}

// customerKeys lists every key on traits and account that the question needs.
func (p *plan) customerKeys() []event.Key {
	var keys []event.Key
	add := func(key event.Key) {
		for _, known := range keys {
			if known.Equal(key) {
				return
			}
		}
		keys = append(keys, key)
	}
	for _, c := range p.segmentOf {
		add(c.Key)
	}
	for _, filter := range p.patternsOf {
		for _, c := range filter {
			add(c.Key)
		}
	}
	for _, k := range p.ofCustomer {
		add(p.keys[k])
	}
	return keys
}
