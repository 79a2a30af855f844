package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"beichen/internal/capture"
	"beichen/internal/event"
	"beichen/internal/fault"
	"beichen/internal/journey"
	"beichen/internal/journey/stream"
)

// MeasureCmd measures a journey on a file of events, without a server.
type MeasureCmd struct {
	Journey     string   `arg:"" help:"The definition, YAML or JSON."`
	Events      string   `required:"" placeholder:"FILE" help:"Segment messages, one JSON object a line; - is standard input."`
	From        string   `placeholder:"D" help:"The first day, or an instant."`
	To          string   `placeholder:"D" help:"The last day, or an instant."`
	Timezone    string   `placeholder:"Z" default:"UTC" help:"The zone of days, an IANA name."`
	AsOf        string   `placeholder:"T" help:"Nothing after it is known; by default the last event."`
	Breakdown   []string `placeholder:"KEY" help:"Where keys whose values part the customers."`
	Attribution string   `placeholder:"A" help:"Whose value counts: first, last, all or step:STAGE."`
	TimeBetween []string `placeholder:"STAGE" help:"Two stages: how long it took from one to the other."`
	Bins        int      `placeholder:"N" help:"Bins of that histogram, 1 to 90."`
	Customers   bool     `help:"List the customers."`
	JSON        bool     `name:"json" help:"Print the answer as JSON."`
}

// Run prints the answer: a table, or JSON.
func (c *MeasureCmd) Run(ctx context.Context, console *console) error {
	definition, answer, err := c.measure(ctx, console)
	if c.JSON {
		return printJSON(console, answer, err)
	}
	if err != nil {
		return err
	}
	return journey.Print(console.Out, definition, answer, console.Language)
}

func (c *MeasureCmd) measure(ctx context.Context, console *console) (*journey.Journey, *journey.Answer, error) {
	text, err := os.ReadFile(c.Journey)
	if err != nil {
		return nil, nil, fault.Wrap(err, fault.Invalid, "journey.unreadable", "file", c.Journey)
	}
	definition, err := journey.Parse(text)
	if err != nil {
		return nil, nil, err
	}
	source, err := c.read(ctx, console)
	if err != nil {
		return nil, nil, err
	}
	measurer := journey.Measurer{Source: source}
	if source.Events() == 0 { // there is no last event to be as of
		measurer.Now = time.Now
	}
	answer, err := measurer.Measure(ctx, journey.Request{
		Journey: definition, From: c.From, To: c.To, Timezone: c.Timezone, AsOf: c.AsOf,
		Breakdown: c.Breakdown, Attribution: c.Attribution, TimeBetween: c.TimeBetween, Bins: c.Bins, Customers: c.Customers,
	})
	return definition, answer, err
}

// read takes the file's messages in. A line that is no message is told on
// standard error and left out, as the quarantine would.
func (c *MeasureCmd) read(ctx context.Context, console *console) (*stream.Memory, error) {
	in := console.In
	if c.Events != "-" {
		file, err := os.Open(c.Events)
		if err != nil {
			return nil, fault.Wrap(err, fault.Invalid, "journey.unreadable", "file", c.Events)
		}
		defer func() { _ = file.Close() }() // only read
		in = file
	}
	var messages []*event.Message
	lines := &lineCounter{Reader: in}
	for line, err := range capture.ReadMessages(lines, time.Now().UTC()) {
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		if err == nil {
			messages = append(messages, &line.Message)
			continue
		}
		var f *fault.Error
		if !errors.As(err, &f) {
			return nil, fault.Wrap(err, fault.Invalid, "journey.unreadable", "file", c.Events)
		}
		if err := tell(console, c.Events, line.Number, f); err != nil {
			return nil, err
		}
	}
	return stream.NewMemory(messages, lines.count()), nil
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
