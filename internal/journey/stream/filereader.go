package stream

import (
	"encoding/binary"
	"math"
	"runtime"
	"sync"
	"sync/atomic"
	"unsafe"

	"github.com/cespare/xxhash/v2"

	"beichen/internal/event"
	"beichen/internal/warehouse"
)

// intact judges a part of a file by the hash that was written of it.
func intact(part []byte, hash uint64) bool { return xxhash.Sum64(part) == hash }

// decode reads a file, of which it keeps parts. What it gives is sound in itself:
// whatever the file says, no reader of it leaves its bounds.
func decode(raw []byte, intact func(part []byte, hash uint64) bool) (*saved, error) {
	parts, hashes, ok := split(raw, intact)
	if !ok || !intact(parts[0], hashes[0]) {
		return nil, errDamaged
	}
	s, ok := decodeHead(parts[0][len(magic):])
	if !ok {
		return nil, errDamaged
	}
	s.blocks = make([]*Block, len(parts)-1)
	var next atomic.Int64
	var damaged atomic.Bool
	var workers sync.WaitGroup
	for range min(runtime.GOMAXPROCS(0), len(s.blocks)) {
		workers.Go(func() {
			for i := int(next.Add(1)); i < len(parts) && !damaged.Load(); i = int(next.Add(1)) {
				r := reader{rest: parts[i], length: len(parts[i])}
				s.blocks[i-1] = r.block(uint32(i-1), &s.snapshot)
				if !r.ended() || !intact(parts[i], hashes[i]) {
					damaged.Store(true)
				}
			}
		})
	}
	workers.Wait()
	if damaged.Load() {
		return nil, errDamaged
	}
	return s, nil
}

// split finds the parts of a file: the head with the magic, and the blocks.
func split(raw []byte, intact func(part []byte, hash uint64) bool) (parts [][]byte, hashes []uint64, ok bool) {
	const last = 16 // where the ends begin, and their hash
	if len(raw) < len(magic)+last || string(raw[:len(magic)]) != magic {
		return nil, nil, false
	}
	number := func(at int) uint64 { return binary.LittleEndian.Uint64(raw[at:]) }
	begin := number(len(raw) - last)
	if begin > uint64(len(raw)-last) || !intact(raw[begin:len(raw)-8], number(len(raw)-8)) {
		return nil, nil, false
	}
	at := uint64(0)
	for entry := int(begin); entry+16 <= len(raw)-last; entry += 16 {
		end := number(entry)
		if end < at || end > begin || end%8 != 0 {
			return nil, nil, false
		}
		parts, hashes = append(parts, raw[at:end:end]), append(hashes, number(entry+8))
		at = end
	}
	return parts, hashes, len(parts) > 0 && len(parts[0]) >= len(magic) && at == begin
}

func decodeHead(raw []byte) (*saved, bool) {
	r := reader{rest: raw, length: len(raw)}
	var s saved
	var header [14]uint64
	for i := range header {
		header[i] = r.number()
	}
	s.through = header[0]
	s.digest = warehouse.Digest{Events: int64(header[1]), IDs: header[2], IdentityFacts: int64(header[3]), IdentityIDs: header[4]}
	s.settled = header[5] == 1
	s.Layout = Layout{Base: int64(header[6]), NameBits: uint8(min(header[7], 63))}
	s.first, s.last = int64(header[8]), int64(header[9])
	s.events, s.customers, s.unattributed = int(header[10]), int(header[11]), int(header[12])
	s.cut, s.kept = int64(header[13]), int64(header[13])
	s.version = math.MaxUint64 // of no view: where anything came since, it has to be looked who moved
	s.owners = list[uint32](&r)
	s.names, s.currencies = r.texts(), r.texts()
	for range r.count() {
		s.columns = append(s.columns, r.column())
	}
	return &s, r.ended() && len(s.names) > 0 && len(s.currencies) > 0
}

// reader reads what a file is made of. After a failure it gives zeros.
type reader struct {
	rest   []byte
	length int // of the part, with what was read
	failed bool
}

// ended reports whether the part was read to its end.
func (r *reader) ended() bool { return !r.failed && len(r.rest) < 8 }

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

type number interface {
	uint8 | uint16 | uint32 | uint64 | float64
}

// list reads a list of numbers: it is a part of the file where numbers lie in
// memory as they do there, otherwise a copy.
func list[T number](r *reader) []T {
	n := r.count()
	r.bytes(-(r.length - len(r.rest)) & 7)
	size := binary.Size(T(0))
	raw := r.bytes(n * size)
	if n == 0 || raw == nil {
		return nil
	}
	first := unsafe.Pointer(unsafe.SliceData(raw))
	if binary.NativeEndian.Uint16([]byte{1, 0}) == 1 && uintptr(first)%uintptr(size) == 0 {
		return unsafe.Slice((*T)(first), n)
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
	b := newBlock(number)
	b.Start, b.Event = list[uint32](r), list[uint64](r)
	for _, a := range []*Amounts{&b.Values, &b.Costs} {
		*a = Amounts{Event: list[uint32](r), Amount: list[float64](r), Currency: list[uint16](r)}
	}
	for range s.columns {
		b.columns = append(b.columns, codes{narrow: list[uint8](r), middle: list[uint16](r), wide: list[uint32](r)})
	}
	if r.failed || !b.sound(s) {
		r.fail()
		return nil
	}
	return b
}

// sound reports whether everything in the block leads to something, and fills what
// follows from its events.
func (b *Block) sound(s *snapshot) bool {
	events := uint32(len(b.Event))
	if b.Len() < 1 || b.Len() > blockSize || b.Start[0] != 0 || b.Start[b.Len()] != events {
		return false
	}
	for i := range b.Len() {
		if b.Start[i] > b.Start[i+1] || b.Start[i+1] > events {
			return false
		}
	}
	if top, ordered := b.index(s.Layout); !ordered || top >= uint64(len(s.names)) {
		return false
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
	return any || allBelow(c.narrow, values) && allBelow(c.middle, values) && allBelow(c.wide, values)
}

func allBelow[T uint8 | uint16 | uint32](codes []T, values uint32) bool {
	var top T
	for _, code := range codes {
		top = max(top, code)
	}
	return len(codes) == 0 || uint32(top) < values
}
