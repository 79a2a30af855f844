package warehousetest

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"testing"
	"time"

	gocmp "github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"

	"beichen/internal/event"
	"beichen/internal/identity"
	"beichen/internal/warehouse"
)

// Agree loads the same random history into two stores, which are empty, and holds
// their answers to every question equal.
func Agree(t *testing.T, one, other warehouse.Warehouse) {
	f := &facts{Warehouse: one, t: t, numbers: map[event.Ref]identity.Number{}, accounts: map[string]identity.Number{}}
	var recent []*event.Message
	rapid.Check(t, func(t *rapid.T) {
		var messages []*event.Message
		for range rapid.IntRange(0, 60).Draw(t, "messages") {
			seq := f.at.Seq + uint64(len(messages)) + 1
			if len(f.numbers) > 0 && rapid.IntRange(0, 30).Draw(t, "forget") == 0 {
				messages = append(messages, anyForget(t, f, seq))
			} else if rapid.IntRange(0, 60).Draw(t, "expire") == 0 {
				messages = append(messages, anyExpire(t, seq))
			} else {
				messages = append(messages, anyMessage(t, seq))
			}
		}
		c := f.chunk(messages...)
		for i := range rapid.IntRange(0, 2).Draw(t, "refused") {
			raw, err := json.Marshal(map[string]string{"userId": rapid.SampledFrom(people).Draw(t, "refused user")})
			if err != nil {
				t.Fatal(err)
			}
			c.Quarantined = append(c.Quarantined, warehouse.Quarantined{
				ID: fmt.Sprint("q", c.Through.Record, i), ReceivedAt: at(int(c.Through.Seq)).Add(time.Duration(i) * time.Second), Raw: raw, Status: warehouse.Open,
			})
		}
		for i, w := range []warehouse.Warehouse{one, other} {
			if err := w.Load(context.Background(), c); err != nil {
				t.Fatalf("store %d: %v", i+1, err)
			}
		}
		f.at = c.Through
		if recent = append(recent, messages...); len(recent) > 200 {
			recent = recent[len(recent)-200:]
		}
		if rapid.IntRange(0, 3).Draw(t, "erase") == 0 {
			for _, w := range []warehouse.Warehouse{one, other} {
				if err := w.Erase(context.Background()); err != nil {
					t.Fatal(err)
				}
			}
		}
		for _, q := range drawQuestions(t, f, recent) {
			want, err := q.ask(one)
			if err != nil {
				t.Fatalf("%s: %v", q.what, err)
			}
			got, err := q.ask(other)
			if err != nil {
				t.Fatalf("%s: %v", q.what, err)
			}
			if diff := gocmp.Diff(want, got, cmpopts.EquateEmpty(), cmpopts.EquateNaNs()); diff != "" {
				t.Fatalf("%s: %s", q.what, diff)
			}
		}
	})
}

// people and groups are few, so that histories meet; some have names that stores
// have mistaken for something else.
var (
	people = []string{"a", "A", "b", "c", "7", "é", "北辰", "o'neil", `back\slash`, "%", "_"}
	groups = []string{"", "", "tea", "Tea", "茶"}
)

// anyMessage is a message of any type, at one of few instants.
func anyMessage(t *rapid.T, seq uint64) *event.Message {
	m := &event.Message{
		MessageID: fmt.Sprint("m", seq), UserID: rapid.SampledFrom(people).Draw(t, "user"),
		Type: rapid.SampledFrom([]event.Type{
			event.Track, event.Track, event.Track, event.Page, event.Screen, event.Identify, event.Identify, event.Group, event.Alias, event.Unlink,
		}).Draw(t, "type"),
		Time:       at(rapid.IntRange(-40*24*60, 40*24*60).Draw(t, "minute")).Add(time.Duration(rapid.IntRange(0, 1).Draw(t, "micro")) * time.Microsecond),
		ReceivedAt: at(int(seq)), Source: rapid.SampledFrom(texts).Draw(t, "source"), Channel: rapid.SampledFrom(texts).Draw(t, "channel"),
		Context: object(t), Imported: rapid.Bool().Draw(t, "imported"),
	}
	if rapid.Bool().Draw(t, "now") {
		m.Time = at(rapid.IntRange(0, 3).Draw(t, "minute"))
	}
	switch m.Type {
	case event.Identify:
		m.Traits, m.AnonymousID = object(t), rapid.SampledFrom(people).Draw(t, "visitor")
	case event.Group:
		m.Traits, m.GroupID = object(t), rapid.SampledFrom(groups[2:]).Draw(t, "group")
	case event.Alias:
		m.PreviousID = rapid.SampledFrom(people).Draw(t, "previous")
	case event.Unlink:
		m.Unlinks = fmt.Sprint("m", rapid.Uint64Range(1, seq).Draw(t, "unlinks"))
	default:
		m.Name, m.GroupID, m.Properties = rapid.SampledFrom([]string{"A", "B", ""}).Draw(t, "name"), rapid.SampledFrom(groups).Draw(t, "group"), object(t)
		m.Currency = rapid.SampledFrom([]string{"", "TWD", "EUR"}).Draw(t, "currency")
		if rapid.Bool().Draw(t, "has value") {
			m.Value = new(rapid.SampledFrom(floats).Draw(t, "value"))
		}
		if rapid.Bool().Draw(t, "has cost") {
			m.Cost = new(rapid.SampledFrom(floats).Draw(t, "cost"))
		}
		if m.AnonymousID = rapid.SampledFrom(people).Draw(t, "visitor"); rapid.Bool().Draw(t, "unknown") {
			m.UserID = ""
		}
	}
	return m
}

