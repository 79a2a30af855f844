package capture

import (
	"context"
	"errors"
	"sync"
	"time"

	"beichen/internal/event"
	"beichen/internal/fault"
	"beichen/internal/identity"
	"beichen/internal/warehouse"
)

// shared is the mode of a warehouse that several nodes load. What a node accepts is
// durable in its own log, in an order of its own; a message gets its Seq and its numbers
// when it is loaded, in a turn that one node has at a time, and questions see it when the
// node has taken the load in, its own like those of others (news.go). So the graph is
// what the store says, everywhere.
//
// The log is cut when a load counts for good: the node proved after it that it still held
// the turn. What the store merely says of this node's log may be taken back (see
// clickhouse/standing.go); the tail follows it, and the log still has what the tail may
// need again.
type shared struct {
	*Intake
	store warehouse.Shared
	look  chan struct{} // others may have loaded

	taking sync.Mutex // held while news are taken in, and while numbers are given; taken before the intake's
	known  bool       // all was taken in once
	stored *recent    // ids that the store has; those of recent may be in the log alone
	opened uint64     // the last record of the log when it was opened

	// The intake's mutex guards these.
	mark     warehouse.Mark // up to which news were taken in
	proven   uint64         // the record up to which this log is loaded for good
	repeated uint64
	behind   error // why news could not be taken in, the last time
	refused  error // why nothing can be accepted
}

func newShared(i *Intake) *shared {
	i.people.want.Do(func() { close(i.people.wanted) }) // it is read at once: loading needs it
	return &shared{
		Intake: i, store: i.config.Shared, look: make(chan struct{}, 1),
		behind: fault.New(fault.Unavailable, "warehouse.failed"), // until it was read
	}
}

// open needs no store: the tail begins where the log does, and what of it is loaded is
// dropped when that is known. Seqs in the tail are of this log alone, from where it was
// opened.
func (s *shared) open(ctx context.Context) error {
	if err := s.openLog(0); err != nil {
		return err
	}
	begin := warehouse.Position{Record: s.log.First() - 1}
	s.tail = tail{limit: s.config.TailRows, stored: begin, seen: begin, complete: begin, held: begin}
	s.opened, s.proven, s.ready = s.log.Last(), begin.Record, true
	return s.replay(ctx, begin.Record)
}

func (s *shared) await(context.Context) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.refused
}

// accepted tells nobody: what is durable is not seen yet.
func (s *shared) accepted(uint64) {}

func (s *shared) place(m *event.Message) warehouse.Stored { return warehouse.Stored{Message: m} }

// again is place: numbers are given later.
func (s *shared) again(m *event.Message) warehouse.Stored { return s.place(m) }

func (s *shared) storedRefs() identity.Number { return s.mark.Refs }

func (s *shared) done() uint64 { return min(s.proven, s.mark.Record) }

func (s *shared) seen() (uint64, []warehouse.Stored) { return s.mark.Seq, nil }

func (s *shared) reached() (through, loaded uint64) {
	return s.mark.Seq + s.tail.seen.Seq - s.tail.stored.Seq, s.mark.Seq
}

func (s *shared) has(record uint64) bool { return s.proven >= record && s.mark.Record >= record }

// step is a load as soon as anything has waited for LoadEvery: this store has no groups of
// rows to fill, and nobody sees what is not loaded. Who waits for all to be stored also
// waits for the proof.
func (s *shared) step() func(context.Context) error {
	waiting := s.tail.held.Record > s.tail.stored.Record
	full := s.tail.spilled || len(s.tail.messages) >= s.config.ChunkRows
	switch {
	case s.mark.Record != s.tail.stored.Record:
		return func(ctx context.Context) error {
			err := s.align(ctx)
			if err != nil {
				s.tried(ctx, err)
			}
			return err
		}
	case s.loader.flushes > 0 && (waiting || s.proven < s.tail.stored.Record),
		waiting && (full || time.Since(s.loader.since) >= s.config.LoadEvery):
		return s.load
	}
	return nil
}

// load loads one chunk in a turn of this node.
func (s *shared) load(ctx context.Context) error {
	err := s.inTurn(ctx)
	if err == nil {
		err = s.takeNews(ctx) // what was just loaded
	}
	s.tried(ctx, err)
	return err
}

// turnWithin bounds how long a node keeps the turn, and waits for news, where a shard has
// fallen silent in the middle of an answer: others may still reach it.
const turnWithin = 2 * time.Minute

