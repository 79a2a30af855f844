package httpapi

import (
	"cmp"
	"context"
	"encoding/json"
	"net/http"
	"slices"
	"time"

	"golang.org/x/sync/errgroup"

	"beichen/internal/access"
	"beichen/internal/calendar"
	"beichen/internal/customer"
	"beichen/internal/fault"
	"beichen/internal/journey"
	"beichen/internal/ledger"
	"beichen/internal/metric"
)

// MetricQuestion is a question about a metric as the API takes it: a draft, or a
// stored definition by its id and version.
type MetricQuestion struct {
	Metric    json.RawMessage `json:"metric,omitempty" doc:"A draft, as in a YAML file …"`
	MetricID  string          `json:"metricId,omitempty" doc:"… or the id of a stored one"`
	Version   int             `json:"version,omitempty" minimum:"0" doc:"Of the stored one; nothing is the current one"`
	From      string          `json:"from,omitempty" nullable:"true" doc:"A day or an instant in the first period; nothing is as many periods as people look at"`
	To        string          `json:"to,omitempty" nullable:"true" doc:"A day or an instant in the last period; nothing is that of as-of"`
	Timezone  string          `json:"timezone,omitempty" nullable:"true" doc:"IANA; nothing is the workspace's"`
	AsOf      string          `json:"asOf,omitempty" nullable:"true"`
	Grain     string          `json:"grain,omitempty" enum:"hour,day,week,month,quarter,year,whole" doc:"Instead of the definition's; whole is one period from from to to"`
	Breakdown []string        `json:"breakdown,omitempty" nullable:"true" doc:"where keys"`
	Segment   json.RawMessage `json:"segment,omitempty" doc:"A where: only events for which it holds"`
}

// metricCustomersQuestion asks for the customers behind a metric in a period.
type metricCustomersQuestion struct {
	MetricQuestion
	Period         int             `json:"period" minimum:"0" doc:"Of the answer's periods, from 0"`
	BreakdownValue json.RawMessage `json:"breakdownValue,omitempty" doc:"The value of a row, a list for several keys; null is the row null"`
	Only           string          `json:"only,omitempty" enum:"did,didNot" doc:"Of a share: those who did what it is of, or those who did not"`
	Search         string          `json:"search,omitempty" doc:"Part of an id or a name"`
	Sort           string          `json:"sort,omitempty" enum:"newest,oldest,most"`
	Offset         int             `json:"offset,omitempty" minimum:"0"`
	Limit          int             `json:"limit,omitempty" minimum:"0" maximum:"1000"`
}

// metricTraceQuestion asks which of a customer's events were counted in a period.
type metricTraceQuestion struct {
	MetricQuestion
	Period   int    `json:"period" minimum:"0" doc:"Of the answer's periods, from 0"`
	Customer string `json:"customer" doc:"The id that answers show"`
}

// measuredMetric is an answer with what it took.
type measuredMetric struct {
	*metric.Answer
	ElapsedMillis float64 `json:"elapsedMillis"`
}

// metricSummary is a metric in the list, with its usual periods.
type metricSummary struct {
	ID      string         `json:"id"`
	Name    journey.Text   `json:"name" doc:"A text, or texts by locale"`
	Meaning journey.Text   `json:"meaning" doc:"A text, or texts by locale"`
	Owner   []string       `json:"owner"`
	Level   int            `json:"level" doc:"1 company, 2 department, 3 front line; 0: not said"`
	Version int            `json:"version"`
	Status  ledger.Status  `json:"status"`
	Author  string         `json:"author"`
	At      time.Time      `json:"at"`
	Unit    string         `json:"unit"`
	Good    metric.Good    `json:"good"`
	Grain   calendar.Grain `json:"grain"`
	AsOf    *time.Time     `json:"asOf" doc:"null where it could not be measured"`
	Periods []metric.Point `json:"periods" doc:"The usual ones, oldest first; empty where it could not be measured"`
	Problem *string        `json:"problem" doc:"Why it could not be measured"`
}

