package stream

// dictionary gives values codes in the order in which they are first seen, from
// 1; code 0 is the zero value.
type dictionary[T comparable] struct {
	codes  map[T]uint32
	values []T
}

func newDictionary[T comparable]() *dictionary[T] {
	var zero T
	return &dictionary[T]{codes: map[T]uint32{zero: 0}, values: []T{zero}}
}

func (d *dictionary[T]) code(value T) uint32 {
	code, ok := d.codes[value]
	if !ok {
		code = uint32(len(d.values))
		d.codes[value] = code
		d.values = append(d.values, value)
	}
	return code
}

// translation maps the codes of another dictionary, which only grows, to codes
// of one's own.
type translation []uint32

// extend covers the codes that are new in the other dictionary.
func extend[T comparable](t translation, other []T, own *dictionary[T]) translation {
	for i := len(t); i < len(other); i++ {
		t = append(t, own.code(other[i]))
	}
	return t
}
