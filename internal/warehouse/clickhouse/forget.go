package clickhouse

import (
	"context"
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"beichen/internal/event"
	"beichen/internal/identity"
	"beichen/internal/warehouse"
)

// Rows of who is forgotten are on all shards, and no statement deletes them on all or
// on none. So the position that makes a load count says as well which rows do not
// count any more (forgetting): with that one row they are gone from every answer.
// Erase removes them then, shard by shard and as often as it takes, and the position
// of the next load no longer names them.

// forgetting is a forget whose rows may still be there: numbers and places alone,
// since positions and what a shard writes down of its mutations are files too.
type forgetting struct {
	Seq     uint64            `json:"seq"`
	Of      []identity.Number `json:"of"`
	Aliases []uint64          `json:"aliases,omitempty"` // of others, by Seq, that name an id as the previous one
	Loose   []uint64          `json:"loose,omitempty"`   // of others, by Seq, that have an anonymous id of theirs
	Refused []string          `json:"refused,omitempty"` // entries of the quarantine, by id
}

// taking is a forget of a load that is on its way, with what it takes away from the
// sums of the position.
type taking struct {
	forgetting
	messages, events, ids uint64
}

func (w *Warehouse) readForgetting(s *standing, text string) error {
	if text == "" {
		return nil
	}
	if err := json.Unmarshal([]byte(text), &s.forgetting); err != nil {
		return fmt.Errorf("the position's forgetting: %w", err)
	}
	s.forgetting = slices.DeleteFunc(s.forgetting, func(f forgetting) bool {
		_, erased := w.erased.Load(f.Seq)
		return erased
	})
	return nil
}

func (s *standing) forgettingText() string {
	if len(s.forgetting) == 0 {
		return ""
	}
	text, _ := json.Marshal(s.forgetting) // numbers and texts always marshal
	return string(text)
}

// theirs is the condition of messages of who was forgotten, and of aliases that go
// with them.
func (f forgetting) theirs(aliases bool) string {
	text := "customer IN (" + numbers(f.Of) + ") AND seq < " + whole(f.Seq)
	if aliases && len(f.Aliases) > 0 {
		text = "(" + text + " OR seq IN (" + numbers(f.Aliases) + "))"
	}
	return text
}

// happened is the condition under which a row of events counts.
func (s *standing) happened() string {
	text := s.remembered()
	if s.horizon != 0 {
		text += " AND time >= " + strconv.FormatInt(s.horizon, 10)
	}
	return text
}

// said is the condition under which a row of events or identities counts.
func (s *standing) said() string {
	text := s.remembered()
	if s.horizon != 0 {
		text += " AND (time >= " + strconv.FormatInt(s.horizon, 10) + " OR type NOT IN ('track', 'page', 'screen'))"
	}
	return text
}

// remembered is the condition of rows of events or identities that nobody who was
// forgotten has them.
func (s *standing) remembered() string {
	text := s.counts()
	for _, f := range s.forgetting {
		text += " AND NOT (" + f.theirs(true) + ")"
	}
	return text
}

// kept is the condition under which an entry of the quarantine counts.
func (s *standing) kept() string {
	text := s.counts()
	for _, f := range s.forgetting {
		if len(f.Refused) > 0 {
			text += " AND id NOT IN (" + literals(f.Refused) + ")"
		}
	}
	return text
}

// known adds to the condition of refs that they were not forgotten.
func (s *standing) known() (text string) {
	for _, f := range s.forgetting {
		text += " AND number NOT IN (" + numbers(f.Of) + ")"
	}
	return text
}

// gone are the numbers of refs whose text may still be there and does not count.
func (s *standing) gone() map[identity.Number]bool {
	gone := map[identity.Number]bool{}
	for _, f := range s.forgetting {
		for _, n := range f.Of {
			gone[n] = true
		}
	}
	return gone
}

// isLoose reports whether a message's anonymous id does not count.
func (s *standing) isLoose(seq uint64) bool {
	return slices.ContainsFunc(s.forgetting, func(f forgetting) bool { return slices.Contains(f.Loose, seq) })
}

