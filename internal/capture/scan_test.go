package capture

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"beichen/internal/event"
	"beichen/internal/fault"
)

var jsonSeeds = []string{
	`{}`, ` { } `, `{"a":1}`, `{"a":-0.5e+10,"b":[1,"x",null,true,false,{}],"c":{"d":[]}}`, `{"\u0061":"\"\\\/\b\f\n\r\t"}`,
	`{"a":01}`, `{"a":1.}`, `{"a":+1}`, `{"a":.5}`, `{"a":tru}`, `{"a":1,}`, `{,}`, `{"a"}`, `{"a":"` + "\x01" + `"}`, `{"a":"\x"}`, `{"a":"\u12g4"}`,
	`{"a":1}{`, `[]`, `"x"`, ``, `{"a":"` + "\xff" + `"}`, `{"a":"\ud800"}`, `{"a":[[[[1]]]]}`, `{"a":--1}`, `{"a":1e}`, `{"a":nul`, "{\"a\":\v1}",
}

// FuzzObject holds the reader to encoding/json: both accept the same objects
// (of ordinary depth) and find the same members.
func FuzzObject(f *testing.F) {
	for _, s := range jsonSeeds {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		if strings.Count(string(raw), "{")+strings.Count(string(raw), "[") > maxDepth {
			t.Skip("deeper than is read")
		}
		got := map[string]string{}
		ok := object(raw, func(key, value []byte) {
			got[strings.ToValidUTF8(string(key), "\uFFFD")] = string(value)
		})
		var parsed map[string]json.RawMessage
		err := json.Unmarshal(raw, &parsed)
		if want := err == nil && parsed != nil; ok != want {
			t.Fatalf("object(%q) = %v, encoding/json says %v", raw, ok, err)
		}
		if !ok || !utf8.Valid(raw) {
			return
		}
		want := map[string]string{}
		for key, value := range parsed {
			want[key] = string(value)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Fatalf("%q: %s", raw, diff)
		}
	})
}

// FuzzDecode: whatever comes in, a message is either refused with a reason or
// holds only what every store can keep.
func FuzzDecode(f *testing.F) {
	for _, s := range jsonSeeds {
		f.Add([]byte(`{"type":"track","userId":"u","event":"E","properties":` + s + `}`))
	}
	f.Add([]byte(`{"type":"page","anonymousId":1,"name":"\ud83d","timestamp":1e13,"sentAt":"2026-01-01","context":{"campaign":{"medium":"x"}}}`))
	f.Add([]byte(`{"type":"alias","userId":"u","previousId":"p","originalTimestamp":"2299-12-31T23:59:59.9999999-23:00"}`))
	for _, huge := range []string{`1e999`, `[-2E+300]`, strings.Repeat("9", 250) + "e99", strings.Repeat("9", 310) + ".5", `1e-999`} {
		f.Add([]byte(`{"type":"track","userId":"u","event":"E","properties":{"a":` + huge + `},"context":{"traits":{"a":` + huge + `}}}`))
	}
	env := live()
	env.Context = json.RawMessage(`{"a":{"b":1}}`)
	f.Fuzz(func(t *testing.T, raw []byte) {
		for _, imports := range []bool{false, true} {
			env.Imported = imports
			m, err := Decode(raw, env)
			if err != nil {
				reasonOf(t, err)
				continue
			}
			for _, body := range []json.RawMessage{m.Properties, m.Context, m.Traits} {
				if body != nil && (!json.Valid(body) || !utf8.Valid(body) || body[0] != '{') {
					t.Fatalf("kept %q", body)
				}
				if clean, err := event.Clean(body); err != nil || string(clean) != string(body) {
					t.Fatalf("kept %q, which is not clean: %q, %v", body, clean, err)
				}
			}
			if m.MessageID == "" || m.UserID+m.AnonymousID == "" || !storable(m.Time) || m.Type.IsEvent() != (m.Name != "") {
				t.Fatalf("kept %+v", m)
			}
			if text := m.UserID + m.AnonymousID + m.Name + m.Channel + m.Currency + m.MessageID; !utf8.ValidString(text) {
				t.Fatalf("kept %q", text)
			}
		}
	})
}

// benchmarkMessage is of the size and shape that browsers send.
var benchmarkMessage = []byte(`{"type":"track","messageId":"ajs-next-1772323200000-2f7e6d1c-7d1b-4a60-9a51-0c7e2f9b1a11","anonymousId":"5f0c8f3e-6c6b-4b67-8f7e-0a5b6f1d2c3e","userId":"user-31337","event":"Product Added","timestamp":"2026-03-01T11:59:58.123Z","properties":{"product_id":"tea-42","sku":"TM-200","category":"Machines","name":"Tea machine 200","brand":"Beichen","variant":"black","price":1299.5,"quantity":2,"coupon":"SPRING","currency":"TWD","position":3,"value":2599,"url":"https://shop.example/products/tea-machine-200","image_url":"https://shop.example/img/tm200.jpg"},"context":{"page":{"path":"/products/tea-machine-200","referrer":"https://www.google.com/","search":"?utm_medium=cpc&utm_source=google","title":"Tea machine 200","url":"https://shop.example/products/tea-machine-200?utm_medium=cpc"},"userAgent":"Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36","locale":"zh-TW","library":{"name":"analytics.js","version":"npm:next-1.84.3"},"timezone":"Asia/Taipei","campaign":{"medium":"cpc","source":"google","name":"spring"}},"integrations":{}}`)

func BenchmarkDecode(b *testing.B) {
	b.SetBytes(int64(len(benchmarkMessage)))
	for b.Loop() {
		if _, err := Decode(benchmarkMessage, live()); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkEncodingJSON is the peer: the same fields by encoding/json.
func BenchmarkEncodingJSON(b *testing.B) {
	b.SetBytes(int64(len(benchmarkMessage)))
	for b.Loop() {
		var m struct {
			Type, MessageID, AnonymousID, UserID, Event, Timestamp string
			Properties, Context                                    json.RawMessage
		}
		var p struct {
			Channel, Currency    string
			Value, Revenue, Cost json.RawMessage
		}
		var c struct {
			Channel, GroupID string
			Campaign         struct{ Medium, Source string }
		}
		if json.Unmarshal(benchmarkMessage, &m) != nil || json.Unmarshal(m.Properties, &p) != nil || json.Unmarshal(m.Context, &c) != nil {
			b.Fatal("unreadable")
		}
	}
}

func reasonOf(t *testing.T, err error) string {
	t.Helper()
	f, ok := errors.AsType[*fault.Error](err)
	if !ok || f.Kind != fault.Invalid || !strings.HasPrefix(f.Key, "capture.") {
		t.Fatalf("refused with %v", err)
	}
	return f.Key
}
