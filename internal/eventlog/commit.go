package eventlog

import (
	"errors"
	"time"

	"beichen/internal/fault"
)

// commitAll is the committer: the only goroutine that writes.
func (l *Log) commitAll() {
	for {
		group, turns, ok := l.collect()
		if !ok {
			return
		}
		for _, done := range turns {
			done <- l.turn()
		}
		if len(group) == 0 {
			continue
		}
		record, err := l.commit(group)
		for _, e := range group {
			e.settle(record, err)
		}
		if err == nil && l.options.Committed != nil {
			l.options.Committed(record)
		}
	}
}

// collect waits for a payload, or for somebody who wants a new segment, then for
// company until Linger has passed since the last group was collected. Where syncing takes longer than that, the company
// came meanwhile; where it is quick, groups do not become too small.
func (l *Log) collect() (group []entry, turns []chan error, ok bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for len(l.queue)+len(l.turns) == 0 {
		if l.closing {
			return nil, nil, false
		}
		l.changed.Wait()
	}
	if wait := l.options.Linger - time.Since(l.collected); wait > 0 && l.queued < l.options.GroupBytes && !l.closing {
		l.mu.Unlock()
		time.Sleep(wait)
		l.mu.Lock()
	}
	l.collected = time.Now()
	group, turns = l.queue, l.turns
	l.queue, l.queued, l.turns = nil, 0, nil
	return group, turns, true
}

// turn begins a new segment, unless the last one is empty.
func (l *Log) turn() error {
	l.mu.Lock()
	index, active, broken := l.next, l.segments[len(l.segments)-1], l.broken
	l.mu.Unlock()
	if broken != nil {
		return fault.Wrap(broken, fault.Unavailable, "eventlog.broken", "retryAfter", Retry)
	}
	if active.first == index {
		return nil
	}
	if err := l.rotate(index); err != nil {
		return fault.Wrap(err, fault.Unavailable, "eventlog.cannot-write", "retryAfter", Retry)
	}
	return nil
}

// commit makes one record of a group durable.
func (l *Log) commit(group []entry) (uint64, error) {
	l.mu.Lock()
	index, active, broken := l.next, l.segments[len(l.segments)-1], l.broken
	l.mu.Unlock()
	if broken != nil {
		return 0, fault.Wrap(broken, fault.Unavailable, "eventlog.broken", "retryAfter", Retry)
	}
	if active.size >= l.options.SegmentBytes {
		if err := l.rotate(index); err != nil {
			return 0, fault.Wrap(err, fault.Unavailable, "eventlog.cannot-write", "retryAfter", Retry)
		}
		active = segment{first: index}
	}
	frame := l.encoder.encode(index, group)
	if _, err := l.tail.WriteAt(frame, active.size); err != nil {
		// Nothing was promised yet: take back what was written of it, and the
		// next group may try (the disk may have room again).
		if undo := errors.Join(l.tail.Truncate(active.size), l.tail.Sync()); undo != nil {
			l.breakDown(errors.Join(err, undo))
		}
		return 0, fault.Wrap(err, fault.Unavailable, "eventlog.cannot-write", "retryAfter", Retry)
	}
	if err := l.tail.Sync(); err != nil {
		// After a failed sync nobody knows what is on the disk, and a second one
		// may succeed without having written anything.
		l.breakDown(err)
		return 0, fault.Wrap(err, fault.Unavailable, "eventlog.broken", "retryAfter", Retry)
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.next = index + 1
	l.bytes += int64(len(frame))
	l.segments[len(l.segments)-1].size += int64(len(frame))
	return index, nil
}

// rotate begins a new segment with the record of the index. The file's name is
// durable before anything in it is.
func (l *Log) rotate(first uint64) error {
	file, err := l.files.Create(fileName(first))
	if err != nil {
		return err
	}
	if err := l.files.SyncDir(); err != nil {
		return errors.Join(err, file.Close(), l.files.Remove(fileName(first)))
	}
	old := l.tail
	l.tail = file
	l.mu.Lock()
	l.segments = append(l.segments, segment{first: first})
	l.mu.Unlock()
	return old.Close()
}

func (l *Log) breakDown(err error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.broken = err
}
