// Package eventlog is the durable log between capture and the warehouse: what
// was appended and settled survives the process and the power. It knows nothing
// of events; a payload is bytes.
//
// All payloads of a few milliseconds become one record, written with one sync
// (group commit). Records have indexes without gaps, lie in segment files that
// are named by the index of their first record, and are cut from the front
// when the warehouse has them.
//
// github.com/hashicorp/raft-wal v0.4.0 was tried here first: killed between
// sealing one segment and making the next, it opens again but refuses every
// append from then on ("segment is sealed").
package eventlog

import (
	"errors"
	"fmt"
	"sync"
	"time"

	"beichen/internal/fault"
)

// Options of a log; zero values take the defaults.
type Options struct {
	FS           FS            // the layer below; by default the operating system's files in the folder
	Linger       time.Duration // the least time between two groups; default 1 ms
	GroupBytes   int           // payload bytes that end the waiting; default 1 MiB
	SegmentBytes int64         // a segment that reached it is closed; default 16 MiB, and an eighth of MaxBytes at most
	MaxBytes     int64         // of all segments; beyond it nothing is taken; default DefaultBound
	// First is the index of the first record of a log without files; default 1.
	First uint64
	// Committed, if set, is called by the committer after the settles of a record.
	Committed func(record uint64)
}

// DefaultBound is how many bytes a log may hold unless its Options say otherwise.
const DefaultBound = 4 << 30

// Retry is the number of seconds that a refused sender is asked to wait.
const Retry = 10

// Log is an open log. Its methods are safe for concurrent use.
type Log struct {
	options Options
	files   FS

	cutting sync.Mutex // one Cut at a time; taken before mu

	mu      sync.Mutex
	changed *sync.Cond // queue, turns, closing
	queue   []entry
	queued  int // bytes in queue
	turns   []chan error
	closing bool
	broken  error // set once what is on disk is unknown; only opening again helps

	segments  []segment // by first index; the last one is written to
	tail      File      // the last segment's; touched by the committer only, as the next two are
	encoder   encoder
	collected time.Time // when the last group was
	next      uint64    // index of the next record
	bytes     int64     // of all segments

	committer sync.WaitGroup
}

// segment is one file: records first … up to the next segment's first − 1.
type segment struct {
	first uint64
	size  int64
}

type entry struct {
	payload []byte
	settle  func(record uint64, err error)
}

// Open opens the log in a folder, which is made if there is none. A record that
// a crash tore, at the very end, was never settled and is dropped. Damage
// anywhere else is an error of kind Internal and nothing is changed.
func Open(dir string, o Options) (*Log, error) {
	o = withDefaults(o)
	if o.FS == nil {
		disk, err := Dir(dir)
		if err != nil {
			return nil, fault.Wrap(err, fault.Unavailable, "eventlog.cannot-open", "dir", dir)
		}
		o.FS = disk
	}
	l := &Log{options: o, files: o.FS}
	l.changed = sync.NewCond(&l.mu)
	if err := l.recover(); err != nil {
		err = errors.Join(err, l.files.Close())
		if damage, ok := errors.AsType[*damageError](err); ok {
			return nil, fault.Wrap(err, fault.Internal, "eventlog.damaged", "file", damage.file, "record", damage.record)
		}
		return nil, fault.Wrap(err, fault.Unavailable, "eventlog.cannot-open", "dir", dir)
	}
	l.committer.Go(l.commitAll)
	return l, nil
}

func withDefaults(o Options) Options {
	if o.Linger == 0 {
		o.Linger = time.Millisecond
	}
	if o.GroupBytes == 0 {
		o.GroupBytes = 1 << 20
	}
	if o.MaxBytes == 0 {
		o.MaxBytes = DefaultBound
	}
	if o.SegmentBytes == 0 {
		// The segment that is written to is not cut: it must leave room for others.
		o.SegmentBytes = max(1, min(16<<20, o.MaxBytes/8))
	}
	if o.First == 0 {
		o.First = 1
	}
	return o
}

