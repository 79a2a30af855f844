package capture

import (
	"fmt"
	"sync"
	"sync/atomic"
	"testing"

	"beichen/internal/event"
	"beichen/internal/fault"
)

// What is halted while many send has in the store all that it acknowledged, and takes
// nothing until it goes on.
func TestAHaltedIntakeHasLoadedWhatItAcknowledged(t *testing.T) {
	b := newBench(t, Config{})
	var acknowledged, refused atomic.Int64
	begun := make(chan struct{}, 4)
	var senders sync.WaitGroup
	for k := range 4 {
		senders.Go(func() {
			for n := 0; refused.Load() < 40; n++ {
				_, err := b.intake.Accept(t.Context(), []Incoming{{Message: event.Message{
					Type: event.Track, Name: "Tea Seen", UserID: "a", MessageID: fmt.Sprint(k, " ", n), Time: received, ReceivedAt: received,
				}}})
				switch f, _ := err.(*fault.Error); {
				case err == nil:
					acknowledged.Add(1)
				case f != nil && f.Key == "capture.halted" && f.Kind == fault.Unavailable && f.Args["retryAfter"] == haltedRetry:
					refused.Add(1)
				default:
					t.Error(err)
					return
				}
				if n == 3 {
					begun <- struct{}{}
				}
			}
		})
	}
	for range 4 {
		<-begun
	}
	if err := b.intake.Halt(t.Context()); err != nil {
		t.Fatal(err)
	}
	p, err := b.store.Position(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	senders.Wait()
	if got := acknowledged.Load(); int64(p.Seq) != got || b.intake.Through() != p.Seq || got < 16 {
		t.Errorf("%d were acknowledged, the store is at %d, the log at %d", got, p.Seq, b.intake.Through())
	}
	b.intake.Resume()
	if _, err := b.intake.Accept(t.Context(), []Incoming{{Message: event.Message{Type: event.Track, Name: "X", UserID: "a", Time: received}}}); err != nil {
		t.Errorf("after it went on: %v", err)
	}
}
