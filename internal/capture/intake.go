package capture

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"time"

	"beichen/internal/event"
	"beichen/internal/eventlog"
	"beichen/internal/fault"
	"beichen/internal/identity"
	"beichen/internal/warehouse"
)

// Config is what an intake works with; zero values of the numbers take the
// defaults.
type Config struct {
	Dir       string           // the log's folder
	Log       eventlog.Options // First and Committed are the intake's
	Warehouse warehouse.Warehouse
	// Shared, if set, is the warehouse instead, which other nodes load too, and Turns are
	// those in which they do.
	Shared warehouse.Shared
	Turns  Turns
	Now    func() time.Time
	Logger *slog.Logger
	// OnAccepted, if set, is told the Seq up to which questions see messages, a few
	// hundred times a second at most. It must not block.
	OnAccepted func(through uint64)
	// Stored makes Accept wait until the warehouse has what it acknowledges.
	Stored bool

	ChunkRows int           // messages that are worth a load; default 122,880: DuckDB compresses and writes a row group once if it comes whole
	LoadEvery time.Duration // how long a hundredth of them wait, and a sixteenth of how long more do; default 500 ms
	TailRows  int           // messages not yet loaded that are kept in memory; default 400,000, so that nobody is held up while a chunk is loaded
	LearnIn   time.Duration // when who is who is read at the latest, where nothing needs it before; default 2 s
	InFlight  int           // bytes of messages not yet durable; default 64 MiB
}

// Receipt is what became of what was handed to Accept.
type Receipt struct {
	Stored      int    `json:"stored"`
	Duplicate   int    `json:"duplicate"`
	Quarantined int    `json:"quarantined"`
	Expired     int    `json:"expired,omitempty"` // older than what is kept: acknowledged, and not kept
	Through     uint64 `json:"-"`                 // the Seq up to which messages are durable, as far as it is known
}

// Intake takes messages in: it holds them against duplicates, makes them
// durable, numbers who they are about, shows them to questions and moves them into
// the warehouse. Its methods are safe for concurrent use.
type Intake struct {
	config Config
	log    *eventlog.Log
	people people
	mode   mode

	payloads sync.Pool // of *[]byte: the memory of payloads that are in the log

	mu       sync.Mutex
	changed  *sync.Cond // anything below that Flush, the loader or a waiting Accept looks at
	recent   *recent
	flights  map[uint64]*flight // by the hash of a message id, until it is durable
	inFlight int                // bytes
	ready    bool               // recent holds what the warehouse knows
	tail     tail
	loader   loaderState
	closing  bool
	halted   bool
	erasing  erasing
	tooLate  uint64 // messages that were older than what is kept when they came

	cancel context.CancelFunc
	tasks  sync.WaitGroup
}

// mode is what differs between a warehouse of this process alone (owned.go) and one that
// other nodes load too (shared.go): a message has its Seq and its numbers, and is seen by
// questions, from when it is accepted, or from when it is loaded.
type mode interface {
	// open opens the log and brings the tail to where it ends.
	open(ctx context.Context) error
	// read reads from the warehouse what has to be known before anything is loaded.
	read(ctx context.Context) error
	// keepUp reads from it what is wanted later, until there is no more or the context ends.
	keepUp(ctx context.Context)
	// await holds up who brings messages as long as they cannot be accepted.
	await(ctx context.Context) error
	// accepted hears that messages up to a Seq are durable.
	accepted(through uint64)

	// The mutex is held for what follows.

	// place is what the tail keeps of a durable message.
	place(m *event.Message) warehouse.Stored
	// again is what it keeps of one that was placed before and is read from the log anew.
	again(m *event.Message) warehouse.Stored
	// storedRefs is how many refs the warehouse has.
	storedRefs() identity.Number
	// done is the record up to which nobody needs the log any more.
	done() uint64
	// seen is what questions see: all up to a Seq is in the warehouse, and what is not.
	seen() (loadedSeq uint64, messages []warehouse.Stored)
	// reached are the Seqs up to which messages are durable, and in the warehouse.
	reached() (through, loaded uint64)
	// step moves something into the warehouse; nil while nothing is worth it.
	step() func(context.Context) error
	// has reports whether all up to a record is in the warehouse for good, and seen.
	has(record uint64) bool
}

