package clickhouse

import "github.com/ClickHouse/ch-go/proto"

// coded is a column of texts as they are sent: a dictionary of the block, and for each
// row a place in it.
type coded struct {
	column *proto.ColLowCardinalityRaw
	texts  *proto.ColStr
}

func newCoded() coded {
	texts := new(proto.ColStr)
	return coded{&proto.ColLowCardinalityRaw{Index: texts}, texts}
}

// translated gives the texts of the block the codes of a dictionary.
func (c *coded) translated(code func(string) uint32) []uint32 {
	out := make([]uint32, c.texts.Rows())
	for i := range out {
		out[i] = code(c.texts.Row(i))
	}
	return out
}

// key is a row's place in the dictionary of the block.
func (c *coded) key(row int) int {
	switch c.column.Key {
	case proto.KeyUInt8:
		return int(c.column.Keys8[row])
	case proto.KeyUInt16:
		return int(c.column.Keys16[row])
	case proto.KeyUInt32:
		return int(c.column.Keys32[row])
	}
	return int(c.column.Keys64[row])
}

// codes are the rows' codes, by what the places of the dictionary stand for, in the
// memory of a column without rows.
func (c *coded) codes(to, of []uint32) []uint32 {
	switch c.column.Key {
	case proto.KeyUInt8:
		return looked(to, c.column.Keys8, of)
	case proto.KeyUInt16:
		return looked(to, c.column.Keys16, of)
	case proto.KeyUInt32:
		return looked(to, c.column.Keys32, of)
	}
	return looked(to, c.column.Keys64, of)
}

func looked[T uint8 | uint16 | uint32 | uint64](to []uint32, places []T, of []uint32) []uint32 {
	for _, place := range places {
		to = append(to, of[place])
	}
	return to
}
