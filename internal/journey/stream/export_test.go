package stream

import "beichen/internal/warehouse"

// SaveHoweverSmall makes the index of persons worth saving.
func (l *Live) SaveHoweverSmall() { l.indexes[0].worth = 0 }

// ReadInParts makes new indexes read a log in parts however short it is.
func (l *Live) ReadInParts() {
	for _, x := range l.indexes {
		x.worthParts = 0
	}
}

// DecodeBody reads what stands between a file's magic and its checksum, and walks
// over all of it as questions would.
func DecodeBody(raw []byte) error {
	saved, err := decodeBody(raw)
	if err != nil {
		return err
	}
	s := &Streams{Layout: saved.Layout, Blocks: saved.blocks, Names: saved.names, Currencies: saved.currencies}
	s.Classes = [][]uint64{nil}
	s.rules = make([]rule, len(saved.names))
	for i, c := range saved.columns {
		if c.ofAccount() {
			continue
		}
		s.keys, s.Values = append(s.keys, key{column: i}), append(s.Values, c.values)
	}
	s.CustomerID = func(uint32) string { return "" }
	Everything(s)
	return nil
}

// Everything reads all there is; the tests' reader sets it.
var Everything func(*Streams)

// EncodeBody writes a snapshot of the index of persons as DecodeBody reads it.
func (l *Live) EncodeBody() []byte {
	var w writer
	var out buffer
	w.to = &out
	w.snapshot(l.indexes[0].now, warehouse.Digest{})
	return out[len(magic):]
}

type buffer []byte

func (b *buffer) Write(p []byte) (int, error) {
	*b = append(*b, p...)
	return len(p), nil
}
