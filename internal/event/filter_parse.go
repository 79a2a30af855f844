package event

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"beichen/internal/fault"
)

// ParseKey reads a where key: properties.x, context.x, traits.x, account.x
// (x a path of one or more names parted by dots), channel, source or value. A
// literal dot in a name is written `\.`, a literal backslash `\\`. The error is
// an Invalid fault, event.bad-key.
func ParseKey(text string) (Key, error) {
	parts, ok := splitPath(text)
	if !ok || slices.Contains(parts, "") {
		return Key{}, badKey(text)
	}
	key := Key{Root: Root(parts[0]), Path: parts[1:]}
	switch key.Root {
	case Properties, Context, Traits, Account:
		if len(key.Path) == 0 {
			return Key{}, badKey(text)
		}
	case Channel, Source, Value:
		if len(key.Path) > 0 {
			return Key{}, badKey(text)
		}
		key.Path = nil
	default:
		return Key{}, badKey(text)
	}
	return key, nil
}

func badKey(text string) error { return fault.New(fault.Invalid, "event.bad-key", "key", text) }

// splitPath parts a text at its unescaped dots; false if it ends in a backslash.
func splitPath(text string) ([]string, bool) {
	var parts []string
	var part strings.Builder
	for i := 0; i < len(text); i++ {
		switch text[i] {
		case '\\':
			if i++; i == len(text) {
				return nil, false
			}
			part.WriteByte(text[i])
		case '.':
			parts = append(parts, part.String())
			part.Reset()
		default:
			part.WriteByte(text[i])
		}
	}
	return append(parts, part.String()), true
}

