package capture

import (
	"context"
	"encoding/json"
	"errors"

	"beichen/internal/event"
	"beichen/internal/fault"
	"beichen/internal/warehouse"
)

// Replay is what became of entries of the quarantine that were tried again.
type Replay struct {
	Receipt
	// Refused is how many still cannot be taken, by reason; they stay open.
	Refused map[string]int `json:"refused"`
}

// ReplayQuarantine decodes open entries again and takes in those that are
// messages by now; they are then marked as replayed by somebody. The query
// chooses among the open ones. A message keeps its id, so that trying it twice,
// or after it was sent anew, stores it once.
func (i *Intake) ReplayQuarantine(ctx context.Context, q warehouse.QuarantineQuery, by string) (Replay, error) {
	total := Replay{Refused: map[string]int{}}
	q.Status, q.Offset, q.Limit = warehouse.Open, 0, 1000
	for {
		page, err := i.config.Warehouse.Quarantine(ctx, q)
		if err != nil || len(page.Items) == 0 {
			return total, err
		}
		var in []Incoming
		var ids []string
		for _, entry := range page.Items {
			m, err := decodeAgain(entry, entry.Raw)
			if f, ok := errors.AsType[*fault.Error](err); ok {
				total.Refused[f.Key]++
				q.Offset++ // it stays where it is, before what comes next
				continue
			}
			in = append(in, Incoming{Message: m, replayed: true})
			ids = append(ids, entry.ID)
		}
		receipt, err := i.takeReplayed(ctx, in, ids, by)
		if err != nil {
			return total, err
		}
		total.Stored += receipt.Stored
		total.Duplicate += receipt.Duplicate
		total.Through = max(total.Through, receipt.Through)
	}
}

// ReplayEdited takes in one open entry as somebody corrected it. The error says
// why the corrected one cannot be taken either (kind Invalid), or that there is
// no such open entry (NotFound).
func (i *Intake) ReplayEdited(ctx context.Context, id string, edited json.RawMessage, by string) (Receipt, error) {
	page, err := i.config.Warehouse.Quarantine(ctx, warehouse.QuarantineQuery{IDs: []string{id}, Status: warehouse.Open, Limit: 1})
	if err != nil {
		return Receipt{}, err
	}
	if len(page.Items) == 0 {
		return Receipt{}, fault.New(fault.NotFound, "capture.not-quarantined", "id", id)
	}
	m, err := decodeAgain(page.Items[0], edited)
	if err != nil {
		return Receipt{}, err
	}
	return i.takeReplayed(ctx, []Incoming{{Message: m, replayed: true}}, []string{id}, by)
}

// DiscardQuarantine marks open entries as discarded by somebody, and returns how
// many it were. The query chooses among the open ones.
func (i *Intake) DiscardQuarantine(ctx context.Context, q warehouse.QuarantineQuery, by string) (int, error) {
	q.Status, q.Offset, q.Limit = warehouse.Open, 0, 1000
	for total := 0; ; {
		page, err := i.config.Warehouse.Quarantine(ctx, q)
		if err != nil || len(page.Items) == 0 {
			return total, err
		}
		ids := make([]string, len(page.Items))
		for k, entry := range page.Items {
			ids[k] = entry.ID
		}
		n, err := i.config.Warehouse.Resolve(ctx, ids, warehouse.Discarded, by, i.config.Now())
		total += n
		if err != nil {
			return total, err
		}
	}
}

func (i *Intake) takeReplayed(ctx context.Context, in []Incoming, ids []string, by string) (Receipt, error) {
	if len(in) == 0 {
		return Receipt{}, nil
	}
	receipt, err := i.Accept(ctx, in)
	if err == nil {
		err = i.Shown(ctx)
	}
	if err != nil {
		return Receipt{}, err
	}
	_, err = i.config.Warehouse.Resolve(ctx, ids, warehouse.Replayed, by, i.config.Now())
	return receipt, err
}

// decodeAgain decodes a text for an entry, under what was known when it came.
func decodeAgain(entry warehouse.Quarantined, raw json.RawMessage) (event.Message, error) {
	if len(raw) > 0 && raw[0] == '"' { // what came was no JSON; perhaps it is now
		raw = unquote(raw)
	}
	kind := event.Type(entry.Type)
	if member(raw, "type") != nil {
		kind = ""
	}
	m, err := Decode(raw, Envelope{
		Type: kind, ReceivedAt: entry.ReceivedAt, Source: entry.Source, Imported: entry.Imported,
		NewID: func() string { return "quarantine:" + entry.ID },
	})
	if original := messageIDOf(entry.Raw); err == nil && original != "" {
		m.MessageID = messageID(original, nil)
	}
	return m, err
}

func messageIDOf(raw json.RawMessage) string {
	var w wire
	if !object(raw, w.take) {
		return ""
	}
	return plain(w.messageID)
}
