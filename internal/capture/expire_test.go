package capture

import (
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"beichen/internal/event"
	"beichen/internal/eventlog"
	"beichen/internal/warehouse"
)

// happened is an event of some minutes after the tests' messages are received.
func happened(id, user string, minutes int) Incoming {
	in := sent(id, user)
	in.Message.Time = received.Add(time.Duration(minutes) * time.Minute)
	return in
}

func keptFrom(minutes int) time.Time { return received.Add(time.Duration(minutes) * time.Minute) }

func expireID(minutes int) string {
	return "beichen:expire:" + keptFrom(minutes).Format(time.RFC3339Nano)
}

// Write keys are no secret: whoever has one can send a message with any id.
func TestNobodyKeepsFactsFromExpiringByTheIDOfItsMessage(t *testing.T) {
	b := newBench(t, Config{})
	b.accept(happened("old", "ann", -10), b.receive(`{"type":"track","event":"x","messageId":"`+expireID(-5)+`","userId":"mallory"}`))
	b.flush()
	if err := b.intake.Expire(t.Context(), keptFrom(-5), "ann@example.com"); err != nil {
		t.Fatal(err)
	}
	if h, err := b.store.Horizon(t.Context()); err != nil || !h.From.Equal(keptFrom(-5)) || h.Gone != 1 {
		t.Errorf("%+v, %v", h, err)
	}
	b.accept(Incoming{Message: event.Message{Type: event.Track, Name: "x", UserID: "an earlier version's", MessageID: expireID(-4), Time: received, ReceivedAt: received}})
	if err := b.intake.Expire(t.Context(), keptFrom(-4), "ann@example.com"); err == nil {
		t.Error("nothing expired, and nothing was said of it")
	}
}

func TestEventsExpireAndThoseThatComeLateAreCountedAndNotKept(t *testing.T) {
	b := newBench(t, Config{})
	b.accept(happened("old", "ann", -10), happened("new", "ann", 0), b.receive(`{"type":"identify","messageId":"i","userId":"ann","anonymousId":"v","timestamp":"2000-01-01T00:00:00Z"}`))
	for range 2 { // whoever says it again says nothing new
		if err := b.intake.Expire(t.Context(), keptFrom(-5), "ann@example.com"); err != nil {
			t.Fatal(err)
		}
	}
	b.once("new", "i", expireID(-5))
	imported := happened("imported", "bo", -9)
	imported.Message.Imported = true
	in := []Incoming{happened("late", "bo", -6), imported, happened("in time", "bo", -5)}
	if r := b.accept(in...); r.Stored != 1 || r.Expired != 2 || r.Duplicate != 0 {
		t.Errorf("%+v", r)
	}
	b.flush()
	b.once("new", "i", expireID(-5), "in time")
	state := b.intake.State()
	if state.TooLate != 2 || state.Horizon != keptFrom(-5).UnixMicro() {
		t.Errorf("%d came late, kept from %d", state.TooLate, state.Horizon)
	}
	if err := b.intake.Expire(t.Context(), keptFrom(-20), "ann@example.com"); err != nil {
		t.Fatal(err)
	}
	b.close()
	b.open(Config{})
	b.flush()
	b.accept(happened("later", "bo", -7))
	b.flush()
	h, err := b.store.Horizon(t.Context())
	if want := (warehouse.Horizon{From: keptFrom(-5).UTC(), Gone: 4}); err != nil || h != want {
		t.Errorf("%+v, %v, want %+v", h, err, want)
	}
	if view := b.people().View(); view.Horizon() != keptFrom(-5).UnixMicro() {
		t.Errorf("kept from %d", view.Horizon())
	}
}

// TestTheLogExpiresTheSameHoweverItIsLoaded accepts, says what expires, loads, loses
// answers, is away until the log alone has what came, and begins again, in any order:
// in the end the store has what is kept, once, and nothing older.
func TestTheLogExpiresTheSameHoweverItIsLoaded(t *testing.T) {
	for seed := range uint64(12) {
		t.Run(fmt.Sprint("seed ", seed), func(t *testing.T) {
			random := rand.New(rand.NewPCG(seed, 5))
			c := Config{TailRows: 12, ChunkRows: 5, LoadEvery: time.Millisecond, Log: eventlog.Options{Linger: time.Nanosecond}}
			b := newBench(t, c)
			b.people()
			at := map[string]int{}
			said, horizon := map[string]bool{}, -99
			for step := range 40 {
				switch random.IntN(8) {
				case 0:
					minutes := -40 + step
					in := Incoming{Message: event.Message{Type: event.Expire, MessageID: expireID(minutes), Time: keptFrom(minutes).UTC(), ReceivedAt: b.now}}
					b.accept(in)
					said[expireID(minutes)], horizon = true, max(horizon, minutes)
				case 1:
					b.store.away.Store(false)
					b.flush()
				case 2:
					b.store.loseAnswer.Store(true)
				case 3:
					b.store.away.Store(!b.store.away.Load())
				case 4:
					b.close()
					b.open(c)
					b.people() // who is who is read before the store may be away again
				default:
					id := fmt.Sprint("m", step)
					at[id] = random.IntN(50) - 45
					b.accept(happened(id, fmt.Sprint("u", step%3), at[id]))
				}
			}
			b.store.away.Store(false)
			b.flush()
			var want []string
			for id, minutes := range at {
				if minutes >= horizon {
					want = append(want, id)
				}
			}
			for id := range said {
				want = append(want, id)
			}
			b.once(want...)
			if h, err := b.store.Horizon(t.Context()); err != nil || h.Gone != int64(len(at)+len(said)-len(want)) {
				t.Errorf("%+v, %v, of %d", h, err, len(at))
			}
		})
	}
}

// TestNodesThatSayTheSameExpireOnce has two nodes say it at once, one of which loses its
// turn at each step of its load.
func TestNodesThatSayTheSameExpireOnce(t *testing.T) {
	for _, step := range []string{"before its number", "with its number", "before its proof"} {
		t.Run(step, func(t *testing.T) {
			c := newCompany(t, t, 2)
			defer c.close()
			one, two := c.nodes[0], c.nodes[1]
			one.accept(happened("old", "ann", -10), happened("new", "ann", 0))
			one.flush()
			c.turns.stolen(one, step, func() {
				if err := two.intake.Expire(t.Context(), keptFrom(-5), "two"); err != nil {
					t.Error(err)
				}
			})
			if err := one.intake.Expire(t.Context(), keptFrom(-5), "one"); err != nil {
				t.Fatal(err)
			}
			two.accept(happened("late", "bo", -6), happened("in time", "bo", -5))
			two.flush()
			h, err := one.store.Horizon(t.Context())
			if want := (warehouse.Horizon{From: keptFrom(-5).UTC(), Gone: 2}); err != nil || h != want {
				t.Errorf("%+v, %v, want %+v", h, err, want)
			}
			for _, m := range c.nodes {
				m.catchUp()
				if state := m.intake.State(); state.Horizon != keptFrom(-5).UnixMicro() {
					t.Errorf("%s keeps from %d", m.name, state.Horizon)
				}
			}
			if digest, err := one.store.Digest(t.Context(), 99); err != nil || digest.Events != 2 || digest.IdentityFacts != 1 {
				t.Errorf("%+v, %v", digest, err)
			}
		})
	}
}
