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
	"beichen/internal/warehouse"
)

// Config is what an intake works with; zero values of the numbers take the
// defaults.
type Config struct {
	Dir       string           // the log's folder
	Log       eventlog.Options // First and Committed are the intake's
	Warehouse warehouse.Warehouse
	Now       func() time.Time
	Logger    *slog.Logger
	// OnAccepted, if set, is told the Seq up to which messages are durable, a
	// few hundred times a second at most. It must not block.
	OnAccepted func(through uint64)

	ChunkRows int           // messages that are worth a load; default 122,880: DuckDB compresses and writes a row group once if it comes whole
	LoadEvery time.Duration // how long a hundredth of them wait, and a sixteenth of how long more do; default 500 ms
	TailRows  int           // messages not yet loaded that are kept in memory; default 250,000
	LearnIn   time.Duration // when who is who is read at the latest, where nothing needs it before; default 2 s
	InFlight  int           // bytes of messages not yet durable; default 64 MiB
}

// Receipt is what became of what was handed to Accept.
type Receipt struct {
	Stored      int    `json:"stored"`
	Duplicate   int    `json:"duplicate"`
	Quarantined int    `json:"quarantined"`
	Through     uint64 `json:"-"` // the Seq up to which messages are durable
}

// Intake takes messages in: it holds them against duplicates, makes them
// durable, numbers who they are about, shows them to questions at once and
// moves them into the warehouse. Its methods are safe for concurrent use.
type Intake struct {
	config Config
	log    *eventlog.Log
	people people

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
	erasing  erasing

	cancel context.CancelFunc
	tasks  sync.WaitGroup
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
// wants to know, or soon after. The context bounds the opening only.
func Open(ctx context.Context, c Config) (*Intake, error) {
	c = withDefaults(c)
	stored, err := c.Warehouse.Position(ctx)
	if err != nil {
		return nil, err
	}
	i := &Intake{config: c, people: newPeople(), recent: newRecent(c.Now()), flights: map[uint64]*flight{}}
	i.changed = sync.NewCond(&i.mu)
	i.tail = tail{limit: c.TailRows, stored: stored, seen: stored, complete: stored, held: stored}
	c.Log.First, c.Log.Committed = stored.Record+1, i.recordCommitted
	if i.log, err = eventlog.Open(c.Dir, c.Log); err != nil {
		return nil, err
	}
	if err := i.replay(ctx, stored); err != nil {
		return nil, errors.Join(err, i.log.Close())
	}
	running, cancel := context.WithCancel(context.WithoutCancel(ctx))
	i.cancel = cancel
	i.tasks.Go(func() {
		if !i.learn(running) {
			return
		}
		i.tasks.Go(func() { i.recallIDs(running) })
		i.tasks.Go(func() { i.eraseAll(running) })
		i.loadAll(running)
	})
	return i, nil
}

func withDefaults(c Config) Config {
	if c.ChunkRows == 0 {
		c.ChunkRows = 122_880
	}
	if c.LoadEvery == 0 {
		c.LoadEvery = 500 * time.Millisecond
	}
	if c.TailRows == 0 {
		c.TailRows = 250_000
	}
	if c.InFlight == 0 {
		c.InFlight = 64 << 20
	}
	if c.LearnIn == 0 {
		c.LearnIn = 2 * time.Second
	}
	if c.Logger == nil {
		c.Logger = slog.New(slog.DiscardHandler)
	}
	return c
}

// replay brings the graph and the tail to where the log ends.
func (i *Intake) replay(ctx context.Context, stored warehouse.Position) error {
	switch last := i.log.Last(); {
	case last < stored.Record:
		return fault.New(fault.Unavailable, "capture.log-behind", "dir", i.config.Dir, "log", last, "store", stored.Record)
	case last == stored.Record:
		return nil
	}
	if err := i.readPeople(ctx); err != nil {
		return err
	}
	return i.log.Replay(stored.Record, func(record uint64, payloads [][]byte) error {
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

// recallIDs fills recent from the warehouse. The first Accept waits for it;
// opening does not.
func (i *Intake) recallIDs(ctx context.Context) {
	for wait := 100 * time.Millisecond; ; wait = min(2*wait, 10*time.Second) {
		var hashes []uint64
		err := i.config.Warehouse.RecentIDs(ctx, i.config.Now().Add(-remembered), func(id string) error {
			hashes = append(hashes, i.recent.hash(id))
			return nil
		})
		if err == nil {
			i.mu.Lock()
			for _, h := range hashes {
				i.recent.add(h)
			}
			i.ready = true
			i.changed.Broadcast()
			i.mu.Unlock()
			return
		}
		i.config.Logger.WarnContext(ctx, "recent message ids cannot be read; trying again", "error", err)
		if !pause(ctx, wait) {
			return
		}
	}
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
