// Package customer answers who somebody is: a person's and an account's traits,
// the ids they are known by and where each link between them came from, the
// people of an account, and what they did, newest first.
package customer

import (
	"context"
	"encoding/json"
	"strconv"
	"strings"
	"time"

	"beichen/internal/event"
	"beichen/internal/fault"
	"beichen/internal/identity"
	"beichen/internal/warehouse"
)

// Of says whether a customer is a person or an account.
type Of string

// The two kinds of customer.
const (
	Person  Of = "person"
	Account Of = "account"
)

func (o Of) root() event.Root {
	if o == Account {
		return event.Account
	}
	return event.Traits
}

// Book looks customers up.
type Book struct {
	Warehouse warehouse.Warehouse
	People    identity.People
}

// Customer is one customer's page.
type Customer struct {
	ID        string             `json:"id"`
	Of        Of                 `json:"of"`
	Anonymous bool               `json:"anonymous" doc:"Known by an anonymous id only"`
	Name      *string            `json:"name"`
	Traits    []warehouse.Trait  `json:"traits"`
	IDs       []KnownAs          `json:"ids" doc:"What a person is known as, and which messages said so"`
	Account   *Label             `json:"account" doc:"A person's account"`
	People    []Label            `json:"people" doc:"An account's people, the most active first, at most 200"`
	Total     int                `json:"peopleTotal"`
	Activity  warehouse.Activity `json:"activity"`
	Timeline  Page               `json:"timeline"`
}

// KnownAs is one id of a person with the links that tie it to the others.
type KnownAs struct {
	ID        string `json:"id"`
	Anonymous bool   `json:"anonymous"`
	Links     []Link `json:"links"`
}

// Link is a message that tied two ids, or a person to an account.
type Link struct {
	MessageID string       `json:"messageId"`
	How       identity.How `json:"how"`
	From      string       `json:"from"`
	To        string       `json:"to"`
	At        time.Time    `json:"at"`
	Source    string       `json:"source"`
	Undone    bool         `json:"undone"`
}

// Label is a customer in a list.
type Label struct {
	ID     string    `json:"id"`
	Of     Of        `json:"of"`
	Name   *string   `json:"name"`
	Events int64     `json:"events"`
	Last   time.Time `json:"last,omitzero"`
}

// Page is a part of a timeline; Next asks for the part before it.
type Page struct {
	Items []Event `json:"items"`
	Next  *string `json:"next"`
}

// Event is a message as a timeline shows it.
type Event struct {
	Seq        uint64          `json:"seq"`
	MessageID  string          `json:"messageId"`
	Type       event.Type      `json:"type"`
	Name       string          `json:"event"`
	Time       time.Time       `json:"timestamp"`
	Person     string          `json:"person"`
	Channel    *string         `json:"channel"`
	Source     string          `json:"source"`
	Value      *float64        `json:"value"`
	Currency   *string         `json:"currency"`
	Properties json.RawMessage `json:"properties"`
	Context    json.RawMessage `json:"context"`
	Traits     json.RawMessage `json:"traits"`
}

// shownPeople bounds the people listed on an account's page.
const shownPeople = 200

// who is a customer found in a View.
type who struct {
	of      Of
	view    *identity.View
	number  identity.Number   // the person, or the account
	numbers []identity.Number // all refs of the person, or the account alone
}

// find looks a customer up by any id they are known as. anonymous restricts to
// visitors' ids, for an id that is also a user's.
func (b Book) find(ctx context.Context, of Of, id string, anonymous bool) (who, error) {
	graph, err := b.People.Whole(ctx)
	if err != nil {
		return who{}, err
	}
	view := graph.View()
	if of == Account {
		if n, ok := view.FindAccount(id); ok {
			return who{of, view, n, []identity.Number{n}}, nil
		}
	} else if anonymous {
		if n, ok := view.FindRef(event.Ref{Anonymous: true, ID: id}); ok {
			return who{of, view, n, view.Numbers(n)}, nil
		}
	} else if n, ok := view.Find(id); ok {
		return who{of, view, n, view.Numbers(n)}, nil
	}
	return who{}, fault.New(fault.NotFound, "api.unknown-customer", "id", id)
}

