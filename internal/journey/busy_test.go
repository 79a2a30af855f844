package journey

import (
	"context"
	"fmt"
	"testing"
	"time"

	"beichen/internal/event"
	"beichen/internal/journey/stream"
)

// A machine that sends the first stage's event all day is one customer with as
// many entries as events. Walking every chain to its end would take minutes, and
// go test's own patience would end it.
func TestACustomerOfManyEntriesIsMeasuredInOneWalk(t *testing.T) {
	start := time.Date(2024, 1, 1, 0, 0, 0, 0, time.UTC)
	var messages []*event.Message
	for i := range 100_000 {
		messages = append(messages, &event.Message{
			Type: event.Track, UserID: "robot", Name: "A", Time: start.Add(time.Duration(i) * time.Second),
			Seq: uint64(i + 1), MessageID: fmt.Sprint(i),
		})
	}
	source := stream.NewMemory(messages, uint64(len(messages)))
	for _, more := range []string{"order: ordered", "order: strict", "exclude: [{event: X, between: [a, b]}]"} {
		j, err := Parse([]byte("{kind: Journey, id: j, window: none, " + more + ", stages: [{id: a, steps: [{id: a, when: [{event: A}]}]}, {id: b, steps: [{id: b, when: [{event: B}]}]}]}"))
		if err != nil {
			t.Fatal(err)
		}
		a, err := (&Measurer{Source: source}).Measure(context.Background(), Request{Journey: j})
		if err != nil || *a.Entered != 1 || *a.Stages[1].Pending != 1 {
			t.Errorf("%s: %v", more, err)
		}
	}
}
