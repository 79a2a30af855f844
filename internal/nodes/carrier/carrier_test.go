package carrier

import (
	"errors"
	"math"
	"reflect"
	"testing"
	"time"
)

func TestEveryValueIsCarried(t *testing.T) {
	values := []any{nil, "", "shop", "\xff\x00", -0.5, 1e300, 5e-324, true, false}
	var out Carrier
	for _, v := range values {
		out.Value(&v)
	}
	for _, at := range []int64{0, -1, 1, math.MaxInt64, math.MinInt64} {
		out.Instant(&at)
	}
	in := From(out.bytes)
	for _, want := range values {
		var v any
		if in.Value(&v); !reflect.DeepEqual(v, want) {
			t.Errorf("%v became %v", want, v)
		}
	}
	for _, want := range []int64{0, -1, 1, math.MaxInt64, math.MinInt64} {
		var at int64
		if in.Instant(&at); at != want {
			t.Errorf("%d became %d", want, at)
		}
	}
	if err := in.End(); err != nil {
		t.Error(err)
	}
	for what, bad := range map[string]any{"not a number": math.NaN(), "no end": math.Inf(1)} {
		out, v := Carrier{}, bad
		out.Value(&v)
		in := From(out.bytes)
		if in.Value(&v); in.OK() {
			t.Errorf("a value that is %s was read", what)
		}
	}
}

func TestWhatElseIsCarried(t *testing.T) {
	at := time.Date(2026, 11, 27, 4, 0, 0, 5000, time.UTC)
	lists := [][]int64{{}, {0, 1, math.MaxInt64}}
	var out Carrier
	for _, so := range []bool{true, false} {
		out.Flag(&so)
	}
	out.Time(&at)
	for _, list := range lists {
		out.DurationList(&list)
	}
	text, err := out.Written()
	if err != nil {
		t.Fatal(err)
	}
	in := From(text)
	for _, want := range []bool{true, false} {
		var so bool
		if in.Flag(&so); so != want {
			t.Errorf("%t became %t", want, so)
		}
	}
	var read time.Time
	if in.Time(&read); !read.Equal(at) {
		t.Errorf("%s became %s", at, read)
	}
	for _, want := range lists {
		var list []int64
		if in.DurationList(&list); !reflect.DeepEqual(list, want) {
			t.Errorf("%d became %d", want, list)
		}
	}
	if err := in.End(); err != nil {
		t.Error(err)
	}
}

// What cannot have been written is refused, and takes no memory.
func TestWhatWasNeverWrittenIsRefused(t *testing.T) {
	const huge = "\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01" // 2⁶⁴−1
	for what, c := range map[string]struct {
		text string
		read func(*Carrier)
	}{
		"nothing":             {"", func(c *Carrier) { c.Count(new(int)) }},
		"a negative count":    {huge, func(c *Carrier) { c.Counts(new(int)) }},
		"a negative duration": {"\x01" + huge, func(c *Carrier) { c.DurationList(new([]int64)) }},
		"a list too long":     {"\xff\xff\xff\xff\x0f\x00", func(c *Carrier) { c.DurationList(new([]int64)) }},
		"a text too long":     {"\x05abc", func(c *Carrier) { c.Text(new(string)) }},
		"a flag":              {"\x02", func(c *Carrier) { c.Flag(new(bool)) }},
		"a kind of values":    {"\x09", func(c *Carrier) { c.Value(new(any)) }},
		"more than was read":  {"\x00\x00", func(c *Carrier) { c.Count(new(int)) }},
	} {
		in := From([]byte(c.text))
		c.read(in)
		if err := in.End(); !errors.Is(err, ErrNotCounted) {
			t.Errorf("%s: %v", what, err)
		}
	}
}
