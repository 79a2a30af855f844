package clienttest

import (
	"testing"
	"time"

	rudder "github.com/rudderlabs/analytics-go/v4"
	segment "github.com/segmentio/analytics-go/v3"

	"beichen/internal/event"
)

// outcome fails the test when a Go client could not deliver a message.
type outcome struct{ t *testing.T }

func (outcome) Success(any) {}

type segmentOutcome struct{ outcome }

func (o segmentOutcome) Success(segment.Message)            {}
func (o segmentOutcome) Failure(m segment.Message, e error) { o.t.Errorf("%+v: %v", m, e) }

type rudderOutcome struct{ outcome }

func (o rudderOutcome) Success(rudder.Message)            {}
func (o rudderOutcome) Failure(m rudder.Message, e error) { o.t.Errorf("%+v: %v", m, e) }

func tellSegment(t *testing.T, s *server) {
	t.Helper()
	client, err := segment.NewWithConfig(writeKey, segment.Config{
		Endpoint: s.url, BatchSize: 3, Interval: 50 * time.Millisecond, Callback: segmentOutcome{outcome{t}},
		RetryAfter: func(int) time.Duration { return 10 * time.Millisecond },
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range []segment.Message{
		segment.Page{AnonymousId: "visitor", Name: "Pricing"},
		segment.Track{AnonymousId: "visitor", Event: "Trial Started"},
		segment.Identify{UserId: "member", AnonymousId: "visitor", Traits: segment.NewTraits().Set("plan", "pro")},
		segment.Group{UserId: "member", GroupId: "acme", Traits: segment.NewTraits().SetName("Acme Tea")},
		segment.Track{
			UserId: "member", Event: "Order Paid", Properties: segment.NewProperties().SetValue(1299.5).SetCurrency("TWD").Set("plan", "pro"),
			Context: &segment.Context{Extra: map[string]any{"groupId": "acme", "channel": "email"}},
		},
		segment.Screen{UserId: "member", Name: "Home"},
		segment.Alias{UserId: "member", PreviousId: "old member"},
	} {
		if err := client.Enqueue(m); err != nil {
			t.Fatal(err)
		}
		time.Sleep(60 * time.Millisecond) // batches are sent side by side: one each keeps the order
	}
	if err := client.Close(); err != nil {
		t.Fatal(err)
	}
}

func TestSegmentGo(t *testing.T) {
	s := newServer(t)
	tellSegment(t, s)
	s.told(func(story []fact) []fact { return story })
}

// TestSegmentGoTriesAgain: what was answered 503 comes again, and is stored once.
func TestSegmentGoTriesAgain(t *testing.T) {
	s := newServer(t)
	s.refuses.Store(3)
	tellSegment(t, s)
	if got := len(s.facts()); got != 7 {
		t.Errorf("%d messages stored", got)
	}
}

func TestRudderStackGo(t *testing.T) {
	s := newServer(t)
	client, err := rudder.NewWithConfig(writeKey, rudder.Config{
		DataPlaneUrl: s.url, BatchSize: 3, Interval: 50 * time.Millisecond, Callback: rudderOutcome{outcome{t}},
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range []rudder.Message{
		rudder.Page{AnonymousId: "visitor", Name: "Pricing"},
		rudder.Track{AnonymousId: "visitor", Event: "Trial Started"},
		rudder.Identify{UserId: "member", AnonymousId: "visitor", Traits: rudder.NewTraits().Set("plan", "pro")},
		rudder.Group{UserId: "member", GroupId: "acme", Traits: rudder.NewTraits().SetName("Acme Tea")},
		rudder.Track{
			UserId: "member", Event: "Order Paid", Properties: rudder.NewProperties().SetValue(1299.5).SetCurrency("TWD").Set("plan", "pro"),
			Context: &rudder.Context{Extra: map[string]any{"groupId": "acme", "channel": "email"}},
		},
		rudder.Screen{UserId: "member", Name: "Home"},
		rudder.Alias{UserId: "member", PreviousId: "old member"},
	} {
		if err := client.Enqueue(m); err != nil {
			t.Fatal(err)
		}
		time.Sleep(60 * time.Millisecond)
	}
	if err := client.Close(); err != nil {
		t.Fatal(err)
	}
	s.told(func(story []fact) []fact { // it names a new visitor where none is given
		for i := range story {
			if story[i].Visitor == "" && story[i].Type != event.Alias {
				story[i].Visitor = "made up"
			}
		}
		return story
	})
}
