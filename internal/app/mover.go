package app

import (
	"context"
	"errors"
	"os"
	"strings"

	"beichen/internal/fault"
	"beichen/internal/ledger/sqlstore"
	"beichen/internal/move"
	"beichen/internal/warehouse"
	"beichen/internal/warehouse/clickhouse"
	"beichen/internal/warehouse/duckdb"
)

// Folder stands for a workspace's folder among the places that stores move to.
const Folder = "folder"

// At is the workspace with its stores at other places. Each is the address of a cluster
// or of a Postgres database, or Folder, which is then meant for whatever has no address
// among them. What none is meant for stays where it is. Anything else is Invalid.
func (o Options) At(places []string) (Options, error) {
	var facts, ledger *string
	home := false
	for _, place := range places {
		switch {
		case place == Folder && !home:
			home = true
		case strings.HasPrefix(place, clickhouse.Scheme+"://") && facts == nil:
			facts = &place
		case sqlstore.IsServer(place) && ledger == nil:
			ledger = &place
		default:
			return o, fault.New(fault.Invalid, "move.place")
		}
	}
	if home && facts == nil {
		facts = new("")
	}
	if home && ledger == nil {
		ledger = new("")
	}
	if facts != nil {
		o.Facts = *facts
	}
	if ledger != nil {
		o.Ledger = *ledger
	}
	return o, nil
}

// mover moves the stores of an open workspace: prepare while it is used as ever,
// finish while nothing is taken in any more, commit while nobody uses it. The
// workspace and the mover are then closed, and the move is settled.
type mover struct {
	w  *Workspace
	to Options
	moving

	factsTo  warehouse.Warehouse // nil where they stay
	ledgerTo *sqlstore.DB        // likewise
	facts    move.Facts
}

// newMover opens the places that the stores go to, and finds out what of a move to
// there is done. The mover is to be closed.
func newMover(ctx context.Context, w *Workspace, places []string, told func(move.Progress)) (_ *mover, err error) {
	to, err := w.Options.At(places)
	if err != nil {
		return nil, err
	}
	m := &mover{w: w, to: to}
	defer func() {
		if err != nil {
			err = errors.Join(err, m.close())
		}
	}()
	if err := m.plan(); err != nil {
		return nil, err
	}
	if err := w.aloneOnLedger(ctx); err != nil {
		return nil, err
	}
	begun, err := readMoving(w.Dir)
	if err != nil {
		return nil, err
	}
	again := begun != nil && begun.same(m.moving)
	if err := m.open(ctx, again); err != nil {
		return nil, err
	}
	if m.factsTo != nil {
		m.facts = move.Facts{From: w.Warehouse, To: m.factsTo, FromName: m.moving.Facts.From.name(w.Dir), ToName: m.moving.Facts.To.name(w.Dir), Told: told}
		if err := m.facts.Begin(ctx, again); err != nil {
			return nil, err
		}
	}
	return m, m.write(w.Dir)
}

// plan finds out which stores move.
func (m *mover) plan() error {
	from, err := factsSignOf(m.w.Facts)
	if err != nil {
		return err
	}
	to, err := factsSignOf(m.to.Facts)
	if err != nil {
		return err
	}
	if from != to {
		m.moving.Facts = &route{from, to}
	}
	if from, err = ledgerSignOf(m.w.Options.Ledger); err != nil {
		return err
	}
	if to, err = ledgerSignOf(m.to.Ledger); err != nil {
		return err
	}
	if from != to {
		m.moving.Ledger = &route{from, to}
	}
	if m.moving == (moving{}) {
		return fault.New(fault.Invalid, "move.nowhere", "dir", m.w.Dir)
	}
	return nil
}

// factsSignOf is what a folder says of facts at an address.
func factsSignOf(address string) (sign, error) {
	if address == "" {
		return sign{}, nil
	}
	o, err := clickhouse.ParseAddress(address)
	return sign{ClickHouse: o.Name()}, err
}

func ledgerSignOf(address string) (sign, error) {
	if address == "" {
		return sign{}, nil
	}
	name, err := sqlstore.NameOf(address)
	return sign{Postgres: name}, err
}

// open opens where the stores go to. What was begun in the folder is gone on with,
// or thrown away if it is of another move.
func (m *mover) open(ctx context.Context, again bool) (err error) {
	if m.moving.Facts != nil {
		if m.factsTo, err = m.openFacts(ctx, again); err != nil {
			return err
		}
	}
	if m.moving.Ledger == nil {
		return nil
	}
	if m.to.Ledger == "" {
		if err := removeStore(ledgerInMaking(m.w.Dir)); err != nil {
			return err
		}
		m.ledgerTo, err = sqlstore.Open(ctx, ledgerInMaking(m.w.Dir))
		return err
	}
	if m.ledgerTo, err = openServer(ctx, m.to.Ledger); err != nil {
		return err
	}
	empty, err := m.ledgerTo.Empty(ctx)
	if err == nil && !empty {
		err = fault.New(fault.Conflict, "ledger.not-empty", "place", m.ledgerTo.Name())
	}
	return err
}

