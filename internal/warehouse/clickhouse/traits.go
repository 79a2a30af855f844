package clickhouse

import (
	"context"
	"encoding/json"
	"maps"
	"slices"
	"time"

	"beichen/internal/event"
	"beichen/internal/identity"
	"beichen/internal/warehouse"
)

// said is who a trait is said of, by root, and the type of the messages that say it.
func said(root event.Root) (column string, kind event.Type) {
	if root == event.Account {
		return "account", event.Group
	}
	return "customer", event.Identify
}

// latest selects who, at, place and the value's JSON text of the newest message for
// each ref or account that set a trait. A trait is set by its first path segment: an
// object that replaces another one takes all that was in it along. The value alone
// leaves the shards, not all traits of a message.
func (s *standing) latest(root event.Root, path []string, more string) string {
	of, kind := said(root)
	return "SELECT " + of + " AS who, max((time, seq)) AS newest, argMax(" + jsonPlace{"traits", path}.raw() + ", (time, seq)) AS said FROM all_identities " +
		"WHERE type = " + literal(string(kind)) + " AND " + of + " <> 0 AND JSONHas(traits, " + literal(path[0]) + ")" + more +
		" AND " + s.said() + " GROUP BY who"
}

// TraitValues implements warehouse.Warehouse.
func (w *Warehouse) TraitValues(ctx context.Context, root event.Root, path []string, yield func(warehouse.TraitValue) error) error {
	if len(path) == 0 {
		return nil
	}
	s, err := w.standing(ctx)
	if err != nil {
		return err
	}
	return w.eachTrait(ctx, s.latest(root, path, ""), yield)
}

func (w *Warehouse) eachTrait(ctx context.Context, latest string, yield func(warehouse.TraitValue) error) error {
	var v warehouse.TraitValue
	var text string
	return w.each(ctx, "SELECT who, newest.1, newest.2, said FROM ("+latest+")", []any{&v.Of, &v.Time, &v.Seq, &text}, func() error {
		v.Value = event.Lookup(json.RawMessage(text), nil)
		return yield(v)
	})
}

// TraitsAmong implements warehouse.Warehouse.
func (w *Warehouse) TraitsAmong(ctx context.Context, root event.Root, keys []string, of []identity.Number, yield func(key string, v warehouse.TraitValue) error) error {
	s, err := w.standing(ctx)
	if err != nil {
		return err
	}
	by, _ := said(root)
	for _, key := range keys {
		text := s.latest(root, []string{key}, " AND "+by+" IN ("+numbers(of)+")")
		if err := w.eachTrait(ctx, text, func(v warehouse.TraitValue) error { return yield(key, v) }); err != nil {
			return err
		}
	}
	return nil
}

// Traits implements warehouse.Warehouse. They are sorted by key; one that was set to
// null last is left out.
func (w *Warehouse) Traits(ctx context.Context, root event.Root, of []identity.Number) ([]warehouse.Trait, error) {
	s, err := w.standing(ctx)
	if err != nil {
		return nil, err
	}
	by, kind := said(root)
	latest := map[string]warehouse.Trait{}
	var text, messageID, source string
	var at int64
	question := "SELECT if(traits_sent = '', traits, traits_sent), time, message_id, source FROM all_identities WHERE type = " + literal(string(kind)) +
		" AND " + by + " IN (" + numbers(of) + ") AND traits <> '' AND " + s.said() + " ORDER BY time, seq"
	err = w.each(ctx, question, []any{&text, &at, &messageID, &source}, func() error {
		members := map[string]json.RawMessage{}
		if err := json.Unmarshal([]byte(text), &members); err != nil {
			return nil // traits that are no object say nothing
		}
		for key, value := range members {
			latest[key] = warehouse.Trait{Key: key, Value: value, At: time.UnixMicro(at).UTC(), MessageID: messageID, Source: source}
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	traits := []warehouse.Trait{}
	for _, key := range slices.Sorted(maps.Keys(latest)) {
		if string(latest[key].Value) != "null" {
			traits = append(traits, latest[key])
		}
	}
	return traits, nil
}

// TraitKeys implements warehouse.Warehouse, from the newest messages.
func (w *Warehouse) TraitKeys(ctx context.Context, root event.Root) ([]warehouse.PropertySummary, error) {
	s, err := w.standing(ctx)
	if err != nil {
		return nil, err
	}
	_, kind := said(root)
	sample := warehouse.NewSample()
	var text string
	question := "SELECT traits FROM all_identities WHERE type = " + literal(string(kind)) + " AND traits <> '' AND " + s.said() + " ORDER BY seq DESC LIMIT 20000"
	err = w.each(ctx, question, []any{&text}, func() error {
		sample.Add(root, []byte(text))
		return nil
	})
	return sample.Summary(), err
}
