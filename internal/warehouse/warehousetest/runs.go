package warehousetest

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"beichen/internal/identity"
	"beichen/internal/warehouse"
)

// InRuns reads a store as Histories does and gives every second batch as Runs, as a store
// does that groups and sorts events itself.
func InRuns(ctx context.Context, w warehouse.Historian, s warehouse.Scan, yield func(*warehouse.Batch, identity.Number) error) error {
	var kinds []warehouse.Kind
	codes, batches := map[string]uint32{}, 0
	kindOf := func(b *warehouse.Batch, row int) uint32 {
		kind := warehouse.Kind{Name: b.Name[row], Match: slices.Clone(b.Match[row*b.Words : (row+1)*b.Words])}
		for _, key := range b.Keys {
			kind.Keys = append(kind.Keys, key[row])
		}
		code, known := codes[fmt.Sprint(kind)]
		if !known {
			code = uint32(len(kinds))
			kinds, codes[fmt.Sprint(kind)] = append(kinds, kind), code
		}
		return code
	}
	return w.Histories(ctx, s, func(b *warehouse.Batch, through identity.Number) error {
		if batches++; b.Len == 0 || b.Rest || b.Count != nil || batches%2 == 0 {
			return yield(b, through)
		}
		rows := make([]int, b.Len)
		for i := range rows {
			rows[i] = i
		}
		account := func(row int) identity.Number {
			if b.Account == nil {
				return 0
			}
			return b.Account[row]
		}
		slices.SortFunc(rows, func(x, y int) int {
			return cmp.Or(cmp.Compare(b.Customer[x], b.Customer[y]), cmp.Compare(account(x), account(y)), cmp.Compare(b.Time[x], b.Time[y]), cmp.Compare(b.Seq[x], b.Seq[y]))
		})
		r := &warehouse.Runs{}
		r.Reset()
		for i, row := range rows {
			r.Time, r.Seq, r.Kind = append(r.Time, b.Time[row]), append(r.Seq, b.Seq[row]), append(r.Kind, kindOf(b, row))
			if b.Value != nil && (b.Value[row] == b.Value[row] || b.Cost[row] == b.Cost[row]) {
				r.Amounts = append(r.Amounts, warehouse.Amount{Event: uint32(i), Currency: b.Currency[row], Value: b.Value[row], Cost: b.Cost[row]})
			}
			if last := i+1 == b.Len; last || b.Customer[row] != b.Customer[rows[i+1]] || account(row) != account(rows[i+1]) {
				r.Add(b.Customer[row], account(row))
			}
		}
		r.Kinds = kinds
		out := &warehouse.Batch{Len: b.Len, Words: b.Words, Keys: make([][]uint32, len(b.Keys)), Names: b.Names, Currencies: b.Currencies, Values: b.Values, Runs: r}
		return yield(out, through)
	})
}