func (s *shared) inTurn(ctx context.Context) error {
	turn, err := s.config.Turns.Take(ctx)
	if err != nil {
		return err
	}
	loaded := false
	ctx, cancel := context.WithTimeoutCause(ctx, turnWithin, errSilent)
	defer cancel()
	defer func() {
		if err := turn.End(ctx, loaded); err != nil && ctx.Err() == nil {
			s.config.Logger.WarnContext(ctx, "a turn to load ended otherwise than it should", "error", err)
		}
	}()
	if err := s.takeNews(ctx); err != nil {
		return err
	}
	if err := s.align(ctx); err != nil {
		return err
	}
	c, follows, repeated := s.chunk()
	if err := s.store.LoadInTurn(ctx, c, follows, turn); err != nil {
		return err // it may count all the same: news will tell, and the next load proves it
	}
	loaded = true
	s.mu.Lock()
	s.proven = c.Through.Record
	s.repeated += repeated
	s.mu.Unlock()
	s.cut(ctx, c.Through.Record)
	return nil
}

var errSilent = fault.New(fault.Unavailable, "warehouse.failed")

// chunk is what to load next, numbered after what was taken in, and perhaps nothing.
// Left out is what another node has stored meanwhile: a batch that was sent again, to
// that one.
func (s *shared) chunk() (c warehouse.Chunk, follows warehouse.Mark, repeated uint64) {
	s.taking.Lock()
	defer s.taking.Unlock()
	s.mu.Lock()
	c, any := s.tail.chunk(s.config.ChunkRows)
	if !any {
		c = warehouse.Chunk{After: s.tail.stored, Through: s.tail.stored}
	}
	follows = s.mark
	s.mu.Unlock()
	draft := s.people.now().Draft()
	waiting, refused := c.Messages, c.Quarantined
	c.Messages, c.Quarantined = make([]warehouse.Stored, 0, len(waiting)), nil
	c.After.Seq, c.Through.Seq = follows.Seq, follows.Seq
	for _, m := range waiting {
		if s.stored.has(s.recent.hash(m.MessageID)) {
			repeated++
			continue
		}
		c.Through.Seq++
		m.Seq = c.Through.Seq
		c.Messages = append(c.Messages, numbered(draft, m.Message))
	}
	for _, q := range refused {
		if s.stored.has(s.recent.hash(quarantineKey(q.ID))) {
			repeated++
			continue
		}
		c.Quarantined = append(c.Quarantined, q)
	}
	c.Refs, c.Accounts = draft.Refs, draft.Accounts
	return c, follows, repeated
}

// align makes the tail begin where the store says that this node's log is loaded to:
// mostly later than it did, and earlier where a load turned out not to count. It is a
// step of the loader, which alone changes where the tail begins.
func (s *shared) align(context.Context) error {
	s.mu.Lock()
	to, upTo := s.mark.Record, s.tail.complete
	seq, held := s.tail.seqOf(to)
	if held {
		s.drop(warehouse.Position{Record: to, Seq: seq})
		s.mu.Unlock()
		return nil
	}
	s.mu.Unlock()
	if to > upTo.Record {
		return fault.New(fault.Unavailable, "capture.log-behind", "dir", s.config.Dir, "log", upTo.Record, "store", to)
	}
	// What lies between is in the log alone: it is counted there, and then read by refill.
	waiting := uint64(0)
	err := s.log.Replay(to, func(record uint64, payloads [][]byte) error {
		if record > upTo.Record {
			return errEnough
		}
		for _, p := range payloads {
			messages, _, err := decodePayload(p)
			if err != nil {
				return fault.Wrap(err, fault.Internal, "eventlog.damaged", "file", s.config.Dir, "record", record)
			}
			waiting += uint64(len(messages))
		}
		return nil
	})
	if err != nil && !errors.Is(err, errEnough) {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	begin := warehouse.Position{Record: to, Seq: upTo.Seq - waiting}
	s.tail.messages, s.tail.records, s.tail.refused = nil, nil, nil
	s.tail.stored, s.tail.held, s.tail.spilled = begin, begin, true
	s.loader.since = time.Time{}
	s.changed.Broadcast()
	return nil
}

// Moment is the state of the facts that questions to this node see; ok is false where no
// other node shares them.
func (i *Intake) Moment() (at warehouse.Moment, ok bool) {
	s, ok := i.mode.(*shared)
	if !ok {
		return at, false
	}
	i.mu.Lock()
	defer i.mu.Unlock()
	return warehouse.Moment{Load: s.mark.Load, Seq: s.mark.Seq}, true
}

// Await waits until questions to this node see a moment, or a later one. It fails with
// the context, when the intake closes, or where nobody shares the facts.
func (i *Intake) Await(ctx context.Context, at warehouse.Moment) error {
	s, ok := i.mode.(*shared)
	if !ok {
		return errors.New("no other node shares these facts")
	}
	i.Look()
	i.mu.Lock()
	defer i.mu.Unlock()
	return i.await(ctx, func() bool { return s.mark.Load >= at.Load })
}