// anyForget takes out one or two ids that the stores have.
func anyForget(t *rapid.T, f *facts, seq uint64) *event.Message {
	known := slices.Sorted(maps.Values(f.numbers))
	return &event.Message{
		MessageID: fmt.Sprint("m", seq), Type: event.Forget, Time: at(int(seq)), ReceivedAt: at(int(seq)), Source: "admin",
		Forgets: rapid.SliceOfNDistinct(rapid.SampledFrom(known), 1, min(2, len(known)), rapid.ID).Draw(t, "forgets"),
	}
}

// anyExpire moves the horizon to any instant, most of them behind what it was; the
// instants that half of all events have are kept.
func anyExpire(t *rapid.T, seq uint64) *event.Message {
	from := at(rapid.IntRange(-40*24*60, 0).Draw(t, "from")).Add(time.Duration(rapid.IntRange(0, 1).Draw(t, "micro")-1) * time.Microsecond)
	return &event.Message{MessageID: fmt.Sprint("m", seq), Type: event.Expire, Time: from, ReceivedAt: at(int(seq)), Source: "admin"}
}

// question is one that both stores are asked; answers are compared as they are.
type question struct {
	what string
	ask  func(warehouse.Warehouse) (any, error)
}

func drawQuestions(t *rapid.T, f *facts, recent []*event.Message) []question {
	ctx := context.Background()
	root := rapid.SampledFrom([]event.Root{event.Traits, event.Account}).Draw(t, "root")
	of := rapid.SliceOfNDistinct(rapid.Uint32Range(1, 25), 0, 5, rapid.ID).Draw(t, "of")
	path, text := traitPath(t, recent), rapid.SampledFrom(append([]string{"a", "é", "ea", "pro"}, texts...)).Draw(t, "text")
	maxSeq := rapid.Uint64Range(0, f.at.Seq+1).Draw(t, "max seq")
	scan, timeline := drawScan(t, f, recent), drawTimeline(t, root, of)
	name := rapid.SampledFrom([]string{"", "A", "never"}).Draw(t, "name")
	than := at(rapid.IntRange(-30*24*60, 30*24*60).Draw(t, "than"))
	return []question{
		{fmt.Sprintf("scan %+v", scan), func(w warehouse.Warehouse) (any, error) { return scanned(ctx, w, scan) }},
		{fmt.Sprintf("histories %+v", scan), func(w warehouse.Warehouse) (any, error) { return histories(ctx, w, scan) }},
		{fmt.Sprintf("timeline %+v", timeline), func(w warehouse.Warehouse) (any, error) { return w.Timeline(ctx, timeline) }},
		{fmt.Sprintf("values of %s %q", root, path), func(w warehouse.Warehouse) (any, error) {
			return gathered(func(yield func(warehouse.TraitValue) error) error { return w.TraitValues(ctx, root, path, yield) })
		}},
		{fmt.Sprintf("traits %q of %s %v", path[:1], root, of), func(w warehouse.Warehouse) (any, error) {
			return gathered(func(yield func(warehouse.TraitValue) error) error {
				return w.TraitsAmong(ctx, root, path[:1], of, func(_ string, v warehouse.TraitValue) error { return yield(v) })
			})
		}},
		{fmt.Sprintf("traits of %s %v", root, of), func(w warehouse.Warehouse) (any, error) { return w.Traits(ctx, root, of) }},
		{"trait keys", func(w warehouse.Warehouse) (any, error) { return whole(w.TraitKeys(ctx, root)) }},
		{fmt.Sprintf("search for %s %q in %q", root, text, path[0]), func(w warehouse.Warehouse) (any, error) {
			return w.Search(ctx, root, text, path[:1], 7)
		}},
		{"names", func(w warehouse.Warehouse) (any, error) { return w.Names(ctx) }},
		{"properties of " + name, func(w warehouse.Warehouse) (any, error) { return whole(w.Properties(ctx, name)) }},
		{fmt.Sprintf("activity of %s %v", root, of), func(w warehouse.Warehouse) (any, error) { return w.Activity(ctx, root, of) }},
		{fmt.Sprint("digest up to ", maxSeq), func(w warehouse.Warehouse) (any, error) { return w.Digest(ctx, maxSeq) }},
		{fmt.Sprint("everything up to ", maxSeq), func(w warehouse.Warehouse) (any, error) {
			var messages []warehouse.Stored
			err := w.Messages(ctx, maxSeq/2, maxSeq, func(m warehouse.Stored) error {
				messages = append(messages, m)
				return nil
			})
			return messages, err
		}},
		{fmt.Sprint("days up to ", maxSeq), func(w warehouse.Warehouse) (any, error) { return w.Days(ctx, maxSeq) }},
		{"stats", func(w warehouse.Warehouse) (any, error) {
			s, err := w.Stats(ctx)
			s.DiskBytes, s.Engine = 0, ""
			return s, err
		}},
		{"identity rows", func(w warehouse.Warehouse) (any, error) {
			var rows []identity.Row
			err := w.IdentityRows(ctx, func(r identity.Row) error {
				rows = append(rows, r)
				return nil
			})
			return rows, err
		}},
		{"refs", func(w warehouse.Warehouse) (any, error) {
			var refs []string
			err := w.Refs(ctx, func(run []event.Ref) error {
				for _, r := range run {
					refs = append(refs, fmt.Sprint(r.Anonymous && r.ID != "", r.ID))
				}
				return nil
			})
			return refs, err
		}},
		{"the quarantine", func(w warehouse.Warehouse) (any, error) {
			page, err := w.Quarantine(ctx, warehouse.QuarantineQuery{Limit: 1000})
			var ids []string
			for _, q := range page.Items {
				ids = append(ids, q.ID)
			}
			return ids, err
		}},
		{"the horizon", func(w warehouse.Warehouse) (any, error) { return w.Horizon(ctx) }},
		{fmt.Sprint("older than ", than), func(w warehouse.Warehouse) (any, error) { return w.Older(ctx, than) }},
		{"what was forgotten", func(w warehouse.Warehouse) (any, error) {
			for _, m := range slices.Backward(recent) {
				if m.Type == event.Forget {
					gone, _, err := w.Forgotten(ctx, m.MessageID)
					return gone, err
				}
			}
			return nil, nil
		}},
	}
}

