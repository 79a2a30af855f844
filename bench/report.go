package main

import (
	"fmt"
	"io"
	"strings"
	"text/tabwriter"
	"time"
)

// line is a row of the table: some work, what it is held against, and what was
// to be reached.
type line struct {
	work, against string
	ours, peer    string // as measured, with units; peer may be empty
	ratio         string
	reach         string // empty: for information
	reached       bool
}

var heads = []string{"work", "against", "ours", "peer", "ratio", "to reach", "reached"}

func (l line) cells() []string {
	reached := ""
	if l.reach != "" {
		reached = "no"
		if l.reached {
			reached = "yes"
		}
	}
	return []string{l.work, l.against, l.ours, l.peer, l.ratio, l.reach, reached}
}

// faster is the line of work that is to be so many times faster than a peer's;
// 0: for information.
func faster(work, against string, ours, peer time.Duration, times float64) line {
	ratio := peer.Seconds() / ours.Seconds()
	l := line{work: work, against: against, ours: millis(ours), peer: millis(peer), ratio: times1(ratio)}
	if times > 0 {
		l.reach, l.reached = fmt.Sprintf("≥ %g ×", times), ratio >= times
	}
	return l
}

// within is the line of work that may take so many times as long as its peer.
func within(work, against string, ours, peer time.Duration, times float64) line {
	ratio := ours.Seconds() / peer.Seconds()
	return line{
		work: work, against: against, ours: millis(ours), peer: millis(peer), ratio: times1(ratio),
		reach: fmt.Sprintf("≤ %g ×", times), reached: ratio <= times,
	}
}

// atMost is the line of work that is to be done within a time.
func atMost(work, against string, ours, most time.Duration) line {
	return line{work: work, against: against, ours: millis(ours), reach: "≤ " + millis(most), reached: ours <= most}
}

func millis(d time.Duration) string {
	ms := float64(d.Microseconds()) / 1000
	switch {
	case ms >= 100:
		return fmt.Sprintf("%.0f ms", ms)
	case ms >= 10:
		return fmt.Sprintf("%.1f ms", ms)
	}
	return fmt.Sprintf("%.2f ms", ms)
}

func times1(ratio float64) string {
	if ratio >= 100 {
		return fmt.Sprintf("%.0f ×", ratio)
	}
	return fmt.Sprintf("%.1f ×", ratio)
}

// writeText writes lines for a terminal.
func writeText(out io.Writer, lines []line) error {
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, strings.Join(heads, "\t"))
	for _, l := range lines {
		fmt.Fprintln(w, strings.Join(l.cells(), "\t"))
	}
	return w.Flush()
}

// markdownTable writes a table; cells may hold any text of one line.
func markdownTable(heads []string, rows [][]string) string {
	var b strings.Builder
	write := func(cells []string) {
		for _, cell := range cells {
			b.WriteString("| " + strings.ReplaceAll(cell, "|", `\|`) + " ")
		}
		b.WriteString("|\n")
	}
	write(heads)
	b.WriteString(strings.Repeat("|---", len(heads)) + "|\n")
	for _, cells := range rows {
		write(cells)
	}
	return b.String()
}
