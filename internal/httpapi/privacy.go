package httpapi

import (
	"context"
	"encoding/json"
	"slices"

	"beichen/internal/access"
	"beichen/internal/fault"
	"beichen/internal/journey"
	"beichen/internal/journey/path"
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

// keepsPeoplePrivate refuses anchors with filters, which could name anybody, to
// whoever must not see people one by one: a stage of a stored journey, or an
// event's name, is what they may ask by.
func (a *anchor) keepsPeoplePrivate(ctx context.Context) error {
	var patterns []struct {
		Where json.RawMessage `json:"where"`
	}
	if len(a.When) > 0 && json.Unmarshal(a.When, &patterns) != nil {
		return nil // no patterns; the finder says so
	}
	for _, p := range patterns {
		if len(p.Where) > 0 {
			return access.Allow(ctx, access.ReadPersonal)
		}
	}
	return nil
}

// withoutSmallPaths leaves nodes and links of a handful of customers out for
// whoever must not see people one by one, and refuses a segment of a handful.
func withoutSmallPaths(ctx context.Context, a *path.Answer, isSegment bool) error {
	if access.Allow(ctx, access.ReadPersonal) == nil {
		return nil
	}
	if isSegment && a.Facts.Customers < fewest {
		return fault.New(fault.Denied, "access.too-few", "fewest", fewest)
	}
	small, linked := map[string]bool{}, map[string]bool{}
	for _, n := range a.Nodes {
		small[n.ID] = n.Customers != nil && *n.Customers < fewest
	}
	a.Links = slices.DeleteFunc(a.Links, func(l path.Edge) bool { return l.Customers < fewest || small[l.From] || small[l.To] })
	for _, l := range a.Links {
		linked[l.From], linked[l.To] = true, true
	}
	a.Nodes = slices.DeleteFunc(a.Nodes, func(n path.Node) bool { return small[n.ID] || n.Customers == nil && !linked[n.ID] })
	return nil
}
