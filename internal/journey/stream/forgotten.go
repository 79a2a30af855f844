package stream

import (
	"math"
	"os"
	"slices"

	"beichen/internal/identity"
	"beichen/internal/warehouse"
)

// living is a batch without the rows of who was forgotten: the store may have them
// until it has loaded the word to forget, of which the View knows already.
func living(v *identity.View, batch *warehouse.Batch) *warehouse.Batch {
	if !v.AnyForgotten() || !slices.ContainsFunc(batch.Customer[:batch.Len], v.Forgotten) {
		return batch
	}
	var rows []int
	for i, n := range batch.Customer[:batch.Len] {
		if !v.Forgotten(n) {
			rows = append(rows, i)
		}
	}
	out := *batch
	out.Len = len(rows)
	out.Seq, out.Customer, out.Account = chosen(batch.Seq, rows), chosen(batch.Customer, rows), chosen(batch.Account, rows)
	out.Time, out.Name, out.Count = chosen(batch.Time, rows), chosen(batch.Name, rows), chosen(batch.Count, rows)
	out.Value, out.Cost, out.Currency = chosen(batch.Value, rows), chosen(batch.Cost, rows), chosen(batch.Currency, rows)
	out.Match = nil
	for _, i := range rows {
		out.Match = append(out.Match, batch.Match[i*batch.Words:(i+1)*batch.Words]...)
	}
	out.Keys = nil
	for _, key := range batch.Keys {
		out.Keys = append(out.Keys, chosen(key, rows))
	}
	return &out
}

// chosen are some values of a column; one that is left out stays so.
func chosen[T any](column []T, rows []int) []T {
	if len(column) == 0 {
		return nil
	}
	out := make([]T, len(rows))
	for i, row := range rows {
		out[i] = column[row]
	}
	return out
}

// newlyForgotten are the refs that were forgotten since the earlier snapshot.
func (a *advance) newlyForgotten() []identity.Number {
	if from := a.from.view; from != nil {
		return a.view.ForgottenSince(from)
	}
	return a.view.ForgottenAfter(a.from.through) // of one that was saved
}

// vanished are the instants of the events that customers had in the earlier snapshot
// who are read anew because ids of theirs were forgotten: their days are not what
// they were.
func (a *advance) vanished() []int64 {
	var times []int64
	for _, customer := range a.gone {
		if i := int(customer >> blockBits); i < len(a.from.blocks) && a.from.blocks[i] != nil {
			b := a.from.blocks[i]
			if place := int(customer & (blockSize - 1)); place < b.Len() {
				for _, word := range b.Event[b.Start[place]:b.Start[place+1]] {
					times = append(times, a.from.Time(word))
				}
			}
		}
	}
	return times
}

// bounds finds the first and the last instant again, after events have gone.
func (s *snapshot) bounds() {
	first, last := uint64(math.MaxUint64), uint64(0)
	for _, b := range s.blocks {
		if b != nil {
			for _, word := range b.Event {
				first, last = min(first, word), max(last, word)
			}
		}
	}
	if first > last {
		s.first, s.last = math.MaxInt64, math.MinInt64
		return
	}
	s.first, s.last = s.Time(first), s.Time(last)
}

// unsave removes the file of an index that holds who was forgotten. Where that fails
// it is of other facts than the store has from now on, and is not read.
func (x *Index) unsave() {
	if x.file != nil {
		_ = os.Remove(x.file.file)
		x.saved.Store(0)
	}
}

// lost reports whether events have gone that may have been the only ones with a value.
func (s *snapshot) lost() bool { return s.cut != 0 || s.view != nil && s.view.AnyForgotten() }

// used is a column's values without those that no event has: a value that only a
// customer had who was forgotten, or what has expired, is in no file.
func (s *snapshot) used(place int) []any {
	c := s.columns[place]
	if c.ofAccount() || !s.lost() {
		return c.values
	}
	seen := make([]bool, len(c.values))
	for _, b := range s.blocks {
		if b != nil {
			for e := range b.Event {
				seen[b.columns[place].at(uint32(e))] = true
			}
		}
	}
	values := slices.Clone(c.values)
	for code := range values {
		if !seen[code] {
			values[code] = nil
		}
	}
	return values
}

// usedNames are the names of events likewise, "" where none has it any more.
func (s *snapshot) usedNames() []string {
	if !s.lost() {
		return s.names
	}
	seen := make([]bool, len(s.names))
	for _, b := range s.blocks {
		if b != nil {
			for _, word := range b.Event {
				seen[s.Name(word)] = true
			}
		}
	}
	names := slices.Clone(s.names)
	for code := range names {
		if !seen[code] {
			names[code] = ""
		}
	}
	return names
}
