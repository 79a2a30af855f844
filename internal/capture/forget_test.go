package capture

import (
	"bytes"
	"context"
	"fmt"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"beichen/internal/event"
	"beichen/internal/eventlog"
	"beichen/internal/fault"
	"beichen/internal/warehouse"
)

func TestACustomerIsForgottenByLogMemoryAndStore(t *testing.T) {
	b := newBench(t, Config{})
	b.accept(b.track("a", "ann-of-old"), b.track("b", "bo"), b.receive(`{"type":"identify","messageId":"i","userId":"ann-of-old","anonymousId":"v","traits":{"name":"Ann Secret"}}`),
		b.receive(`{"type":"track","messageId":"bad","userId":"ann-of-old"}`))
	gone, err := forgetUser(t.Context(), b.intake, "ann-of-old")
	if err != nil || gone != (warehouse.Forgotten{Messages: 2, IDs: 2, Quarantined: 1}) {
		t.Errorf("%+v, %v", gone, err)
	}
	if _, found := b.people().Lookup(event.Ref{ID: "ann-of-old"}); found {
		t.Error("the graph finds her")
	}
	if _, tail := b.intake.Tail(); len(tail) != 0 {
		t.Errorf("the tail holds %d", len(tail))
	}
	b.once("b", forgetID("ann-of-old"))
	if err := b.intake.Erased(t.Context()); err != nil {
		t.Fatal(err)
	}
	looked := 0
	inFiles(t, b.dir, func(file string, content []byte) {
		looked++
		for _, text := range []string{"ann-of-old", "Ann Secret"} {
			if bytes.Contains(content, []byte(text)) {
				t.Errorf("%s holds %q", file, text)
			}
		}
	})
	if looked < 3 { // of the log its lock and an empty segment, and the facts
		t.Errorf("%d files", looked)
	}
	b.accept(b.track("again", "ann-of-old"))
	b.close()
	b.open(Config{})
	b.flush()
	if n, found := b.people().Lookup(event.Ref{ID: "ann-of-old"}); n != 4 || !found {
		t.Errorf("whoever comes again has the number %d, %v", n, found)
	}
	b.once("b", forgetID("ann-of-old"), "again")
}

// TestErasedWaitsForWhatAnEarlierProcessHasLeft asks it as soon as the log is open, when
// nothing has to be read for it yet.
func TestErasedWaitsForWhatAnEarlierProcessHasLeft(t *testing.T) {
	b := newBench(t, Config{})
	b.accept(b.track("a", "ann-of-old"))
	b.flush()
	if err := b.store.Checkpoint(t.Context()); err != nil { // she is in the file itself
		t.Fatal(err)
	}
	b.store.keepBytes.Store(true)
	if _, err := forgetUser(t.Context(), b.intake, "ann-of-old"); err != nil {
		t.Fatal(err)
	}
	b.close()
	b.open(Config{LearnIn: 100 * time.Millisecond})
	if err := b.intake.Erased(t.Context()); err != nil {
		t.Fatal(err)
	}
	inFiles(t, b.dir, func(file string, content []byte) {
		if bytes.Contains(content, []byte("ann-of-old")) {
			t.Errorf("%s holds it", file)
		}
	})
}

// heldFiles does not remove a file while it is held.
type heldFiles struct {
	eventlog.FS
	held sync.Mutex
}

func (f *heldFiles) Remove(name string) error {
	f.held.Lock()
	defer f.held.Unlock()
	return f.FS.Remove(name)
}

// TestErasedWaitsForWhatWasJustLoaded asks it between a load that questions see already
// and the cutting of the log that follows it.
func TestErasedWaitsForWhatWasJustLoaded(t *testing.T) {
	dir, err := eventlog.Dir(filepath.Join(t.TempDir(), "log"))
	if err != nil {
		t.Fatal(err)
	}
	files := &heldFiles{FS: dir}
	b := newBench(t, Config{Log: eventlog.Options{FS: files, SegmentBytes: 1}})
	b.accept(b.track("a", "ann"))
	b.flush()
	if err := b.intake.Erased(t.Context()); err != nil {
		t.Fatal(err)
	}
	ann, _ := b.people().Lookup(event.Ref{ID: "ann"})
	files.held.Lock()
	if _, err := b.intake.Forget(t.Context(), []uint32{ann}, "ann@example.com", "forget"); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	if err := b.intake.Erased(ctx); err == nil {
		t.Error("it says so while the log holds her")
	}
	files.held.Unlock()
	if err := b.intake.Erased(t.Context()); err != nil {
		t.Error(err)
	}
}

// TestWhatIsReadFromTheLogOnceMoreIsForgottenToo has the store away for so long that
// messages of a customer, and the word to forget them, are in the log alone.
func TestWhatIsReadFromTheLogOnceMoreIsForgottenToo(t *testing.T) {
	for _, crash := range []bool{false, true} {
		t.Run(fmt.Sprint("opened again ", crash), func(t *testing.T) {
			c := Config{TailRows: 20, ChunkRows: 15, LoadEvery: time.Millisecond, Log: eventlog.Options{Linger: time.Nanosecond}}
			b := newBench(t, c)
			b.accept(b.track("a", "ann"), b.track("b", "bo"))
			b.flush()
			ann, _ := b.people().Lookup(event.Ref{ID: "ann"})
			b.store.away.Store(true)
			want := []string{"b", "forget", "after", "linked"}
			for i := range 60 {
				b.accept(b.track(fmt.Sprint("of ann ", i), "ann"), b.track(fmt.Sprint("of bo ", i), "bo"),
					b.receive(fmt.Sprintf(`{"type":"identify","messageId":"i%d","userId":"ann","anonymousId":"v"}`, i)))
				want = append(want, fmt.Sprint("of bo ", i))
			}
			forget := Incoming{Message: event.Message{Type: event.Forget, MessageID: "forget", Forgets: []uint32{ann}, Time: b.now, ReceivedAt: b.now}}
			b.accept(forget, b.track("after", "ann"), b.receive(`{"type":"identify","messageId":"linked","userId":"bo","anonymousId":"v"}`))
			if crash {
				b.close()
				b.open(c)
			} else {
				b.store.away.Store(false)
			}
			b.flush()
			b.once(want...)
			again, _ := b.people().Lookup(event.Ref{ID: "ann"})
			bo, _ := b.people().Lookup(event.Ref{ID: "bo"})
			visitor, _ := b.people().Lookup(event.Ref{ID: "v", Anonymous: true})
			if again == ann || b.people().View().Person(visitor) != bo {
				t.Errorf("ann was %d and is %d, the visitor belongs to %d", ann, again, b.people().View().Person(visitor))
			}
			b.close()
			b.open(c)
			if n, _ := b.people().Lookup(event.Ref{ID: "ann"}); n != again {
				t.Errorf("opened again, ann is %d and was %d", n, again)
			}
		})
	}
}

func TestSendersCannotForget(t *testing.T) {
	b := newBench(t, Config{})
	b.accept(b.track("a", "ann"))
	for _, imported := range []bool{false, true} {
		in := Receive([]byte(`{"type":"forget","messageId":"f","userId":"ann","forgets":[1],"timestamp":"2024-01-01T00:00:00Z"}`), Envelope{ReceivedAt: b.now, Imported: imported})
		if in.Refused == nil || in.Refused.Reason != "capture.bad-type" {
			t.Errorf("imported %v: %+v", imported, in)
		}
	}
	if _, err := Decode([]byte(`{}`), Envelope{Type: event.Forget, ReceivedAt: b.now}); !fault.Is(err, fault.Invalid) {
		t.Errorf("%v", err)
	}
}
