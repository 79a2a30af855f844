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

	"beichen/internal/event"
	"beichen/internal/fault"
	"beichen/internal/warehouse"
)

// The file of an index saves a large workspace the reading of all its facts when
// it opens. It is a cache: it may be deleted at any time, and whatever is wrong
// with it, or with what it says of the facts, the index is built from them.
//
// It is, all numbers little-endian: the magic, the position and the digest of
// the facts, who each ref belonged to, the dictionaries, the columns, the
// blocks; and the xxHash of everything before.
const magic = "BEICHEN INDEX 1\n"

var errDamaged = fault.New(fault.Unavailable, "index.damaged")

// save writes a snapshot of persons into a file, which is there whole or as it
// was before.
func (s *snapshot) save(file string, digest warehouse.Digest) (err error) {
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
	hash := xxhash.New()
	buffer := bufio.NewWriterSize(f, 1<<20)
	w := writer{to: io.MultiWriter(buffer, hash)}
	w.snapshot(s, digest)
	sum := binary.LittleEndian.AppendUint64(nil, hash.Sum64())
	_, last := buffer.Write(sum)
	if err := errors.Join(w.err, last, buffer.Flush(), f.Sync(), f.Close()); err != nil {
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
		if raw, s.err = os.ReadFile(s.file); s.err == nil {
			s.read, s.err = decode(raw)
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
		err = fault.New(fault.Unavailable, "index.foreign")
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
	x.names, x.currencies = dictionaryOf(read.names), dictionaryOf(read.currencies)
	for _, c := range read.columns {
		c.dictionary = dictionaryOf(c.values)
	}
	return &read.snapshot, nil
}

func dictionaryOf[T comparable](values []T) *dictionary[T] {
	d := &dictionary[T]{codes: make(map[T]uint32, len(values)), values: values}
	for code, value := range values {
		d.codes[value] = uint32(code)
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
	buffer []byte
	err    error
}

func (w *writer) flush() {
	if w.err == nil {
		_, w.err = w.to.Write(w.buffer)
	}
	w.buffer = w.buffer[:0]
}

func (w *writer) number(n uint64) { w.buffer = binary.AppendUvarint(w.buffer, n) }

func (w *writer) text(text string) {
	w.number(uint64(len(text)))
	w.buffer = append(w.buffer, text...)
}

func (w *writer) snapshot(s *snapshot, digest warehouse.Digest) {
	w.buffer = append(w.buffer, magic...)
	for _, n := range []uint64{
		s.through, uint64(digest.Events), digest.IDs, uint64(s.Base), uint64(s.NameBits), uint64(s.first), uint64(s.last),
		uint64(s.events), uint64(s.customers), uint64(s.unattributed),
	} {
		w.number(n)
	}
	words(w, s.owners)
	w.texts(s.names)
	w.texts(s.currencies)
	w.number(uint64(len(s.columns)))
	for _, c := range s.columns {
		w.text(string(c.key.Root))
		w.texts(c.key.Path)
		w.number(uint64(len(c.values)))
		for _, value := range c.values {
			w.value(value)
		}
	}
	w.number(uint64(len(s.blocks)))
	w.flush()
	for _, b := range s.blocks {
		w.block(b)
		w.flush()
	}
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
		amounts := make([]uint64, len(a.Amount))
		for i, amount := range a.Amount {
			amounts[i] = math.Float64bits(amount)
		}
		words(w, amounts)
		words(w, a.Currency)
	}
	for i := range b.columns {
		words(w, b.columns[i].narrow)
		words(w, b.columns[i].middle)
		words(w, b.columns[i].wide)
	}
}

// words writes a list of numbers with its length.
func words[T uint8 | uint16 | uint32 | uint64](w *writer, list []T) {
	w.number(uint64(len(list)))
	var err error
	if w.buffer, err = binary.Append(w.buffer, binary.LittleEndian, list); err != nil {
		w.err = errors.Join(w.err, err)
	}
}

// decode reads a file. The parts it gives are sound in themselves: whatever they
// say, no reader of them leaves their bounds.
func decode(raw []byte) (*saved, error) {
	body := len(raw) - 8
	if body < len(magic) || string(raw[:len(magic)]) != magic || xxhash.Sum64(raw[:body]) != binary.LittleEndian.Uint64(raw[body:]) {
		return nil, errDamaged
	}
	return decodeBody(raw[len(magic):body])
}

func decodeBody(raw []byte) (*saved, error) {
	r := reader{rest: raw}
	var s saved
	var header [10]uint64
	for i := range header {
		header[i] = r.number()
	}
	s.through, s.digest = header[0], warehouse.Digest{Events: int64(header[1]), IDs: header[2]}
	s.Layout = Layout{Base: int64(header[3]), NameBits: uint8(min(header[4], 63))}
	s.first, s.last = int64(header[5]), int64(header[6])
	s.events, s.customers, s.unattributed = int(header[7]), int(header[8]), int(header[9])
	s.version = math.MaxUint64 // of no view: it has to be looked who moved
	s.owners = list[uint32](&r)
	s.names, s.currencies = r.texts(), r.texts()
	for range r.count() {
		s.columns = append(s.columns, r.column())
	}
	for i := range r.count() {
		s.blocks = append(s.blocks, r.block(uint32(i), &s.snapshot))
	}
	if r.failed || len(r.rest) > 0 || len(s.names) == 0 || len(s.currencies) == 0 {
		return nil, errDamaged
	}
	return &s, nil
}

// reader reads what a file is made of. After a failure it gives zeros.
type reader struct {
	rest   []byte
	failed bool
}

func (r *reader) fail() {
	r.rest, r.failed = nil, true
}

func (r *reader) number() uint64 {
	n, size := binary.Uvarint(r.rest)
	if size <= 0 {
		r.fail()
		return 0
	}
	r.rest = r.rest[size:]
	return n
}

// count is a number of things of at least a byte each.
func (r *reader) count() int {
	n := r.number()
	if n > uint64(len(r.rest)) {
		r.fail()
		return 0
	}
	return int(n)
}

func (r *reader) bytes(n int) []byte {
	if n > len(r.rest) {
		r.fail()
		return nil
	}
	out := r.rest[:n]
	r.rest = r.rest[n:]
	return out
}

func (r *reader) text() string { return string(r.bytes(r.count())) }

func (r *reader) texts() []string {
	var out []string
	for range r.count() {
		out = append(out, r.text())
	}
	return out
}

func (r *reader) column() *column {
	c := &column{key: event.Key{Root: event.Root(r.text()), Path: r.texts()}}
	for range r.count() {
		c.values = append(c.values, r.value())
	}
	if len(c.values) == 0 {
		r.fail()
	}
	return c
}

func (r *reader) value() any {
	switch r.number() {
	case isText:
		return r.text()
	case isNumber:
		if raw := r.bytes(8); raw != nil {
			return math.Float64frombits(binary.LittleEndian.Uint64(raw))
		}
	case isFalse:
		return false
	case isTrue:
		return true
	case isJSON:
		return jsonText(r.text())
	}
	return nil
}

func list[T uint8 | uint16 | uint32 | uint64](r *reader) []T {
	n := r.count()
	size := binary.Size(T(0))
	raw := r.bytes(n * size)
	if n == 0 || raw == nil {
		return nil
	}
	out := make([]T, n)
	if _, err := binary.Decode(raw, binary.LittleEndian, out); err != nil {
		r.fail()
	}
	return out
}

func (r *reader) block(number uint32, s *snapshot) *Block {
	if r.number() == 0 {
		return nil
	}
	b := &Block{First: number << blockBits, Start: list[uint32](r), Event: list[uint64](r)}
	for _, a := range []*Amounts{&b.Values, &b.Costs} {
		a.Event = list[uint32](r)
		for _, bits := range list[uint64](r) {
			a.Amount = append(a.Amount, math.Float64frombits(bits))
		}
		a.Currency = list[uint16](r)
	}
	for range s.columns {
		b.columns = append(b.columns, codes{narrow: list[uint8](r), middle: list[uint16](r), wide: list[uint32](r)})
	}
	if r.failed || !b.sound(s) {
		r.fail()
		return nil
	}
	b.index(s.Layout)
	return b
}

// sound reports whether everything in the block leads to something.
func (b *Block) sound(s *snapshot) bool {
	events := uint32(len(b.Event))
	if b.Len() < 1 || b.Len() > blockSize || b.Start[0] != 0 || b.Start[b.Len()] != events {
		return false
	}
	for i := range b.Len() {
		if b.Start[i] > b.Start[i+1] || b.Start[i+1] > events {
			return false
		}
		for e := b.Start[i] + 1; e < b.Start[i+1]; e++ {
			if b.Event[e-1]>>s.NameBits > b.Event[e]>>s.NameBits {
				return false
			}
		}
	}
	for _, word := range b.Event {
		if int(s.Name(word)) >= len(s.names) {
			return false
		}
	}
	for _, a := range []*Amounts{&b.Values, &b.Costs} {
		if len(a.Event) != len(a.Amount) || len(a.Event) != len(a.Currency) {
			return false
		}
		for i, e := range a.Event {
			if e >= events || i > 0 && a.Event[i-1] >= e || int(a.Currency[i]) >= len(s.currencies) {
				return false
			}
		}
	}
	for i := range b.columns {
		if !b.columns[i].sound(int(events), uint32(len(s.columns[i].values)), s.columns[i].ofAccount()) {
			return false
		}
	}
	return true
}

func (c *codes) sound(events int, values uint32, any bool) bool {
	widths := 0
	for _, n := range []int{len(c.narrow), len(c.middle), len(c.wide)} {
		if n > 0 {
			widths++
		}
		if n > 0 && n != events {
			return false
		}
	}
	if widths > 1 {
		return false
	}
	for e := range uint32(events * widths) {
		if !any && c.at(e) >= values {
			return false
		}
	}
	return true
}

// index fills what follows from the events.
func (b *Block) index(l Layout) {
	b.Has, b.When = make([]uint64, b.Len()), make([]uint64, b.Len())
	for i := range b.Len() {
		var has, when uint64
		for _, word := range b.Event[b.Start[i]:b.Start[i+1]] {
			has |= 1 << (l.Name(word) & 63)
			when |= 1 << (l.Time(word) >> slotBits & 63)
		}
		b.Has[i], b.When[i] = has, when
		if has != 0 && b.First+uint32(i) != 0 {
			b.customers++
		}
	}
}
