package stream

import (
	"context"

	"beichen/internal/fault"
	"beichen/internal/identity"
	"beichen/internal/warehouse"
)

// Divisible is a source whose answers can be counted share by share, each by another
// node that has the same facts.
type Divisible interface {
	Source
	// Divides reports whether a question is worth dividing: whether the store would be
	// asked for all persons. Errors are those of the store.
	Divides(ctx context.Context, q Question) (bool, error)
	// Divide pins a question to a moment of the facts: to now, or as soon as at is known,
	// which may be later ones than at. It fails where no other node shares the facts.
	Divide(ctx context.Context, q Question, at warehouse.Moment) (*Division, error)
}

// SharedTail is the tail of facts that several nodes share.
type SharedTail interface {
	Tail
	// Moment is the state of the facts that questions see; not ok where nobody shares them.
	Moment() (at warehouse.Moment, ok bool)
	// Await waits until questions see a moment, or a later one.
	Await(ctx context.Context, at warehouse.Moment) error
}

// Division is a question to the store about all persons, at one moment of the facts. Its
// shares are ranges of refs; a person is counted with the one that has the last of their
// ids, wherever the others are. It is safe for concurrent use.
type Division struct {
	at   warehouse.Moment
	live *Live
	plan *plan
	now  asked
}

// At is the moment.
func (d *Division) At() warehouse.Moment { return d.at }

// Refs is how many refs there are then.
func (d *Division) Refs() identity.Number {
	return identity.Number(max(len(d.now.view.Owners()), 1) - 1)
}

// Divide has a question divided by its source. Errors are those of Divisible, and Invalid
// where a source is none.
func Divide(ctx context.Context, source Source, q Question, at warehouse.Moment) (*Division, error) {
	d, is := source.(Divisible)
	if !is {
		return nil, fault.New(fault.Invalid, "index.undivided")
	}
	return d.Divide(ctx, q, at)
}

// Divides implements Divisible.
func (l *Live) Divides(ctx context.Context, q Question) (bool, error) {
	shared, is := l.tail.(SharedTail)
	if !is || q.Subject.Kind != Person || q.Customer != "" {
		return false, nil
	}
	if _, is = shared.Moment(); !is {
		return false, nil
	}
	fits, err := l.fits(ctx)
	return !fits, err
}

// Divide implements Divisible.
func (l *Live) Divide(ctx context.Context, q Question, at warehouse.Moment) (*Division, error) {
	shared, is := l.tail.(SharedTail)
	if !is || q.Subject.Kind != Person || q.Customer != "" {
		return nil, fault.New(fault.Invalid, "index.undivided")
	}
	if err := shared.Await(ctx, at); err != nil {
		return nil, err
	}
	d := &Division{live: l, plan: newPlan(q)}
	for ctx.Err() == nil {
		// Facts that come in meanwhile may be half of what is read now.
		before, _ := shared.Moment()
		now, err := l.now(ctx)
		if err != nil {
			return nil, err
		}
		if d.at, is = shared.Moment(); !is {
			return nil, fault.New(fault.Invalid, "index.undivided")
		}
		if d.at != before || now.loaded != d.at.Seq {
			continue
		}
		if d.now, err = l.askedOf(ctx, d.plan, now); err != nil {
			return nil, err
		}
		return d, nil
	}
	return nil, ctx.Err()
}

// restAtOnce is how many refs that lie before a share are asked for at once.
const restAtOnce = 1 << 14

// Parts is Parted.Parts for the persons of a share. What it returns has counted those
// alone.
func (d *Division) Parts(ctx context.Context, share warehouse.Range, yield func(*Streams) error) (*Streams, error) {
	l := d.live
	if err := l.enter(ctx); err != nil {
		return nil, err
	}
	defer l.leave()
	// Who has which last ref is found out for each share: it takes a moment, and who has
	// begun a question and waits must not keep it in memory.
	g := newGathering(d.plan, d.now.present, d.now.known, yield)
	defer g.release()
	g.share, g.enough = share, l.PartRows
	g.whole.Through, g.whole.Last = d.now.through, d.now.stats.Last
	g.begin(d.now.tail, 0, 1)

	// The ids of these persons that lie before the share come first, and wait for the last.
	scan := g.scan(&d.now.present)
	before := before(share, d.now.view.Owners(), g.last)
	for len(before) > 0 {
		scan.Customers = before[:min(restAtOnce, len(before))]
		before = before[len(scan.Customers):]
		g.beginScan()
		err := l.warehouse.Histories(ctx, scan, func(b *warehouse.Batch, _ identity.Number) error {
			g.add(b)
			return nil
		})
		if err != nil {
			return nil, err
		}
	}
	scan.Customers, scan.Range = nil, share
	g.beginScan()
	err := l.warehouse.Histories(ctx, scan, func(b *warehouse.Batch, through identity.Number) error {
		return g.take(ctx, b, through)
	})
	if err != nil {
		return nil, err
	}
	g.whole.Kept, err = l.kept(ctx, &d.now.present)
	return g.whole, err
}

// before are the refs before a share of the persons that are counted with it, by the
// owners of refs and the last refs of persons.
func before(share warehouse.Range, owners, last []identity.Number) (refs []identity.Number) {
	for ref, person := range owners[:min(int(share.After)+1, len(owners))] {
		if of := last[person]; ref > 0 && of > share.After && of <= share.Through {
			refs = append(refs, identity.Number(ref))
		}
	}
	return refs
}
