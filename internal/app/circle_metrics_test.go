package app_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"beichen/internal/listing"
	"beichen/internal/metric"
)

// bought is the share of those who saw tea in a year that bought it within a day.
func bought(t *testing.T) metric.Request {
	t.Helper()
	d, err := metric.Parse([]byte("{kind: Metric, id: bought, grain: year, rate: {of: {event: Tea Bought}, from: {event: Tea Seen}, within: 1d}}"))
	if err != nil {
		t.Fatal(err)
	}
	return metric.Request{Metric: d, From: "2026-01-01", AsOf: "2026-02-01"}
}

func (s *served) share(t *testing.T) any {
	t.Helper()
	a, err := s.Metric.Measure(t.Context(), bought(t))
	if err != nil {
		t.Fatal(err)
	}
	return a
}

func (s *served) behindShare(t *testing.T) any {
	t.Helper()
	page, err := s.Metric.Customers(t.Context(), metric.CustomersRequest{Request: bought(t), Only: metric.Did, Sort: "oldest", Page: listing.Page{Limit: 5}})
	if err != nil {
		t.Fatal(err)
	}
	return page
}

// metricsTogether has two nodes count a metric of 37 customers and list who is behind it.
// alike holds what another, or one of them alone, tells to that.
func metricsTogether(t *testing.T, asked, other *served) (alike func(what string, n *served)) {
	t.Helper()
	share, behind := asked.together(t, other, asked.share), asked.together(t, other, asked.behindShare)
	p, listed := share.(*metric.Answer).Periods[0], behind.(*metric.CustomersPage).Total
	if p.N != 37 || *p.Numerator != listed || listed == 0 {
		t.Errorf("%d of %d bought, and %d are listed", *p.Numerator, p.N, listed)
	}
	return func(what string, n *served) {
		t.Helper()
		if diff := cmp.Diff([]any{share, behind}, []any{n.share(t), n.behindShare(t)}); diff != "" {
			t.Errorf("a metric, %s: %s", what, diff)
		}
	}
}
