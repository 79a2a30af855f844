package httpapi

import (
	"context"
	"slices"

	"beichen/internal/access"
	"beichen/internal/fault"
	"beichen/internal/journey"
)

// fewest is the smallest number of customers that a question may single out for
// whoever must not see people one by one. Five is the threshold that statistical
// offices commonly use for cells of a table.
const fewest = 5

// keepsPeoplePrivate refuses what would let somebody without ReadPersonal look at
// one person through numbers: a draft, whose filters could name anybody, and a
// segment of a handful of customers. customers counts those of the segment, where
// there is one.
func keepsPeoplePrivate(ctx context.Context, isDraft bool, customers func() (int, error)) error {
	if access.Allow(ctx, access.ReadPersonal) == nil {
		return nil
	}
	if isDraft {
		return access.Allow(ctx, access.ReadPersonal)
	}
	if customers == nil {
		return nil
	}
	n, err := customers()
	if err != nil {
		return err
	}
	if n < fewest {
		return fault.New(fault.Denied, "access.too-few", "fewest", fewest)
	}
	return nil
}

// withoutSmallRows leaves rows of a handful of customers out of a breakdown for
// whoever must not see people one by one: broken down by an e-mail address, every
// row is a person.
func withoutSmallRows(ctx context.Context, a *journey.Answer) {
	if access.Allow(ctx, access.ReadPersonal) == nil {
		return
	}
	a.Breakdown = slices.DeleteFunc(a.Breakdown, func(row journey.Row) bool { return row.Entered+row.Excluded < fewest })
}
