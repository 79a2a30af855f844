package eventlog

import (
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"slices"

	"github.com/klauspost/compress/s2"
)

// A record on disk, little-endian:
//
//	4 bytes  magic, with the version of this layout
//	4 bytes  length of the body
//	8 bytes  index of the record
//	4 bytes  CRC-32C of length, index and body
//	n bytes  body: the group's payloads, each after its length as a uvarint, S2-compressed
const (
	magic      = 0x314c4542 // "BEL1"
	headerSize = 20
	maxBody    = 1 << 30
)

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// encoder makes records, in memory that it uses again.
type encoder struct {
	plain, frame []byte
	usual        int // bytes of the largest group of late
}

// keptBytes of that memory stay in any case. More stays while the log is busy,
// since fresh memory for each of its records costs as much as compressing them,
// and goes after some fifty records that had no use for it.
const keptBytes = 8 << 20

// encode makes the record of a group. It is valid until the next one is made.
func (c *encoder) encode(index uint64, group []entry) []byte {
	size := 0
	for _, e := range group {
		size += binary.MaxVarintLen32 + len(e.payload)
	}
	c.usual = max(size, c.usual-c.usual/32)
	if kept := cap(c.plain) + cap(c.frame); kept > keptBytes && kept > 10*c.usual {
		c.plain, c.frame = nil, nil
	}
	plain := slices.Grow(c.plain[:0], size)
	for _, e := range group {
		plain = binary.AppendUvarint(plain, uint64(len(e.payload)))
		plain = append(plain, e.payload...)
	}
	frame := slices.Grow(c.frame[:0], headerSize+s2.MaxEncodedLen(len(plain)))
	c.plain, c.frame = plain, frame
	frame = frame[:headerSize]
	frame = frame[:headerSize+len(s2.Encode(frame[headerSize:cap(frame)], plain))]
	binary.LittleEndian.PutUint32(frame[0:], magic)
	binary.LittleEndian.PutUint32(frame[4:], uint32(len(frame)-headerSize))
	binary.LittleEndian.PutUint64(frame[8:], index)
	binary.LittleEndian.PutUint32(frame[16:], checksum(frame))
	return frame
}

func checksum(frame []byte) uint32 {
	sum := crc32.Checksum(frame[4:16], castagnoli)
	return crc32.Update(sum, castagnoli, frame[headerSize:])
}

// errTorn says that no whole record of the index stands at a place.
var errTorn = errors.New("no whole record")

// readFrame reads the record at an offset and checks that it is the index's.
// The error is errTorn, or that of the file; io.EOF at its end.
func readFrame(f io.ReaderAt, offset int64, index uint64) ([]byte, error) {
	var header [headerSize]byte
	if n, err := f.ReadAt(header[:], offset); n < headerSize {
		switch {
		case n == 0 && errors.Is(err, io.EOF):
			return nil, io.EOF
		case errors.Is(err, io.EOF):
			return nil, errTorn
		}
		return nil, err
	}
	length := binary.LittleEndian.Uint32(header[4:])
	if binary.LittleEndian.Uint32(header[0:]) != magic || length > maxBody || binary.LittleEndian.Uint64(header[8:]) != index {
		return nil, errTorn
	}
	frame := make([]byte, headerSize+int(length))
	if n, err := f.ReadAt(frame, offset); n < len(frame) {
		if errors.Is(err, io.EOF) {
			return nil, errTorn
		}
		return nil, err
	}
	if binary.LittleEndian.Uint32(frame[16:]) != checksum(frame) {
		return nil, errTorn
	}
	return frame, nil
}

// payloads unpacks a record that readFrame gave.
func payloads(frame []byte) ([][]byte, error) {
	plain, err := s2.Decode(nil, frame[headerSize:])
	if err != nil {
		return nil, err
	}
	var out [][]byte
	for len(plain) > 0 {
		length, n := binary.Uvarint(plain)
		if n <= 0 || length > uint64(len(plain)-n) {
			return nil, fmt.Errorf("a payload of %d bytes in the last %d", length, len(plain))
		}
		out = append(out, plain[n:n+int(length):n+int(length)])
		plain = plain[n+int(length):]
	}
	return out, nil
}
