package move

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"maps"
	"math"
	"slices"

	"github.com/cespare/xxhash/v2"
	"golang.org/x/sync/errgroup"

	"beichen/internal/event"
	"beichen/internal/fault"
	"beichen/internal/warehouse"
)

// Verify reads what was copied since the last call out of both stores and holds the
// two to each other: for each day the number of messages, the exclusive or of the
// hashes of their ids and the sum of the hashes of all that they say; and who there
// is. The sums are taken here, because two engines do not write numbers and JSON
// alike. Where the stores differ the error is Conflict, and names the first day with
// what each has of it.
func (f *Facts) Verify(ctx context.Context) error {
	after, through := f.verified, f.at.Seq
	var want, got reading
	stores, reads := errgroup.WithContext(ctx)
	stores.Go(func() error { return want.read(reads, f, f.From, after, through, func(Progress) {}) })
	stores.Go(func() error { return got.read(reads, f, f.To, after, through, f.tell) })
	if err := stores.Wait(); err != nil {
		return err
	}
	if err := f.differing(want.days, got.days); err != nil {
		return err
	}
	if want.people != got.people {
		return fault.New(fault.Conflict, "move.people-differ", "from", f.FromName, "to", f.ToName)
	}
	f.verified = through
	return nil
}

// compareDays is what both stores themselves count of all messages up to a Seq.
func (f *Facts) compareDays(ctx context.Context, through uint64) error {
	var counted [2]map[int64]sum
	stores, asks := errgroup.WithContext(ctx)
	for i, store := range []warehouse.Warehouse{f.From, f.To} {
		stores.Go(func() error {
			days, err := store.Days(asks, through)
			counted[i] = map[int64]sum{}
			for _, d := range days {
				counted[i][d.Number] = sum{messages: d.Messages, ids: d.IDs}
			}
			return err
		})
	}
	if err := stores.Wait(); err != nil {
		return err
	}
	return f.differing(counted[0], counted[1])
}

// sum stands for messages of a day.
type sum struct {
	messages int64
	ids      uint64 // exclusive or of their warehouse.IDHash
	said     uint64 // sum of the hashes of all that they say
}

func (s sum) String() string { return fmt.Sprintf("%016x", s.ids^s.said) }

// differing names the first day of which two stores have not the same.
func (f *Facts) differing(want, got map[int64]sum) error {
	days := slices.Sorted(maps.Keys(want))
	for day := range got {
		if _, known := want[day]; !known {
			days = append(days, day)
		}
	}
	slices.Sort(days)
	for _, day := range days {
		if a, b := want[day], got[day]; a != b {
			return fault.New(fault.Conflict, "move.day-differs", "day", warehouse.DateOf(day),
				"from", f.FromName, "had", a.messages, "hadSum", a, "to", f.ToName, "has", b.messages, "hasSum", b)
		}
	}
	return nil
}

// reading is what was read of one store.
type reading struct {
	days   map[int64]sum
	people uint64 // a hash of refs and accounts in their order
}

// read reads the messages after a Seq and up to another, and as many refs and accounts
// as the copy has.
func (r *reading) read(ctx context.Context, f *Facts, from warehouse.Warehouse, after, through uint64, tell func(Progress)) error {
	r.days = map[int64]sum{}
	h := hasher{}
	read := 0
	err := from.Messages(ctx, after, through, func(m warehouse.Stored) error {
		day := warehouse.DayOf(m.Micros())
		s := r.days[day]
		s.messages++
		s.ids ^= warehouse.IDHash(m.MessageID)
		s.said += h.message(m)
		r.days[day] = s
		if read++; read%f.ChunkMessages == 0 {
			tell(Progress{Verifying, m.Seq, through})
		}
		return nil
	})
	if err != nil {
		return err
	}
	if read > 0 {
		tell(Progress{Verifying, through, through})
	}
	r.people, err = peopleOf(ctx, from, f.refs, f.accounts)
	return err
}

// errEnough ends a reading that needs no more.
var errEnough = errors.New("enough")

// peopleOf is a hash of a store's first refs and accounts.
func peopleOf(ctx context.Context, of warehouse.Warehouse, refs, accounts int) (uint64, error) {
	all, h := xxhash.New(), hasher{}
	err := of.Refs(ctx, func(run []event.Ref) error {
		for _, ref := range run[:min(refs, len(run))] {
			h.begin()
			h.flag(ref.Anonymous)
			h.text(ref.ID)
			all.Write(h.said)
		}
		if refs -= min(refs, len(run)); refs == 0 {
			return errEnough
		}
		return nil
	})
	if err != nil && !errors.Is(err, errEnough) {
		return 0, err
	}
	err = of.Accounts(ctx, func(id string) error {
		if accounts == 0 {
			return errEnough
		}
		accounts--
		h.begin()
		h.text(id)
		all.Write(h.said)
		return nil
	})
	if err != nil && !errors.Is(err, errEnough) {
		return 0, err
	}
	if refs > 0 || accounts > 0 {
		return 0, fmt.Errorf("%d refs and %d accounts are missing", refs, accounts)
	}
	return all.Sum64(), nil
}

// hasher writes what is to be hashed one after the other: numbers in eight bytes,
// texts behind their length.
type hasher struct{ said []byte }

func (h *hasher) begin() { h.said = h.said[:0] }

func (h *hasher) number(n uint64) { h.said = binary.LittleEndian.AppendUint64(h.said, n) }

func (h *hasher) text(s string) {
	h.number(uint64(len(s)))
	h.said = append(h.said, s...)
}

func (h *hasher) flag(yes bool) {
	if yes {
		h.number(1)
	} else {
		h.number(0)
	}
}

func (h *hasher) amount(a *float64) {
	h.flag(a != nil)
	if a != nil {
		h.number(math.Float64bits(*a))
	}
}

// message is the hash of all that a message says.
func (h *hasher) message(m warehouse.Stored) uint64 {
	h.begin()
	h.number(m.Seq)
	h.number(uint64(m.Customer))
	h.number(uint64(m.Account))
	h.number(uint64(m.Micros()))
	h.number(uint64(m.ReceivedAt.UnixMicro()))
	h.flag(m.Imported)
	h.amount(m.Value)
	h.amount(m.Cost)
	for _, s := range [...]string{
		string(m.Type), m.MessageID, m.UserID, m.AnonymousID, m.PreviousID, m.GroupID, m.Unlinks, m.Name, m.Channel, m.Source, m.Currency,
	} {
		h.text(s)
	}
	for _, object := range [...][]byte{m.Properties, m.Context, m.Traits} {
		h.number(uint64(len(object)))
		h.said = append(h.said, object...)
	}
	return xxhash.Sum64(h.said)
}
