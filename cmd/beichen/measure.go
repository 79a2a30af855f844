package main

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"

	"beichen/internal/app"
	"beichen/internal/calendar"
	"beichen/internal/capture"
	"beichen/internal/event"
	"beichen/internal/fault"
	"beichen/internal/journey"
	"beichen/internal/journey/document"
	"beichen/internal/journey/retention"
	"beichen/internal/journey/stream"
	"beichen/internal/metric"
)

// MeasureCmd measures a journey, a retention table or a metric on a file of events,
// without a server.
type MeasureCmd struct {
	Definition  string   `arg:"" help:"The definition, YAML or JSON, of kind Journey, Retention or Metric."`
	Events      string   `required:"" placeholder:"FILE" help:"Segment messages, one JSON object a line; - is standard input."`
	From        string   `placeholder:"D" help:"The first day, or an instant; of a retention table one in its first interval."`
	To          string   `placeholder:"D" help:"The last day, or an instant."`
	Timezone    string   `placeholder:"Z" default:"UTC" help:"The zone of days, an IANA name."`
	AsOf        string   `placeholder:"T" help:"Nothing after it is known; by default the last event."`
	Grain       string   `placeholder:"G" help:"Of a metric: hour, day, week, month, quarter, year, or whole for one period from --from to --to."`
	With        []string `placeholder:"PATH" help:"Of a metric: files and folders with the definitions that it speaks of; by default the folder it lies in."`
	Breakdown   []string `placeholder:"KEY" help:"Where keys whose values part the customers of a journey or the events of a metric."`
	Attribution string   `placeholder:"A" help:"Whose value counts: first, last, all or step:STAGE."`
	TimeBetween []string `placeholder:"STAGE" help:"Two stages: how long it took from one to the other."`
	Bins        int      `placeholder:"N" help:"Bins of that histogram, 1 to 90."`
	Customers   bool     `help:"List the customers of a journey."`
	Only        string   `placeholder:"counts" help:"Of a journey: counts, for how many customers and no times, money and events."`
	Explain     bool     `help:"Of a metric: tell what is read for it, and by which SQL a store would find it, instead of measuring."`
	JSON        bool     `name:"json" help:"Print the answer as JSON."`
}

// Run prints the answer: a table, or JSON. The definition's kind decides what is
// measured.
func (c *MeasureCmd) Run(ctx context.Context, console *console) error {
	var answer any
	var table func() error
	text, err := os.ReadFile(c.Definition)
	switch {
	case err != nil:
		err = fault.Wrap(err, fault.Invalid, "journey.unreadable", "file", c.Definition)
	case document.Kind(text) == retention.Kind:
		answer, table, err = c.retention(ctx, console, text)
	case document.Kind(text) == metric.Kind:
		answer, table, err = c.metric(ctx, console, text)
	default:
		answer, table, err = c.journey(ctx, console, text)
	}
	if c.JSON {
		return printJSON(console, answer, err)
	}
	if err != nil {
		return err
	}
	return table()
}

func (c *MeasureCmd) journey(ctx context.Context, console *console, text []byte) (answer any, table func() error, err error) {
	definition, err := journey.Parse(text)
	if err != nil {
		return nil, nil, err
	}
	if err := c.metricsOnly(); err != nil {
		return nil, nil, err
	}
	source, now, err := c.read(ctx, console)
	if err != nil {
		return nil, nil, err
	}
	measurer := journey.Measurer{Source: source, Now: now}
	a, err := measurer.Measure(ctx, journey.Request{
		Journey: definition, From: c.From, To: c.To, Timezone: c.Timezone, AsOf: c.AsOf,
		Breakdown: c.Breakdown, Attribution: c.Attribution, TimeBetween: c.TimeBetween, Bins: c.Bins, Customers: c.Customers,
		Only: c.Only,
	})
	return a, func() error { return journey.Print(console.Out, definition, a, console.Language) }, err
}

func (c *MeasureCmd) retention(ctx context.Context, console *console, text []byte) (answer any, table func() error, err error) {
	definition, err := retention.Parse(text)
	if err != nil {
		return nil, nil, err
	}
	if err := cmp.Or(c.journeysOnly(len(c.Breakdown) > 0), c.metricsOnly()); err != nil {
		return nil, nil, err
	}
	source, now, err := c.read(ctx, console)
	if err != nil {
		return nil, nil, err
	}
	measurer := retention.Measurer{Source: source, Now: now}
	a, err := measurer.Measure(ctx, retention.Request{Retention: definition, From: c.From, To: c.To, Timezone: c.Timezone, AsOf: c.AsOf})
	return a, func() error { return retention.Print(console.Out, definition, a, console.Language) }, err
}