// takeOut finds what the forgets of a chunk take out of the store, writes down how much
// that is, and takes it out of the chunk itself.
func (w *Warehouse) takeOut(ctx context.Context, before *standing, c warehouse.Chunk, load uint32) (warehouse.Chunk, []taking, error) {
	now := *before
	var all []taking
	for _, m := range c.Messages {
		if m.Type != event.Forget {
			continue
		}
		if len(all) == 0 { // the chunk is the loader's
			c.Messages, c.Refs, c.Quarantined = slices.Clone(c.Messages), slices.Clone(c.Refs), slices.Clone(c.Quarantined)
		}
		t := taking{forgetting: forgetting{Seq: m.Seq, Of: m.Forgets}}
		ids, err := w.idsOf(ctx, &now, m.Forgets)
		if err == nil {
			err = w.takeStored(ctx, &now, m.Message, ids, &t)
		}
		if err != nil {
			return c, nil, err
		}
		told := warehouse.Forgotten{Messages: int64(t.messages), Quarantined: int64(len(t.Refused))}
		takeOutOfChunk(&c, before.refs, m.Message, &ids, &told)
		err = w.put(ctx, "forgets (load, seq, message_id, messages, ids, quarantined)",
			load, m.Seq, unicode(m.MessageID), uint64(told.Messages), uint32(len(ids)), uint64(told.Quarantined))
		if err != nil {
			return c, nil, err
		}
		all = append(all, t)
		now.forgetting = append(slices.Clip(now.forgetting), t.forgetting)
	}
	return c, all, nil
}

// idsOf reads the texts that are about to go.
func (w *Warehouse) idsOf(ctx context.Context, s *standing, of []identity.Number) ([]event.Ref, error) {
	var ids []event.Ref
	var ref event.Ref
	text := "SELECT anonymous, id FROM all_refs WHERE id <> '' AND number IN (" + numbers(of) + ") AND " + s.counts() + s.known()
	err := w.each(ctx, text, []any{&ref.Anonymous, &ref.ID}, func() error {
		ids = append(ids, ref)
		return nil
	})
	return ids, err
}

// texts are the texts of refs, of anonymous ones alone or of all.
func texts(refs []event.Ref, anonymous bool) []string {
	var out []string
	for _, ref := range refs {
		if ref.Anonymous || !anonymous {
			out = append(out, ref.ID)
		}
	}
	return out
}

// among is the condition that a column is one of some texts.
func among(column string, texts []string) string {
	if len(texts) == 0 {
		return "false"
	}
	return column + " IN (" + literals(texts) + ")"
}

// takeStored finds what goes of what is stored.
func (w *Warehouse) takeStored(ctx context.Context, s *standing, m *event.Message, ids []event.Ref, t *taking) error {
	own := t.theirs(false)
	if err := w.each(ctx, "SELECT count(), groupBitXor(id_hash) FROM all_events WHERE "+own+" AND "+s.happened(), []any{&t.events, &t.ids}, func() error { return nil }); err != nil {
		return err
	}
	t.messages = t.events
	place := " AND seq < " + whole(t.Seq) + " AND " + s.said()
	var seq uint64
	var isOwn bool
	text := "SELECT seq, customer IN (" + numbers(t.Of) + ") FROM all_identities WHERE (customer IN (" + numbers(t.Of) + ") OR " + among("previous_id", texts(ids, false)) + ")" + place
	err := w.each(ctx, text, []any{&seq, &isOwn}, func() error {
		if t.messages++; !isOwn {
			t.Aliases = append(t.Aliases, seq)
		}
		return nil
	})
	if devices := texts(ids, true); err == nil && len(devices) > 0 {
		where := " WHERE " + among("anonymous_id", devices) + " AND customer NOT IN (" + numbers(t.Of) + ")" + place
		err = w.each(ctx, "SELECT seq FROM all_events"+where+" UNION ALL SELECT seq FROM all_identities"+where, []any{&seq}, func() error {
			t.Loose = append(t.Loose, seq)
			return nil
		})
	}
	if err != nil || len(ids) == 0 {
		return err
	}
	like := []string{`position(raw, '\\') > 0`} // which may hide an id from a search in the text
	for _, id := range texts(ids, false) {
		like = append(like, "position(raw, "+literal(id)+") > 0")
	}
	var id, raw string
	text = "SELECT id, raw" + quarantined + s.kept() + " AND received <= " + micros(m.ReceivedAt) + " AND (" + strings.Join(like, " OR ") + ")"
	return w.each(ctx, text, []any{&id, &raw}, func() error {
		if warehouse.Carries(json.RawMessage(raw), texts(ids, false)) {
			t.Refused = append(t.Refused, id)
		}
		return nil
	})
}

