package stream

import (
	"bufio"
	"context"
	"encoding/binary"
	"errors"
	"io"
	"math"
	"os"
	"path/filepath"

	"github.com/cespare/xxhash/v2"

	"beichen/internal/fault"
	"beichen/internal/warehouse"
)

// The file of an index saves a large workspace the reading of all its facts when
// it opens. It is a cache: it may be deleted at any time, and whatever is wrong
// with it, or with what it says of the facts, the index is built from them.
//
// It is, all numbers little-endian: the magic; the head, which is the position
// and the digest of the facts, who each ref belonged to and whether those facts
// alone say so, the dictionaries and the columns; the blocks; for the head and each block where it ends and its xxHash;
// and where those begin and their own xxHash. Lists stand at multiples of eight
// bytes, so that a block is read where it lies.
const magic = "BEICHEN INDEX 4\n"

// foreign is the key of what is wrong with a file that is of other facts.
const foreign = "index.foreign"

var errDamaged = fault.New(fault.Unavailable, "index.damaged")

// save writes a snapshot of persons into a file, which is there whole or as it
// was before.
func (s *snapshot) save(file string, digest warehouse.Digest, settled bool) (err error) {
	if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
		return err
	}
	f, err := os.CreateTemp(filepath.Dir(file), "*.new")
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, os.Remove(f.Name()))
		}
	}()
	buffer := bufio.NewWriterSize(f, 1<<20)
	w := writer{to: buffer}
	w.file(s, digest, settled)
	if err := errors.Join(w.err, buffer.Flush(), f.Sync(), f.Close()); err != nil {
		return err
	}
	return os.Rename(f.Name(), file)
}

// Saved is the folder of a saved index, and the index on its way from there.
type Saved struct {
	file string
	done chan struct{}
	read *saved // nil without a file
	err  error
}

// SavedFile is the file in such a folder.
func SavedFile(dir string) string { return filepath.Join(dir, "persons") }

// OpenSaved begins to read the index that was saved in a folder, if there is one,
// while whoever opens the workspace does other things.
func OpenSaved(dir string) *Saved {
	s := &Saved{file: SavedFile(dir), done: make(chan struct{})}
	go func() {
		defer close(s.done)
		var raw []byte
		if raw, s.err = mapped(s.file); s.err == nil {
			s.read, s.err = decode(raw, intact)
		}
		if errors.Is(s.err, os.ErrNotExist) {
			s.err = nil
		}
	}()
	return s
}

// Check tells how many events the saved index holds, 0 without one. What is
// damaged or of other facts than the store has is an error.
func (s *Saved) Check(ctx context.Context, facts warehouse.Warehouse) (events int, err error) {
	<-s.done
	if s.err != nil || s.read == nil {
		return 0, s.err
	}
	digest, err := facts.Digest(ctx, s.read.through)
	if err != nil {
		return 0, err
	}
	at, err := facts.Position(ctx)
	if err == nil && (at.Seq < s.read.through || digest != s.read.digest) {
		err = fault.New(fault.Unavailable, foreign)
	}
	return s.read.events, err
}

// take gives the snapshot that was saved to an index, nil without one, and lets
// go of it.
func (s *Saved) take(ctx context.Context, x *Index) (*snapshot, error) {
	_, err := s.Check(ctx, x.facts.warehouse)
	read := s.read
	s.read = nil
	if err != nil || read == nil {
		return nil, err
	}
	read.number = x.facts.numbers.Add(1)
	read.since = since{built: read.number}
	x.names, x.currencies = dictionaryOf(read.names), dictionaryOf(read.currencies)
	for _, c := range read.columns {
		c.dictionary = dictionaryOf(c.values)
	}
	return &read.snapshot, nil
}

func dictionaryOf[T comparable](values []T) *dictionary[T] {
	d := &dictionary[T]{codes: make(map[T]uint32, len(values)), values: values}
	for code, value := range values {
		if _, twice := d.codes[value]; !twice { // of what nobody has any more there are several
			d.codes[value] = uint32(code)
		}
	}
	return d
}

// saved is what a file holds.
type saved struct {
	snapshot
	digest warehouse.Digest
}

