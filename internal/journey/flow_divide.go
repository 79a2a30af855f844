package journey

import (
	"context"
	"encoding/json"
	"time"

	"beichen/internal/journey/stream"
	"beichen/internal/nodes"
	"beichen/internal/nodes/carrier"
	"beichen/internal/warehouse"
)

// DividedFlow is the kind of question that other nodes count for Flow; CountFlow is who
// does.
const DividedFlow = "flow"

// CountFlow begins to count a flow that was divided: it is a nodes.Counter.
func (m *Measurer) CountFlow(ctx context.Context, body json.RawMessage, at warehouse.Moment) (nodes.Counting, error) {
	var r Request
	if err := json.Unmarshal(body, &r); err != nil {
		return nil, err
	}
	q, err := r.forFlow()
	if err != nil {
		return nil, err
	}
	return m.pin(ctx, q, at, func(asOf time.Time) stream.Counted { return &flowShare{newFlow(q), asOf} })
}

// flowShare is a share of a flow's customers that is counted. It is a stream.Counted.
type flowShare struct {
	*flow
	asOf time.Time
}

// Add is stream.Counted's.
func (s *flowShare) Add(ctx context.Context, part *stream.Streams) error {
	return s.flow.count(ctx, s.of(part, s.asOf))
}

// Write is stream.Counted's.
func (s *flowShare) Write(c *carrier.Carrier, _ *stream.Streams) { s.carry(c) }

// read is that of stream.Together.
func (f *flow) read(c *carrier.Carrier) (add func()) {
	share := newFlow(f.question)
	share.carry(c)
	return func() { f.join(share) }
}

func (f *flow) carry(c *carrier.Carrier) {
	for k := range f.stages {
		s := &f.stages[k]
		c.Counts(&s.customers, &s.left, &s.pending)
	}
	for from := range f.stages {
		for to := range f.stages {
			if from != to {
				c.DurationList(&f.links[f.linkOf(from, to)])
			}
		}
	}
	for k := range f.stages {
		var steps []nextStep
		for step := range f.next {
			if step.stage == k {
				steps = append(steps, step)
			}
		}
		carrier.List(c, &steps, func(step *nextStep) {
			step.stage = k
			c.Text(&step.name)
			took := f.next[*step]
			c.DurationList(&took)
			f.next[*step] = took
		})
	}
}
