// Package listing cuts out of a list of customers the page that somebody looks at.
package listing

import (
	"cmp"
	"slices"
	"strings"
)

// Page says which part of a list is wanted.
type Page struct {
	Search string   `json:"search,omitempty"` // part of an id
	Named  []string `json:"-"`                // ids of those who are found by their name
	Offset int      `json:"offset,omitempty"`
	Limit  int      `json:"limit,omitempty"` // default 50, at most 1000
}

// Of gives the wanted part of a list in an order, and how many there are of whom it
// is a part. The list is used up; the part is never nil.
func Of[T any](list []T, p Page, id func(T) string, order func(a, b T) int) (total int, part []T) {
	total, head := Head(list, p, id, order)
	from := min(max(p.Offset, 0), len(head))
	return total, append([]T{}, head[from:]...)
}

// Head is Of from the start of the list: all that its wanted part can hang on. So the
// wanted part of several lists together is that of their heads. The list is used up.
func Head[T any](list []T, p Page, id func(T) string, order func(a, b T) int) (total int, head []T) {
	if p.Search != "" {
		search := strings.ToLower(p.Search)
		list = slices.DeleteFunc(list, func(of T) bool {
			return !strings.Contains(strings.ToLower(id(of)), search) && !slices.Contains(p.Named, id(of))
		})
	}
	slices.SortFunc(list, order)
	limit := min(cmp.Or(max(p.Limit, 0), 50), 1000)
	from := min(max(p.Offset, 0), len(list))
	return len(list), list[:min(from+limit, len(list))]
}
