package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"os"
	"os/exec"
	"regexp"
	"strconv"
	"strings"
	"syscall"
	"time"

	"beichen/bench/history"
)

// beichen is a running server: `beichen serve` as a child on loopback.
type beichen struct {
	url   string
	child *exec.Cmd
	said  *bytes.Buffer
	asked int // questions so far, for fresh
}

// Keys of the server's first start.
const (
	apiKey   = "bck_benchmark-questions"
	writeKey = "bwk_benchmark-events"
)

var listening = regexp.MustCompile(`http://[0-9.]+:[0-9]+$`)

// serve starts the program on a workspace's folder, with flags, and returns when it listens.
func serve(ctx context.Context, program, dir string, flags ...string) (*beichen, error) {
	args := append([]string{"serve", "--data", dir, "--addr", "127.0.0.1:0"}, flags...)
	b := &beichen{child: exec.CommandContext(ctx, program, args...), said: &bytes.Buffer{}}
	b.child.Env = append(os.Environ(), "LANG=en_US.UTF-8", "BEICHEN_BOOTSTRAP_ADMIN=bench@example.com:benchmark-of-beichen",
		"BEICHEN_BOOTSTRAP_API_KEY="+apiKey, "BEICHEN_BOOTSTRAP_WRITE_KEY="+writeKey)
	b.child.Stderr = b.said
	b.child.Cancel = func() error { return b.child.Process.Signal(syscall.SIGTERM) }
	out, err := b.child.StdoutPipe()
	if err == nil {
		err = b.child.Start()
	}
	if err != nil {
		return nil, fmt.Errorf("start %s: %w", program, err)
	}
	lines := bufio.NewScanner(out)
	for lines.Scan() {
		if b.url = listening.FindString(lines.Text()); b.url != "" {
			return b, nil
		}
	}
	return nil, errors.Join(fmt.Errorf("%s said no address", program), b.stop())
}

// stop ends the server in good order.
func (b *beichen) stop() error {
	_ = b.child.Process.Signal(syscall.SIGTERM) // it may have ended
	if err := b.child.Wait(); err != nil {
		return fmt.Errorf("beichen ended with %w and said: %s", err, strings.TrimSpace(b.said.String()))
	}
	return nil
}

// question is the body of POST /api/v1/measure.
type question struct {
	Journey   map[string]any `json:"journey"`
	From      string         `json:"from,omitempty"`
	AsOf      string         `json:"asOf,omitempty"`
	Breakdown []string       `json:"breakdown,omitempty"`
	Only      string         `json:"only,omitempty"`
}

// fresh makes a question that was never asked: it begins a second earlier than
// the last one, when nothing had happened yet. No answer that the server may
// have kept is an answer to it.
func (b *beichen) fresh(d drawing, breakdown ...string) question {
	b.asked++
	from := history.First.Add(-time.Duration(b.asked) * time.Second)
	return question{Journey: d.definition(), From: from.Format(time.RFC3339), Breakdown: breakdown}
}

// measure asks, and reads the whole answer.
func (b *beichen) measure(ctx context.Context, q question) ([]byte, error) {
	return b.post(ctx, "/api/v1/measure", q)
}

func (b *beichen) post(ctx context.Context, path string, body any) ([]byte, error) {
	text, err := json.Marshal(body)
	if err != nil {
		return nil, err
	}
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, b.url+path, bytes.NewReader(text))
	if err != nil {
		return nil, err
	}
	r.Header.Set("Authorization", "Bearer "+apiKey)
	r.Header.Set("Content-Type", "application/json")
	return answerOf(http.DefaultClient.Do(r))
}

