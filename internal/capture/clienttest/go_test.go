package clienttest

import (
	"sync"
	"testing"
	"time"

	rudder "github.com/rudderlabs/analytics-go/v4"
	segment "github.com/segmentio/analytics-go/v3"

	"beichen/internal/event"
)

// outcome counts what a Go client delivered, and fails the test for the rest.
// Closing a client gives up on what it is still trying, so a test waits first.
type outcome struct {
	t         *testing.T
	delivered *sync.WaitGroup
}

func newOutcome(t *testing.T, messages int) outcome {
	o := outcome{t, &sync.WaitGroup{}}
	o.delivered.Add(messages)
	return o
}

func (o outcome) failed(m any, err error) {
	o.t.Errorf("%+v: %v", m, err)
	o.delivered.Done()
}

type segmentOutcome struct{ outcome }

func (o segmentOutcome) Success(segment.Message)              { o.delivered.Done() }
func (o segmentOutcome) Failure(m segment.Message, err error) { o.failed(m, err) }

type rudderOutcome struct{ outcome }

func (o rudderOutcome) Success(rudder.Message)              { o.delivered.Done() }
func (o rudderOutcome) Failure(m rudder.Message, err error) { o.failed(m, err) }

func tellSegment(t *testing.T, s *server) {
	t.Helper()
	sent := newOutcome(t, 7)
	client, err := segment.NewWithConfig(writeKey, segment.Config{
		Endpoint: s.url, BatchSize: 3, Interval: 50 * time.Millisecond, Callback: segmentOutcome{sent},
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
	}
	sent.delivered.Wait()
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
	sent := newOutcome(t, 7)
	client, err := rudder.NewWithConfig(writeKey, rudder.Config{
		DataPlaneUrl: s.url, BatchSize: 3, Interval: 50 * time.Millisecond, Callback: rudderOutcome{sent},
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
	}
	sent.delivered.Wait()
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