// Append hands in a payload, which must not be changed afterwards. settle is
// called once, in the order of the appends and by one goroutine: with the index
// of the record that holds the payload, once that is durable, or with the
// error that kept it from becoming so. The error that Append itself returns
// (kind Unavailable, arg retryAfter in seconds) means that settle never is.
func (l *Log) Append(payload []byte, settle func(record uint64, err error)) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	switch {
	case l.closing:
		return fault.New(fault.Unavailable, "eventlog.closed", "retryAfter", Retry)
	case l.broken != nil:
		return fault.Wrap(l.broken, fault.Unavailable, "eventlog.broken", "retryAfter", Retry)
	case l.bytes+int64(l.queued) > l.options.MaxBytes:
		return fault.New(fault.Unavailable, "eventlog.full", "bytes", l.options.MaxBytes, "retryAfter", Retry)
	}
	l.queue = append(l.queue, entry{payload, settle})
	l.queued += len(payload)
	l.changed.Signal()
	return nil
}

// Last is the index of the last durable record; one less than Options.First in
// a log that never had one.
func (l *Log) Last() uint64 {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.next - 1
}

// First is the index of the first record that is still kept, or would be.
func (l *Log) First() uint64 {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.segments[0].first
}

// Bytes is the size of all segments.
func (l *Log) Bytes() int64 {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.bytes
}

// Bound is the size beyond which nothing is taken.
func (l *Log) Bound() int64 { return l.options.MaxBytes }

// Full reports whether Append would be refused for the disk's bound.
func (l *Log) Full() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.bytes+int64(l.queued) > l.options.MaxBytes
}

// Cut lets go of the records up to and with through. Space comes back by whole
// segments; the one being written to stays, unless it alone keeps the log full.
func (l *Log) Cut(through uint64) error {
	l.cutting.Lock()
	defer l.cutting.Unlock()
	if err := l.cut(through); err != nil || !l.Full() || through < l.Last() {
		return err
	}
	if err := l.Turn(); err != nil {
		return err
	}
	return l.cut(through)
}

// cut removes the segments in front whose records all lie up to through.
func (l *Log) cut(through uint64) error {
	for {
		l.mu.Lock()
		if len(l.segments) < 2 || l.segments[1].first > through+1 {
			l.mu.Unlock()
			return nil
		}
		front := l.segments[0]
		l.mu.Unlock()
		// One at a time and synced, so that no crash leaves a hole.
		if err := errors.Join(l.files.Remove(fileName(front.first)), l.files.SyncDir()); err != nil {
			return fault.Wrap(err, fault.Unavailable, "eventlog.cannot-cut", "file", fileName(front.first))
		}
		l.mu.Lock()
		l.segments = l.segments[1:]
		l.bytes -= front.size
		l.mu.Unlock()
	}
}

// Turn closes the segment that is written to and begins another with the next
// record, so that Cut can let go of all records that are durable now. It is for
// records that must not lie about once they are of no use; Errors are Unavailable.
func (l *Log) Turn() error {
	done := make(chan error, 1)
	l.mu.Lock()
	if l.closing {
		l.mu.Unlock()
		return fault.New(fault.Unavailable, "eventlog.closed", "retryAfter", Retry)
	}
	l.turns = append(l.turns, done)
	l.changed.Signal()
	l.mu.Unlock()
	return <-done
}

// Close settles what was appended and closes the files.
func (l *Log) Close() error {
	l.mu.Lock()
	if l.closing {
		l.mu.Unlock()
		return nil
	}
	l.closing = true
	l.changed.Signal()
	l.mu.Unlock()
	l.committer.Wait()
	return errors.Join(l.tail.Close(), l.files.Close())
}

func fileName(first uint64) string { return fmt.Sprintf("%020d.log", first) }
