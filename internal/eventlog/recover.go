package eventlog

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"

	"beichen/internal/fault"
)

// damageError is a record that was durable once and cannot be read.
type damageError struct {
	file   string
	record uint64
	cause  error
}

func (e *damageError) Error() string {
	return fmt.Sprintf("%s, record %d: %v", e.file, e.record, e.cause)
}
func (e *damageError) Unwrap() error { return e.cause }

// recover reads the names of the segments and the whole of the last one, of
// which it drops a torn end.
func (l *Log) recover() error {
	names, err := l.files.List()
	if err != nil {
		return err
	}
	for _, name := range names {
		digits, ok := strings.CutSuffix(name, ".log")
		first, err := strconv.ParseUint(digits, 10, 64)
		if !ok || err != nil || fileName(first) != name {
			continue
		}
		size, err := l.files.Size(name)
		if err != nil {
			return err
		}
		l.segments = append(l.segments, segment{first, size})
	}
	slices.SortFunc(l.segments, func(a, b segment) int {
		if a.first < b.first {
			return -1
		}
		return 1
	})
	if len(l.segments) == 0 {
		l.next = l.options.First
		if l.tail, err = l.files.Create(fileName(l.next)); err != nil {
			return err
		}
		l.segments = []segment{{first: l.next}}
		return l.files.SyncDir()
	}
	last := &l.segments[len(l.segments)-1]
	if l.tail, err = l.files.Open(fileName(last.first)); err != nil {
		return err
	}
	if err := l.recoverTail(last); err != nil {
		return errors.Join(err, l.tail.Close())
	}
	for _, s := range l.segments {
		l.bytes += s.size
	}
	return nil
}

func (l *Log) recoverTail(s *segment) error {
	offset, index := int64(0), s.first
	for {
		frame, err := readFrame(l.tail, offset, index)
		if errors.Is(err, io.EOF) || errors.Is(err, errTorn) {
			break
		}
		if err != nil {
			return err
		}
		offset += int64(len(frame))
		index++
	}
	if offset < s.size {
		if err := l.checkTorn(s, offset, index); err != nil {
			return err
		}
		if err := errors.Join(l.tail.Truncate(offset), l.tail.Sync()); err != nil {
			return err
		}
	}
	s.size, l.next = offset, index
	return nil
}

// checkTorn tells a torn end from damage. One record is written at a time and
// synced before the next, so behind one that a crash tore no whole one follows.
func (l *Log) checkTorn(s *segment, offset int64, index uint64) error {
	rest := make([]byte, s.size-offset)
	if n, err := l.tail.ReadAt(rest, offset); n < len(rest) {
		return err
	}
	var mark [4]byte
	binary.LittleEndian.PutUint32(mark[:], magic)
	for at := 1; ; at++ {
		next := bytes.Index(rest[min(at, len(rest)):], mark[:])
		if next < 0 {
			return nil
		}
		at += next
		if at+headerSize > len(rest) {
			return nil
		}
		later := binary.LittleEndian.Uint64(rest[at+8:])
		if later <= index || later > index+uint64(len(rest)) {
			continue
		}
		if _, err := readFrame(l.tail, offset+int64(at), later); err == nil {
			return &damageError{fileName(s.first), index, errTorn}
		}
	}
}

// Replay yields the records after an index that were durable when it was
// called, in order. Records that were cut already are an error: they are gone.
func (l *Log) Replay(after uint64, yield func(record uint64, payloads [][]byte) error) error {
	l.mu.Lock()
	segments, end := slices.Clone(l.segments), l.next
	l.mu.Unlock()
	if after+1 >= end {
		return nil
	}
	if after+1 < segments[0].first {
		return fault.New(fault.Internal, "eventlog.gone", "record", after+1, "first", segments[0].first)
	}
	for i, s := range segments {
		upTo := end
		if i+1 < len(segments) {
			upTo = segments[i+1].first
		}
		if upTo <= after+1 {
			continue
		}
		if err := l.replaySegment(s, after, upTo, yield); err != nil {
			return err
		}
	}
	return nil
}

func (l *Log) replaySegment(s segment, after, upTo uint64, yield func(uint64, [][]byte) error) error {
	f, err := l.files.Open(fileName(s.first))
	if err != nil {
		return fault.Wrap(err, fault.Unavailable, "eventlog.cannot-open", "dir", fileName(s.first))
	}
	defer f.Close()
	offset := int64(0)
	for index := s.first; index < upTo; index++ {
		frame, err := readFrame(f, offset, index)
		if err != nil {
			return fault.Wrap(err, fault.Internal, "eventlog.damaged", "file", fileName(s.first), "record", index)
		}
		offset += int64(len(frame))
		if index <= after {
			continue
		}
		list, err := payloads(frame)
		if err != nil {
			return fault.Wrap(err, fault.Internal, "eventlog.damaged", "file", fileName(s.first), "record", index)
		}
		if err := yield(index, list); err != nil {
			return err
		}
	}
	return nil
}