// whole is a summary of keys, nothing of one that is full: which keys found room then
// hangs on the order in which an engine reads.
func whole(keys []warehouse.PropertySummary, err error) ([]warehouse.PropertySummary, error) {
	if len(keys) == 1000 {
		return nil, err
	}
	return keys, err
}

// traitPath is one that some message has, most of the time.
func traitPath(t *rapid.T, recent []*event.Message) []string {
	path := rapid.SliceOfN(rapid.SampledFrom(texts), 1, 3).Draw(t, "path")
	for range 5 {
		if len(recent) == 0 {
			break
		}
		var members map[string]any
		if json.Unmarshal(rapid.SampledFrom(recent).Draw(t, "like").Traits, &members) == nil && len(members) > 0 {
			path[0] = rapid.SampledFrom(slices.Sorted(maps.Keys(members))).Draw(t, "trait")
			break
		}
	}
	return path
}

func drawTimeline(t *rapid.T, root event.Root, of []identity.Number) warehouse.Timeline {
	q := warehouse.Timeline{Root: root, Of: of, Limit: rapid.IntRange(1, 30).Draw(t, "limit")}
	if rapid.Bool().Draw(t, "names") {
		q.Names = []string{"A", ""}
	}
	if rapid.Bool().Draw(t, "before") {
		q.Before = &warehouse.Cursor{Time: at(rapid.IntRange(0, 3).Draw(t, "minute")).UnixMicro(), Seq: rapid.Uint64Range(0, 500).Draw(t, "seq")}
	}
	return q
}

