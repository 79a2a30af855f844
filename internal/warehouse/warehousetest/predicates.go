package warehousetest

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"beichen/internal/event"
	"beichen/internal/warehouse"
)

// texts are the values that have broken comparisons of stores before.
var texts = []string{
	"", "pro", "Pro", "7", "7.0", "true", "null", "a.b", "a", "b", "é", "e\u0301", "北", "辰", "😀", "\uffff", "\U00010000", "%", "_",
	`"`, `\`, `\n`, "\n", "\x01", "\x1f", "\u007f", "\u2028", "n", "u", "/", "~", "~1", "$", "*", "'", "''", "0", "1", "-", "[0]", "x\x00y", "\x00",
}

var floats = []float64{0, 1, 7, -1, 0.1, 1e21, 1e-7, 1e300, 5e-324, 9007199254740992, 9007199254740994, -9223372036854775808, 18446744073709551616, 123456789.25}

func scalar() *rapid.Generator[any] {
	return rapid.OneOf(
		rapid.SampledFrom(texts).AsAny(), rapid.SampledFrom(texts).AsAny(), rapid.String().AsAny(),
		rapid.SampledFrom(floats).AsAny(), rapid.Float64Range(-1e12, 1e12).AsAny(), rapid.Bool().AsAny(), rapid.Just[any](nil))
}

func value(depth int) *rapid.Generator[any] {
	if depth == 0 {
		return scalar()
	}
	inner := rapid.Deferred(func() *rapid.Generator[any] { return value(depth - 1) })
	return rapid.OneOf(scalar(), scalar(),
		rapid.SliceOfN(inner, 0, 3).AsAny(),
		rapid.MapOfN(rapid.SampledFrom(texts), inner, 0, 3).AsAny())
}

func object(t *rapid.T) json.RawMessage {
	if rapid.IntRange(0, 9).Draw(t, "no object") == 0 {
		return nil
	}
	raw, err := json.Marshal(rapid.MapOfN(rapid.SampledFrom(texts), value(2), 0, 4).Draw(t, "object"))
	if err != nil {
		t.Fatal(err)
	}
	text := string(raw)
	if rapid.IntRange(0, 9).Draw(t, "odd") == 0 {
		text = rapid.SampledFrom([]string{
			`{"a":1e999,"b":[1e400,"x"]}`, `{"a":"\ud800","b":"\ud83d\ude00"}`, `{"a":9007199254740993,"b":18446744073709551617}`,
			`{"a":1.0,"b":-0.0,"7":1E2}`, `{"a":1,"a":2}`, `{ "a" : [ 1 , 2 ] , "b" : { } }`, `{"\u0061":"\u0062"}`, `{"a":123456789012345678901234567890}`,
			`{"a":0.1000000000000000055511151231257827021181583404541015625}`, `{"a":2.2250738585072011e-308}`, "{\"a\":\"\xff\"}",
		}).Draw(t, "text")
	}
	clean, err := event.Clean(json.RawMessage(text)) // as a chunk's messages are
	if err != nil {
		t.Fatal(err)
	}
	return clean
}

func condition(t *rapid.T) event.Condition {
	key := event.Key{Root: rapid.SampledFrom([]event.Root{
		event.Properties, event.Properties, event.Properties, event.Context, event.Channel, event.Source, event.Value,
	}).Draw(t, "root")}
	if key.Root == event.Properties || key.Root == event.Context {
		key.Path = rapid.SliceOfN(rapid.SampledFrom(texts), 1, 3).Draw(t, "path")
	}
	c := event.Condition{Key: key, Op: rapid.SampledFrom([]event.Op{
		event.Eq, event.Ne, event.In, event.NotIn, event.Contains, event.StartsWith, event.Gt, event.Gte, event.Lt, event.Lte, event.Exists,
	}).Draw(t, "op")}
	switch c.Op {
	case event.Exists:
		c.Operands = []any{rapid.Bool().Draw(t, "operand")}
	case event.In, event.NotIn:
		c.Operands = rapid.SliceOfN(scalar(), 0, 3).Draw(t, "operands")
	default:
		c.Operands = []any{scalar().Draw(t, "operand")}
	}
	return c
}

func message(t *rapid.T, seq uint64) warehouse.Stored {
	m := &event.Message{
		Seq: seq, MessageID: fmt.Sprint("m", seq), Type: event.Track, UserID: "u", Name: rapid.SampledFrom([]string{"A", "B", ""}).Draw(t, "name"),
		Time: time.UnixMicro(int64(seq)).UTC(), ReceivedAt: time.UnixMicro(int64(seq)).UTC(),
		Channel: rapid.SampledFrom(texts).Draw(t, "channel"), Source: rapid.SampledFrom(texts).Draw(t, "source"),
		Properties: object(t), Context: object(t),
	}
	if rapid.Bool().Draw(t, "has value") {
		m.Value = new(rapid.SampledFrom(floats).Draw(t, "value"))
	}
	return warehouse.Stored{Message: m, Customer: 1}
}

// present makes a condition's key one that some message has, most of the time:
// random paths rarely meet random objects.
func present(t *rapid.T, c event.Condition, messages []warehouse.Stored) event.Condition {
	m := rapid.SampledFrom(messages).Draw(t, "like")
	raw := m.Properties
	if c.Key.Root == event.Context {
		raw = m.Context
	} else if c.Key.Root != event.Properties {
		return c
	}
	var at any
	var members map[string]any
	json.Unmarshal(raw, &members)
	at, c.Key.Path = members, nil
	for {
		object, ok := at.(map[string]any)
		if !ok || len(object) == 0 {
			break
		}
		var names []string
		for _, text := range texts {
			if _, ok := object[text]; ok {
				names = append(names, text)
			}
		}
		if len(names) == 0 {
			break
		}
		name := rapid.SampledFrom(names).Draw(t, "segment")
		c.Key.Path = append(c.Key.Path, name)
		at = object[name]
	}
	if c.Key.Path == nil {
		c.Key.Path = []string{"a"}
	}
	if event.Scalar(at) != nil && c.Op != event.Exists && rapid.Bool().Draw(t, "same operand") {
		c.Operands = []any{at}
	}
	return c
}

// matchesAsGoDoes holds the store's evaluation of patterns and keys to that of Go,
// on messages and conditions that are made of what has broken comparisons before.
func matchesAsGoDoes(t *testing.T, open Opener) {
	w := newFacts(t, open)
	var at warehouse.Position
	var all []warehouse.Stored
	rapid.Check(t, func(t *rapid.T) {
		var chunk []warehouse.Stored
		for range rapid.IntRange(1, 30).Draw(t, "messages") {
			at.Seq++
			chunk = append(chunk, message(t, at.Seq))
		}
		after := at
		at.Record++
		if err := w.Load(context.Background(), warehouse.Chunk{After: after, Through: at, Messages: chunk}); err != nil {
			t.Fatal(err)
		}
		if all = append(all, chunk...); len(all) > 120 {
			all = all[len(all)-120:]
		}
		s := warehouse.Scan{MaxSeq: at.Seq, From: all[0].Time}
		for i := range 70 {
			var where event.Filter
			for range rapid.IntRange(0, 2).Draw(t, "conditions") {
				where = append(where, present(t, condition(t), chunk))
			}
			s.Patterns = append(s.Patterns, event.Pattern{AnyName: i%2 == 0, Name: []string{"", "A", "", "never"}[i%4], Where: where})
			if i%10 == 0 && len(where) > 0 {
				s.Keys = append(s.Keys, where[0].Key)
			}
		}
		compareScan(t, w, s, all)
	})
}

func compareScan(t *rapid.T, w warehouse.Warehouse, s warehouse.Scan, want []warehouse.Stored) {
	i := 0
	err := w.Scan(context.Background(), s, func(b *warehouse.Batch) error {
		for row := range b.Len {
			m := want[i]
			i++
			if b.Seq[row] != m.Seq || b.Names[b.Name[row]] != m.Name {
				t.Fatalf("row %d: seq %d name %q, want %d %q", row, b.Seq[row], b.Names[b.Name[row]], m.Seq, m.Name)
			}
			for p, pattern := range s.Patterns {
				got := b.Match[row*b.Words+p/64]>>(p%64)&1 == 1
				if got != pattern.Matches(m.Message) {
					t.Fatalf("%+v: store %v\nproperties %s\ncontext %s\nchannel %q source %q value %v", pattern, got, m.Properties, m.Context, m.Channel, m.Source, m.Value)
				}
			}
			for k, key := range s.Keys {
				want, got := key.Of(m.Message), b.Values[k][b.Keys[k][row]]
				if diff := cmp.Diff(kindOf(want), kindOf(got)); diff != "" {
					t.Fatalf("%+v of %s: %s", key, m.Properties, diff)
				}
				for _, c := range conditionsOn(key, s.Patterns) {
					if c.Holds(want) != c.Holds(got) {
						t.Fatalf("%+v judges %v and %v", c, want, got)
					}
				}
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if i != len(want) {
		t.Fatalf("%d rows, want %d", i, len(want))
	}
}

// kindOf leaves of objects and lists what they are: the store may space and
// escape their text in its own way.
func kindOf(value any) any {
	if raw, isJSON := value.(json.RawMessage); isJSON {
		return bytes.TrimSpace(raw)[:1]
	}
	return value
}

func conditionsOn(key event.Key, patterns []event.Pattern) []event.Condition {
	var out []event.Condition
	for _, p := range patterns {
		for _, c := range p.Where {
			if c.Key.Equal(key) {
				out = append(out, c)
			}
		}
	}
	return out
}
