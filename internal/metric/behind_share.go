package metric

import (
	"context"

	"beichen/internal/journey/stream"
	"beichen/internal/listing"
	"beichen/internal/nodes/carrier"
)

// listShare is a share of the customers behind a metric, on the node that lists them. It
// is a stream.Counted.
type listShare struct {
	behind
	from origin
}

// Add is stream.Counted's.
func (s *listShare) Add(ctx context.Context, part *stream.Streams) error {
	return s.from.list(ctx, &s.behind, part)
}

// Write is stream.Counted's. It writes those alone who can be on the page that is asked
// for, whoever is listed of other shares.
func (s *listShare) Write(c *carrier.Carrier, _ *stream.Streams) {
	total, head := listing.Head(s.items, s.asked.Page, idOf, orderOf(s.asked.Sort))
	cut := total - len(head)
	carryBehind(c, &head, &cut)
}

// read is that of stream.Together.
func (b *behind) read(c *carrier.Carrier) (add func()) {
	var items []Behind
	var cut int
	carryBehind(c, &items, &cut)
	return func() {
		b.items = append(b.items, items...)
		b.cut += cut
	}
}

func carryBehind(c *carrier.Carrier, all *[]Behind, cut *int) {
	c.Count(cut)
	carrier.List(c, all, func(i *Behind) {
		c.Text(&i.ID)
		c.Time(&i.At)
		c.Count(&i.Events)
		carrier.Known(c, &i.Amount, c.Number)
		carrier.Known(c, &i.Did, c.Flag)
	})
}
