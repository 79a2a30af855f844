package metric

import (
	"bytes"
	"errors"
	"math/rand/v2"
	"testing"

	"beichen/internal/journey/stream"
	"beichen/internal/nodes/carrier"
)

// writtenShare is what a node writes of a metric of a random company, and the question.
func writtenShare(t testing.TB, measure string) (*measured, []byte) {
	t.Helper()
	m := &Measurer{Source: stream.NewMemory(randomMessages(rand.New(rand.NewPCG(3, 6))), 0)}
	d, err := m.measured(t.Context(), Request{
		Metric: parse(t, "{kind: Metric, id: m, "+measure+"}"), From: "2026-02-01", AsOf: "2026-05-01", Breakdown: []string{"properties.p", "value"},
	})
	if err != nil {
		t.Fatal(err)
	}
	d.planned()
	s := &share{newTable(d, newRows(len(d.keys))), fromEvents{measured: d}}
	whole, err := m.Source.Streams(t.Context(), s.from.ask())
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Add(t.Context(), whole); err != nil {
		t.Fatal(err)
	}
	var c carrier.Carrier
	s.Write(&c, whole)
	text, err := c.Written()
	if err != nil {
		t.Fatal(err)
	}
	return d, text
}

func (d *measured) readRows(text []byte) (all []sharedRow, err error) {
	c := carrier.From(text)
	d.carry(c, &all)
	return all, c.End()
}

func (d *measured) writeRows(t *testing.T, all []sharedRow) []byte {
	t.Helper()
	var c carrier.Carrier
	d.carry(&c, &all)
	text, err := c.Written()
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// TestWhatWasCountedIsReadAsItWasWritten reads what was written, writes it again, and cuts
// it off at every byte.
func TestWhatWasCountedIsReadAsItWasWritten(t *testing.T) {
	for _, measure := range []string{
		"count: {}", "rate: {of: {event: B}, from: {event: A}}", "cumulative: true, sum: {of: value, currency: TWD}", "average: {of: properties.n}", "quantile: {of: properties.n}",
	} {
		d, text := writtenShare(t, measure)
		all, err := d.readRows(text)
		if err != nil || len(all) < 10 {
			t.Fatalf("%s: %d rows, %v", measure, len(all), err)
		}
		if again := d.writeRows(t, all); !bytes.Equal(again, text) {
			t.Errorf("%s: %d bytes became %d", measure, len(text), len(again))
		}
		for n := range text {
			if _, err := d.readRows(text[:n]); !errors.Is(err, carrier.ErrNotCounted) {
				t.Fatalf("%s: %d of %d bytes: %v", measure, n, len(text), err)
			}
		}
	}
}

// TestWhatNobodyCanHaveCountedIsRefused changes a cell of what was counted.
func TestWhatNobodyCanHaveCountedIsRefused(t *testing.T) {
	for measure, changes := range map[string][]func(*sharedCell){
		"average: {of: properties.n}": {
			func(c *sharedCell) { c.period = 1000 },
			func(c *sharedCell) { c.customers = -1 },
			func(c *sharedCell) { c.leftOut = c.events + 1 },
			func(c *sharedCell) { c.spread.squares = -1 },
		},
		"rate: {of: {event: B}, from: {event: A}}": {func(c *sharedCell) { c.successes = c.customers + 1 }},
	} {
		d, text := writtenShare(t, measure)
		for i, change := range changes {
			all, err := d.readRows(text)
			if err != nil {
				t.Fatal(err)
			}
			change(&all[0].cells[0])
			// What is refused when it is read is when it is written: both are said once.
			var c carrier.Carrier
			d.carry(&c, &all)
			if _, err := c.Written(); !errors.Is(err, carrier.ErrNotCounted) {
				t.Errorf("%s, change %d: %v", measure, i, err)
			}
		}
	}
}

// FuzzWhatWasCounted reads anything. What it takes for rows makes a table.
func FuzzWhatWasCounted(f *testing.F) {
	d, text := writtenShare(f, "average: {of: properties.n}")
	f.Add(text)
	f.Add([]byte{})
	f.Add(bytes.Repeat([]byte{0xff}, 40))
	f.Fuzz(func(t *testing.T, text []byte) {
		all, err := d.readRows(text)
		if err != nil {
			return
		}
		again := d.writeRows(t, all)
		if twice, err := d.readRows(again); err != nil || !bytes.Equal(again, d.writeRows(t, twice)) {
			t.Errorf("% x became % x: %v", text, again, err)
		}
		s := newShares(d)
		add := s.read(carrier.From(text))
		add()
		s.streams = &stream.Streams{Values: s.values}
		if rows, err := s.tell(); err == nil && len(rows) > len(all) {
			t.Errorf("%d rows became %d", len(all), len(rows))
		}
	})
}