func answerOf(response *http.Response, err error) ([]byte, error) {
	if err != nil {
		return nil, err
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	if err == nil && response.StatusCode != http.StatusOK {
		err = fmt.Errorf("%s: %s", response.Status, text)
	}
	return text, err
}

// asks is the contender that asks about a drawing, each time afresh.
func (b *beichen) asks(d drawing, breakdown ...string) contender {
	return contender{"Beichen", func(ctx context.Context) (func() (counts, error), error) {
		text, err := b.measure(ctx, b.fresh(d, breakdown...))
		return func() (counts, error) { return countsOf(text) }, err
	}}
}

// asksForCounts is asks for no more than the peers tell: no times, no money.
func (b *beichen) asksForCounts(d drawing, breakdown ...string) contender {
	return contender{"Beichen, counts alone", func(ctx context.Context) (func() (counts, error), error) {
		q := b.fresh(d, breakdown...)
		q.Only = onlyCounts
		text, err := b.measure(ctx, q)
		return func() (counts, error) { return countsOf(text) }, err
	}}
}

// onlyCounts asks for counts alone.
const onlyCounts = "counts"

// asksAsOfTheEnd is asks as of the last instant of the history, when customers are on
// their way, who have neither passed a stage nor left it; asked as of now, months
// later, nobody is.
func (b *beichen) asksAsOfTheEnd(d drawing, breakdown ...string) contender {
	return contender{"Beichen, as of the end", func(ctx context.Context) (func() (counts, error), error) {
		q := b.fresh(d, breakdown...)
		q.AsOf = history.Last.Add(time.Minute).Format(time.RFC3339)
		text, err := b.measure(ctx, q)
		return func() (counts, error) { return countsOf(text) }, err
	}}
}

// asksWithTimes is asks with the median times from the entry, in whole milliseconds.
func (b *beichen) asksWithTimes(d drawing, breakdown ...string) contender {
	return contender{"Beichen, times", func(ctx context.Context) (func() (counts, error), error) {
		text, err := b.measure(ctx, b.fresh(d, breakdown...))
		return func() (counts, error) { return countsAndTimesOf(text) }, err
	}}
}

// answer is what is read of an answer: the contract's answer to a measurement.
type answer struct {
	Stages    []answerStage `json:"stages"`
	Breakdown []struct {
		Value  *string       `json:"value"`
		Stages []answerStage `json:"stages"`
	} `json:"breakdown"`
}

type answerNumbers struct {
	Reached       int64 `json:"reached"`
	TimeFromEntry struct {
		MedianSeconds float64 `json:"medianSeconds"`
	} `json:"timeFromEntry"`
}

type answerStage struct {
	answerNumbers
	Steps []answerNumbers `json:"steps"`
}

func countsOf(text []byte) (counts, error) {
	found, err := countsAndTimesOf(text)
	maps.DeleteFunc(found, func(what string, _ int64) bool { return isMedian(what) })
	return found, err
}

func countsAndTimesOf(text []byte) (counts, error) {
	var a answer
	if err := json.Unmarshal(text, &a); err != nil {
		return nil, err
	}
	found := counts{}
	add := func(key string, n answerNumbers) {
		found.add(key, n.Reached)
		found.add(medianOf(key), int64(n.TimeFromEntry.MedianSeconds*1000))
	}
	take := func(stages []answerStage, channel string) {
		for s, stage := range stages {
			add(stageKey(s, channel), stage.answerNumbers)
			for n, step := range stage.Steps {
				add(stepKey(s, n, channel), step)
			}
		}
	}
	take(a.Stages, "")
	for _, row := range a.Breakdown {
		if row.Value == nil {
			return nil, errors.New("somebody entered without a channel")
		}
		take(row.Stages, *row.Value)
	}
	return found, nil
}

// gauge reads one of the server's own figures.
func (b *beichen) gauge(ctx context.Context, name string) (float64, error) {
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, b.url+"/metrics", nil)
	if err != nil {
		return 0, err
	}
	text, err := answerOf(http.DefaultClient.Do(r))
	if err != nil {
		return 0, err
	}
	for line := range strings.Lines(string(text)) {
		if value, found := strings.CutPrefix(line, name+" "); found {
			return strconv.ParseFloat(strings.TrimSpace(value), 64)
		}
	}
	return 0, fmt.Errorf("the server has no figure %s", name)
}
