package main

import (
	"encoding/json"
	"fmt"
	"iter"
	"slices"
	"strings"
	"time"

	"beichen/bench/history"
	"beichen/bench/load"
	"beichen/bench/plan"
	"beichen/internal/capture"
	"beichen/internal/demo"
	"beichen/internal/event"
)

// sizedEvents is how many events of each kind the stores are filled with.
const sizedEvents = 1_000_000

// kinds of facts, as they come in.
var kinds = []struct {
	name     string
	messages func() (iter.Seq[[]capture.Incoming], error)
}{
	{plan.SampleCompany, sampleCompany},
	{plan.BrowserEvents, browserEvents},
	{plan.History, historyMessages},
}

func sampleCompany() (iter.Seq[[]capture.Incoming], error) {
	company, err := demo.New(demo.Default(history.Last))
	if err != nil {
		return nil, err
	}
	return func(yield func([]capture.Incoming) bool) {
		for messages := range company.Messages() {
			in := make([]capture.Incoming, len(messages))
			for i := range messages {
				in[i].Message = messages[i]
				in[i].Message.Imported = false // each batch would be looked for in the store
			}
			if !yield(in) {
				return
			}
		}
	}, nil
}

// browserEvents are those of capture's benchmark, an event each tenth of a second.
func browserEvents() (iter.Seq[[]capture.Incoming], error) {
	at := history.First
	write := load.BrowserEvents("sizes", sizedEvents/20, at)
	return func(yield func([]capture.Incoming) bool) {
		for serial := 0; serial < sizedEvents; serial += captureBatch {
			in := make([]capture.Incoming, captureBatch)
			for i := range in {
				at = at.Add(100 * time.Millisecond)
				in[i] = capture.Receive(write(nil, uint64(serial+i)), capture.Envelope{ReceivedAt: at, Source: "shop"})
				in[i].Message.Time = at
			}
			if !yield(in) {
				return
			}
		}
	}, nil
}

// historyMessages are the history's, in the order of time.
func historyMessages() (iter.Seq[[]capture.Incoming], error) {
	var all []capture.Incoming
	for r := (history.Plan{Events: sizedEvents, Seed: seed}).Read(); ; {
		run := r.Next()
		if run == nil {
			break
		}
		for i := range run.Len() {
			all = append(all, capture.Incoming{Message: *messageOf(run, i)})
		}
	}
	slices.SortStableFunc(all, func(a, b capture.Incoming) int { return a.Message.Time.Compare(b.Message.Time) })
	return slices.Chunk(all, captureBatch), nil
}

// messageOf is an event of a run as the shop's library would have sent it.
func messageOf(run *history.Events, i int) *event.Message {
	at := time.UnixMilli(run.Time[i]).UTC()
	m := &event.Message{
		MessageID: fmt.Sprintf("c%d-%d", run.Customer[i], run.Ordinal[i]), Type: event.Track,
		UserID: fmt.Sprintf("c%d", run.Customer[i]), Name: history.Names[run.Name[i]], Time: at, ReceivedAt: at,
		Channel: history.Channels[run.Channel[i]], Source: "bench", Properties: properties(run, i),
	}
	if cents := run.Cents[i]; cents > 0 {
		m.Value, m.Currency = new(float64(cents)/100), history.Currency
	}
	return m
}

// properties of an event, as JSON.
func properties(e *history.Events, i int) json.RawMessage {
	var b strings.Builder
	fmt.Fprintf(&b, `{"plan":%q`, history.Tiers[e.Tier[i]])
	if e.Name[i] == history.FunnelStep(0) {
		for _, values := range history.Groups {
			fmt.Fprintf(&b, `,"group%d":%q`, values, history.Group(values, e.Customer[i]))
		}
	}
	if e.Cents[i] > 0 {
		amount, _ := json.Marshal(float64(e.Cents[i]) / 100)
		text := string(amount)
		if !strings.Contains(text, ".") {
			text += ".0"
		}
		fmt.Fprintf(&b, `,"value":%s,"currency":%q`, text, history.Currency)
	}
	return json.RawMessage(b.String() + "}")
}
