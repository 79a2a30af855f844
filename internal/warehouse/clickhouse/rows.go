package clickhouse

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"math"
	"strings"

	"github.com/ClickHouse/clickhouse-go/v2/lib/driver"

	"beichen/internal/warehouse"
)

// check refuses what no store could read: whoever made the chunk has read its JSON
// to the end; here only one that was cut off is noticed.
func check(c warehouse.Chunk) error {
	for _, m := range c.Messages {
		for _, object := range []json.RawMessage{m.Properties, m.Context, m.Traits} {
			if n := len(object); n > 0 && (object[0] != '{' || object[n-1] != '}') {
				return fmt.Errorf("message %s: no JSON object: %.40q", m.MessageID, object)
			}
		}
	}
	return nil
}

// sender holds a batch for each table that rows of one shard go to, and the first
// error. The rows are sent when they are many, and at the end.
type sender struct {
	ctx    context.Context
	shard  driver.Conn
	load   uint32
	tables map[string]driver.Batch
	err    error
}

// mostRows is how many rows of a table are sent at once.
const mostRows = 100_000

// sendTo stores those rows of a load that belong on a shard. The numbers of new refs
// and accounts follow those that counted before.
func (w *Warehouse) sendTo(ctx context.Context, shard int, before *standing, c warehouse.Chunk, load uint32) error {
	s := &sender{ctx: w.storing(ctx), shard: w.shards[shard], load: load, tables: map[string]driver.Batch{}}
	here := func(number uint32) bool { return w.shardOf(number) == shard }
	for i, ref := range c.Refs {
		if number := before.refs + uint32(i) + 1; here(number) {
			s.add(refColumns, number, ref.Anonymous, unicode(ref.ID))
		}
	}
	for i, id := range c.Accounts {
		if number := before.accounts + uint32(i) + 1; here(number) {
			s.add(accountColumns, number, unicode(id))
		}
	}
	for _, m := range c.Messages {
		switch {
		case !here(m.Customer):
		case m.Type.IsEvent():
			s.addEvent(m)
		default:
			s.addIdentity(m)
		}
	}
	for i := range c.Quarantined {
		if q := &c.Quarantined[i]; here(uint32(warehouse.IDHash(q.ID))) {
			s.addQuarantined(q, i)
		}
	}
	return s.close()
}

// add puts a row into the batch of a table.
func (s *sender) add(table string, row ...any) {
	if s.err != nil {
		return
	}
	batch := s.tables[table]
	if batch == nil {
		if batch, s.err = s.shard.PrepareBatch(s.ctx, "INSERT INTO "+table); s.err != nil {
			return
		}
		s.tables[table] = batch
	}
	if s.err = batch.Append(append([]any{s.load}, row...)...); s.err == nil && batch.Rows() >= mostRows {
		s.err = batch.Flush()
	}
}

// close sends what is left; after an error nothing is.
func (s *sender) close() error {
	for _, batch := range s.tables {
		if s.err == nil {
			s.err = batch.Send()
		}
		_ = batch.Close() // lets go of the connection of one that was not sent
	}
	return s.err
}

const (
	refColumns     = "refs (load, number, anonymous, id)"
	accountColumns = "accounts (load, number, id)"
	eventColumns   = "events (load, seq, type, customer, account, time, name, value, cost, currency, channel, source, " +
		"properties, context, properties_sent, context_sent, id_hash, message_id, anonymous_id, received, imported)"
	identityColumns = "identities (load, seq, type, customer, account, time, user_id, anonymous_id, previous_id, group_id, unlinks, " +
		"channel, source, context, traits, context_sent, traits_sent, id_hash, message_id, received, imported, forgets)"
	quarantineColumns = "quarantine (load, place, id, received, source, reason, detail, raw, type, imported, status, resolved_by, resolved, version)"
)

func (s *sender) addEvent(m warehouse.Stored) {
	properties, propertiesSent := readable(m.Properties)
	context, contextSent := readable(m.Context)
	anonymous := ""
	if m.UserID != "" { // otherwise it is the ref's
		anonymous = m.AnonymousID
	}
	s.add(eventColumns, m.Seq, string(m.Type), m.Customer, m.Account, m.Micros(), unicode(m.Name), amount(m.Value), amount(m.Cost),
		unicode(m.Currency), unicode(m.Channel), unicode(m.Source), properties, context, propertiesSent, contextSent,
		warehouse.IDHash(m.MessageID), unicode(m.MessageID), unicode(anonymous), m.ReceivedAt.UnixMicro(), m.Imported)
}

func (s *sender) addIdentity(m warehouse.Stored) {
	context, contextSent := readable(m.Context)
	traits, traitsSent := readable(m.Traits)
	s.add(identityColumns, m.Seq, string(m.Type), m.Customer, m.Account, m.Micros(), unicode(m.UserID), unicode(m.AnonymousID),
		unicode(m.PreviousID), unicode(m.GroupID), unicode(m.Unlinks), unicode(m.Channel), unicode(m.Source), context, traits,
		contextSent, traitsSent, warehouse.IDHash(m.MessageID), unicode(m.MessageID), m.ReceivedAt.UnixMicro(), m.Imported, m.Forgets)
}

func (s *sender) addQuarantined(q *warehouse.Quarantined, place int) {
	var resolved *int64
	if q.ResolvedAt != nil {
		resolved = new(q.ResolvedAt.UnixMicro())
	}
	s.add(quarantineColumns, uint32(place), unicode(q.ID), q.ReceivedAt.UnixMicro(), unicode(q.Source), unicode(q.Reason), unicode(q.Detail),
		unicode(string(q.Raw)), unicode(q.Type), q.Imported, string(cmp.Or(q.Status, warehouse.Open)), unicode(q.ResolvedBy), resolved, uint8(0))
}

// amount is a number, NaN where there is none.
func amount(value *float64) float64 {
	if value == nil {
		return math.NaN()
	}
	return *value
}

// amountOrNil is the other way round.
func amountOrNil(value float64) *float64 {
	if math.IsNaN(value) {
		return nil
	}
	return &value
}

// unicode is a text; what is no Unicode in it becomes U+FFFD.
func unicode(text string) string { return strings.ToValidUTF8(text, "\uFFFD") }