// Look gives a customer's page with the newest part of their timeline, of at
// most limit events. An id that nobody has is NotFound.
func (b Book) Look(ctx context.Context, of Of, id string, anonymous bool, limit int) (*Customer, error) {
	w, err := b.find(ctx, of, id, anonymous)
	if err != nil {
		return nil, err
	}
	c := &Customer{Of: of, IDs: []KnownAs{}, People: []Label{}}
	if c.Traits, err = b.Warehouse.Traits(ctx, of.root(), w.numbers); err != nil {
		return nil, err
	}
	activity, err := b.Warehouse.Activity(ctx, of.root(), w.numbers)
	if err != nil {
		return nil, err
	}
	c.Activity = sum(activity, w.numbers)
	if of == Account {
		c.ID = w.view.AccountID(w.number)
		if err := b.fillPeople(ctx, c, w); err != nil {
			return nil, err
		}
	} else {
		c.ID, c.Anonymous = w.view.ID(w.number), w.view.Anonymous(w.number)
		c.IDs = knownAs(w)
		if account := w.view.AccountOf(w.number); account != 0 {
			labels, err := b.labels(ctx, w.view, Account, []identity.Number{account})
			if err != nil {
				return nil, err
			}
			c.Account = &labels[0]
		}
	}
	c.Name = nameOf(func(key string) string { return traitText(c.Traits, key) })
	c.Timeline, err = b.page(ctx, w, TimelineRequest{Limit: limit})
	return c, err
}

func (b Book) fillPeople(ctx context.Context, c *Customer, w who) error {
	people := w.view.People(w.number)
	c.Total = len(people)
	labels, err := b.labels(ctx, w.view, Person, people)
	if err != nil {
		return err
	}
	sortByEvents(labels)
	c.People = labels[:min(len(labels), shownPeople)]
	return nil
}

func knownAs(w who) []KnownAs {
	links := w.view.Links(w.number)
	refs := w.view.Refs(w.number)
	out := make([]KnownAs, len(refs))
	for i, ref := range refs {
		out[i] = KnownAs{ID: ref.ID, Anonymous: ref.Anonymous, Links: []Link{}}
		for _, l := range links {
			if l.How == identity.ByGroup || l.From != ref {
				continue
			}
			out[i].Links = append(out[i].Links, Link{l.MessageID, l.How, l.From.ID, l.To.ID, l.At, l.Source, l.Undone})
		}
	}
	for _, l := range links {
		if l.How != identity.ByGroup {
			continue
		}
		for i := range out {
			if refs[i] == l.From {
				out[i].Links = append(out[i].Links, Link{l.MessageID, l.How, l.From.ID, l.Account, l.At, l.Source, l.Undone})
			}
		}
	}
	return out
}

// TimelineRequest asks for a part of a timeline.
type TimelineRequest struct {
	Before string   // Page.Next of the part after it; "" for the newest
	Limit  int      // events, 1 … 1000; 0 is 100
	Names  []string // event names; none is all
}

// Timeline gives a part of a customer's timeline, newest first.
func (b Book) Timeline(ctx context.Context, of Of, id string, anonymous bool, r TimelineRequest) (Page, error) {
	w, err := b.find(ctx, of, id, anonymous)
	if err != nil {
		return Page{}, err
	}
	return b.page(ctx, w, r)
}

func (b Book) page(ctx context.Context, w who, r TimelineRequest) (Page, error) {
	before, err := parseCursor(r.Before)
	if err != nil {
		return Page{}, err
	}
	if r.Limit <= 0 {
		r.Limit = 100
	}
	limit := min(r.Limit, 1000)
	// One more than asked for tells whether there is a next part.
	messages, err := b.Warehouse.Timeline(ctx, warehouse.Timeline{
		Of: w.numbers, Root: w.of.root(), Names: r.Names, Before: before, Limit: limit + 1,
	})
	if err != nil {
		return Page{}, err
	}
	page := Page{Items: make([]Event, 0, min(len(messages), limit))}
	if len(messages) > limit {
		messages = messages[:limit]
		last := messages[limit-1]
		next := strconv.FormatInt(last.Micros(), 36) + "." + strconv.FormatUint(last.Seq, 36)
		page.Next = &next
	}
	for _, m := range messages {
		page.Items = append(page.Items, b.shown(w.view, m))
	}
	return page, nil
}

func (b Book) shown(view *identity.View, m event.Message) Event {
	person := m.Ref().ID
	if n, ok := view.FindRef(m.Ref()); ok {
		person = view.ID(n)
	}
	return Event{
		Seq: m.Seq, MessageID: m.MessageID, Type: m.Type, Name: m.Name, Time: m.Time, Person: person,
		Channel: optional(m.Channel), Source: m.Source, Value: m.Value, Currency: optional(m.Currency),
		Properties: m.Properties, Context: m.Context, Traits: m.Traits,
	}
}

func optional(text string) *string {
	if text == "" {
		return nil
	}
	return &text
}

func parseCursor(text string) (*warehouse.Cursor, error) {
	if text == "" {
		return nil, nil
	}
	at, seq, _ := strings.Cut(text, ".")
	micros, errAt := strconv.ParseInt(at, 36, 64)
	position, errSeq := strconv.ParseUint(seq, 36, 64)
	if errAt != nil || errSeq != nil {
		return nil, fault.Many("api.bad-request", []fault.Detail{fault.At("before", 0, "api.bad-cursor", "value", text)})
	}
	return &warehouse.Cursor{Time: micros, Seq: position}, nil
}