// takeOutOfChunk does the same with what would be stored at once with the forget.
func takeOutOfChunk(c *warehouse.Chunk, refs uint32, m *event.Message, ids *[]event.Ref, told *warehouse.Forgotten) {
	isTheirs := func(n identity.Number) bool { return slices.Contains(m.Forgets, n) }
	for i := range c.Refs {
		if c.Refs[i].ID != "" && isTheirs(refs+uint32(i)+1) {
			*ids = append(*ids, c.Refs[i])
			c.Refs[i].ID = ""
		}
	}
	devices, all := texts(*ids, true), texts(*ids, false)
	left := c.Messages[:0]
	for _, stored := range c.Messages {
		switch earlier := stored.Seq < m.Seq; {
		case earlier && (isTheirs(stored.Customer) || slices.Contains(all, stored.PreviousID)):
			told.Messages++
			continue
		case earlier && slices.Contains(devices, stored.AnonymousID):
			without := *stored.Message
			without.AnonymousID = ""
			stored.Message = &without
		}
		left = append(left, stored)
	}
	c.Messages = left
	c.Quarantined = slices.DeleteFunc(c.Quarantined, func(q warehouse.Quarantined) bool {
		goes := !q.ReceivedAt.After(m.ReceivedAt) && warehouse.Carries(q.Raw, all)
		if goes {
			told.Quarantined++
		}
		return goes
	})
}

// withoutTaken takes what goes away from the sums of a position.
func (w *Warehouse) withoutTaken(ctx context.Context, before, next *standing, c warehouse.Chunk, all []taking) error {
	if len(all) == 0 {
		return nil
	}
	next.forgetting = slices.Clip(next.forgetting)
	now := *before
	for _, t := range all {
		next.messages -= t.messages
		next.events -= t.events
		next.ids ^= t.ids
		next.forgetting = append(next.forgetting, t.forgetting)
	}
	now.forgetting = next.forgetting
	err := w.span(ctx, &now, next)
	for _, m := range c.Messages {
		if m.Type.IsEvent() {
			next.first, next.last = min(next.first, m.Micros()), max(next.last, m.Micros())
		}
	}
	if next.events == 0 {
		next.first, next.last = 0, 0
	}
	return err
}

// span finds the first and the last instant again of the events that count with a
// position, for the next one.
func (w *Warehouse) span(ctx context.Context, of, next *standing) error {
	next.first, next.last = math.MaxInt64, math.MinInt64
	var count uint64
	var first, last int64
	return w.each(ctx, "SELECT count(), min(time), max(time) FROM all_events WHERE "+of.happened(), []any{&count, &first, &last}, func() error {
		if count > 0 {
			next.first, next.last = first, last
		}
		return nil
	})
}

// Forgotten implements warehouse.Warehouse.
func (w *Warehouse) Forgotten(ctx context.Context, messageID string) (f warehouse.Forgotten, ok bool, err error) {
	s, err := w.standing(ctx)
	if err != nil {
		return f, false, err
	}
	rows, err := w.shards[0].Query(ctx, "SELECT messages, ids, quarantined FROM forgets WHERE message_id = "+literal(messageID)+" AND "+s.counts())
	if err != nil {
		return f, false, w.failed(ctx, err)
	}
	defer rows.Close()
	var messages, refused uint64
	var ids uint32
	_, err = eachRow(ctx, rows, []any{&messages, &ids, &refused}, func() error {
		f, ok = warehouse.Forgotten{Messages: int64(messages), IDs: int(ids), Quarantined: int64(refused)}, true
		return nil
	})
	return f, ok, w.failed(ctx, err)
}

// Erase implements warehouse.Warehouse: it removes the rows that a position says are
// forgotten, on every shard and replica, and comes back when that has ended. The parts
// that the engine has replaced by then lie about for its old_parts_lifetime, which is
// eight minutes. Ids go last, since an erasing that was interrupted begins again.
func (w *Warehouse) Erase(ctx context.Context) error {
	s, err := w.standing(ctx)
	if err != nil || len(s.forgetting) == 0 {
		return err
	}
	var events, identities, of []string
	var loose []uint64
	var refused []string
	for _, f := range s.forgetting {
		events, identities = append(events, f.theirs(false)), append(identities, f.theirs(true))
		loose, refused = append(loose, f.Loose...), append(refused, f.Refused...)
		of = append(of, numbers(f.Of))
	}
	steps := []string{
		"events DELETE WHERE " + strings.Join(events, " OR "),
		"identities DELETE WHERE " + strings.Join(identities, " OR "),
		"refs UPDATE id = '' WHERE number IN (" + strings.Join(of, ",") + ")",
	}
	if len(loose) > 0 {
		for _, table := range []string{"identities", "events"} {
			steps = slices.Insert(steps, 0, table+" UPDATE anonymous_id = '' WHERE seq IN ("+numbers(loose)+")")
		}
	}
	if len(refused) > 0 {
		steps = slices.Insert(steps, 0, "quarantine DELETE WHERE id IN ("+literals(refused)+")")
	}
	for _, step := range steps {
		if err := w.mutate(ctx, step); err != nil {
			return err
		}
	}
	for _, f := range s.forgetting {
		w.erased.Store(f.Seq, true)
	}
	return nil
}