func (s *Server) metrics() {
	route(s, http.MethodGet, "/metrics", "Metrics", "All metrics with their usual periods", access.Read,
		func(ctx context.Context, _ *struct{}) (*body[items[metricSummary]], error) {
			return answerItems(s.metricSummaries(ctx))
		})

	route(s, http.MethodGet, "/metrics/{id}/measure", "Metrics", "Measure a stored metric; also as a sheet for other programs", access.Read,
		func(ctx context.Context, in *struct {
			ID        string      `path:"id"`
			Version   int         `query:"version" minimum:"0"`
			From      string      `query:"from"`
			To        string      `query:"to"`
			Timezone  string      `query:"timezone"`
			AsOf      string      `query:"asOf"`
			Grain     string      `query:"grain" enum:"hour,day,week,month,quarter,year,whole"`
			Breakdown []string    `query:"breakdown,explode" doc:"where keys; again for each, or with commas between them"`
			Segment   string      `query:"segment" doc:"A where, as JSON"`
			Format    sheetFormat `query:"format" enum:"json,csv,parquet" doc:"Nothing is what Accept asks for, and JSON"`
			Accept    string      `header:"Accept" hidden:"true"`
		}) (*measuredSheet, error) {
			q := MetricQuestion{MetricID: in.ID, Version: in.Version, From: in.From, To: in.To, Timezone: in.Timezone,
				AsOf: in.AsOf, Grain: in.Grain, Breakdown: listed(in.Breakdown), Segment: json.RawMessage(in.Segment)}
			a, err := s.measureMetric(ctx, s.Metric, q)
			if err != nil {
				return nil, err
			}
			return sheetOf(ctx, a, q.Breakdown, cmp.Or(in.Format, acceptedFormat(in.Accept)))
		})
	s.describeSheet("/api/v1/metrics/{id}/measure")

	route(s, http.MethodPost, "/measure/metric-customers", "Metrics", "The customers behind a metric in a period, by the walk that measured it", access.ReadPersonal,
		func(ctx context.Context, in *body[metricCustomersQuestion]) (*body[*metric.CustomersPage], error) {
			return answer(s.behindMetric(ctx, in.Body))
		})

	route(s, http.MethodPost, "/measure/metric-trace", "Metrics", "Which of a customer's events were counted in a period", access.ReadPersonal,
		func(ctx context.Context, in *body[metricTraceQuestion]) (*body[*metric.Trace], error) {
			request, err := s.metricRequest(ctx, in.Body.MetricQuestion)
			if err != nil {
				return nil, err
			}
			ctx, cancel := context.WithTimeout(ctx, questionTimeout)
			defer cancel()
			return answer(s.Metric.Trace(ctx, metric.TraceRequest{Request: request, Period: in.Body.Period, Customer: in.Body.Customer}))
		})
}

// measureMetricAlone refuses what only a journey has.
func (s *Server) measureMetricAlone(ctx context.Context, q measureQuestion) (measuredMetric, error) {
	if err := q.journeyMembers("breakdown"); err != nil {
		return measuredMetric{}, err
	}
	return s.measureMetric(ctx, s.Metric, MetricQuestion{Metric: q.Metric, MetricID: q.MetricID, Version: q.Version, From: q.From, To: q.To,
		Timezone: q.Timezone, AsOf: q.AsOf, Grain: q.Grain, Breakdown: q.Breakdown, Segment: q.Segment})
}

func (s *Server) measureMetric(ctx context.Context, by *metric.Measurer, q MetricQuestion) (measuredMetric, error) {
	request, err := s.metricRequest(ctx, q)
	if err != nil {
		return measuredMetric{}, err
	}
	ctx, cancel := context.WithTimeout(ctx, questionTimeout)
	defer cancel()
	started := time.Now()
	a, err := by.Measure(ctx, request)
	if err == nil {
		err = withoutSmallMetrics(ctx, a, len(request.Segment) > 0)
	}
	return measuredMetric{a, float64(time.Since(started).Microseconds()) / 1000}, err
}

// metricRequest turns a question into what the measurer takes: the definition looked
// up, the time zone filled in.
func (s *Server) metricRequest(ctx context.Context, q MetricQuestion) (metric.Request, error) {
	r := metric.Request{From: q.From, To: q.To, AsOf: q.AsOf, Grain: calendar.Grain(q.Grain), Breakdown: q.Breakdown}
	of, err := written(ctx, s.Ledger, ledger.Metric, q.Metric, q.MetricID, q.Version, metric.Parse)
	if err != nil {
		return r, err
	}
	r.Metric, r.Version = of.definition, of.version
	if r.Segment, err = segmentOf(q.Segment); err != nil {
		return r, err
	}
	if r.Timezone, err = s.timezone(ctx, q.Timezone); err != nil {
		return r, err
	}
	return r, keepsPeoplePrivate(ctx, of.isDraft, nil)
}

