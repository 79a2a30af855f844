package capture

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"beichen/internal/event"
	"beichen/internal/fault"
)

var received = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

func live() Envelope {
	return Envelope{ReceivedAt: received, Source: "site", NewID: func() string { return "made" }}
}

func imported() Envelope {
	e := live()
	e.Imported, e.Source = true, "crm"
	return e
}

// decode fails the test where the text is refused, and leaves the fields that
// every message has aside.
func decode(t *testing.T, text string, env Envelope) event.Message {
	t.Helper()
	m, err := Decode([]byte(text), env)
	if err != nil {
		t.Fatalf("Decode(%s): %v", text, err)
	}
	return m
}

func TestDecodeTakesEveryFieldOfATrack(t *testing.T) {
	got := decode(t, `{
		"type": "track", "messageId": "m1", "userId": "u1", "anonymousId": "a1", "event": "Order Paid",
		"timestamp": "2026-03-01T11:00:00.1234567+08:00",
		"properties": {"value": 12.5, "currency": "twd", "cost": "0.75", "plan": "pro"},
		"context": {"groupId": "acme", "channel": "email", "page": {"url": "https://x"}},
		"traits": {"ignored": true}, "integrations": {"All": false}
	}`, live())
	value, cost := 12.5, 0.75
	want := event.Message{
		MessageID: "m1", Type: event.Track, UserID: "u1", AnonymousID: "a1", GroupID: "acme", Name: "Order Paid",
		Time: time.Date(2026, 3, 1, 3, 0, 0, 123456000, time.UTC), ReceivedAt: received,
		Channel: "email", Source: "site", Value: &value, Currency: "TWD", Cost: &cost,
		Properties: json.RawMessage(`{"value": 12.5, "currency": "twd", "cost": "0.75", "plan": "pro"}`),
		Context:    json.RawMessage(`{"groupId": "acme", "channel": "email", "page": {"url": "https://x"}}`),
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestDecodeRefusesWithAReason(t *testing.T) {
	deep := strings.Repeat(`{"a":`, 200) + "1" + strings.Repeat("}", 200)
	for _, c := range []struct {
		text, reason string
		env          Envelope
	}{
		{`{`, "capture.bad-json", live()},
		{`[]`, "capture.bad-json", live()},
		{``, "capture.bad-json", live()},
		{`{"type":"track","userId":"u","event":"E"} x`, "capture.bad-json", live()},
		{`{"type":"track","userId":"u","event":"E","properties":` + deep + `}`, "capture.bad-json", live()},
		{`{"type":"track","userId":"u","event":"` + strings.Repeat("x", 32<<10) + `"}`, "capture.too-large", live()},
		{`{"userId":"u","event":"E"}`, "capture.bad-type", live()},
		{`{"type":"unlink","userId":"u"}`, "capture.bad-type", live()},
		{`{"type":"track","event":"E"}`, "capture.no-id", live()},
		{`{"type":"track","event":"E","userId":" ","anonymousId":null}`, "capture.no-id", live()},
		{`{"type":"track","event":"E","userId":{"id":1}}`, "capture.bad-id", live()},
		{`{"type":"track","event":"E","userId":true}`, "capture.bad-id", live()},
		{`{"type":"track","userId":"u"}`, "capture.no-event", live()},
		{`{"type":"track","userId":"u","event":" "}`, "capture.no-event", live()},
		{`{"type":"track","userId":"u","event":["E"]}`, "capture.bad-event", live()},
		{`{"type":"alias","userId":"u"}`, "capture.no-previous-id", live()},
		{`{"type":"alias","previousId":"u","anonymousId":"a"}`, "capture.no-id", live()},
		{`{"type":"group","userId":"u"}`, "capture.no-group-id", live()},
		{`{"type":"track","userId":"u","event":"E","timestamp":"yesterday"}`, "capture.bad-time", live()},
		{`{"type":"track","userId":"u","event":"E","timestamp":"1600-01-01T00:00:00Z"}`, "capture.bad-time", live()},
		{`{"type":"track","userId":"u","event":"E","timestamp":{}}`, "capture.bad-time", live()},
		{`{"type":"track","userId":"u","event":"E","properties":[1]}`, "capture.not-object", live()},
		{`{"type":"identify","userId":"u","traits":"x"}`, "capture.not-object", live()},
		{`{"type":"track","userId":"u","event":"E"}`, "capture.no-time", imported()},
		{`{"type":"track","userId":"u","event":"E","timestamp":"2026-01-01","value":"£5"}`, "capture.bad-number", imported()},
		{`{"type":"track","userId":"u","event":"E","timestamp":"2026-01-01","cost":"0x10"}`, "capture.bad-number", imported()},
	} {
		_, err := Decode([]byte(c.text), c.env)
		var f *fault.Error
		if !errors.As(err, &f) || f.Key != c.reason || f.Kind != fault.Invalid {
			t.Errorf("Decode(%.90s) = %v, want %s", c.text, err, c.reason)
			continue
		}
		for _, l := range []fault.Language{fault.English, fault.TraditionalChinese, fault.SimplifiedChinese} {
			if text := f.Message(l) + f.Hint(l); f.Hint(l) == "" || strings.Contains(text, "{field}") || strings.Contains(text, "{value}") {
				t.Errorf("%s in %s reads %q", c.reason, l, text)
			}
		}
	}
}

func TestDecodeReadsIDsAsText(t *testing.T) {
	m := decode(t, `{"userId":12345678901234567890,"messageId":7,"groupId":42,"context":{"groupId":null}}`, Envelope{Type: event.Identify, ReceivedAt: received})
	if m.UserID != "12345678901234567890" || m.MessageID != "7" || m.GroupID != "42" {
		t.Errorf("got %+v", m)
	}
	long := strings.Repeat("é", 80)
	a := decode(t, `{"userId":"u","messageId":"`+long+`"}`, Envelope{Type: event.Identify})
	b := decode(t, `{"userId":"u","messageId":"`+long+`"}`, Envelope{Type: event.Identify})
	if a.MessageID != b.MessageID || len(a.MessageID) > 100 {
		t.Errorf("a long message id became %q and %q", a.MessageID, b.MessageID)
	}
	if c, d := decode(t, `{"userId":"u"}`, Envelope{Type: event.Identify}), decode(t, `{"userId":"u"}`, Envelope{Type: event.Identify}); c.MessageID == "" || c.MessageID == d.MessageID {
		t.Errorf("made-up ids %q and %q", c.MessageID, d.MessageID)
	}
}

func TestDecodeCorrectsTheSendersClock(t *testing.T) {
	at := func(text string) time.Time {
		tm, err := time.Parse(time.RFC3339Nano, text)
		if err != nil {
			t.Fatal(err)
		}
		return tm
	}
	withBatch := live()
	withBatch.SentAt = at("2026-03-01T13:00:00Z") // the sender's clock is an hour ahead
	for _, c := range []struct {
		rule, fields, want string
		env                Envelope
	}{
		{"no time: when it was received", ``, "2026-03-01T12:00:00Z", live()},
		{"no sentAt: as it was sent", `,"timestamp":"2026-03-01T09:00:00Z"`, "2026-03-01T09:00:00Z", live()},
		{"receivedAt − (sentAt − original)", `,"originalTimestamp":"2026-03-01T12:59:00Z","sentAt":"2026-03-01T13:00:00Z"`, "2026-03-01T11:59:00Z", live()},
		{"timestamp alone is the client's clock too", `,"timestamp":"2026-03-01T12:59:00Z","sentAt":"2026-03-01T13:00:00Z"`, "2026-03-01T11:59:00Z", live()},
		{"sentAt only on the batch", `,"timestamp":"2026-03-01T12:59:00Z"`, "2026-03-01T11:59:00Z", withBatch},
		{"the message's own sentAt wins", `,"timestamp":"2026-03-01T12:59:00Z","sentAt":"2026-03-01T12:59:30Z"`, "2026-03-01T11:59:30Z", withBatch},
		{"both: corrected already", `,"timestamp":"2026-03-01T09:00:00Z","originalTimestamp":"2026-03-01T12:59:00Z","sentAt":"2026-03-01T13:00:00Z"`, "2026-03-01T09:00:00Z", live()},
		{"an unreadable sentAt corrects nothing", `,"timestamp":"2026-03-01T09:00:00Z","sentAt":"soon"`, "2026-03-01T09:00:00Z", live()},
		{"milliseconds", `,"timestamp":1767225600123`, "2026-01-01T00:00:00.123Z", live()},
		{"seconds as text", `,"timestamp":"1767225600"`, "2026-01-01T00:00:00Z", live()},
		{"seconds with a fraction", `,"timestamp":1767225600.25`, "2026-01-01T00:00:00.25Z", live()},
		{"no zone is UTC", `,"timestamp":"2026-01-01 08:30:00"`, "2026-01-01T08:30:00Z", live()},
		{"a zone without a colon", `,"timestamp":"2026-01-01T08:30:00.5+0800"`, "2026-01-01T00:30:00.5Z", live()},
		{"cut to microseconds", `,"timestamp":"2026-01-01T00:00:00.123456789Z"`, "2026-01-01T00:00:00.123456Z", live()},
		{"history is told, not corrected", `,"timestamp":"2020-01-01","sentAt":"2026-03-01T13:00:00Z"`, "2020-01-01T00:00:00Z", imported()},
		{"a raw message from a file corrects itself", `,"originalTimestamp":"2026-03-01T12:59:00Z","sentAt":"2026-03-01T13:00:00Z","receivedAt":"2026-03-01T12:00:00Z"`, "2026-03-01T11:59:00Z", imported()},
	} {
		got := decode(t, `{"type":"track","userId":"u","event":"E"`+c.fields+`}`, c.env)
		if !got.Time.Equal(at(c.want)) {
			t.Errorf("%s: %s, want %s", c.rule, got.Time.Format(time.RFC3339Nano), c.want)
		}
	}
}

func TestImportsTellWhoSomebodyIsWithoutATime(t *testing.T) {
	for _, text := range []string{`{"type":"identify","userId":"u"}`, `{"type":"alias","userId":"u","previousId":"p"}`, `{"type":"group","userId":"u","groupId":"g"}`} {
		if m := decode(t, text, imported()); !m.Time.Equal(received) {
			t.Errorf("%s: %s", text, m.Time)
		}
	}
}

func TestDecodeFindsChannelValueAndCost(t *testing.T) {
	type measures struct {
		Channel, Source, Currency string
		Value, Cost               any
	}
	number := func(p *float64) any {
		if p == nil {
			return nil
		}
		return *p
	}
	for _, c := range []struct {
		fields string
		env    Envelope
		want   measures
	}{
		{`,"context":{"channel":"phone","campaign":{"medium":"cpc"}},"properties":{"channel":"shop"}`, live(), measures{Channel: "phone", Source: "site"}},
		{`,"context":{"campaign":{"medium":"cpc","source":"google"}},"properties":{"channel":"shop"}`, live(), measures{Channel: "cpc", Source: "site"}},
		{`,"context":{"campaign":{"medium":"","source":"google"}}`, live(), measures{Channel: "google", Source: "site"}},
		{`,"context":{"campaign":"none"},"properties":{"channel":"shop"}`, live(), measures{Channel: "shop", Source: "site"}},
		{`,"channel":"web","source":"x","value":9,"cost":8,"currency":"EUR"`, live(), measures{Source: "site"}},
		{`,"properties":{"value":"high","revenue":"19.90","total":30}`, live(), measures{Source: "site", Value: 19.9}},
		{`,"properties":{"Value":5,"total":30,"cost":-1}`, live(), measures{Source: "site", Value: 30.0, Cost: -1.0}},
		{`,"properties":{"value":0,"revenue":7}`, live(), measures{Source: "site", Value: 0.0}},
		{`,"properties":{"value":true,"total":"1e400"}`, live(), measures{Source: "site"}},
		{`,"timestamp":"2020-01-01","channel":"fair","source":"erp","value":"9.5","cost":8,"currency":"gbp","properties":{"value":1,"channel":"shop"}`, imported(),
			measures{Channel: "fair", Source: "erp", Currency: "GBP", Value: 9.5, Cost: 8.0}},
		{`,"timestamp":"2020-01-01","value":"","properties":{"value":1}`, imported(), measures{Source: "crm", Value: 1.0}},
	} {
		m := decode(t, `{"type":"track","userId":"u","event":"E"`+c.fields+`}`, c.env)
		got := measures{m.Channel, m.Source, m.Currency, number(m.Value), number(m.Cost)}
		if diff := cmp.Diff(c.want, got); diff != "" {
			t.Errorf("%s: %s", c.fields, diff)
		}
	}
}

func TestDecodeNamesPagesAndScreens(t *testing.T) {
	page := decode(t, `{"userId":"u","name":"Pricing","category":"Docs","properties":{"url":"/p","category":"Own"}}`, Envelope{Type: event.Page})
	if page.Name != "Page Viewed" {
		t.Errorf("name %q", page.Name)
	}
	var p map[string]string
	if err := json.Unmarshal(page.Properties, &p); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(map[string]string{"name": "Pricing", "category": "Own", "url": "/p"}, p); diff != "" {
		t.Error(diff)
	}
	screen := decode(t, `{"userId":"u","name":"Home"}`, Envelope{Type: event.Screen})
	if screen.Name != "Screen Viewed" || string(screen.Properties) != `{"name":"Home"}` {
		t.Errorf("got %q %s", screen.Name, screen.Properties)
	}
}

func TestDecodeMergesTheBatchContextUnderTheMessages(t *testing.T) {
	env := live()
	env.Context = json.RawMessage(`{"channel":"server","ip":"1.2.3.4","app":{"name":"shop"}}`)
	m := decode(t, `{"type":"track","userId":"u","event":"E","context":{ "channel":"email" , "groupId":"g" }}`, env)
	var c map[string]any
	if err := json.Unmarshal(m.Context, &c); err != nil {
		t.Fatalf("%s: %v", m.Context, err)
	}
	want := map[string]any{"channel": "email", "groupId": "g", "ip": "1.2.3.4", "app": map[string]any{"name": "shop"}}
	if diff := cmp.Diff(want, c); diff != "" {
		t.Error(diff)
	}
	if m.Channel != "email" || m.GroupID != "g" {
		t.Errorf("channel %q, account %q", m.Channel, m.GroupID)
	}
	for _, own := range []string{`{}`, `{ }`, `null`} {
		m := decode(t, `{"type":"track","userId":"u","event":"E","context":`+own+`}`, env)
		if !json.Valid(m.Context) || m.Channel != "server" {
			t.Errorf("context %s became %s", own, m.Context)
		}
	}
}

func TestIdentifyFindsTraitsWhereRudderStackPutsThem(t *testing.T) {
	m := decode(t, `{"userId":"u","context":{"traits":{"plan":"pro"}}}`, Envelope{Type: event.Identify})
	if string(m.Traits) != `{"plan":"pro"}` {
		t.Errorf("traits %s", m.Traits)
	}
}

func TestDecodeMendsWhatIsNoUnicode(t *testing.T) {
	m := decode(t, `{"type":"track","userId":"u`+"\xff"+`","event":"\ud83d\ude00 \ud83d \uDE00x","properties":{"a":"\\ud83d","b":"\uD83Dz"}}`, live())
	if m.UserID != "u\uFFFD" || m.Name != "😀 \uFFFD \uFFFDx" {
		t.Errorf("got %q, %q", m.UserID, m.Name)
	}
	if want := `{"a":"\\ud83d","b":"\ufffdz"}`; string(m.Properties) != want {
		t.Errorf("properties %s, want %s", m.Properties, want)
	}
}

func TestReadMessagesNumbersLinesAndGoesOnAfterAFault(t *testing.T) {
	long := strings.Repeat("x", 3<<20)
	file := "\uFEFF" + `{"type":"track","userId":"u","event":"A","timestamp":"2026-01-01T00:00:00Z"}` + "\r\n" +
		"\n   \n" +
		`{"type":"track","userId":"u","timestamp":"2026-01-01T00:00:00Z"}` + "\n" +
		`{"type":"track","userId":"u","event":"B","timestamp":"2026-01-01T00:00:00Z","properties":{"x":"` + long + `"}}` + "\n" +
		`not json` + "\n" +
		`{"type":"identify","userId":"u","timestamp":"2026-01-01T00:00:00Z"}`
	var got []string
	for line, err := range ReadMessages(strings.NewReader(file), received) {
		if err != nil {
			var f *fault.Error
			if !errors.As(err, &f) || f.Args["line"] != line.Number {
				t.Fatalf("line %d: %v", line.Number, err)
			}
			got = append(got, fmt.Sprintf("%d %s", line.Number, f.Key))
			continue
		}
		if line.Message.Seq != uint64(line.Number) || line.Message.MessageID != fmt.Sprintf("line:%d", line.Number) {
			t.Errorf("line %d has seq %d and id %q", line.Number, line.Message.Seq, line.Message.MessageID)
		}
		got = append(got, fmt.Sprintf("%d %s %s", line.Number, line.Message.Type, line.Message.Name))
	}
	want := []string{"1 track A", "4 capture.no-event", "5 track B", "6 capture.bad-json", "7 identify "}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestReadMessagesOfNoTimeAreInTheOrderOfTheirLines(t *testing.T) {
	file := strings.Repeat(`{"type":"alias","previousId":"a","userId":"b"}`+"\n", 12)
	last := time.Time{}
	for line, err := range ReadMessages(strings.NewReader(file), received) {
		if err != nil || !line.Message.Time.After(last) {
			t.Errorf("line %d at %v, the one before at %v: %v", line.Number, line.Message.Time, last, err)
		}
		last = line.Message.Time
	}
}

type brokenReader struct{}

func (brokenReader) Read([]byte) (int, error) { return 0, errors.New("disk gone") }

func TestReadMessagesEndsWithTheReadersError(t *testing.T) {
	n := 0
	for _, err := range ReadMessages(brokenReader{}, received) {
		if n++; err == nil || fault.Is(err, fault.Invalid) {
			t.Errorf("got %v", err)
		}
	}
	if n != 1 {
		t.Errorf("%d lines from a broken reader", n)
	}
}

// Where a key stands twice the later value counts, on every level; a null is as
// good as nothing where the key has a meaning of its own.
func TestTheLaterOfTwoEqualKeysCounts(t *testing.T) {
	m := decode(t, `{"type":"track","userId":"a","userId":"b","event":"E",
		"properties":{"value":1},"properties":{"value":2,"value":3},"properties":null,
		"context":{"channel":"x","groupId":"g"},
		"context":{"groupId":"h","groupId":null,"campaign":{"medium":"m"},"campaign":{"source":"s","source":null}}}`, live())
	if m.UserID != "b" || *m.Value != 3 || string(m.Properties) != `{"value":2,"value":3}` || m.GroupID != "h" || m.Channel != "s" {
		t.Fatalf("%+v", m)
	}
}

func TestABatchesContextCountsWhereAMessageHasNone(t *testing.T) {
	env := live()
	env.Context = json.RawMessage(`{"groupId":"g","channel":"c","campaign":{"medium":"m"},"n":1e999}`)
	m, err := Decode([]byte(`{"type":"track","userId":"u","event":"E","context":{"channel":null,"locale":"zh-TW"}}`), env)
	if err != nil {
		t.Fatal(err)
	}
	if m.GroupID != "g" || m.Channel != "m" || string(m.Context) != `{"campaign":{"medium":"m"},"channel":null,"groupId":"g","locale":"zh-TW","n":null}` {
		t.Fatalf("%+v %s", m, m.Context)
	}
}
