package event

import (
	"encoding/json"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func TestCleanRepairsWhatStoresCannotRead(t *testing.T) {
	long := strings.Repeat("9", 250)
	for _, c := range []struct{ rule, in, want string }{
		{"fine text is untouched, spaces and all", `{ "a": 1e5, "b": "\u00e9 <&>" , "d":1e99}`, `{ "a": 1e5, "b": "\u00e9 <&>" , "d":1e99}`},
		{"a whole surrogate pair is one character", `{"a":"\ud83d\ude00"}`, `{"a":"😀"}`},
		{"half a surrogate pair", `{"a":"x\ud800"}`, `{"a":"x` + "\ufffd" + `"}`},
		{"invalid UTF-8", "{\"a\":\"\xff\"}", `{"a":"` + "\ufffd" + `"}`},
		{"too large", `{"a":1e999,"b":[-1E+400,2]}`, `{"a":null,"b":[null,2]}`},
		{"too large by its digits", `{"a":` + long + `e99}`, `{"a":null}`},
		{"too large by digits and a point", `{"a":` + long + `.5e99}`, `{"a":null}`},
		{"many digits in range", `{"a":` + long + `}`, `{"a":` + long + `}`},
		{"too small is zero and fits", `{"a":1e-999}`, `{"a":1e-999}`},
	} {
		got, err := Clean(json.RawMessage(c.in))
		if err != nil {
			t.Errorf("%s: %v", c.rule, err)
		}
		if string(got) != c.want {
			t.Errorf("%s: %s, want %s", c.rule, got, c.want)
		}
	}
	for _, broken := range []string{`{"a":`, `{"a":01}`, `x`} {
		if _, err := Clean(json.RawMessage(broken)); err == nil {
			t.Errorf("%s was taken", broken)
		}
	}
}

func TestCleanChangesNoValue(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		object := rapid.MapOfN(rapid.SampledFrom([]string{"a", "b"}), anyJSON(1), 1, 2).Draw(t, "object")
		text, err := json.Marshal(object)
		if err != nil {
			t.Fatal(err)
		}
		odd := rapid.SampledFrom([]string{`1e999`, `"\ud800"`, `"😀"`, `"\ud83d\ude00"`, `1`}).Draw(t, "odd")
		text = append(text[:len(text)-1], (`,"odd":` + odd + `}`)...)
		clean, err := Clean(text)
		if err != nil {
			t.Fatal(err)
		}
		for _, key := range []string{"a", "b", "odd"} {
			before, after := Lookup(text, []string{key}), Lookup(clean, []string{key})
			if _, nested := before.(json.RawMessage); !nested && before != after {
				t.Fatalf("%s of %s: %v, then %v", key, text, before, after)
			}
		}
	})
}