// flight is one payload on its way into the log.
type flight struct {
	messages []*event.Message
	refused  []warehouse.Quarantined
	hashes   []uint64
	bytes    int
	done     chan struct{}
	through  uint64 // once done
	err      error  // once done
}

// Open opens the log and replays what the warehouse has not loaded. Where there is
// nothing to replay, who is who is read from the warehouse only when somebody
// wants to know, or soon after; a shared warehouse need not even be there. The context
// bounds the opening only.
func Open(ctx context.Context, c Config) (*Intake, error) {
	i := &Intake{config: withDefaults(c), people: newPeople(), recent: newRecent(c.Now()), flights: map[uint64]*flight{}}
	i.erasing.wanted = 1 // what an earlier process has left
	i.changed = sync.NewCond(&i.mu)
	i.mode = &owned{Intake: i}
	if c.Shared != nil {
		i.mode = newShared(i)
	}
	if err := i.mode.open(ctx); err != nil {
		if i.log != nil {
			err = errors.Join(err, i.log.Close())
		}
		return nil, err
	}
	running, cancel := context.WithCancel(context.WithoutCancel(ctx))
	i.cancel = cancel
	i.tasks.Go(func() {
		if !i.learn(running) {
			return
		}
		i.tasks.Go(func() { i.mode.keepUp(running) })
		i.tasks.Go(func() { i.eraseAll(running) })
		i.loadAll(running)
	})
	return i, nil
}

// openLog opens the log, which begins after a record if it is new.
func (i *Intake) openLog(after uint64) (err error) {
	i.config.Log.First, i.config.Log.Committed = after+1, i.recordCommitted
	i.log, err = eventlog.Open(i.config.Dir, i.config.Log)
	return err
}

func withDefaults(c Config) Config {
	if c.ChunkRows == 0 {
		c.ChunkRows = 122_880
	}
	if c.LoadEvery == 0 {
		c.LoadEvery = 500 * time.Millisecond
	}
	if c.TailRows == 0 {
		c.TailRows = 400_000
	}
	if c.InFlight == 0 {
		c.InFlight = 64 << 20
	}
	if c.Shared != nil {
		c.Warehouse = c.Shared
	}
	if c.LearnIn == 0 {
		c.LearnIn = 2 * time.Second
	}
	if c.Logger == nil {
		c.Logger = slog.New(slog.DiscardHandler)
	}
	return c
}

// replay takes in again what the log holds after a record.
func (i *Intake) replay(ctx context.Context, after uint64) error {
	return i.log.Replay(after, func(record uint64, payloads [][]byte) error {
		if err := ctx.Err(); err != nil {
			return err
		}
		for _, p := range payloads {
			messages, refused, err := decodePayload(p)
			if err != nil {
				return fault.Wrap(err, fault.Internal, "eventlog.damaged", "file", i.config.Dir, "record", record)
			}
			for _, m := range messages {
				i.recent.add(i.recent.hash(m.MessageID))
			}
			for _, q := range refused {
				i.recent.add(i.recent.hash(quarantineKey(q.ID)))
			}
			i.admit(record, messages, refused)
		}
		i.complete(record)
		return nil
	})
}

// pause waits, or is cut short and false when the context ends.
func pause(ctx context.Context, d time.Duration) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return false
	case <-timer.C:
		return true
	}
}

// Close makes what is in flight durable and stops loading. What was not loaded
// yet is loaded after the next Open. It does not close the warehouse.
func (i *Intake) Close() error {
	i.mu.Lock()
	i.closing = true
	i.changed.Broadcast()
	i.mu.Unlock()
	err := i.log.Close()
	i.cancel()
	i.tasks.Wait()
	return err
}
