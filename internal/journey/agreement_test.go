package journey

import (
	"context"
	"testing"

	"beichen/internal/listing"
)

// checkAgreement holds every count of an answer to the list of the customers
// behind it.
func checkAgreement(t testing.TB, m *Measurer, r Request, a *Answer) {
	t.Helper()
	ask := func(stage, step, state string, want *int) {
		if want == nil {
			return
		}
		page, err := m.Customers(context.Background(), CustomersRequest{Request: r, Stage: stage, Step: step, State: state, Page: listing.Page{Limit: 1000}})
		if err != nil {
			t.Fatal(err)
		}
		if page.Total != *want || len(page.Items) != min(*want, 1000) {
			t.Errorf("%s/%s %s: counted %d, listed %d", stage, step, state, *want, page.Total)
		}
	}
	for _, row := range a.Breakdown {
		value := []any{row.Value}
		if list, several := row.Value.([]any); several {
			value = list
		}
		for _, s := range row.Stages {
			page, err := m.Customers(context.Background(), CustomersRequest{Request: r, Stage: s.ID, State: "reached", BreakdownValue: BreakdownValue{value}})
			if err != nil {
				t.Fatal(err)
			}
			if s.Reached != nil && page.Total != *s.Reached {
				t.Errorf("row %v %s: counted %d, listed %d", row.Value, s.ID, *s.Reached, page.Total)
			}
		}
	}
	ask("", "", "excluded", a.Excluded)
	for _, s := range a.Stages {
		ask(s.ID, "", "reached", s.Reached)
		ask(s.ID, "", "pending", s.Pending)
		if s.Left != nil {
			ask(s.ID, "", "left", &s.Left.N)
		}
		for _, n := range s.Steps {
			ask(s.ID, n.ID, "reached", n.Reached)
			ask(s.ID, n.ID, "pending", n.Pending)
		}
	}
}
