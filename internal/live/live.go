// Package live carries the news of what changed to every open screen: facts
// that were accepted, definitions that were revised, people that were merged, who
// may do what. News are hints to ask again, never data; a slow listener loses old
// news of a topic, not the newest.
package live

import (
	"context"
	"sync"
	"time"
)

// News is one thing that changed. Type is facts, definition, identity, access (members,
// keys, settings, sessions), moving (nothing is taken in for some seconds), moved (it is
// again, though nothing was moved; else the stream ends with the move), or anything:
// news of other nodes may have been missed, so whoever listens looks at everything again.
type News struct {
	Type    string    `json:"type"`
	At      time.Time `json:"at"`
	Through uint64    `json:"through,omitempty"` // facts: the log position now
	Kind    string    `json:"kind,omitempty"`    // definition
	ID      string    `json:"id,omitempty"`
	Version int       `json:"version,omitempty"`
	Author  string    `json:"author,omitempty"`
}

// topic is what a newer piece of news replaces an older one of.
func (n News) topic() string { return n.Type + "\x00" + n.Kind + "\x00" + n.ID }

// Hub passes news from publishers to listeners. The zero value is ready.
type Hub struct {
	mu        sync.Mutex
	listeners map[*Listener]struct{}
}

// Listener receives news. Its pending news are kept one a topic, in the order
// in which the topics first changed.
type Listener struct {
	mu      sync.Mutex
	pending map[string]News
	order   []string
	wake    chan struct{}
	close   func()
}

// Listen adds a listener; Close ends it.
func (h *Hub) Listen() *Listener {
	l := &Listener{pending: map[string]News{}, wake: make(chan struct{}, 1)}
	l.close = func() {
		h.mu.Lock()
		defer h.mu.Unlock()
		delete(h.listeners, l)
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.listeners == nil {
		h.listeners = map[*Listener]struct{}{}
	}
	h.listeners[l] = struct{}{}
	return l
}

// Publish tells every listener, without waiting for any.
func (h *Hub) Publish(n News) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for l := range h.listeners {
		l.add(n)
	}
}

func (l *Listener) add(n News) {
	l.mu.Lock()
	topic := n.topic()
	if _, waiting := l.pending[topic]; !waiting {
		l.order = append(l.order, topic)
	}
	l.pending[topic] = n
	l.mu.Unlock()
	select {
	case l.wake <- struct{}{}:
	default:
	}
}

// Next waits for news and takes all that is pending; it returns the context's
// error when that ends first.
func (l *Listener) Next(ctx context.Context) ([]News, error) {
	for {
		l.mu.Lock()
		news := make([]News, 0, len(l.order))
		for _, topic := range l.order {
			news = append(news, l.pending[topic])
		}
		clear(l.pending)
		l.order = l.order[:0]
		l.mu.Unlock()
		if len(news) > 0 {
			return news, nil
		}
		select {
		case <-l.wake:
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
}

// Close ends the listener; it hears nothing more.
func (l *Listener) Close() { l.close() }
