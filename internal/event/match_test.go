package event

import (
	"encoding/json"
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

func TestConditionHolds(t *testing.T) {
	m := &Message{
		Type: Track, Name: "Order Paid", Channel: "email", Value: new(12.5),
		Properties: json.RawMessage(`{"plan":"pro","n":7,"ns":"7","yes":true,"none":null,"empty":"",
			"cart":{"total":99.5,"a.b":"dotted"},"tags":["new",3,null,{"x":1}],"\u5317":"\u8fb0","big":9007199254740993,
			"twice":1,"twice":2,"huge":1e999,"smp":"😀","bmp":"￿"}`),
		Context: json.RawMessage(`{"page":{"url":"https://x.example/a?b=1"}}`),
	}
	p := func(path ...string) Key { return Key{Properties, path} }
	cases := []struct {
		rule     string
		key      Key
		op       Op
		operands []any
		want     bool
	}{
		{"equal text", p("plan"), Eq, []any{"pro"}, true},
		{"a number is not its string", p("n"), Eq, []any{"7"}, false},
		{"a string is not its number", p("ns"), Eq, []any{7.0}, false},
		{"ne of another kind holds", p("n"), Ne, []any{"7"}, true},
		{"in any", p("n"), In, []any{"7", 7.0}, true},
		{"notIn all", p("plan"), NotIn, []any{"team", "solo"}, true},
		{"null is never equal to null", p("none"), Eq, []any{nil}, false},
		{"null passes ne null", p("none"), Ne, []any{nil}, true},
		{"missing passes ne", p("gone"), Ne, []any{"x"}, true},
		{"missing passes notIn", p("gone"), NotIn, []any{"x"}, true},
		{"missing fails in", p("gone"), In, []any{nil, "x"}, false},
		{"missing fails lt", p("gone"), Lt, []any{1.0}, false},
		{"missing does not exist", p("gone"), Exists, []any{false}, true},
		{"null does not exist", p("none"), Exists, []any{true}, false},
		{"the empty string exists", p("empty"), Exists, []any{true}, true},
		{"the empty string contains itself", p("empty"), Contains, []any{""}, true},
		{"dots go into objects", p("cart", "total"), Gt, []any{99.0}, true},
		{"an escaped dot is part of the name", p("cart", "a.b"), Eq, []any{"dotted"}, true},
		{"an object equals nothing", p("cart"), Eq, []any{"x"}, false},
		{"an object is not equal to anything", p("cart"), Ne, []any{"x"}, true},
		{"an object exists", p("cart"), Exists, []any{true}, true},
		{"a list contains its item", p("tags"), Contains, []any{3.0}, true},
		{"a list does not contain the string of its item", p("tags"), Contains, []any{"3"}, false},
		{"a list does not contain null", p("tags"), Contains, []any{nil}, false},
		{"a list contains no part of an item", p("tags"), Contains, []any{"ne"}, false},
		{"a number goes into a list", p("tags", "0"), Eq, []any{"new"}, true},
		{"past the end of a list is missing", p("tags", "9"), Exists, []any{false}, true},
		{"text contains text", Key{Context, []string{"page", "url"}}, Contains, []any{"x.example"}, true},
		{"a number contains nothing", p("n"), Contains, []any{"7"}, false},
		{"starts with", p("plan"), StartsWith, []any{"pr"}, true},
		{"text and number have no order", p("n"), Gte, []any{"1"}, false},
		{"booleans have no order", p("yes"), Gte, []any{true}, false},
		{"booleans are equal", p("yes"), Eq, []any{true}, true},
		{"text orders by code point, not by UTF-16", p("smp"), Gt, []any{"￿"}, true},
		{"names may be escaped", p("北"), Eq, []any{"辰"}, true},
		{"numbers are float64", p("big"), Eq, []any{9007199254740992.0}, true},
		{"of equal names the first counts", p("twice"), Eq, []any{1.0}, true},
		{"a number out of range is null", p("huge"), Exists, []any{false}, true},
		{"channel", Key{Root: Channel}, Eq, []any{"email"}, true},
		{"no source is missing", Key{Root: Source}, Exists, []any{false}, true},
		{"value", Key{Root: Value}, Lte, []any{12.5}, true},
		{"traits are unknown to a message", Key{Traits, []string{"plan"}}, Exists, []any{false}, true},
	}
	for _, c := range cases {
		t.Run(c.rule, func(t *testing.T) {
			filter := Filter{{Key: c.key, Op: c.op, Operands: c.operands}}
			if got := filter.Matches(m); got != c.want {
				t.Errorf("got %v, want %v", got, c.want)
			}
		})
	}
}

func TestPatternNeedsItsNameAndAllConditions(t *testing.T) {
	m := &Message{Name: "A", Channel: "email"}
	traits := func(k Key) any { return map[string]any{"plan": "pro"}[k.Path[0]] }
	pro := Condition{Key{Traits, []string{"plan"}}, Eq, []any{"pro"}}
	sms := Condition{Key{Root: Channel}, Eq, []any{"sms"}}
	for _, c := range []struct {
		pattern Pattern
		want    bool
	}{
		{Pattern{Name: "A"}, true},
		{Pattern{Name: "B"}, false},
		{Pattern{Name: ""}, false},
		{Pattern{AnyName: true}, true},
		{Pattern{Name: "A", Where: Filter{pro}}, true},
		{Pattern{Name: "A", Where: Filter{pro, sms}}, false},
	} {
		if got := c.pattern.MatchesFor(m, traits); got != c.want {
			t.Errorf("%+v: got %v, want %v", c.pattern, got, c.want)
		}
	}
}

func TestLookupAgreesWithAFullDecode(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		object := rapid.MapOfN(rapid.StringMatching(`[ab."\\北😀]{0,2}`), anyJSON(3), 0, 4).Draw(t, "object")
		path := rapid.SliceOfN(rapid.OneOf(rapid.StringMatching(`[ab."\\北😀]{0,2}`), rapid.SampledFrom([]string{"0", "1"})), 1, 3).Draw(t, "path")
		encoded, err := json.MarshalIndent(object, "", rapid.SampledFrom([]string{"", " "}).Draw(t, "indent"))
		if err != nil {
			t.Fatal(err)
		}
		want := any(object)
		for _, segment := range path {
			switch v := want.(type) {
			case map[string]any:
				want = v[segment]
			case []any:
				want = nil
				for i := range v {
					if fmt.Sprint(i) == segment {
						want = v[i]
					}
				}
			default:
				want = nil
			}
		}
		got := Lookup(encoded, path)
		if raw, ok := got.(json.RawMessage); ok {
			if err := json.Unmarshal(raw, &got); err != nil {
				t.Fatal(err)
			}
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Fatalf("%q of %s: %s", path, encoded, diff)
		}
	})
}

