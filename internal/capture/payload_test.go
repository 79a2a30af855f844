package capture

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"

	"beichen/internal/event"
	"beichen/internal/warehouse"
)

func TestAPayloadReadsBackAsItWasWritten(t *testing.T) {
	message := rapid.Custom(func(t *rapid.T) *event.Message {
		text := rapid.StringN(0, 8, -1)
		body := func(name string) json.RawMessage {
			if !rapid.Bool().Draw(t, name) {
				return nil
			}
			return json.RawMessage(`{"a":` + rapid.StringMatching(`[0-9]{1,9}`).Draw(t, name) + `}`)
		}
		amount := func(name string) *float64 {
			if !rapid.Bool().Draw(t, name) {
				return nil
			}
			v := rapid.Float64().Draw(t, name)
			return &v
		}
		at := func(name string) time.Time {
			return time.UnixMicro(rapid.Int64Range(-1<<50, 1<<52).Draw(t, name)).UTC()
		}
		return &event.Message{
			MessageID: text.Draw(t, "id"), Type: rapid.SampledFrom([]event.Type{event.Track, event.Unlink, event.Group}).Draw(t, "type"),
			UserID: text.Draw(t, "user"), AnonymousID: text.Draw(t, "visitor"), PreviousID: text.Draw(t, "previous"),
			GroupID: text.Draw(t, "group"), Unlinks: text.Draw(t, "unlinks"), Name: text.Draw(t, "name"),
			Time: at("time"), ReceivedAt: at("received"), Channel: text.Draw(t, "channel"), Source: text.Draw(t, "source"),
			Value: amount("value"), Currency: text.Draw(t, "currency"), Cost: amount("cost"),
			Properties: body("properties"), Context: body("context"), Traits: body("traits"), Imported: rapid.Bool().Draw(t, "imported"),
			Forgets: rapid.SliceOfN(rapid.Uint32(), 0, 3).Draw(t, "forgets"),
		}
	})
	rapid.Check(t, func(t *rapid.T) {
		messages := rapid.SliceOfN(message, 0, 5).Draw(t, "messages")
		var refused []warehouse.Quarantined
		if rapid.Bool().Draw(t, "refused") {
			refused = []warehouse.Quarantined{{ID: "q", ReceivedAt: received, Raw: json.RawMessage(`"x"`), Status: warehouse.Open}}
		}
		payload, err := appendPayload(nil, messages, refused)
		if err != nil {
			t.Fatal(err)
		}
		gotMessages, gotRefused, err := decodePayload(payload)
		if err != nil {
			t.Fatal(err)
		}
		if len(messages) == 0 {
			messages = []*event.Message{}
		}
		if diff := cmp.Diff(messages, gotMessages, cmpopts.EquateEmpty()) + cmp.Diff(refused, gotRefused); diff != "" {
			t.Fatal(diff)
		}
		if cut := rapid.IntRange(0, len(payload)).Draw(t, "cut"); cut < len(payload) {
			_, _, _ = decodePayload(payload[:cut]) // whatever is missing, no panic
		}
	})
}

// A log that an earlier program wrote may hold numbers that no store can read.
func TestAnOlderPayloadIsCleanedWhenItIsRead(t *testing.T) {
	message := &event.Message{MessageID: "m", Type: event.Track, UserID: "u", Name: "E", Time: received, ReceivedAt: received,
		Properties: json.RawMessage(`{"a":1e999}`)}
	payload, err := appendPayload(nil, []*event.Message{message}, nil)
	if err != nil {
		t.Fatal(err)
	}
	payload[0] = uncleanPayloads
	got, _, err := decodePayload(payload)
	if err != nil || string(got[0].Properties) != `{"a":null}` {
		t.Fatalf("%s, %v", got[0].Properties, err)
	}
}
