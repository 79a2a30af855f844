package retention

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"beichen/internal/event"
	"beichen/internal/fault"
	"beichen/internal/listing"
)

// table is a definition of A and B with more fields.
func table(t testing.TB, more string) *Definition {
	t.Helper()
	return parse(t, "{kind: Retention, id: r, start: {event: A}, return: {event: B}, "+more+"}")
}

func same(t *testing.T, want, got any) {
	t.Helper()
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestRollingWindowsBeginWithEachCustomersFirstStartOfTheDay(t *testing.T) {
	m := memory(
		happened(t, "a", "2024-05-01T22:00:00Z", "A"), happened(t, "a", "2024-05-01T23:00:00Z", "A"),
		happened(t, "a", "2024-05-02T21:59:59.999999Z", "B"), // still window 0, though another day
		happened(t, "b", "2024-05-01T06:00:00Z", "A"),
		happened(t, "b", "2024-05-02T06:00:00Z", "B"), // window 1 to the microsecond
		happened(t, "c", "2024-05-03T23:00:00Z", "A"), // the last day
		happened(t, "c", "2024-05-04T23:00:00Z", "A"), // no day of the table
	)
	a := measure(t, m, Request{Retention: table(t, "period: day, mode: rolling24h, intervals: 3"), From: "2024-05-01"})
	same(t, [][]int{{2, 1, 0}, {0, 0}, {1}}, countsOf(a))
}

func TestCumulativeCountsWhoCameBackThenOrLater(t *testing.T) {
	m := memory(
		happened(t, "a", "2024-05-01T08:00:00Z", "A"), happened(t, "a", "2024-05-03T08:00:00Z", "B"),
		happened(t, "b", "2024-05-01T08:00:00Z", "A"), happened(t, "b", "2024-05-02T08:00:00Z", "B"),
		happened(t, "c", "2024-05-01T08:00:00Z", "A"),
	)
	a := measure(t, m, Request{Retention: table(t, "period: day, intervals: 4, cumulative: true"), From: "2024-05-01"})
	same(t, []int{3, 2, 1, 0}, a.Rows[0].Counts)
}

func TestAReturnMayHaveToHappenSeveralTimesInOneInterval(t *testing.T) {
	m := memory(
		happened(t, "a", "2024-05-01T08:00:00Z", "A"),
		happened(t, "a", "2024-05-02T08:00:00Z", "B"), happened(t, "a", "2024-05-03T08:00:00Z", "B"), happened(t, "a", "2024-05-03T09:00:00Z", "B"),
	)
	a := measure(t, m, Request{Retention: table(t, "period: day, intervals: 3, minOccurrences: 2"), From: "2024-05-01"})
	same(t, []int{1, 0, 1}, a.Rows[0].Counts)
}

func TestTheFirstIntervalIsTheOneThatFromLiesIn(t *testing.T) {
	m := memory(happened(t, "a", "2024-05-01T08:00:00Z", "A"))
	for _, c := range []struct{ period, from, zone, want string }{
		{"week", "2024-05-02", "UTC", "2024-04-29T00:00:00Z"},
		{"week, weekStart: sunday", "2024-05-02", "UTC", "2024-04-28T00:00:00Z"},
		{"month", "2024-05-31T20:00:00Z", "Asia/Taipei", "2024-06-01T00:00:00+08:00"},
		{"hour", "2024-05-02T10:40:00", "Asia/Kolkata", "2024-05-02T10:00:00+05:30"},
		{"day", "2024-09-08", "America/Santiago", "2024-09-08T01:00:00-03:00"}, // midnight does not exist
	} {
		a := measure(t, m, Request{Retention: table(t, "intervals: 2, period: "+c.period), From: c.from, Timezone: c.zone})
		same(t, c.want, a.Rows[0].From)
	}
}

func TestWithoutFromTheLastIntervalIsThatOfAsOf(t *testing.T) {
	m := memory(happened(t, "a", "2024-05-01T08:00:00Z", "A"), happened(t, "a", "2024-05-03T08:00:00Z", "B"))
	r := Request{Retention: table(t, "period: day, intervals: 3")}
	a := measure(t, m, r)
	same(t, "2024-05-01T00:00:00Z", a.Rows[0].From)
	same(t, [][]int{{1, 0, 1}, {0, 0}, {0}}, countsOf(a))
	now, err := (&Measurer{Source: m, Now: func() time.Time { return time.Date(2024, 5, 9, 7, 0, 0, 0, time.UTC) }}).Measure(context.Background(), r)
	if err != nil {
		t.Fatal(err)
	}
	same(t, "2024-05-09T00:00:00Z", now.Rows[2].From)
}

// Where Berlin sets its clocks back an hour comes twice, and where it sets them
// forth one is left out.
func TestHoursAreThoseOfTheClock(t *testing.T) {
	m := memory(happened(t, "a", "2024-10-27T00:30:00Z", "A"), happened(t, "a", "2024-10-27T01:30:00Z", "B"))
	a := measure(t, m, Request{Retention: table(t, "period: hour, intervals: 3"), From: "2024-10-27T00:00:00Z", Timezone: "Europe/Berlin"})
	same(t, []string{"2024-10-27T02:00:00+02:00", "2024-10-27T02:00:00+01:00", "2024-10-27T03:00:00+01:00"}, froms(a))
	same(t, []int{1, 1, 0}, a.Rows[0].Counts)
	a = measure(t, m, Request{Retention: table(t, "period: hour, intervals: 2"), From: "2024-03-31T00:00:00Z", Timezone: "Europe/Berlin"})
	same(t, []string{"2024-03-31T01:00:00+01:00", "2024-03-31T03:00:00+02:00"}, froms(a))
}

func froms(a *Answer) []string {
	var out []string
	for _, row := range a.Rows {
		out = append(out, row.From)
	}
	return out
}

func TestARowIsPartialUntilAllItsIntervalsAreOver(t *testing.T) {
	m := memory(happened(t, "a", "2024-05-01T08:00:00Z", "A"), happened(t, "a", "2024-05-02T08:00:00Z", "B"), happened(t, "b", "2024-05-01T08:00:00Z", "A"))
	complete := func(more, asOf string) string {
		a := measure(t, m, Request{Retention: table(t, more), From: "2024-05-01", AsOf: asOf})
		text := ""
		for _, row := range a.Rows {
			text += fmt.Sprint(row.Complete, row.Partial, " ")
		}
		return text
	}
	same(t, "2 true 1 true 0 true ", complete("period: day, intervals: 3", "2024-05-03T10:00:00Z"))
	same(t, "3 false 2 false 1 false ", complete("period: day, intervals: 3", "2024-05-03"))
	same(t, "0 true 0 true 0 true ", complete("period: day, intervals: 3", "2024-04-20"))
	// Who starts at the end of May 1 has window 1 until the end of May 3.
	same(t, "1 true 1 false ", complete("period: day, mode: rolling24h, intervals: 2", "2024-05-03T10:00:00Z"))
	same(t, "2 false 1 false ", complete("period: day, mode: rolling24h, intervals: 2", "2024-05-03"))

	a := measure(t, m, Request{Retention: table(t, "period: day, intervals: 3"), From: "2024-05-01", AsOf: "2024-05-02"})
	same(t, []int{2, 2, 0}, []int{a.Average[0].N, a.Average[1].N, a.Average[2].N})
	if *a.Average[1].Rate != 0.5 || *a.Rows[0].Rates[1].High > 0.95 || a.Average[2].Rate != nil {
		t.Errorf("%+v", a.Average)
	}
}

func TestNothingAfterToCounts(t *testing.T) {
	m := memory(happened(t, "a", "2024-05-01T08:00:00Z", "A"), happened(t, "a", "2024-05-02T08:00:00Z", "B"), happened(t, "a", "2024-05-03T08:00:00Z", "B"))
	a := measure(t, m, Request{Retention: table(t, "period: day, intervals: 3"), From: "2024-05-01", To: "2024-05-02"})
	same(t, []int{1, 1, 0}, a.Rows[0].Counts)
	same(t, time.Date(2024, 5, 2, 23, 59, 59, 999999000, time.UTC), a.AsOf)
}

func TestAccountsAreCountedAndEventsWithoutOneAreTold(t *testing.T) {
	in := func(m *event.Message, account string) *event.Message {
		m.GroupID = account
		return m
	}
	m := memory(
		in(happened(t, "a", "2024-05-01T08:00:00Z", "A"), "tea"), in(happened(t, "b", "2024-05-02T08:00:00Z", "B"), "tea"),
		happened(t, "c", "2024-05-01T08:00:00Z", "A"), happened(t, "c", "2024-06-01T08:00:00Z", "A"),
	)
	a := measure(t, m, Request{Retention: table(t, "period: day, intervals: 2, subject: account"), From: "2024-05-01"})
	same(t, [][]int{{1, 1}, {0}}, countsOf(a))
	same(t, 1, a.Unattributed)
	same(t, []int{2, 1}, []int{a.Facts.Events, a.Facts.Customers})
}

func TestCustomersBehindACountArePaged(t *testing.T) {
	var messages []*event.Message
	for i := range 7 {
		who := fmt.Sprint("u", i)
		messages = append(messages, happened(t, who, fmt.Sprintf("2024-05-01T0%d:00:00Z", i), "A"), happened(t, who, "2024-05-02T08:00:00Z", "B"))
	}
	messages = append(messages, happened(t, "u3", "2024-05-02T09:00:00Z", "B"))
	m := &Measurer{Source: memory(messages...)}
	page := func(r CustomersRequest) string {
		t.Helper()
		r.Request, r.Interval = Request{Retention: table(t, "period: day, intervals: 2"), From: "2024-05-01"}, 1
		p, err := m.Customers(context.Background(), r)
		if err != nil {
			t.Fatal(err)
		}
		text := fmt.Sprint(p.Total, ":")
		for _, item := range p.Items {
			text += fmt.Sprint(" ", item.ID, "×", *item.Returns)
		}
		return text
	}
	same(t, "7: u6×1 u5×1", page(CustomersRequest{Page: listing.Page{Limit: 2}}))
	same(t, "7: u4×1 u3×2", page(CustomersRequest{Page: listing.Page{Limit: 2, Offset: 2}}))
	same(t, "7: u0×1 u1×1", page(CustomersRequest{Sort: "oldest", Page: listing.Page{Limit: 2}}))
	same(t, "7: u3×2 u0×1", page(CustomersRequest{Sort: "most", Page: listing.Page{Limit: 2}}))
	same(t, "2: u3×2 u0×1", page(CustomersRequest{Page: listing.Page{Search: "U3", Named: []string{"u0"}}}))
}

func TestBadQuestionsAreToldWithTheirPath(t *testing.T) {
	m := &Measurer{Source: memory(happened(t, "a", "2024-05-01T08:00:00Z", "A"))}
	faults := func(err error) string {
		f, ok := errors.AsType[*fault.Error](err)
		if !ok || f.Kind != fault.Invalid {
			t.Fatalf("%v", err)
		}
		text := ""
		for _, d := range f.Faults {
			text += d.Path + " " + d.Key + "; "
		}
		return text
	}
	d := table(t, "period: day, intervals: 3")
	_, err := m.Measure(context.Background(), Request{Retention: d, From: "May", AsOf: "now", Timezone: "Taipei"})
	same(t, "timezone journey.bad-timezone; from journey.bad-date; asOf journey.bad-date; ", faults(err))
	_, err = m.Measure(context.Background(), Request{Retention: d, From: "2024-05-02", To: "2024-05-01"})
	same(t, "from journey.dates-reversed; ", faults(err))
	_, err = m.Measure(context.Background(), Request{})
	same(t, "", faults(err))
	_, err = m.Customers(context.Background(), CustomersRequest{Request: Request{Retention: d}, Row: 1, Interval: 2, Sort: "name"})
	same(t, "interval retention.unknown-cell; sort retention.bad-sort; ", faults(err))
}

func TestAQuestionEndsWithItsContext(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	m := &Measurer{Source: memory(happened(t, "a", "2024-05-01T08:00:00Z", "A"))}
	if _, err := m.Measure(ctx, Request{Retention: table(t, "period: day, intervals: 3"), From: "2024-05-01"}); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
}

// A cohort of which a part started before what is kept has no counts: few would look like
// a bad week.
func TestCohortsFromBeforeWhatIsKeptAreUnknown(t *testing.T) {
	m := memory(
		happened(t, "a", "2024-05-01T08:00:00Z", "A"), happened(t, "a", "2024-05-02T08:00:00Z", "B"),
		happened(t, "b", "2024-05-02T22:00:00Z", "A"), happened(t, "b", "2024-05-03T08:00:00Z", "B"),
		happened(t, "c", "2024-05-03T08:00:00Z", "A"), happened(t, "c", "2024-05-04T08:00:00Z", "B"),
		&event.Message{Type: event.Expire, MessageID: "expire", Time: time.Date(2024, 5, 2, 12, 0, 0, 0, time.UTC)},
	)
	r := Request{Retention: table(t, "period: day, intervals: 3"), From: "2024-05-01", AsOf: "2024-05-09"}
	a := measure(t, m, r)
	same(t, [][]int{{}, {}, {1}}, countsOf(a))
	same(t, []bool{true, true, false}, []bool{a.Rows[0].Expired, a.Rows[1].Expired, a.Rows[2].Expired})
	same(t, "2024-05-02T12:00:00Z", a.Facts.KeptFrom.Format(time.RFC3339))
	if a.Average[0].N != 1 || a.Average[1].N != 0 {
		t.Errorf("together: %+v", a.Average)
	}
	for row, known := range []bool{false, false, true} {
		_, err := (&Measurer{Source: m}).Customers(t.Context(), CustomersRequest{Request: r, Row: row, Page: listing.Page{Limit: 9}})
		if known != (err == nil) || err != nil && !fault.Is(err, fault.Invalid) {
			t.Errorf("customers of row %d: %v", row, err)
		}
	}
}
