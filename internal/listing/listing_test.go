package listing_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"beichen/internal/listing"
)

func TestPages(t *testing.T) {
	ids := strings.Fields("c-3 C-1 a-2 b-9")
	for _, c := range []struct {
		listing.Page
		total int
		part  []string
	}{
		{listing.Page{}, 4, []string{"C-1", "a-2", "b-9", "c-3"}},
		{listing.Page{Offset: 1, Limit: 2}, 4, []string{"a-2", "b-9"}},
		{listing.Page{Offset: 9}, 4, []string{}},
		{listing.Page{Offset: -1, Limit: -1}, 4, []string{"C-1", "a-2", "b-9", "c-3"}},
		{listing.Page{Search: "c-"}, 2, []string{"C-1", "c-3"}},
		{listing.Page{Search: "c-", Named: []string{"b-9"}}, 3, []string{"C-1", "b-9", "c-3"}},
	} {
		total, part := listing.Of(append([]string(nil), ids...), c.Page, func(id string) string { return id }, strings.Compare)
		if diff := cmp.Diff(fmt.Sprint(c.total, c.part), fmt.Sprint(total, part)); diff != "" {
			t.Errorf("%+v: %s", c.Page, diff)
		}
	}
	many := make([]int, 2000)
	text, order := func(i int) string { return fmt.Sprint(i) }, func(a, b int) int { return a - b }
	if _, part := listing.Of(many, listing.Page{}, text, order); len(part) != 50 {
		t.Errorf("%d without a limit", len(part))
	}
	if _, part := listing.Of(many, listing.Page{Limit: 5000}, text, order); len(part) != 1000 {
		t.Errorf("%d of too many", len(part))
	}
}
