// Command bench holds Beichen to its promises of speed, against the engines it
// is compared with, on the same made-up facts, in one run: `make bench`.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"strconv"
	"strings"
	"syscall"
	"time"

	"beichen/internal/warehouse/clickhousetest"
)

func main() {
	clickhousetest.Main()
	var err error
	if os.Getenv(peerVariable) != "" {
		err = servePeer()
	} else {
		ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
		err = run(ctx)
		stop()
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(ctx context.Context) error {
	s := suite{out: os.Stderr, short: 10 * time.Second, long: time.Minute}
	events := flag.String("events", "10M", "that engines are compared on")
	larger := flag.String("larger", "", "event counts that Beichen alone is asked about besides, as 50M,100M")
	only := flag.String("only", "", "subjects to run, of: "+strings.Join(subjectNames(), ", "))
	document := flag.String("write", "", "Markdown file to write; charts go beside it")
	flag.StringVar(&s.program, "program", "bin/beichen", "that is measured")
	flag.StringVar(&s.dir, "dir", "data", "folder for what is written and removed again")
	flag.IntVar(&s.rounds, "rounds", 7, "that each figure is the median of")
	quick := flag.Bool("quick", false, "compare on 1M events and send for seconds only: for a look, not for the document")
	moves := flag.Bool("move", false, "instead, move a workspace of so many events to a cluster of two shards and back")
	sizes := flag.String("sizes", "", "file to write, instead of comparing, what sizes are reckoned from: bench/plan/measured.json")
	flag.Parse()
	if *quick {
		*events, s.short, s.long = "1M", 2*time.Second, 5*time.Second
	}
	compared, err := countsOfEvents(*events)
	if err != nil || len(compared) != 1 {
		return errors.Join(fmt.Errorf("-events %s: one count is needed", *events), err)
	}
	s.events = compared[0]
	if *moves {
		return moving(ctx, s.program, s.dir, s.events, s.say, os.Stdout)
	}
	if s.larger, err = countsOfEvents(*larger); err != nil {
		return err
	}
	if err := s.choose(*only); err != nil {
		return err
	}
	if *sizes != "" {
		return s.measureSizes(ctx, *sizes)
	}
	err = s.run(ctx)
	if err = errors.Join(err, writeText(os.Stdout, s.lines)); err != nil {
		return err
	}
	if *document != "" {
		return s.write(*document, thisMachine(s.program))
	}
	return nil
}

// countsOfEvents reads 10M,500k,1000.
func countsOfEvents(text string) ([]int, error) {
	var all []int
	for _, part := range strings.FieldsFunc(text, func(r rune) bool { return r == ',' }) {
		digits, unit := strings.TrimRight(part, "kM"), 1
		switch part[len(digits):] {
		case "k":
			unit = 1000
		case "M":
			unit = 1_000_000
		}
		n, err := strconv.Atoi(digits)
		if err != nil || n < 1 || len(part)-len(digits) > 1 {
			return nil, fmt.Errorf("%q is no count of events: 10M, 500k and 1000 are", part)
		}
		all = append(all, n*unit)
	}
	return all, nil
}
