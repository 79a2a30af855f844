package journey

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"math"
	"math/rand/v2"
	"reflect"
	"testing"

	"beichen/internal/event"
	"beichen/internal/journey/stream/streamtest"
	"beichen/internal/warehouse"
	"beichen/internal/warehouse/duckdb/duckdbtest"
)

// writtenShare is what a node writes of a random company's customers, and the question.
func writtenShare(t testing.TB, seed uint64) (*question, []byte) {
	t.Helper()
	r := rand.New(rand.NewPCG(seed, 5))
	b := randomJourney(r)
	histories := make([][]bruteEvent, 20)
	for i := range histories {
		histories[i] = randomHistory(r)
	}
	messages := messagesOf(r, histories)
	for i, m := range messages {
		if m.Seq, m.Channel = uint64(i+1), pick(r, "", "shop", "mail"); m.Type == event.Track {
			m.Value, m.Cost, m.Currency = new(float64(r.IntN(9))+1e-7), new(0.25*float64(r.IntN(3))), pick(r, "TWD", "BRL")
		}
	}
	j, err := Parse(b.definition())
	if err != nil {
		t.Fatal(err)
	}
	m := Measurer{Source: streamtest.Shared(t, duckdbtest.Open(t), messages, 1)[0]}
	request := Request{Journey: j, Customers: true, AsOf: instantText(9), Breakdown: []string{"channel", "value"}}
	body, err := json.Marshal(request)
	if err != nil {
		t.Fatal(err)
	}
	c, err := m.Count(context.Background(), body, warehouse.Moment{})
	if err != nil {
		t.Fatal(err)
	}
	text, err := c.Count(context.Background(), warehouse.Range{Through: math.MaxUint32})
	if err != nil {
		t.Fatal(err)
	}
	return c.(*pinned).question, text
}

// TestWhatWasCountedIsReadAsItWasWritten reads what was written, writes it again, and cuts
// it off at every byte.
func TestWhatWasCountedIsReadAsItWasWritten(t *testing.T) {
	for seed := range uint64(6) {
		q, text := writtenShare(t, seed)
		s, err := q.readShare(text)
		if err != nil {
			t.Fatal(err)
		}
		if s.customers == 0 || len(s.rows) == 0 || len(s.places) == 0 {
			t.Errorf("seed %d: %d customers in %d rows, %d of them listed", seed, s.customers, len(s.rows), len(s.places))
		}
		again := carrier{}
		if s.carry(&again, q); !bytes.Equal(again.bytes, text) {
			t.Errorf("seed %d: %d bytes became %d", seed, len(text), len(again.bytes))
		}
		for n := range text {
			if _, err := q.readShare(text[:n]); !errors.Is(err, errNotCounted) {
				t.Fatalf("seed %d: %d of %d bytes: %v", seed, n, len(text), err)
			}
		}
		if _, err := q.readShare(append(text, 0)); !errors.Is(err, errNotCounted) {
			t.Errorf("seed %d: a byte more: %v", seed, err)
		}
	}
}

func TestEveryValueIsCarried(t *testing.T) {
	values := []any{nil, "", "shop", "\xff\x00", -0.5, 1e300, 5e-324, true, false}
	out := carrier{}
	for _, v := range values {
		out.value(&v)
	}
	for _, at := range []int64{0, -1, 1, math.MaxInt64, math.MinInt64} {
		out.instant(&at)
	}
	in := carrier{reading: true, bytes: out.bytes}
	for _, want := range values {
		var v any
		if in.value(&v); !reflect.DeepEqual(v, want) {
			t.Errorf("%v became %v", want, v)
		}
	}
	for _, want := range []int64{0, -1, 1, math.MaxInt64, math.MinInt64} {
		var at int64
		if in.instant(&at); at != want {
			t.Errorf("%d became %d", want, at)
		}
	}
	if in.err != nil || len(in.bytes) > 0 {
		t.Errorf("%d bytes are left, %v", len(in.bytes), in.err)
	}
	for what, bad := range map[string]any{"not a number": math.NaN(), "no end": math.Inf(1)} {
		out, v := carrier{}, bad
		out.value(&v)
		in := carrier{reading: true, bytes: out.bytes}
		if in.value(&v); in.err == nil {
			t.Errorf("a value that is %s was read", what)
		}
	}
}

// FuzzWhatWasCounted reads anything. What it takes for counts it can add up.
func FuzzWhatWasCounted(f *testing.F) {
	q, text := writtenShare(f, 1)
	f.Add(text)
	f.Add([]byte{})
	f.Add(bytes.Repeat([]byte{0xff}, 40))
	f.Fuzz(func(t *testing.T, text []byte) {
		s, err := q.readShare(text)
		if err != nil {
			return
		}
		once, twice := carrier{}, carrier{}
		s.carry(&once, q)
		again, err := q.readShare(once.bytes)
		if err != nil {
			t.Fatal(err)
		}
		if again.carry(&twice, q); !bytes.Equal(once.bytes, twice.bytes) {
			t.Errorf("% x became % x", once.bytes, twice.bytes)
		}
	})
}