func (c *MeasureCmd) metric(ctx context.Context, console *console, text []byte) (answer any, table func() error, err error) {
	definition, err := metric.Parse(text)
	if err != nil {
		return nil, nil, err
	}
	if err := c.journeysOnly(false); err != nil {
		return nil, nil, err
	}
	with := c.With
	if len(with) == 0 {
		with = []string{filepath.Dir(c.Definition)}
	}
	book, err := app.ReadDefinitions(with)
	if err != nil {
		return nil, nil, err
	}
	if err := definition.Check(ctx, book); err != nil {
		return nil, nil, err
	}
	source, now, err := c.read(ctx, console)
	if err != nil {
		return nil, nil, err
	}
	measurer := metric.Measurer{
		Source: source, Book: book, Now: now,
		Journeys: &journey.Measurer{Source: source, Now: now}, Retention: &retention.Measurer{Source: source, Now: now},
	}
	request := metric.Request{
		Metric: definition, From: c.From, To: c.To, Timezone: c.Timezone, AsOf: c.AsOf, Grain: calendar.Grain(c.Grain), Breakdown: c.Breakdown,
	}
	if c.Explain {
		plan, err := measurer.Plan(ctx, request)
		return plan, func() error {
			return metric.PrintPlan(console.Out, definition, plan, app.ExplainScan, console.Language)
		}, err
	}
	a, err := measurer.Measure(ctx, request)
	return a, func() error { return metric.Print(console.Out, definition, a, console.Language) }, err
}

// journeysOnly refuses the flags of journeys.
func (c *MeasureCmd) journeysOnly(breakdown bool) error {
	return refuse("retention.journeys-only", []flag{
		{"--breakdown", breakdown}, {"--attribution", c.Attribution != ""}, {"--time-between", len(c.TimeBetween) > 0},
		{"--bins", c.Bins != 0}, {"--customers", c.Customers},
		{"--only", c.Only != ""},
	})
}

// metricsOnly refuses the flags of metrics.
func (c *MeasureCmd) metricsOnly() error {
	return refuse("metric.metrics-only", []flag{{"--grain", c.Grain != ""}, {"--with", len(c.With) > 0}, {"--explain", c.Explain}})
}

type flag struct {
	name  string
	given bool
}

func refuse(key string, flags []flag) error {
	for _, f := range flags {
		if f.given {
			return fault.New(fault.Invalid, key, "flag", f.name)
		}
	}
	return nil
}

// read takes the file's messages in. A line that is no message is told on
// standard error and left out, as the quarantine would. now is nil where the last
// event is the instant to be as of.
func (c *MeasureCmd) read(ctx context.Context, console *console) (source *stream.Memory, now func() time.Time, err error) {
	in := console.In
	if c.Events != "-" {
		file, err := os.Open(c.Events)
		if err != nil {
			return nil, nil, fault.Wrap(err, fault.Invalid, "journey.unreadable", "file", c.Events)
		}
		defer func() { _ = file.Close() }() // only read
		in = file
	}
	var messages []*event.Message
	lines := &lineCounter{Reader: in}
	for line, err := range capture.ReadMessages(lines, time.Now().UTC()) {
		if ctx.Err() != nil {
			return nil, nil, ctx.Err()
		}
		if err == nil {
			messages = append(messages, &line.Message)
			continue
		}
		var f *fault.Error
		if !errors.As(err, &f) {
			return nil, nil, fault.Wrap(err, fault.Invalid, "journey.unreadable", "file", c.Events)
		}
		if err := tell(console, c.Events, line.Number, f); err != nil {
			return nil, nil, err
		}
	}
	source = stream.NewMemory(messages, lines.count())
	if source.Events() == 0 {
		now = time.Now
	}
	return source, now, nil
}

// lineCounter counts the lines that were read, blank ones too.
type lineCounter struct {
	io.Reader
	ends uint64
	open bool // the last line has no end
}

func (l *lineCounter) Read(p []byte) (int, error) {
	n, err := l.Reader.Read(p)
	if n > 0 {
		l.ends += uint64(bytes.Count(p[:n], []byte("\n")))
		l.open = p[n-1] != '\n'
	}
	return n, err
}

func (l *lineCounter) count() uint64 {
	if l.open {
		return l.ends + 1
	}
	return l.ends
}

func tell(console *console, file string, line int, f *fault.Error) error {
	_, err := io.WriteString(console.Err, strings.TrimSpace(fmt.Sprintf("%s:%d: %s %s", file, line, f.Message(console.Language), f.Hint(console.Language)))+"\n")
	return err
}
