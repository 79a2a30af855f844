package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// chartName is the file of the chart of one growth, beside the document.
func chartName(by string) string { return "benchmarks-" + by + ".svg" }

// charts groups the series by what grows.
func (s *suite) charts() (by []string, of map[string][]series) {
	of = map[string][]series{}
	for _, one := range s.growth {
		if of[one.by] == nil {
			by = append(by, one.by)
		}
		of[one.by] = append(of[one.by], one)
	}
	return by, of
}

// write writes the document and its charts.
func (s *suite) write(path string, m machine) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return err
	}
	by, of := s.charts()
	for _, what := range by {
		if err := os.WriteFile(filepath.Join(filepath.Dir(path), chartName(what)), []byte(chart("time as "+what+" grow", of[what])), 0o644); err != nil {
			return err
		}
	}
	return os.WriteFile(path, []byte(s.document(m)), 0o644)
}

func (s *suite) document(m machine) string {
	var rows [][]string
	for _, l := range s.lines {
		rows = append(rows, l.cells())
	}
	var grown [][]string
	for _, one := range s.growth {
		for i := range one.x {
			grown = append(grown, []string{one.name, short(one.x[i]) + " " + one.by, millis(one.y[i])})
		}
	}
	by, _ := s.charts()
	var pictures strings.Builder
	for _, what := range by {
		fmt.Fprintf(&pictures, "![time as %s grow](%s)\n", what, chartName(what))
	}
	return fmt.Sprintf(documentText, m, s.rounds, millions(s.events), s.plan(s.events).Customers(),
		markdownTable(heads, rows), markdownTable([]string{"question", "of", "time"}, grown), pictures.String())
}

const documentText = `# Benchmarks

` + "`make bench`" + ` wrote this page. It runs within 45 minutes on two cores; ` + "`make bench EVENTS=100M`" + ` adds 100 million events, ` +
	"`make bench-quick`" + ` takes three minutes and writes nothing.

- Machine: %s.
- Every figure is the median of %d. What is compared is asked in turn, round after round, so that whatever disturbs the machine disturbs all alike.
- Every count and breakdown that two engines give is compared in every round; the run fails where two differ.
- Beichen is asked through HTTP by a client on the same machine, as a browser asks, and nothing of an answer is kept for the next: questions about journeys were never asked before, and those about transitions leave nothing behind. Of retention it is kept, block by block, where the events of its two names are and how many events and customers its weeks have, as a peer keeps its rows by name and day. ` +
	`It answers with times, quantiles, histograms, intervals and pending customers besides the counts; the peers with the counts alone, where the table does not say otherwise. Where a row says *counts alone*, it was asked for no more either.
- The facts: %s events of %d customers over 18 months, made up by ` + "`bench/history`" + ` from one seed. Activity follows a power law; times are to the millisecond; ` +
	`the window is 14 days. Each event belongs to one stage at most, a customer's events have different times, and a customer passes a stage by the same one of its steps and ` +
	`comes by one channel, so that engines which prefer different chains must still count the same.
- ClickHouse runs as a server of its own on loopback, with one merged part a table, DuckDB inside the benchmark. Both have all processors and all memory. ` +
	`Of several queries the fastest that is right is shown; the queries are in ` + "`bench/`" + `.

%s
## Cost as work grows

%s
%s`
