package retention

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"testing"
	"time"

	"github.com/goccy/go-yaml"
	"github.com/google/go-cmp/cmp"

	"beichen/internal/event"
	"beichen/internal/journey/stream"
)

// peerCase is a case as testdata/peers.yaml writes it.
type peerCase struct {
	Name      string         `yaml:"name"`
	Source    string         `yaml:"source"`
	Evidence  string         `yaml:"evidence"`
	Note      string         `yaml:"note"`
	Retention map[string]any `yaml:"retention"`
	From      string         `yaml:"from"`
	Events    [][3]string    `yaml:"events"` // customer, time, name
	Rows      [][]int        `yaml:"rows"`
}

func readPeers(t *testing.T) []peerCase {
	t.Helper()
	text, err := os.ReadFile("testdata/peers.yaml")
	if err != nil {
		t.Fatal(err)
	}
	var cases []peerCase
	if err := yaml.UnmarshalWithOptions(text, &cases, yaml.Strict()); err != nil {
		t.Fatal(err)
	}
	if len(cases) != 5 {
		t.Errorf("%d cases", len(cases))
	}
	return cases
}

func (c *peerCase) check(t *testing.T, source func(events []*event.Message) stream.Source) {
	definition, err := json.Marshal(c.Retention)
	if err != nil {
		t.Fatal(err)
	}
	var events []*event.Message
	for _, e := range c.Events {
		events = append(events, happened(t, e[0], e[1], e[2]))
	}
	a := measure(t, source(events), Request{Retention: parse(t, string(definition)), From: c.From})
	if diff := cmp.Diff(c.Rows, countsOf(a)); diff != "" {
		t.Error(diff)
	}
}

func TestTheFiguresThatPeersAssert(t *testing.T) {
	for _, c := range readPeers(t) {
		t.Run(c.Name, func(t *testing.T) {
			c.check(t, func(events []*event.Message) stream.Source { return memory(events...) })
		})
	}
}

func parse(t testing.TB, text string) *Definition {
	t.Helper()
	d, err := Parse([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func happened(t testing.TB, who, when, what string) *event.Message {
	t.Helper()
	at, err := time.Parse(time.RFC3339Nano, when)
	if err != nil {
		t.Fatal(err)
	}
	return &event.Message{Type: event.Track, UserID: who, Name: what, Time: at.UTC(), ReceivedAt: at.UTC()}
}

func memory(messages ...*event.Message) *stream.Memory {
	for i, m := range messages {
		m.Seq, m.MessageID = uint64(i+1), fmt.Sprint("m", i+1)
	}
	return stream.NewMemory(messages, uint64(len(messages)))
}

func measure(t testing.TB, source stream.Source, r Request) *Answer {
	t.Helper()
	a, err := (&Measurer{Source: source}).Measure(context.Background(), r)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

func countsOf(a *Answer) [][]int {
	rows := make([][]int, len(a.Rows))
	for i, row := range a.Rows {
		rows[i] = row.Counts
	}
	return rows
}
