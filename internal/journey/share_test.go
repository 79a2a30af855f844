package journey

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"math"
	"math/rand/v2"
	"testing"

	"beichen/internal/event"
	"beichen/internal/journey/stream/streamtest"
	"beichen/internal/nodes/carrier"
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
	q, err := request.forAnswer()
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
	of := carrier.From(text)
	of.Counts(new(int), new(int), new(int)) // of the streams
	of.Instant(new(int64))
	return q, text[len(text)-of.Left():]
}

// readShare reads what was counted of a share, of a question.
func (q *question) readShare(text []byte) (*shareCounts, error) {
	c, s := carrier.From(text), &shareCounts{}
	s.carry(c, q)
	return s, c.End()
}

// written is a share written again.
func (s *shareCounts) written(t *testing.T, q *question) []byte {
	t.Helper()
	return carried(t, func(c *carrier.Carrier) { s.carry(c, q) })
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
		if len(s.rows) == 0 || len(s.places) == 0 {
			t.Errorf("seed %d: %d customers listed in %d rows", seed, len(s.places), len(s.rows))
		}
		if again := s.written(t, q); !bytes.Equal(again, text) {
			t.Errorf("seed %d: %d bytes became %d", seed, len(text), len(again))
		}
		for n := range text {
			if _, err := q.readShare(text[:n]); !errors.Is(err, carrier.ErrNotCounted) {
				t.Fatalf("seed %d: %d of %d bytes: %v", seed, n, len(text), err)
			}
		}
		if _, err := q.readShare(append(text, 0)); !errors.Is(err, carrier.ErrNotCounted) {
			t.Errorf("seed %d: a byte more: %v", seed, err)
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
		once := s.written(t, q)
		again, err := q.readShare(once)
		if err != nil {
			t.Fatal(err)
		}
		if twice := again.written(t, q); !bytes.Equal(once, twice) {
			t.Errorf("% x became % x", once, twice)
		}
	})
}