func (m *mover) openFacts(ctx context.Context, again bool) (warehouse.Warehouse, error) {
	if m.to.Facts == "" {
		if !again {
			if err := removeStore(factsInMaking(m.w.Dir)); err != nil {
				return nil, err
			}
		}
		w, err := duckdb.Open(ctx, factsInMaking(m.w.Dir), duckdb.Options{})
		if err != nil {
			return nil, err
		}
		return w, nil
	}
	o, err := clickhouse.ParseAddress(m.to.Facts)
	if err != nil {
		return nil, err
	}
	id, err := readNode(m.w.Dir) // whose log goes on there
	if err != nil {
		return nil, err
	}
	o.Node, o.Heir = id.ID, id.Heir
	w, err := clickhouse.Open(o)
	if err != nil {
		return nil, err
	}
	if err := w.Ready(ctx); err != nil {
		return nil, errors.Join(err, w.Close())
	}
	return w, nil
}

// Copying while facts come in is over when little is left: few enough to be loaded in a
// second or so, or no fewer than the round before left, since they come in faster.
const (
	little = 20_000 // messages
	rounds = 20
)

// prepare copies the facts, and verifies the copy, until it has nearly all.
func (m *mover) prepare(ctx context.Context) error {
	if m.factsTo == nil {
		return nil
	}
	before := ^uint64(0)
	for range rounds {
		if err := m.facts.CatchUp(ctx); err != nil {
			return err
		}
		if err := m.facts.Verify(ctx); err != nil {
			return err
		}
		left, err := m.facts.Left(ctx)
		if err != nil || left <= little || left >= before {
			return err
		}
		before = left
	}
	return nil
}

// finish copies and verifies the rest, of a workspace whose intake is halted.
func (m *mover) finish(ctx context.Context) error {
	if err := m.w.aloneOnLedger(ctx); err != nil { // one may have come while events were copied
		return err
	}
	if m.factsTo == nil {
		return nil
	}
	if err := m.facts.CatchUp(ctx); err != nil {
		return err
	}
	return m.facts.Verify(ctx)
}

// commit makes the new stores the workspace, of which nobody changes anything any more.
// After an error, the old ones are.
func (m *mover) commit(ctx context.Context) error {
	if m.factsTo != nil {
		if err := m.facts.Finish(ctx); err != nil {
			return err
		}
	}
	switching := m.moving.switching(m.w.Dir, m.w.Now())
	if m.ledgerTo == nil {
		if err := switching.write(m.w.Dir); err != nil { // though it may stand there
			return errors.Join(err, m.moving.write(m.w.Dir))
		}
		m.moving = switching
		return nil
	}
	// The ledger is filled in one transaction. What the folder remembers is written
	// just before it is committed: with it and a ledger that holds something, the
	// move is done, and with it and an empty one it is not (completeMove).
	err := m.ledgerTo.Fill(ctx, m.w.store, func() error { return switching.write(m.w.Dir) })
	if err != nil {
		return errors.Join(err, m.moving.write(m.w.Dir))
	}
	m.moving = switching
	return nil
}

// close closes the places that stores went to; once more is none.
func (m *mover) close() error {
	var errs []error
	if m.factsTo != nil {
		errs = append(errs, m.factsTo.Close())
	}
	if m.ledgerTo != nil {
		errs = append(errs, m.ledgerTo.Close())
	}
	m.factsTo, m.ledgerTo = nil, nil
	return errors.Join(errs...)
}

// completeMove completes a move whose program ended while it switched, or takes back
// that it did. done is false where there is a move to go on with, or none.
func completeMove(ctx context.Context, o Options, places []string) (done *moving, err error) {
	m, err := readMoving(o.Dir)
	if err != nil || m == nil || !m.Switching {
		return nil, err
	}
	to, err := o.At(places)
	if err != nil {
		return nil, err
	}
	if m.Ledger != nil {
		filled, err := ledgerArrived(ctx, o.Dir, to.Ledger, m.Ledger.To)
		if err != nil {
			return nil, err
		}
		if !filled {
			m.Switching, m.Date = false, ""
			return nil, m.write(o.Dir)
		}
	}
	return m, m.settle(o.Dir)
}

// ledgerArrived reports whether the place that a ledger goes to has it.
func ledgerArrived(ctx context.Context, dir, address string, to sign) (bool, error) {
	name, err := ledgerSignOf(address)
	if err != nil {
		return false, err
	}
	if name != to {
		return false, fault.New(fault.Invalid, "move.half-switched", "dir", dir)
	}
	if address == "" {
		if _, err := os.Stat(ledgerFile(dir)); err == nil {
			return true, nil // it has its name already
		}
		address = ledgerInMaking(dir)
	}
	db, err := sqlstore.Open(ctx, address)
	if err != nil {
		return false, err
	}
	empty, err := db.Empty(ctx)
	return !empty, errors.Join(err, db.Close())
}
