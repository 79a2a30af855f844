package event

import (
	"slices"
	"strings"
)

// Customer gives the values of keys that are not of the event (traits.x,
// account.x) for the customer of the message in hand: string, float64, bool,
// json.RawMessage for objects and lists, nil for null and missing.
type Customer func(Key) any

// Matches reports whether an event has the pattern's name and fulfils its
// filter. Conditions on traits and account see null; MatchesFor knows them.
func (p Pattern) Matches(m *Message) bool { return p.MatchesFor(m, nil) }

// MatchesFor is Matches with the values of who it happened to.
func (p Pattern) MatchesFor(m *Message, customer Customer) bool {
	return (p.AnyName || p.Name == m.Name) && p.Where.MatchesFor(m, customer)
}

// Matches reports whether all conditions hold, those on traits and account
// seeing null.
func (f Filter) Matches(m *Message) bool { return f.MatchesFor(m, nil) }

// MatchesFor is Matches with the values of who it happened to.
func (f Filter) MatchesFor(m *Message, customer Customer) bool {
	for i := range f {
		c := &f[i]
		var value any
		switch {
		case c.Key.Root.OfEvent():
			value = c.Key.Of(m)
		case customer != nil:
			value = customer(c.Key)
		}
		if !c.Holds(value) {
			return false
		}
	}
	return true
}

// Split separates the conditions that an event alone decides from those on
// traits and account. Together they are the filter, since all must hold.
func (f Filter) Split() (ofEvent, ofCustomer Filter) {
	for _, c := range f {
		if c.Key.Root.OfEvent() {
			ofEvent = append(ofEvent, c)
		} else {
			ofCustomer = append(ofCustomer, c)
		}
	}
	return ofEvent, ofCustomer
}

// Of is the key's value in a message: string, float64, bool, json.RawMessage
// for objects and lists, nil for null and missing. A channel or source of "" is
// missing. Keys on traits and account have no value in a message: nil.
func (k Key) Of(m *Message) any {
	switch k.Root {
	case Properties:
		return Lookup(m.Properties, k.Path)
	case Context:
		return Lookup(m.Context, k.Path)
	case Channel:
		return textOrNil(m.Channel)
	case Source:
		return textOrNil(m.Source)
	case Value:
		if m.Value != nil {
			return *m.Value
		}
	}
	return nil
}

// Equal reports whether two keys name the same place.
func (k Key) Equal(other Key) bool {
	return k.Root == other.Root && slices.Equal(k.Path, other.Path)
}

// Scalar reduces a value to what a customer can be counted or broken down by:
// a string that is not empty, a number or a bool; nil for null, "", objects and
// lists.
func Scalar(value any) any {
	switch v := value.(type) {
	case string:
		return textOrNil(v)
	case float64, bool:
		return v
	}
	return nil
}

func textOrNil(text string) any {
	if text == "" {
		return nil
	}
	return text
}

// Holds reports whether the condition is true of a value (journey.md §1).
// Null fails everything but ne, notIn and exists: false. Values of different
// kinds (a number and its string) are never equal and have no order. Text
// compares by code point, which is the byte order of UTF-8; booleans have no
// order. An object or a list exists and equals nothing; a list contains each of
// its scalar items.
func (c *Condition) Holds(value any) bool {
	switch c.Op {
	case Exists:
		wanted, _ := c.operand().(bool)
		return (value != nil) == wanted
	case Ne:
		return !equal(value, c.operand())
	case NotIn:
		return !c.anyEqual(value)
	}
	if value == nil {
		return false
	}
	switch c.Op {
	case Eq:
		return equal(value, c.operand())
	case In:
		return c.anyEqual(value)
	case Contains:
		return contains(value, c.operand())
	case StartsWith:
		text, isText := value.(string)
		prefix, wantsText := c.operand().(string)
		return isText && wantsText && strings.HasPrefix(text, prefix)
	case Gt, Gte, Lt, Lte:
		sign, known := order(value, c.operand())
		return known && ordered(c.Op, sign)
	}
	return false
}

func (c *Condition) operand() any {
	if len(c.Operands) == 0 {
		return nil
	}
	return c.Operands[0]
}

func (c *Condition) anyEqual(value any) bool {
	return slices.ContainsFunc(c.Operands, func(operand any) bool { return equal(value, operand) })
}

// equal is equality of scalars; null equals nothing, not even null, so that ne
// and notIn hold for it.
func equal(value, operand any) bool {
	switch v := value.(type) {
	case string:
		o, ok := operand.(string)
		return ok && v == o
	case float64:
		o, ok := operand.(float64)
		return ok && v == o
	case bool:
		o, ok := operand.(bool)
		return ok && v == o
	}
	return false
}

func contains(value, operand any) bool {
	if text, ok := value.(string); ok {
		part, ok := operand.(string)
		return ok && strings.Contains(text, part)
	}
	return slices.ContainsFunc(Items(value), func(item any) bool { return equal(item, operand) })
}

// order compares two numbers or two texts.
func order(value, operand any) (sign int, known bool) {
	switch v := value.(type) {
	case string:
		o, ok := operand.(string)
		return strings.Compare(v, o), ok
	case float64:
		o, ok := operand.(float64)
		switch {
		case v < o:
			return -1, ok
		case v > o:
			return 1, ok
		}
		return 0, ok
	}
	return 0, false
}

func ordered(op Op, sign int) bool {
	switch op {
	case Gt:
		return sign > 0
	case Gte:
		return sign >= 0
	case Lt:
		return sign < 0
	default:
		return sign <= 0
	}
}
