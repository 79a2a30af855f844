package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"beichen/internal/app"
	"beichen/internal/client"
	"beichen/internal/fault"
	"beichen/internal/ledger"
	"beichen/internal/metric"
	"beichen/internal/sheet"
)

// QueryCmd measures metrics that are stored.
type QueryCmd struct {
	Metrics []string `arg:"" name:"metric" help:"The ids of stored metrics."`
	Data    string   `placeholder:"DIR" help:"Ask the workspace of this folder; its server may run."`
	Stores
	Server    string   `placeholder:"URL" help:"Ask this server …"`
	Key       string   `env:"BEICHEN_API_KEY" help:"… with this API key."`
	From      string   `placeholder:"D" help:"A day or an instant in the first period."`
	To        string   `placeholder:"D" help:"A day or an instant in the last period."`
	Grain     string   `placeholder:"G" help:"hour, day, week, month, quarter, year, or whole for one period from --from to --to."`
	AsOf      string   `placeholder:"T" help:"Nothing after it is known; by default now."`
	Timezone  string   `placeholder:"Z" help:"An IANA name; by default the workspace's."`
	Breakdown []string `placeholder:"KEY" help:"Where keys whose values part the events."`
	Segment   string   `placeholder:"JSON" help:"A where: only events for which it holds."`
	Format    string   `placeholder:"F" help:"table, json, csv or parquet; by default what FILE ends in, or a table."`
	JSON      bool     `name:"json" help:"The same as --format json."`
	Out       string   `placeholder:"FILE" help:"Write to this file; by default to standard output."`
}

var queryFormats = []string{"table", "json", "csv", "parquet"}

// Run asks for one metric after the other and writes them together.
func (c *QueryCmd) Run(ctx context.Context, console *console) error {
	format, err := c.format()
	if err == nil {
		err = c.query(ctx, console, format)
	}
	if format == "json" && err != nil {
		return printJSON(console, nil, err)
	}
	return err
}

func (c *QueryCmd) format() (string, error) {
	format := c.Format
	if ending := strings.TrimPrefix(filepath.Ext(c.Out), "."); format == "" && slices.Contains(queryFormats, ending) {
		format = ending
	}
	switch {
	case c.JSON && (format == "" || format == "json"):
		return "json", nil
	case format == "":
		return "table", nil
	case c.JSON || !slices.Contains(queryFormats, format):
		return "", fault.New(fault.Invalid, "query.format", "format", format, "formats", strings.Join(queryFormats, ", "))
	}
	return format, nil
}

func (c *QueryCmd) query(ctx context.Context, console *console, format string) (err error) {
	options := app.ClientOptions{Options: c.of(console.options(c.Data)), Server: c.Server, Key: c.Key, Program: version, Language: console.Language}
	api, closeAPI, err := app.OpenClient(ctx, options)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, closeAPI()) }()
	var answers []*metric.Answer
	var raw []json.RawMessage
	question := c.question()
	for _, id := range c.Metrics {
		text, err := api.Get(ctx, "/metrics/"+url.PathEscape(id)+"/measure", question)
		if err != nil {
			return err
		}
		a := &metric.Answer{}
		if err := json.Unmarshal(text, a); err != nil {
			return fmt.Errorf("the answer about %s: %w", id, err)
		}
		answers, raw = append(answers, a), append(raw, text)
		question.Set("asOf", a.AsOf.Format(time.RFC3339Nano)) // the first one's now is that of all
	}
	return c.write(console, func(w io.Writer) error {
		switch format {
		case "json":
			return json.NewEncoder(w).Encode(map[string]any{"items": raw})
		case "table":
			return c.table(ctx, api, w, answers)
		}
		lines, err := sheet.Of(c.Breakdown, answers...)
		switch {
		case err != nil:
			return err
		case format == "parquet":
			return lines.WriteParquet(ctx, w)
		}
		return lines.WriteCSV(w)
	})
}

func (c *QueryCmd) question() url.Values {
	q := url.Values{}
	for name, value := range map[string]string{"from": c.From, "to": c.To, "grain": c.Grain, "asOf": c.AsOf, "timezone": c.Timezone, "segment": c.Segment} {
		if value != "" {
			q.Set(name, value)
		}
	}
	for _, key := range c.Breakdown {
		q.Add("breakdown", key)
	}
	return q
}

// table prints the metrics one under the other, each as `beichen measure` does.
func (c *QueryCmd) table(ctx context.Context, api *client.Client, w io.Writer, answers []*metric.Answer) error {
	for i, a := range answers {
		text, err := api.Get(ctx, "/definitions/Metric/"+url.PathEscape(a.Definition.ID), url.Values{"version": {fmt.Sprint(*a.Definition.Version)}})
		if err != nil {
			return err
		}
		var revision ledger.Revision
		if err := json.Unmarshal(text, &revision); err != nil {
			return fmt.Errorf("the definition of %s: %w", a.Definition.ID, err)
		}
		definition, err := metric.Parse(revision.Body)
		if err != nil {
			return err
		}
		if i > 0 {
			if _, err := fmt.Fprintln(w); err != nil {
				return err
			}
		}
		if err := metric.Print(w, definition, a, api.Language); err != nil {
			return err
		}
	}
	return nil
}

// write gives a file its name only when it is whole.
func (c *QueryCmd) write(console *console, to func(io.Writer) error) error {
	if c.Out == "" || c.Out == "-" {
		return to(console.Out)
	}
	file, err := os.CreateTemp(filepath.Dir(c.Out), filepath.Base(c.Out)+".*.partial")
	if err != nil {
		return fault.Wrap(err, fault.Invalid, "query.unwritable", "file", c.Out)
	}
	err = to(file)
	if closed := file.Close(); err == nil && closed != nil {
		err = fault.Wrap(closed, fault.Unavailable, "query.unwritable", "file", c.Out)
	}
	if err == nil {
		err = os.Rename(file.Name(), c.Out)
	}
	if err != nil {
		return errors.Join(err, os.Remove(file.Name()))
	}
	return nil
}
