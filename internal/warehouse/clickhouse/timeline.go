package clickhouse

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"time"

	"beichen/internal/event"
	"beichen/internal/identity"
	"beichen/internal/warehouse"
)

func owner(root event.Root) string {
	if root == event.Account {
		return "account"
	}
	return "customer"
}

func instant(micros int64) time.Time { return time.UnixMicro(micros).UTC() }

// Timeline implements warehouse.Warehouse. A page costs the narrow columns of the
// customer's rows and the wide ones of the page alone.
func (w *Warehouse) Timeline(ctx context.Context, t warehouse.Timeline) ([]event.Message, error) {
	messages := []event.Message{}
	s, err := w.standing(ctx)
	if err != nil {
		return nil, err
	}
	places, err := w.page(ctx, s, t)
	if err != nil || len(places.seq) == 0 {
		return messages, err
	}
	// Owner and instants are what the rows are sorted by.
	where := fmt.Sprintf(" WHERE %s IN (%s) AND time BETWEEN %d AND %d AND seq IN (%s) AND %s", owner(t.Root), numbers(t.Of),
		slices.Min(places.time), slices.Max(places.time), numbers(places.seq), s.said())
	page := stored{}
	if err := w.each(ctx, eventRow+where+" UNION ALL "+identityRow+where, page.places(), page.take); err != nil {
		return nil, err
	}
	refs, accounts, err := w.named(ctx, s, &page)
	if err != nil {
		return nil, err
	}
	for i := range page.messages {
		m := page.message(i, refs, accounts)
		if s.isLoose(m.Seq) {
			m.AnonymousID = ""
		}
		messages = append(messages, m)
	}
	slices.SortFunc(messages, func(a, b event.Message) int {
		return cmp.Or(b.Time.Compare(a.Time), cmp.Compare(b.Seq, a.Seq))
	})
	return messages, nil
}

// places are those of the rows of a page.
type places struct {
	seq  []uint64
	time []int64
}

// page finds where a page's messages stand.
func (w *Warehouse) page(ctx context.Context, s *standing, t warehouse.Timeline) (places, error) {
	where := " WHERE " + owner(t.Root) + " IN (" + numbers(t.Of) + ") AND " + s.said()
	if t.Before != nil {
		where += fmt.Sprintf(" AND (time, seq) < (%d, %d)", t.Before.Time, t.Before.Seq)
	}
	text := "SELECT seq, time FROM all_events" + where
	if len(t.Names) == 0 {
		text += " UNION ALL SELECT seq, time FROM all_identities" + where
	} else {
		text += " AND name IN (" + literals(t.Names) + ")"
	}
	limit := max(t.Limit, 0)
	if limit == 0 {
		limit = 100
	}
	var found places
	var seq uint64
	var time int64
	err := w.each(ctx, "SELECT seq, time FROM ("+text+") ORDER BY time DESC, seq DESC LIMIT "+strconv.Itoa(limit), []any{&seq, &time}, func() error {
		found.seq, found.time = append(found.seq, seq), append(found.time, time)
		return nil
	})
	return found, err
}

// Rows of both tables, in the columns that stored reads.
const (
	eventRow = "SELECT seq, type, customer, account, time, received, imported, name, currency, channel, source, value, cost, " +
		"if(properties_sent = '', properties, properties_sent), if(context_sent = '', context, context_sent), '' AS traits, " +
		"message_id, '' AS user_id, anonymous_id, '' AS previous_id, '' AS group_id, '' AS unlinks FROM all_events"
	identityRow = "SELECT seq, type, customer, account, time, received, imported, '' AS name, '' AS currency, channel, source, nan AS value, nan AS cost, " +
		"'' AS properties, if(context_sent = '', context, context_sent), if(traits_sent = '', traits, traits_sent), " +
		"message_id, user_id, anonymous_id, previous_id, group_id, unlinks FROM all_identities"
)

// stored puts messages together again, but for the ids that events have as numbers.
type stored struct {
	messages  []event.Message
	customers []identity.Number
	accounts  []identity.Number

	row struct {
		event.Message
		kind                        string
		customer, account           identity.Number
		time, received              int64
		value, cost                 float64
		properties, context, traits string
	}
}

func (p *stored) places() []any {
	r := &p.row
	return []any{&r.Seq, &r.kind, &r.customer, &r.account, &r.time, &r.received, &r.Imported, &r.Name, &r.Currency, &r.Channel, &r.Source,
		&r.value, &r.cost, &r.properties, &r.context, &r.traits,
		&r.MessageID, &r.UserID, &r.AnonymousID, &r.PreviousID, &r.GroupID, &r.Unlinks}
}

func (p *stored) take() error {
	r := &p.row
	m := r.Message
	m.Type, m.Time, m.ReceivedAt = event.Type(r.kind), instant(r.time), instant(r.received)
	m.Value, m.Cost = amountOrNil(r.value), amountOrNil(r.cost)
	m.Properties, m.Context, m.Traits = object(r.properties), object(r.context), object(r.traits)
	p.messages = append(p.messages, m)
	p.customers, p.accounts = append(p.customers, r.customer), append(p.accounts, r.account)
	return nil
}

func object(text string) json.RawMessage {
	if text == "" {
		return nil
	}
	return json.RawMessage(text)
}

// named reads the ids of the refs and accounts of a page.
func (w *Warehouse) named(ctx context.Context, s *standing, p *stored) (refs map[identity.Number]event.Ref, accounts map[identity.Number]string, err error) {
	refs, accounts = map[identity.Number]event.Ref{}, map[identity.Number]string{}
	var number identity.Number
	var ref event.Ref
	err = w.each(ctx, "SELECT number, anonymous, id FROM all_refs WHERE number IN ("+numbers(distinct(p.customers))+") AND "+s.counts(),
		[]any{&number, &ref.Anonymous, &ref.ID}, func() error {
			refs[number] = ref
			return nil
		})
	if err != nil {
		return nil, nil, err
	}
	var id string
	err = w.each(ctx, "SELECT number, id FROM all_accounts WHERE number IN ("+numbers(distinct(p.accounts))+") AND "+s.counts(),
		[]any{&number, &id}, func() error {
			accounts[number] = id
			return nil
		})
	return refs, accounts, err
}

func distinct(of []identity.Number) []identity.Number {
	return slices.Compact(slices.Sorted(slices.Values(of)))
}

// message is a message of the page with its ids.
func (p *stored) message(i int, refs map[identity.Number]event.Ref, accounts map[identity.Number]string) event.Message {
	m := p.messages[i]
	if m.Type.IsEvent() {
		m.GroupID = accounts[p.accounts[i]]
		if ref := refs[p.customers[i]]; ref.Anonymous {
			m.AnonymousID = ref.ID
		} else {
			m.UserID = ref.ID
		}
	}
	return m
}

// Activity implements warehouse.Warehouse.
func (w *Warehouse) Activity(ctx context.Context, root event.Root, of []identity.Number) (map[identity.Number]warehouse.Activity, error) {
	s, err := w.standing(ctx)
	if err != nil {
		return nil, err
	}
	found := map[identity.Number]warehouse.Activity{}
	by := owner(root)
	var who identity.Number
	var count uint64
	var first, last int64
	text := "SELECT " + by + ", count(), min(time), max(time) FROM all_events WHERE " + by + " IN (" + numbers(of) + ") AND " + s.happened() + " GROUP BY " + by
	err = w.each(ctx, text, []any{&who, &count, &first, &last}, func() error {
		found[who] = warehouse.Activity{Events: int64(count), First: instant(first), Last: instant(last)}
		return nil
	})
	return found, err
}
