package duckdb

import (
	"context"
	"encoding/json"
	"fmt"
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

// latest selects who, time, seq and the value's JSON text of the newest message
// for each ref or account that set a trait; more restricts the messages. A trait
// is set by its first path segment: an object that replaces another one takes
// all that was in it along.
func latest(root event.Root, path []string, more string) string {
	of, kind := said(root)
	return "SELECT " + of + " AS who, time, seq, json_extract(traits, " + pointer(path) + ")::VARCHAR AS value FROM identities " +
		"WHERE type = " + fmt.Sprint(code(kind)) + " AND " + of + " <> 0 AND json_exists(traits, " + pointer(path[:1]) + ")" + more +
		" QUALIFY row_number() OVER (PARTITION BY " + of + " ORDER BY time DESC, seq DESC) = 1"
}

// TraitValues implements warehouse.Warehouse.
func (w *Warehouse) TraitValues(ctx context.Context, root event.Root, path []string, yield func(warehouse.TraitValue) error) error {
	if len(path) == 0 {
		return nil
	}
	return w.each(ctx, latest(root, path, ""), nil, func(c *chunk) error {
		return eachTrait(c, yield)
	})
}

func eachTrait(c *chunk, yield func(warehouse.TraitValue) error) error {
	who, at, seq, values := column[uint32](c, 0), column[int64](c, 1), column[uint64](c, 2), c.texts(3)
	for i := range c.rows {
		v := warehouse.TraitValue{Of: who[i], Time: at[i], Seq: seq[i]}
		if _, ok := values.at(i); ok {
			v.Value = event.Lookup(json.RawMessage(values.copy(i)), nil)
		}
		if err := yield(v); err != nil {
			return err
		}
	}
	return nil
}

// TraitsAmong implements warehouse.Warehouse.
func (w *Warehouse) TraitsAmong(ctx context.Context, root event.Root, keys []string, of []identity.Number, yield func(key string, v warehouse.TraitValue) error) error {
	by, _ := said(root)
	for _, key := range keys {
		text := latest(root, []string{key}, " AND "+by+" IN ("+numbers(of)+")")
		err := w.each(ctx, text, nil, func(c *chunk) error {
			return eachTrait(c, func(v warehouse.TraitValue) error { return yield(key, v) })
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// Traits implements warehouse.Warehouse. They are sorted by key; one that was
// set to null last is left out.
func (w *Warehouse) Traits(ctx context.Context, root event.Root, of []identity.Number) ([]warehouse.Trait, error) {
	defer w.enter()()
	column, kind := said(root)
	rows, err := w.db.QueryContext(ctx, "SELECT traits, time, message_id, coalesce(source, '') FROM identities "+
		"WHERE type = ? AND "+column+" IN ("+numbers(of)+") AND traits IS NOT NULL ORDER BY time, seq", code(kind))
	if err != nil {
		return nil, failed(ctx, err)
	}
	defer rows.Close()
	latest := map[string]warehouse.Trait{}
	for rows.Next() {
		var text, messageID, source string
		var at time.Time
		if err := rows.Scan(&text, &at, &messageID, &source); err != nil {
			return nil, failed(ctx, err)
		}
		members := map[string]json.RawMessage{}
		if err := json.Unmarshal([]byte(text), &members); err != nil {
			continue // traits that are no object say nothing
		}
		for key, value := range members {
			latest[key] = warehouse.Trait{Key: key, Value: value, At: at.UTC(), MessageID: messageID, Source: source}
		}
	}
	if err := rows.Err(); err != nil {
		return nil, failed(ctx, err)
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
	defer w.enter()()
	_, kind := said(root)
	sample := warehouse.NewSample()
	rows, err := w.db.QueryContext(ctx, "SELECT traits FROM identities WHERE type = ? AND traits IS NOT NULL ORDER BY seq DESC LIMIT 20000", code(kind))
	if err != nil {
		return nil, failed(ctx, err)
	}
	defer rows.Close()
	for rows.Next() {
		var text string
		if err := rows.Scan(&text); err != nil {
			return nil, failed(ctx, err)
		}
		sample.Add(root, []byte(text))
	}
	return sample.Summary(), failed(ctx, rows.Err())
}
