package capture

import (
	"context"
	"errors"
	"strings"
	"time"

	"beichen/internal/event"
	"beichen/internal/fault"
	"beichen/internal/identity"
	"beichen/internal/warehouse"
)

// lookEvery is how long what others load may stay unseen where nobody tells of it.
const lookEvery = time.Second

// Look makes the intake look at once whether other nodes have loaded something. It
// never waits.
func (i *Intake) Look() {
	if s, ok := i.mode.(*shared); ok {
		select {
		case s.look <- struct{}{}:
		default:
		}
	}
}

// keepUp takes in what other nodes load.
func (s *shared) keepUp(ctx context.Context) {
	for lost := false; ; {
		select {
		case <-ctx.Done():
			return
		case <-s.look:
		case <-time.After(lookEvery):
		}
		err := s.takeNews(ctx)
		if err != nil && !lost && ctx.Err() == nil {
			s.config.Logger.WarnContext(ctx, "what other nodes load cannot be taken in; trying again", "error", err)
		}
		lost = err != nil
	}
}

// read takes in all that the store knows.
func (s *shared) read(ctx context.Context) error {
	if err := s.takeNews(ctx); err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	at := warehouse.Position{Record: s.mark.Record}
	switch _, moving := at.Step(); {
	case moving:
		s.refused = fault.New(fault.Invalid, "capture.store-in-making")
	case at.Record > s.opened:
		s.refused = fault.New(fault.Unavailable, "capture.log-behind", "dir", s.config.Dir, "log", s.opened, "store", s.mark.Record)
	default:
		return nil
	}
	s.loader.err = s.refused
	return s.refused
}

// takeNews brings this node up to the store: who is who, and which ids it has. It is the
// one way in, for what this node loaded and for what others did.
func (s *shared) takeNews(ctx context.Context) error {
	s.taking.Lock()
	defer s.taking.Unlock()
	before := s.mark
	err := s.takeSince(ctx)
	s.mu.Lock()
	if ctx.Err() == nil {
		s.behind = err
	}
	s.mu.Unlock()
	if s.mark.Load != before.Load && s.config.OnAccepted != nil {
		s.config.OnAccepted(s.mark.Seq)
	}
	return err
}

func (s *shared) takeSince(ctx context.Context) error {
	if !s.known {
		return s.takeAll(ctx)
	}
	var n news
	asking, cancel := context.WithTimeoutCause(ctx, turnWithin, errSilent)
	mark, err := s.store.Since(asking, s.mark, n.told(s.recent))
	cancel()
	switch {
	case errors.Is(err, warehouse.ErrReplaced):
		s.config.Logger.WarnContext(ctx, "facts that were taken in do not count any more; all are read anew", "load", s.mark.Load)
		s.known = false
		return s.takeAll(ctx)
	case err != nil || mark == s.mark:
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	graph := s.people.now()
	// An id that was forgotten may have come again, and has another number then.
	for _, row := range n.rows {
		if row.Type == event.Forget {
			graph.Apply(row)
			s.erasing.wanted++ // this node's log may have what they sent
		}
	}
	graph.NumberAll(n.refs)
	for _, id := range n.accounts {
		graph.AccountNumber(id)
	}
	for _, row := range n.rows {
		graph.Apply(row)
	}
	s.turned(mark, n.ids)
	return nil
}

// takeAll takes everything in, into a new graph: who has which number may be otherwise
// than it was. Of ids these are those that another node may have been sent as well of what
// still waits here, be it for days.
func (s *shared) takeAll(ctx context.Context) error {
	at, err := s.store.Position(ctx)
	if err != nil && !errors.Is(err, warehouse.ErrReplaced) {
		return err
	}
	s.mu.Lock()
	oldest := s.tail.oldest(at.Record, s.config.Now())
	s.mu.Unlock()
	graph := identity.NewGraph()
	var recently news
	all := recently.told(s.recent)
	all.Refs = func(refs []event.Ref) error { graph.NumberAll(refs); return nil }
	all.Accounts = func(id string) error { graph.AccountNumber(id); return nil }
	all.Identity = func(row identity.Row) error { graph.Apply(row); return nil }
	all.Received = oldest.Add(-remembered)
	mark, err := s.store.Since(ctx, warehouse.Mark{}, all)
	if err != nil {
		return err
	}
	stored := newRecent(s.config.Now())
	stored.seed = s.recent.seed
	s.mu.Lock()
	defer s.mu.Unlock()
	s.people.replace(graph)
	s.known, s.stored = true, stored
	s.turned(mark, recently.ids)
	return nil
}

// turned makes questions see all up to a mark; the mutexes are held.
func (s *shared) turned(mark warehouse.Mark, ids []uint64) {
	s.stored.turn(s.config.Now(), s.tail.seen.Seq, s.tail.stored.Seq)
	for _, h := range ids {
		s.stored.add(h)
		s.recent.add(h)
	}
	s.mark = mark
	s.changed.Broadcast()
}

// news are what was loaded between two marks.
type news struct {
	refs     []event.Ref
	accounts []string
	rows     []identity.Row
	ids      []uint64 // hashes
}

// told fills n.
func (n *news) told(r *recent) warehouse.News {
	return warehouse.News{
		Refs: func(refs []event.Ref) error {
			for _, ref := range refs {
				n.refs = append(n.refs, event.Ref{Anonymous: ref.Anonymous, ID: strings.Clone(ref.ID)})
			}
			return nil
		},
		Accounts: func(id string) error { n.accounts = append(n.accounts, id); return nil },
		Identity: func(row identity.Row) error { n.rows = append(n.rows, row); return nil },
		Message:  func(id string) error { n.ids = append(n.ids, r.hash(id)); return nil },
		Refused:  func(id string) error { n.ids = append(n.ids, r.hash(quarantineKey(id))); return nil },
	}
}
