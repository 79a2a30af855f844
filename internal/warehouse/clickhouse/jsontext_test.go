package clickhouse_test

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"beichen/internal/event"
	"beichen/internal/warehouse"
	"beichen/internal/warehouse/clickhouse/clustertest"
)

// The engine's parser takes nothing of a text that holds one of these: the rest of
// the message must be found all the same, and what was sent must come back.
func TestWhatTheEngineCannotReadIsAskedAndComesBack(t *testing.T) {
	w := clustertest.Open(t)
	sent := []string{
		`{"plan":"pro","n":18446744073709551616}`,
		`{"n":-9223372036854775809,"plan":"pro"}`,
		`{"plan" : "pro", "text":"a \" [ 99999999999999999999 {", "n": [1, 123456789012345678901234567890 , {"x":-1e5}]}`,
		`{"plan":"pro","deep":` + strings.Repeat(`[{"a":`, 700) + `1` + strings.Repeat(`}]`, 700) + `}`,
		`{"list":[1.8446744073709552e19,"pro"],"o":{"0":18446744073709552000,"1":"pro"},"plan":"pro"}`,
	}
	c := warehouse.Chunk{Through: warehouse.Position{Record: 1, Seq: uint64(len(sent))}, Refs: []event.Ref{{ID: "a"}}}
	for i, text := range sent {
		clean, err := event.Clean(json.RawMessage(text))
		if err != nil || string(clean) != text {
			t.Fatalf("message %d is none that a chunk may have: %v", i, err)
		}
		m := chunkOf(warehouse.Position{Seq: uint64(i)}, 0, 1).Messages[0]
		m.Properties = clean
		c.Messages = append(c.Messages, m)
	}
	if err := w.Load(t.Context(), c); err != nil {
		t.Fatal(err)
	}
	is := func(op event.Op, operand any, path ...string) event.Pattern {
		return event.Pattern{AnyName: true, Where: event.Filter{{Key: event.Key{Root: event.Properties, Path: path}, Op: op, Operands: []any{operand}}}}
	}
	patterns := []event.Pattern{
		is(event.Eq, "pro", "plan"), is(event.Eq, 18446744073709551616.0, "n"), is(event.Lt, -9e18, "n"), is(event.Contains, 123456789012345678901234567890.0, "n"),
		is(event.Exists, true, "deep"), is(event.Exists, true, "deep", "0", "a", "0", "a"), is(event.Contains, "pro", "list"),
		is(event.Eq, "pro", "list", "1"), is(event.Eq, "pro", "o", "1"), is(event.Gt, 1e19, "o", "0"), is(event.Eq, -1e5, "n", "2", "x"),
		is(event.Exists, true, append([]string{"deep"}, slices.Repeat([]string{"0", "a"}, 40)...)...),
	}
	row := 0
	err := w.Scan(t.Context(), warehouse.Scan{MaxSeq: 99, Patterns: patterns}, func(b *warehouse.Batch) error {
		for i := range b.Len {
			for p, pattern := range patterns {
				if got, want := b.Match[i]>>p&1 == 1, pattern.Matches(c.Messages[row].Message); got != want {
					t.Errorf("%+v on %.80s: %v", pattern.Where, sent[row], got)
				}
			}
			row++
		}
		return nil
	})
	if err != nil || row != len(sent) {
		t.Fatalf("%d rows, %v", row, err)
	}
	got, err := w.Timeline(t.Context(), warehouse.Timeline{Of: []uint32{1}, Root: event.Traits, Limit: 99})
	if err != nil {
		t.Fatal(err)
	}
	slices.Reverse(got)
	for i, m := range got {
		if string(m.Properties) != sent[i] {
			t.Errorf("%.80s came back as %.80s", sent[i], m.Properties)
		}
	}
}
