package journey

import (
	"fmt"
	"testing"
	"time"

	"beichen/internal/event"
	"beichen/internal/journey/stream"
)

// TestConditionsAreResolvedWhereOneColumnOfFewValuesTells is about when; that it changes no
// answer is the quick walk's own test.
func TestConditionsAreResolvedWhereOneColumnOfFewValuesTells(t *testing.T) {
	for _, c := range []struct {
		of       string
		values   int // of the channel
		where    string
		resolved bool
	}{
		{"no condition", 3, "", false},
		{"one column", 3, ", where: { channel: c1 }", true},
		{"one column in two conditions", 3, ", where: { channel: { exists: true, ne: c2 } }", true},
		{"two columns", 3, ", where: { channel: c1, value: 2 }", false},
		{"a column of as many values as a byte counts", 255, ", where: { channel: c1 }", true},
		{"a column of more", 257, ", where: { channel: c1 }", false},
		{"a trait", 3, ", where: { traits.plan: pro }", false},
	} {
		t.Run(c.of, func(t *testing.T) {
			j, err := Parse(fmt.Appendf(nil, "kind: Journey\nid: j\nwindow: 9s\nstages:\n- { id: a, steps: [{ id: t, when: [{ event: a }] }] }\n- { id: b, steps: [{ id: t, when: [{ event: b%s }] }] }\n", c.where))
			if err != nil {
				t.Fatal(err)
			}
			var messages []*event.Message
			for i := range c.values {
				messages = append(messages, &event.Message{Type: event.Track, UserID: "u", Name: "ab"[i%2 : i%2+1], Channel: fmt.Sprint("c", i), MessageID: fmt.Sprint(i), Time: time.Unix(int64(i), 0).UTC()})
			}
			source := resident(messages)
			defer source.Close()
			q, err := Request{Journey: j}.understand()
			if err != nil {
				t.Fatal(err)
			}
			d, err := (&Measurer{Source: source}).one(t.Context(), q, "")
			if err != nil {
				t.Fatal(err)
			}
			quick := newWorker(d).quick
			if got := quick.resolving != nil; got != c.resolved {
				t.Errorf("resolved: %v", got)
			}
			if r := quick.resolving; r != nil && (len(r.classes) != len(d.streams.Names)+2 || r.classes[len(r.classes)-1] == stream.Conditional) {
				t.Errorf("classes of names: %v", r.classes)
			}
		})
	}
}
