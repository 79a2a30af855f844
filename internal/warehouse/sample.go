package warehouse

import (
	"bytes"
	"cmp"
	"encoding/json"
	"maps"
	"slices"
	"strings"

	"beichen/internal/event"
)

// Sample counts what stands under each where key of some JSON objects. Keys that
// hold data instead of naming it (a map by id) would be endless: it keeps the
// first thousand, and of each the first two thousand values.
type Sample struct{ keys map[string]*seenKey }

type seenKey struct {
	count  int64
	types  map[string]bool
	values map[any]int64
}

const (
	mostKeys   = 1000
	mostValues = 2000
	deepest    = 5
)

// NewSample is a sample of no objects.
func NewSample() *Sample { return &Sample{keys: map[string]*seenKey{}} }

// Add counts one object under a root; text that is no JSON object counts nothing.
func (s *Sample) Add(root event.Root, object []byte) {
	decoder := json.NewDecoder(bytes.NewReader(object))
	var value map[string]any
	if decoder.Decode(&value) == nil {
		s.walk(string(root), value, 1)
	}
}

func (s *Sample) walk(prefix string, object map[string]any, depth int) {
	for name, value := range object {
		key := prefix + "." + strings.ReplaceAll(strings.ReplaceAll(name, `\`, `\\`), ".", `\.`)
		if value == nil {
			continue
		}
		if inner, ok := value.(map[string]any); ok && depth < deepest {
			s.walk(key, inner, depth+1)
			continue
		}
		s.count(key, value)
	}
}

func (s *Sample) count(key string, value any) {
	k, ok := s.keys[key]
	if !ok {
		if len(s.keys) >= mostKeys {
			return
		}
		k = &seenKey{types: map[string]bool{}, values: map[any]int64{}}
		s.keys[key] = k
	}
	k.count++
	kind := typeOf(value)
	k.types[kind] = true
	if kind == "list" || kind == "object" {
		return
	}
	if _, ok := k.values[value]; ok || len(k.values) < mostValues {
		k.values[value]++
	}
}

func typeOf(value any) string {
	switch value.(type) {
	case string:
		return "string"
	case float64:
		return "number"
	case bool:
		return "boolean"
	case []any:
		return "list"
	}
	return "object"
}

// Summary lists the keys, most frequent first.
func (s *Sample) Summary() []PropertySummary {
	out := []PropertySummary{}
	for key, k := range s.keys {
		kind := "mixed"
		if len(k.types) == 1 {
			kind = slices.Collect(maps.Keys(k.types))[0]
		}
		out = append(out, PropertySummary{Key: key, Type: kind, Count: k.count, Values: k.common()})
	}
	slices.SortFunc(out, func(a, b PropertySummary) int {
		return cmp.Or(cmp.Compare(b.Count, a.Count), cmp.Compare(a.Key, b.Key))
	})
	return out
}

// common lists the twenty most frequent values; none where nearly all differ,
// since a list of ids or of times helps nobody choose.
func (k *seenKey) common() []ValueCount {
	values := []ValueCount{}
	if len(k.values) > 20 && int64(len(k.values))*10 > k.count*8 {
		return values
	}
	for value, count := range k.values {
		values = append(values, ValueCount{Value: value, Count: count})
	}
	slices.SortFunc(values, func(a, b ValueCount) int {
		return cmp.Or(cmp.Compare(b.Count, a.Count), compareValues(a.Value, b.Value))
	})
	return values[:min(20, len(values))]
}

// compareValues gives values of one count a stable order: by type, then by value.
func compareValues(a, b any) int {
	if c := cmp.Compare(typeOf(a), typeOf(b)); c != 0 {
		return c
	}
	switch v := a.(type) {
	case string:
		return cmp.Compare(v, b.(string))
	case float64:
		return cmp.Compare(v, b.(float64))
	case bool:
		if v != b.(bool) && !v {
			return -1
		}
	}
	return 0
}