// writer writes what a file is made of and keeps the first error.
type writer struct {
	to     io.Writer
	buffer []byte // the part in hand
	at     uint64 // where in the file it begins
	ends   []byte // of the parts before it, and their hashes
	err    error
}

// end writes the part in hand.
func (w *writer) end() {
	w.align()
	if w.err == nil {
		_, w.err = w.to.Write(w.buffer)
	}
	w.at += uint64(len(w.buffer))
	w.ends = binary.LittleEndian.AppendUint64(w.ends, w.at)
	w.ends = binary.LittleEndian.AppendUint64(w.ends, xxhash.Sum64(w.buffer))
	w.buffer = w.buffer[:0]
}

// align fills up to a multiple of eight bytes; parts begin at one.
func (w *writer) align() {
	for len(w.buffer)%8 != 0 {
		w.buffer = append(w.buffer, 0)
	}
}

func (w *writer) file(s *snapshot, digest warehouse.Digest, settled bool) {
	w.buffer = append(w.buffer, magic...)
	w.head(s, digest, settled)
	w.end()
	for _, b := range s.blocks {
		w.block(b)
		w.end()
	}
	last := binary.LittleEndian.AppendUint64(w.ends, w.at)
	last = binary.LittleEndian.AppendUint64(last, xxhash.Sum64(last))
	if w.err == nil {
		_, w.err = w.to.Write(last)
	}
}

func (w *writer) number(n uint64) { w.buffer = binary.AppendUvarint(w.buffer, n) }

func (w *writer) text(text string) {
	w.number(uint64(len(text)))
	w.buffer = append(w.buffer, text...)
}

func (w *writer) head(s *snapshot, digest warehouse.Digest, settled bool) {
	for _, n := range []uint64{
		s.through, uint64(digest.Events), digest.IDs, uint64(digest.IdentityFacts), digest.IdentityIDs, asNumber(settled), uint64(s.Base), uint64(s.NameBits), uint64(s.first), uint64(s.last),
		uint64(s.events), uint64(s.customers), uint64(s.unattributed), uint64(s.cut),
	} {
		w.number(n)
	}
	words(w, s.owners)
	w.texts(s.usedNames())
	w.texts(s.currencies)
	w.number(uint64(len(s.columns)))
	for i, c := range s.columns {
		values := s.used(i)
		w.text(string(c.key.Root))
		w.texts(c.key.Path)
		w.number(uint64(len(values)))
		for _, value := range values {
			w.value(value)
		}
	}
}

func asNumber(b bool) uint64 {
	if b {
		return 1
	}
	return 0
}

func (w *writer) texts(texts []string) {
	w.number(uint64(len(texts)))
	for _, text := range texts {
		w.text(text)
	}
}

// The kinds of a dictionary's values.
const (
	isNull = iota
	isText
	isNumber
	isFalse
	isTrue
	isJSON
)

func (w *writer) value(value any) {
	switch v := value.(type) {
	case string:
		w.number(isText)
		w.text(v)
	case float64:
		w.number(isNumber)
		w.buffer = binary.LittleEndian.AppendUint64(w.buffer, math.Float64bits(v))
	case bool:
		if w.number(isFalse); v {
			w.buffer[len(w.buffer)-1] = isTrue
		}
	case jsonText:
		w.number(isJSON)
		w.text(string(v))
	default:
		w.number(isNull)
	}
}

func (w *writer) block(b *Block) {
	if b == nil {
		w.number(0)
		return
	}
	w.number(1)
	words(w, b.Start)
	words(w, b.Event)
	for _, a := range []*Amounts{&b.Values, &b.Costs} {
		words(w, a.Event)
		words(w, a.Amount)
		words(w, a.Currency)
	}
	for i := range b.columns {
		words(w, b.columns[i].narrow)
		words(w, b.columns[i].middle)
		words(w, b.columns[i].wide)
	}
}

// words writes a list of numbers with its length.
func words[T number](w *writer, list []T) {
	w.number(uint64(len(list)))
	w.align()
	var err error
	if w.buffer, err = binary.Append(w.buffer, binary.LittleEndian, list); err != nil {
		w.err = errors.Join(w.err, err)
	}
}