func anyJSON(depth int) *rapid.Generator[any] {
	scalars := []*rapid.Generator[any]{
		rapid.Just[any](nil), rapid.Bool().AsAny(), rapid.Float64Range(-1e300, 1e300).AsAny(), rapid.String().AsAny(),
	}
	if depth > 0 {
		inner := rapid.Deferred(func() *rapid.Generator[any] { return anyJSON(depth - 1) })
		scalars = append(scalars,
			rapid.MapOfN(rapid.StringMatching(`[ab."\\北😀]{0,2}`), inner, 0, 3).AsAny(),
			rapid.SliceOfN(inner, 0, 3).AsAny())
	}
	return rapid.OneOf(scalars...)
}

func FuzzLookupNeverReadsPastItsText(f *testing.F) {
	f.Add([]byte(`{"a":[1,{"b":"c"}]}`), "a", "1")
	f.Add([]byte(`{"a`), "a", "")
	f.Add([]byte(`{"a":"\`), "a", "")
	f.Fuzz(func(t *testing.T, text []byte, first, second string) {
		value := Lookup(text, []string{first, second})
		Items(value)
		if raw, ok := value.(json.RawMessage); ok && json.Valid(text) && !json.Valid(raw) {
			t.Fatalf("%q of %q is no JSON: %q", []string{first, second}, text, raw)
		}
	})
}
