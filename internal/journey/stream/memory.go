package stream

import (
	"context"
	"slices"
	"time"

	"beichen/internal/event"
	"beichen/internal/identity"
	"beichen/internal/warehouse"
)

// Memory answers questions about messages held in memory: a file that is
// measured without a server. The messages must not change afterwards.
type Memory struct {
	messages []warehouse.Stored
	view     *identity.View
	through  uint64
	last     time.Time
}

// NewMemory takes messages of all types, in any order; the order of the slice
// stands for the order of the log where Seq does not tell. Message.Seq is the
// message's position (in a file, its line); through is the position up to which
// messages were read (the file's number of lines). Of messages with the same
// MessageID the first counts, as on a server.
func NewMemory(messages []*event.Message, through uint64) *Memory {
	m := &Memory{messages: make([]warehouse.Stored, 0, len(messages)), through: through}
	graph := identity.NewGraph()
	seen := make(map[string]struct{}, len(messages))
	for _, message := range messages {
		if _, again := seen[message.MessageID]; again && message.MessageID != "" {
			continue
		}
		seen[message.MessageID] = struct{}{}
		m.messages = append(m.messages, Number(graph, message))
	}
	m.view = graph.View()
	m.messages = slices.DeleteFunc(m.messages, func(s warehouse.Stored) bool {
		return m.view.Forgotten(s.Customer) || s.Type.IsEvent() && m.view.Expired(s.Micros())
	})
	for _, message := range m.messages {
		if message.Type.IsEvent() && message.Time.After(m.last) {
			m.last = message.Time
		}
	}
	return m
}

// Number gives a message the numbers of who it speaks of and lets the graph
// take in what it says about who is who.
func Number(graph *identity.Graph, m *event.Message) warehouse.Stored {
	stored := warehouse.Stored{Message: m}
	if ref := m.Ref(); ref.ID != "" {
		stored.Customer = graph.Number(ref)
	}
	if m.GroupID != "" {
		stored.Account = graph.AccountNumber(m.GroupID)
	}
	if !m.Type.IsEvent() {
		graph.Apply(identity.Row{
			Seq: m.Seq, MessageID: m.MessageID, Type: m.Type, UserID: m.UserID, AnonymousID: m.AnonymousID,
			PreviousID: m.PreviousID, GroupID: m.GroupID, Unlinks: m.Unlinks, Forgets: m.Forgets, Source: m.Source, Time: m.Time,
		})
	}
	return stored
}

// Events is how many of the messages are events.
func (m *Memory) Events() int {
	n := 0
	for _, message := range m.messages {
		if message.Type.IsEvent() {
			n++
		}
	}
	return n
}

// Streams implements Source.
func (m *Memory) Streams(ctx context.Context, q Question) (*Streams, error) {
	p := newPlan(q)
	known, err := newCustomers(m.view, p.customerKeys(), traitsOf(m.messages))
	if err != nil {
		return nil, err
	}
	b := newPlain(p, m.view)
	b.rows.reserve(m.Events())
	for i, message := range m.messages {
		if i%(1<<14) == 0 && ctx.Err() != nil {
			return nil, ctx.Err()
		}
		b.addMessage(message)
	}
	s, err := b.finish(ctx, known)
	if err != nil {
		return nil, err
	}
	s.Through, s.Last, s.Kept = m.through, m.last, m.view.Horizon()
	return s, nil
}
