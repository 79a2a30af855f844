package event

import (
	"encoding/json"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"beichen/internal/fault"
)

func TestDotsGoIntoObjectsAndAnEscapedDotIsLiteral(t *testing.T) {
	for text, want := range map[string]Key{
		"properties.cart.total":   {Properties, []string{"cart", "total"}},
		`properties.a\.b.c`:       {Properties, []string{"a.b", "c"}},
		`context.back\\slash`:     {Context, []string{`back\slash`}},
		"traits.plan":             {Traits, []string{"plan"}},
		"account.size":            {Account, []string{"size"}},
		"channel":                 {Root: Channel},
		"properties.商品.0.channel": {Properties, []string{"商品", "0", "channel"}},
	} {
		got, err := ParseKey(text)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Error(diff)
		}
		if got.String() != text {
			t.Errorf("written back: %s", got)
		}
	}
}

func TestAKeyWithAnotherRootOrWithoutAPathIsRefused(t *testing.T) {
	for _, text := range []string{"", "plan", "properties", "properties.", "properties..x", ".x", "channel.x", "event.name", `properties.x\`} {
		if key, err := ParseKey(text); !fault.Is(err, fault.Invalid) {
			t.Errorf("%q: %v %v", text, key, err)
		}
	}
}

func TestEveryKeyIsReadBackAsItWasWritten(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		names := rapid.SliceOfN(rapid.StringMatching(`[a-z.\\中 ]{1,6}`), 1, 4).Draw(t, "names")
		want := Key{Properties, names}
		got, err := ParseKey(want.String())
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Fatal(diff)
		}
	})
}

func TestAWhereMapKeepsItsOrderAndPlainValuesMeanEquality(t *testing.T) {
	text := `{"properties.plan":{"in":["pro","team"]},"channel":"email","value":{"gte":10,"lt":20},"traits.vip":{"exists":false},"properties.n":0}`
	var f Filter
	if err := json.Unmarshal([]byte(text), &f); err != nil {
		t.Fatal(err)
	}
	plan := Key{Properties, []string{"plan"}}
	want := Filter{
		{plan, In, []any{"pro", "team"}},
		{Key{Root: Channel}, Eq, []any{"email"}},
		{Key{Root: Value}, Gte, []any{10.0}},
		{Key{Root: Value}, Lt, []any{20.0}},
		{Key{Traits, []string{"vip"}}, Exists, []any{false}},
		{Key{Properties, []string{"n"}}, Eq, []any{0.0}},
	}
	if diff := cmp.Diff(want, f); diff != "" {
		t.Error(diff)
	}
	back, err := json.Marshal(f)
	if err != nil {
		t.Fatal(err)
	}
	if string(back) != text {
		t.Errorf("written back: %s", back)
	}
}

func TestEveryFaultOfAWhereMapIsNamed(t *testing.T) {
	_, err := ParseFilter([]byte(`{"plan":1,"properties.a":{"like":"x"},"value":{"gt":true,"in":5},"channel":{"exists":"yes"},"source":[1]}`))
	var f *fault.Error
	if !fault.Is(err, fault.Invalid) {
		t.Fatal(err)
	}
	f = err.(*fault.Error)
	var got []string
	for _, d := range f.Faults {
		got = append(got, d.Path+" "+d.Key)
	}
	want := []string{"plan event.bad-key", "properties.a event.unknown-operator", "value event.bad-operand", "value event.bad-operand", "channel event.bad-operand", "source event.bad-operand"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	for _, text := range []string{`[]`, `"x"`, `{`, `{"channel":{"in":[{}]}}`} {
		if _, err := ParseFilter([]byte(text)); !fault.Is(err, fault.Invalid) {
			t.Errorf("%s: %v", text, err)
		}
	}
}
