package live

import (
	"context"
	"errors"
	"testing"
	"time"
)

func TestASlowListenerKeepsTheNewestOfEachTopic(t *testing.T) {
	var hub Hub
	slow := hub.Listen()
	defer slow.Close()
	for through := uint64(1); through <= 1000; through++ {
		hub.Publish(News{Type: "facts", Through: through})
	}
	hub.Publish(News{Type: "definition", Kind: "Journey", ID: "a", Version: 2})
	hub.Publish(News{Type: "definition", Kind: "Journey", ID: "b", Version: 1})

	news, err := slow.Next(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if len(news) != 3 || news[0].Through != 1000 || news[1].ID != "a" || news[2].ID != "b" {
		t.Errorf("got %+v, want the newest facts, then a, then b", news)
	}
}

func TestNextWaitsForNewsAndEndsWithItsContext(t *testing.T) {
	var hub Hub
	l := hub.Listen()
	go hub.Publish(News{Type: "identity"})
	if news, err := l.Next(t.Context()); err != nil || len(news) != 1 {
		t.Fatalf("got %v, %v", news, err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), time.Millisecond)
	defer cancel()
	if _, err := l.Next(ctx); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("got %v, want the context's error", err)
	}
	l.Close()
	hub.Publish(News{Type: "identity"})
	if len(hub.listeners) != 0 {
		t.Error("a closed listener is still told")
	}
}