func drawScan(t *rapid.T, f *facts, recent []*event.Message) warehouse.Scan {
	var like []warehouse.Stored
	for _, m := range recent {
		like = append(like, warehouse.Stored{Message: m})
	}
	where := func(most int) event.Filter {
		var filter event.Filter
		for range rapid.IntRange(0, most).Draw(t, "conditions") {
			c := condition(t)
			if len(like) > 0 {
				c = present(t, c, like)
			}
			filter = append(filter, c)
		}
		return filter
	}
	s := warehouse.Scan{After: rapid.Uint64Range(0, f.at.Seq).Draw(t, "after"), MaxSeq: rapid.Uint64Range(0, f.at.Seq+1).Draw(t, "max seq")}
	if rapid.Bool().Draw(t, "everything") {
		s.After, s.MaxSeq = 0, f.at.Seq
	}
	if rapid.IntRange(0, 3).Draw(t, "segmented") == 0 {
		s.Segment = where(2)
	}
	if rapid.Bool().Draw(t, "bounds") {
		s.From, s.Until = at(rapid.IntRange(-60, 1).Draw(t, "from")), at(rapid.IntRange(1, 60).Draw(t, "until"))
	}
	if rapid.IntRange(0, 3).Draw(t, "of some") == 0 {
		s.Customers = rapid.SliceOfN(rapid.Uint32Range(1, 25), 0, 4).Draw(t, "customers")
	}
	if rapid.IntRange(0, 3).Draw(t, "of a range") == 0 {
		s.Range = warehouse.Range{After: rapid.Uint32Range(0, 12).Draw(t, "after ref"), Through: rapid.Uint32Range(0, 25).Draw(t, "through ref")}
	}
	for i := range rapid.SampledFrom([]int{0, 3, 10, 70}).Draw(t, "patterns") {
		s.Patterns = append(s.Patterns, event.Pattern{AnyName: i%3 == 0, Name: []string{"A", "", "B", "never"}[i%4], Where: where(2)})
		if i%5 == 0 {
			s.Keys = append(s.Keys, condition(t).Key)
		}
	}
	return s
}

// scanned are the rows of a scan, with objects and lists as their values.
func scanned(ctx context.Context, w warehouse.Warehouse, s warehouse.Scan) ([]comparedRow, error) {
	var rows []comparedRow
	err := w.Scan(ctx, s, func(b *warehouse.Batch) error {
		rows = appendCompared(rows, b)
		return nil
	})
	return rows, err
}

func appendCompared(rows []comparedRow, b *warehouse.Batch) []comparedRow {
	for i := range b.Len {
		r := comparedRow{
			Seq: b.Seq[i], Customer: b.Customer[i], Account: b.Account[i], Time: b.Time[i], Name: b.Names[b.Name[i]], Currency: b.Currencies[b.Currency[i]],
			Value: b.Value[i], Cost: b.Cost[i], Match: slices.Clone(b.Match[i*b.Words : (i+1)*b.Words]),
		}
		if r.Value != r.Value && r.Cost != r.Cost {
			r.Currency = "" // it is that of an amount
		}
		for k := range b.Keys {
			r.Keys = append(r.Keys, decoded(b.Values[k][b.Keys[k][i]]))
		}
		rows = append(rows, r)
	}
	return rows
}

type comparedRow struct {
	Seq               uint64
	Customer, Account identity.Number
	Time              int64
	Name, Currency    string
	Value, Cost       float64
	Match             []uint64
	Keys              []any
}

// decoded is a value whose text a store may space and escape in its own way.
func decoded(value any) any {
	raw, isJSON := value.(json.RawMessage)
	if !isJSON {
		return value
	}
	var v any
	if err := json.NewDecoder(bytes.NewReader(raw)).Decode(&v); err != nil {
		return err.Error()
	}
	return v
}

// gathered are trait values by whom they are of.
func gathered(each func(yield func(warehouse.TraitValue) error) error) ([]warehouse.TraitValue, error) {
	var values []warehouse.TraitValue
	err := each(func(v warehouse.TraitValue) error {
		v.Value = decoded(v.Value)
		values = append(values, v)
		return nil
	})
	slices.SortFunc(values, func(a, b warehouse.TraitValue) int { return cmp.Compare(a.Of, b.Of) })
	return values, err
}
