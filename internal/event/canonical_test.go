package event_test

import (
	"encoding/json"
	"strings"
	"testing"

	"beichen/internal/event"

	"pgregory.net/rapid"
)

// The first case is the sample of RFC 8785 §3.2.2, the numbers are of its
// appendix B, the key order of §3.2.3.
func TestCanonicalJSONFollowsRFC8785(t *testing.T) {
	cases := []struct{ in, want string }{
		{
			`{"numbers":[333333333.33333329,1E30,4.50,2e-3,0.000000000000000000000000001],"string":"\u20ac$\u000F\u000aA'\u0042\u0022\u005c\\\"\/","literals":[null,true,false]}`,
			`{"literals":[null,true,false],"numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27],"string":"€$\u000f\nA'B\"\\\\\"/"}`,
		},
		{`{"\u20ac":1,"\r":2,"\ufb33":3,"1":4,"\ud83d\ude00":5,"\u0080":6,"\u00f6":7}`,
			"{\"\\r\":2,\"1\":4,\"\u0080\":6,\"ö\":7,\"€\":1,\"😀\":5,\"\ufb33\":3}"},
		{`[-0, 0.0, 1.0, 1e2, 9007199254740992, 5e-324, 1e21, 999999999999999900000, 1e-6, 1e-7, 9.999999999999997e-7]`,
			`[0,0,1,100,9007199254740992,5e-324,1e+21,999999999999999900000,0.000001,1e-7,9.999999999999997e-7]`},
		{" \"<&>\u2028\" ", "\"<&>\u2028\""},
	}
	for _, c := range cases {
		got, err := event.CanonicalJSON([]byte(c.in))
		if err != nil {
			t.Fatalf("%s: %v", c.in, err)
		}
		if string(got) != c.want {
			t.Errorf("%s\n got %s\nwant %s", c.in, got, c.want)
		}
	}
}

func TestWhatIsNotOneJSONValueHasNoCanonicalForm(t *testing.T) {
	for _, in := range []string{``, `{`, `{} {}`, `[1,]`, `1e400`, `nope`} {
		if got, err := event.CanonicalJSON([]byte(in)); err == nil {
			t.Errorf("%q became %s", in, got)
		}
	}
}

func TestTheHashIsOfTheMeaningNotOfTheWriting(t *testing.T) {
	a, errA := event.Hash([]byte(`{"id": "x", "stages": [1, 2.50]}`))
	b, errB := event.Hash([]byte("{\"stages\":[1.0,25e-1],\n\"id\":\"\\u0078\"}"))
	c, errC := event.Hash([]byte(`{"id": "x", "stages": [2.5, 1]}`))
	if errA != nil || errB != nil || errC != nil {
		t.Fatal(errA, errB, errC)
	}
	if a != b || a == c || !strings.HasPrefix(a, "sha256:") || len(a) != len("sha256:")+64 {
		t.Errorf("hashes %s, %s (equal values), %s (another)", a, b, c)
	}
}

func TestCanonicalJSONOfCanonicalJSONIsItself(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		raw, err := json.Marshal(rapid.MapOf(rapid.String(), rapid.Float64()).Draw(t, "object"))
		if err != nil {
			t.Fatal(err)
		}
		once, err := event.CanonicalJSON(raw)
		if err != nil {
			t.Fatal(err)
		}
		twice, err := event.CanonicalJSON(once)
		if err != nil || string(once) != string(twice) {
			t.Fatalf("%s became %s (%v)", once, twice, err)
		}
	})
}
