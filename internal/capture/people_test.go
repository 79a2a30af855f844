package capture

import (
	"errors"
	"runtime"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"beichen/internal/event"
	"beichen/internal/fault"
)

// reopened is an intake whose warehouse has all there is, opened again; it reads who
// is who only when asked.
func reopened(t *testing.T) *bench {
	t.Helper()
	b := newBench(t, Config{})
	b.accept(b.track("a", "u1"), b.track("b", "u2"))
	b.flush()
	b.close()
	b.open(Config{LearnIn: time.Hour})
	return b
}

func TestWhoIsWhoIsReadWhenItIsNeeded(t *testing.T) {
	b := reopened(t)
	if loaded, tail := b.intake.Tail(); loaded != 2 || len(tail) != 0 || b.intake.Through() != 2 {
		t.Errorf("loaded %d, %d in the tail, through %d", loaded, len(tail), b.intake.Through())
	}
	if n := b.store.learnt.Load(); n != 0 {
		t.Errorf("read %d times before anybody asked", n)
	}
	if got := b.accept(b.track("a", "u1"), b.track("c", "u3")); got.Stored != 1 || got.Duplicate != 1 {
		t.Errorf("%+v", got)
	}
	want := []event.Ref{{ID: "u1"}, {ID: "u2"}, {ID: "u3"}}
	if diff := cmp.Diff(want, b.people().RefsAfter(0)); diff != "" {
		t.Error(diff)
	}
	if n := b.store.learnt.Load(); n != 1 {
		t.Errorf("read %d times", n)
	}
	b.flush()
	b.once("a", "b", "c")
}

func TestWhoIsWhoIsReadThoughNobodyAsks(t *testing.T) {
	b := reopened(t)
	b.close()
	b.open(Config{LearnIn: time.Nanosecond})
	for b.store.learnt.Load() == 0 {
		runtime.Gosched()
	}
}

func TestNothingIsTakenBeforeItIsKnownWhoIsWho(t *testing.T) {
	b := reopened(t)
	b.store.away.Store(true)
	_, asked := b.intake.Whole(t.Context())
	_, accepted := b.intake.Accept(t.Context(), []Incoming{b.track("c", "u3")})
	for _, err := range []error{asked, accepted} {
		if f, ok := errors.AsType[*fault.Error](err); !ok || f.Key != "warehouse.failed" || f.Args["retryAfter"] == nil {
			t.Errorf("%v", err)
		}
	}
	b.store.away.Store(false)
	for asked != nil {
		_, asked = b.intake.Whole(t.Context())
	}
	b.accept(b.track("c", "u3"))
	b.flush()
	b.once("a", "b", "c")
}

func TestAnIntakeThatIsClosedTellsNobodyWhoIsWho(t *testing.T) {
	b := reopened(t)
	intake := b.intake
	b.close()
	_, err := intake.Whole(t.Context())
	if f, ok := errors.AsType[*fault.Error](err); !ok || f.Key != "eventlog.closed" {
		t.Errorf("%v", err)
	}
}