func (s *Server) behindMetric(ctx context.Context, q metricCustomersQuestion) (*metric.CustomersPage, error) {
	request, err := s.metricRequest(ctx, q.MetricQuestion)
	if err != nil {
		return nil, err
	}
	behind := metric.CustomersRequest{Request: request, Period: q.Period, Only: metric.Only(q.Only), Sort: q.Sort}
	var of customer.Of
	if request.Metric != nil {
		of = customerOf(request.Metric.Subject)
	}
	if behind.Page, err = s.page(ctx, of, q.Search, q.Offset, q.Limit); err != nil {
		return nil, err
	}
	if len(q.BreakdownValue) > 0 {
		if err := json.Unmarshal(q.BreakdownValue, &behind.BreakdownValue); err != nil {
			return nil, err // huma has read it as JSON already
		}
	}
	ctx, cancel := context.WithTimeout(ctx, questionTimeout)
	defer cancel()
	page, err := s.Metric.Customers(ctx, behind)
	if err != nil {
		return nil, err
	}
	return page, name(ctx, s, of, page.Items, func(i *metric.Behind) (string, **string) { return i.ID, &i.Name })
}

func (s *Server) metricSummaries(ctx context.Context) ([]metricSummary, error) {
	revisions, err := s.Ledger.List(ctx, ledger.Metric)
	if err != nil {
		return nil, err
	}
	once := s.Metric.Once()
	asOf, err := once.AsOf(ctx, "")
	if err != nil {
		return nil, err
	}
	out := make([]metricSummary, len(revisions))
	var group errgroup.Group
	group.SetLimit(2) // each question takes all processors already
	for i, r := range revisions {
		group.Go(func() (err error) {
			out[i], err = s.metricSummary(ctx, once, asOf, r)
			return err
		})
	}
	return out, group.Wait()
}

// metricSummary is a metric with what can be said of it as of an instant: one that cannot be measured
// says why, and the others do not suffer.
func (s *Server) metricSummary(ctx context.Context, by *metric.Measurer, asOf time.Time, r ledger.Revision) (metricSummary, error) {
	sum := metricSummary{ID: r.ID, Name: journey.Text{Plain: r.ID}, Owner: []string{}, Version: r.Version, Status: r.Status, Author: r.Author,
		At: r.At, Good: metric.Up, Grain: calendar.Week, Periods: []metric.Point{}}
	d, err := metric.Parse(r.Body)
	if err != nil { // written by another version
		s.Log.ErrorContext(ctx, "a stored metric cannot be read", "id", r.ID, "version", r.Version, "error", err)
		return sum, nil
	}
	if !d.Name.IsZero() {
		sum.Name = d.Name
	}
	sum.Meaning, sum.Owner, sum.Level = d.Meaning, append(sum.Owner, d.Owner...), d.Level
	sum.Unit, sum.Good, sum.Grain = d.Unit, cmp.Or(d.Good, sum.Good), cmp.Or(d.Grain, sum.Grain)
	a, err := s.measureMetric(ctx, by, MetricQuestion{MetricID: r.ID, Version: r.Version, AsOf: asOf.Format(time.RFC3339Nano)})
	if fault.Is(err, fault.Invalid) || fault.Is(err, fault.NotFound) {
		sum.Problem = new(problem(ctx, s.Log, err).text())
		return sum, nil
	}
	if err != nil {
		return sum, err
	}
	sum.Unit, sum.AsOf, sum.Periods = a.Unit, &a.AsOf, a.Periods
	return sum, nil
}

// withoutSmallMetrics leaves what a handful of customers is behind out of a
// breakdown, and refuses a segment of a handful, for whoever must not see people one
// by one.
func withoutSmallMetrics(ctx context.Context, a *metric.Answer, isSegment bool) error {
	if access.Allow(ctx, access.ReadPersonal) == nil {
		return nil
	}
	if isSegment && a.Facts.Customers < fewest {
		return fault.New(fault.Denied, "access.too-few", "fewest", fewest)
	}
	small := func(row metric.Row) bool {
		some := false
		for i, p := range row.Periods {
			// Behind a formula are its inputs, of which one may have nobody and another one.
			if p.Customers < fewest && (p.Customers > 0 || a.Inputs != nil) {
				row.Periods[i] = metric.Point{From: p.From, Partial: p.Partial}
			}
			some = some || p.Customers >= fewest
		}
		return !some
	}
	a.Breakdown = slices.DeleteFunc(a.Breakdown, small)
	for i := range a.Inputs {
		a.Inputs[i].Breakdown = slices.DeleteFunc(a.Inputs[i].Breakdown, small)
	}
	return nil
}
