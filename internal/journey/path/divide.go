package path

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"time"

	"beichen/internal/journey"
	"beichen/internal/journey/stream"
	"beichen/internal/listing"
	"beichen/internal/nodes"
	"beichen/internal/nodes/carrier"
	"beichen/internal/warehouse"
)

// Divided is the kind of question that other nodes count for Paths and Customers; Count is
// who does.
const Divided = "paths"

// readingOrder is a reading as other nodes are told to do it.
type readingOrder struct {
	Reading readingKind  `json:"reading"`
	Named   [][]string   `json:"named,omitempty"`  // by column, where nodes are laid out
	Missed  [][2]string  `json:"missed,omitempty"` // links that alone are wanted, by the ids of their nodes
	Wanted  []string     `json:"wanted,omitempty"` // of a list: the ids of a node, or of those of a link
	Sort    string       `json:"sort,omitempty"`   // of a list
	Page    listing.Page `json:"page,omitzero"`    // likewise
	Found   []string     `json:"found,omitempty"`  // likewise: Page.Named
}

// readingKind is what is read.
type readingKind string

const (
	readNames readingKind = "names"
	readPairs readingKind = "pairs"
	readWays  readingKind = "ways"
	readList  readingKind = "list"
)

// divided has a reading done by all nodes that share the facts, where the store has to be
// asked and there are any; nil where this node is to count alone.
func (f *Finder) divided(ctx context.Context, q *question, r reading) (*asked, error) {
	if q.asOf.IsZero() {
		return nil, nil
	}
	t := stream.Together{Kind: Divided, Question: q.ask(), Read: r.take, Settled: func() (json.RawMessage, error) {
		request, err := q.settled()
		if err != nil {
			return nil, err
		}
		return json.Marshal(divided{request, r.order()})
	}}
	s, err := t.Ask(ctx, f.Nodes, f.Source)
	if s == nil || err != nil {
		return nil, err
	}
	return f.about(q, s), nil
}

// divided is a reading as another node is asked for it.
type divided struct {
	Request Request      `json:"request"`
	Order   readingOrder `json:"order"`
}

// settled is the request in a form that hangs on nothing but itself: its instants are told
// in full, and what it takes from a journey.
func (q *question) settled() (r Request, err error) {
	text := func(at time.Time) string {
		if at.IsZero() {
			return ""
		}
		return at.UTC().Format(time.RFC3339Nano)
	}
	r = q.Request
	r.Journey, r.Timezone = nil, ""
	r.From, r.To, r.AsOf = text(q.from), text(q.to), text(q.asOf)
	if q.Kind == Transitions {
		r.Steps, r.Occurrence = 0, ""
		return r, nil
	}
	when := func(patterns []journey.Pattern) (text json.RawMessage) {
		if err == nil {
			text, err = json.Marshal(map[string][]journey.Pattern{"when": patterns})
		}
		return text
	}
	r.Anchor = when(q.anchor)
	if q.Kind == Between {
		r.Until, r.Within = when(q.until), q.within.String()
	}
	return r, err
}

// Count begins to count a reading that was divided: it is a nodes.Counter.
func (f *Finder) Count(ctx context.Context, body json.RawMessage, at warehouse.Moment) (nodes.Counting, error) {
	var d divided
	if err := json.Unmarshal(body, &d); err != nil {
		return nil, err
	}
	q, err := d.Request.understand()
	if err != nil {
		return nil, err
	}
	q.nameless = d.Order.Reading != readList
	begin, err := f.ordered(q, &d.Order)
	if err != nil {
		return nil, err
	}
	return stream.Pin(ctx, f.Source, q.ask(), at, func() stream.Counted { return &counting{f, q, begin()} })
}

var errNoReading = errors.New("this is no reading of paths")

// ordered is how a reading is begun that was ordered.
func (f *Finder) ordered(q *question, o *readingOrder) (begin func() reading, err error) {
	pairs := q.Kind == Transitions
	laidOut := !pairs && len(o.Named) == len(q.newTimes())
	switch {
	case o.Reading == readNames && !pairs:
		return func() reading { return q.newNameCounts() }, nil
	case o.Reading == readPairs && pairs:
		return func() reading {
			r := q.newPairLinks(f.sent())
			r.only(o.Missed)
			return r
		}, nil
	case o.Reading == readWays && laidOut:
		for _, link := range o.Missed {
			if _, ok := q.placesNamed(link[:]); !ok {
				return nil, errNoReading
			}
		}
		return func() reading {
			r := q.newWayLinks(q.columns(o.Named), f.sent())
			r.only(q, o.Missed)
			return r
		}, nil
	case o.Reading == readList && (pairs || laidOut):
		request := &WalkersRequest{Request: q.Request, Sort: o.Sort, Page: o.Page}
		request.Named = o.Found
		wanted, ok := q.placesNamed(o.Wanted)
		if !ok || len(wanted) < 1 || len(wanted) > 2 {
			return nil, errNoReading
		}
		return func() reading { return q.newListed(request, wanted, o.Named) }, nil
	}
	return nil, errNoReading
}

// maxSent is how many times of a share are sent whole before brackets are laid closer.
const maxSent = maxKept / 8

func (f *Finder) sent() int { return cmp.Or(f.limit, maxSent) }

// counting is a share of the customers of a reading. It is a stream.Counted.
type counting struct {
	*Finder
	*question
	reading
}

// Add is stream.Counted's.
func (s *counting) Add(ctx context.Context, part *stream.Streams) error {
	return s.look(ctx, s.about(s.question, part))
}

// Write is stream.Counted's.
func (s *counting) Write(c *carrier.Carrier, _ *stream.Streams) { s.carry(c) }