var escapePath = strings.NewReplacer(`\`, `\\`, `.`, `\.`)

// String writes the key as definitions do; ParseKey reads it back.
func (k Key) String() string {
	var out strings.Builder
	out.WriteString(string(k.Root))
	for _, name := range k.Path {
		out.WriteByte('.')
		_, _ = escapePath.WriteString(&out, name) // a Builder never fails
	}
	return out.String()
}

// MarshalJSON writes the key as its text.
func (k Key) MarshalJSON() ([]byte, error) { return json.Marshal(k.String()) }

// UnmarshalJSON reads the key's text.
func (k *Key) UnmarshalJSON(raw []byte) error {
	var text string
	if err := json.Unmarshal(raw, &text); err != nil {
		return err
	}
	parsed, err := ParseKey(text)
	*k = parsed
	return err
}

// NewCondition checks an operator and its operand, as decoded from JSON or YAML
// (string, float64, bool, nil, []any of these), for a key. The error is an
// Invalid fault: event.unknown-operator or event.bad-operand.
func NewCondition(key Key, op Op, operand any) (Condition, error) {
	c := Condition{Key: key, Op: op, Operands: []any{operand}}
	bad := func(expected string) error {
		return fault.New(fault.Invalid, "event.bad-operand", "operator", string(op), "expected", expected)
	}
	switch op {
	case In, NotIn:
		list, ok := operand.([]any)
		if !ok || !allScalars(list) {
			return Condition{}, bad("[ … ]")
		}
		c.Operands = slices.Clone(list)
	case Exists:
		if _, ok := operand.(bool); !ok {
			return Condition{}, bad("true | false")
		}
	case StartsWith:
		if _, ok := operand.(string); !ok {
			return Condition{}, bad(`"…"`)
		}
	case Gt, Gte, Lt, Lte:
		switch operand.(type) {
		case string, float64:
		default:
			return Condition{}, bad(`1 | "…"`)
		}
	case Eq, Ne, Contains:
		if !isScalar(operand) || op == Contains && operand == nil {
			return Condition{}, bad(`1 | "…" | true`)
		}
	default:
		return Condition{}, fault.New(fault.Invalid, "event.unknown-operator", "operator", string(op),
			"operators", "eq ne in notIn contains startsWith gt gte lt lte exists")
	}
	return c, nil
}

func allScalars(list []any) bool {
	return !slices.ContainsFunc(list, func(v any) bool { return !isScalar(v) })
}

func isScalar(v any) bool {
	switch v.(type) {
	case nil, string, float64, bool:
		return true
	}
	return false
}

// ParseFilter reads a where map from JSON: {"properties.plan": {"in": ["pro"]},
// "channel": "email"}. A plain value means equality; several keys, and several
// operators of one key, all must hold. null and no text give the empty filter.
// The error is an Invalid fault with every fault of the map, each at its key.
func ParseFilter(raw []byte) (Filter, error) {
	raw = bytes.TrimSpace(raw)
	if len(raw) == 0 || bytes.Equal(raw, []byte("null")) {
		return nil, nil
	}
	members, err := orderedMembers(raw)
	if err != nil {
		return nil, fault.Wrap(err, fault.Invalid, "event.bad-where")
	}
	var filter Filter
	var faults []fault.Detail
	note := func(path string, err error) {
		f := err.(*fault.Error) // ParseKey and NewCondition raise nothing else
		faults = append(faults, fault.Detail{Path: path, Key: f.Key, Args: f.Args})
	}
	for _, m := range members {
		key, err := ParseKey(m.name)
		if err != nil {
			note(m.name, err)
			continue
		}
		conditions := []member{{string(Eq), m.value}}
		if m.value[0] == '{' {
			if conditions, err = orderedMembers(m.value); err != nil {
				return nil, fault.Wrap(err, fault.Invalid, "event.bad-where")
			}
		}
		for _, operator := range conditions {
			var operand any
			if err := json.Unmarshal(operator.value, &operand); err != nil {
				return nil, fault.Wrap(err, fault.Invalid, "event.bad-where")
			}
			c, err := NewCondition(key, Op(operator.name), operand)
			if err != nil {
				note(m.name, err)
				continue
			}
			filter = append(filter, c)
		}
	}
	if len(faults) > 0 {
		return nil, fault.Many("event.bad-where", faults)
	}
	return filter, nil
}

type member struct {
	name  string
	value json.RawMessage
}

// orderedMembers reads a JSON object's members in their order.
func orderedMembers(raw []byte) ([]member, error) {
	d := json.NewDecoder(bytes.NewReader(raw))
	if t, err := d.Token(); err != nil || t != json.Delim('{') {
		return nil, fmt.Errorf("a where map is an object: %w", err)
	}
	var members []member
	for d.More() {
		name, err := d.Token()
		if err != nil {
			return nil, err
		}
		m := member{name: name.(string)} // the decoder allows nothing else here
		if err := d.Decode(&m.value); err != nil {
			return nil, err
		}
		members = append(members, m)
	}
	if _, err := d.Token(); err != nil {
		return nil, err
	}
	return members, nil
}

// MarshalJSON writes the filter as a where map, keys in the order they were
// written; an equality alone is a plain value.
func (f Filter) MarshalJSON() ([]byte, error) {
	var out bytes.Buffer
	out.WriteByte('{')
	for i := 0; i < len(f); {
		if i > 0 {
			out.WriteByte(',')
		}
		j := i + 1
		for j < len(f) && f[j].Key.Equal(f[i].Key) {
			j++
		}
		name, err := json.Marshal(f[i].Key.String())
		if err != nil {
			return nil, err
		}
		out.Write(name)
		out.WriteByte(':')
		if err := marshalConditions(&out, f[i:j]); err != nil {
			return nil, err
		}
		i = j
	}
	out.WriteByte('}')
	return out.Bytes(), nil
}

// marshalConditions writes the conditions of one key.
func marshalConditions(out *bytes.Buffer, conditions []Condition) error {
	plain := len(conditions) == 1 && conditions[0].Op == Eq
	if !plain {
		out.WriteByte('{')
	}
	for i, c := range conditions {
		if i > 0 {
			out.WriteByte(',')
		}
		var operand any = c.Operands
		if c.Op != In && c.Op != NotIn {
			operand = c.operand()
		} else if c.Operands == nil {
			operand = []any{}
		}
		value, err := json.Marshal(operand)
		if err != nil {
			return err
		}
		if !plain {
			fmt.Fprintf(out, "%q:", c.Op)
		}
		out.Write(value)
	}
	if !plain {
		out.WriteByte('}')
	}
	return nil
}

// UnmarshalJSON is ParseFilter.
func (f *Filter) UnmarshalJSON(raw []byte) error {
	parsed, err := ParseFilter(raw)
	*f = parsed
	return err
}
