package stream_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"
	"testing"

	"pgregory.net/rapid"

	"github.com/google/go-cmp/cmp"

	"beichen/internal/event"
	"beichen/internal/identity"
	"beichen/internal/journey/stream"
	"beichen/internal/warehouse"
)

func init() { stream.Everything = func(s *stream.Streams) { everything(s) } }

// keeping is a source that saves its index in a folder.
func keeping(s *store, dir string) *stream.Live {
	live := stream.NewLive(s, s, s.graph)
	live.SaveHoweverSmall()
	live.Keep(stream.OpenSaved(dir))
	return live
}

// TestNoFileHoldsWhoWasForgotten has an index saved, with a column and a name that only
// one customer has, and forgets that customer: while it is resident, and while it is not.
func TestNoFileHoldsWhoWasForgotten(t *testing.T) {
	for _, resident := range []bool{true, false} {
		s, dir := newStore(t), t.TempDir()
		secret := track("ann", "Secret Name", 1, `{"p":"Secret Street"}`)
		other := track("bo", "A", 2, `{"p":"kept"}`)
		secret.Seq, secret.MessageID, other.Seq, other.MessageID = 1, "m1", 2, "m2"
		s.accept(secret, other)
		holds := func(text string) bool {
			raw, err := os.ReadFile(stream.SavedFile(dir))
			return err == nil && bytes.Contains(raw, []byte(text))
		}
		q := stream.Question{Keys: []event.Key{{Root: event.Properties, Path: []string{"p"}}}}
		if err := s.load(2); err != nil {
			t.Fatal(err)
		}
		live := keeping(s, dir)
		ask(t, live, q)
		if err := live.Close(); err != nil || !holds("Secret Street") || !holds("Secret Name") {
			t.Fatalf("nothing was saved: %v", err)
		}
		live = keeping(s, dir)
		if resident {
			ask(t, live, q)
		}
		s.accept(&event.Message{Seq: 3, MessageID: "m3", Type: event.Forget, Forgets: []identity.Number{1}, Time: at(3)})
		if resident {
			if got := ask(t, live, q); got.Events != 1 || holds("Secret") {
				t.Errorf("%d events; in the file: %v", got.Events, holds("Secret"))
			}
		}
		if err := s.load(1); err != nil {
			t.Fatal(err)
		}
		if got := ask(t, live, q); got.Events != 1 || holds("Secret") {
			t.Errorf("loaded, %d events; in the file: %v", got.Events, holds("Secret"))
		}
		if err := live.Close(); err != nil || holds("Secret") || !holds("kept") {
			t.Errorf("saved anew: %v, %v, %v", err, holds("Secret"), holds("kept"))
		}
		live = keeping(s, dir)
		if got := ask(t, live, q); got.Events != 1 || live.Damage() != nil {
			t.Errorf("opened again: %d events, %v", got.Events, live.Damage())
		}
		if err := live.Close(); err != nil {
			t.Error(err)
		}
	}
}

// TestASavedIndexGoesOnWhereItWasLeft closes and opens the index between rounds
// of messages of all types, and asks before, while and after who is who is read: it
// must hold what a plain reading gives.
func TestASavedIndexGoesOnWhereItWasLeft(t *testing.T) {
	read := 0
	rapid.Check(t, func(rt *rapid.T) {
		s, dir := newStore(t), t.TempDir()
		var messages []*event.Message
		for round := range rapid.IntRange(2, 4).Draw(rt, "rounds") {
			for range rapid.IntRange(0, 10).Draw(rt, "messages") {
				messages = append(messages, drawMessage(rt, uint64(len(messages)+1)))
			}
			if round > 0 && rapid.Bool().Draw(rt, "forget") {
				messages = append(messages, s.drawForget(rt, uint64(len(messages)+1)))
			}
			if round > 0 && rapid.IntRange(0, 3).Draw(rt, "expire") == 0 {
				messages = append(messages, drawExpire(rt, uint64(len(messages)+1)))
			}
			s.accept(messages[s.seen():]...)
			loaded := len(s.tail) // at first everything, so that the index is saved
			if round > 0 && rapid.Bool().Draw(rt, "behind") {
				loaded = rapid.IntRange(0, len(s.tail)).Draw(rt, "loaded")
			}
			if err := s.load(loaded); err != nil {
				rt.Fatal(err)
			}
			people := unread(s.graph)
			live := stream.NewLive(s, s, people)
			live.SaveHoweverSmall()
			live.Keep(stream.OpenSaved(dir))
			for range 2 {
				q := drawQuestion(rt)
				q.Subject, q.Nameless = stream.Subject{}, rapid.Bool().Draw(rt, "nameless")
				if s.pending() && ofAccounts(q) {
					continue
				}
				want, err := stream.NewMemory(messages, uint64(len(messages))).Streams(context.Background(), q)
				if err != nil {
					rt.Fatal(err)
				}
				var reading sync.WaitGroup
				if rapid.Bool().Draw(rt, "read meanwhile") {
					reading.Go(people.read)
				} else {
					people.readWhenAsked()
				}
				got, err := live.Streams(context.Background(), q)
				if err != nil {
					rt.Fatal(err)
				}
				reading.Wait()
				if s.pending() { // the store still has a last event that counts no more
					want.Last, got.Last = at(0), at(0)
				}
				if got.CustomerID == nil && q.Nameless {
					got.CustomerID = s.graph.View().ID
				}
				if diff := cmp.Diff(spelled(want), spelled(got)); diff != "" {
					rt.Fatal(diff)
				}
			}
			if err := live.Damage(); err != nil && !slices.ContainsFunc(messages, func(m *event.Message) bool { return m.Type == event.Forget || m.Type == event.Expire }) {
				rt.Fatal(err)
			}
			if err := live.Close(); err != nil {
				rt.Fatal(err)
			}
			if _, err := os.Stat(filepath.Join(dir, "persons")); err == nil {
				read++
			}
		}
	})
	if read == 0 {
		t.Error("no index was saved")
	}
}

// unreadPeople are people that have to be read before it is known who is who.
type unreadPeople struct {
	graph     *identity.Graph
	once      sync.Once
	whole     chan struct{}
	whenAsked atomic.Bool
	asked     atomic.Int32
}

func unread(graph *identity.Graph) *unreadPeople {
	return &unreadPeople{graph: graph, whole: make(chan struct{})}
}

func (u *unreadPeople) read()          { u.once.Do(func() { close(u.whole) }) }
func (u *unreadPeople) readWhenAsked() { u.whenAsked.Store(true) }

// Whole implements identity.People.
func (u *unreadPeople) Whole(ctx context.Context) (*identity.Graph, error) {
	u.asked.Add(1)
	if u.whenAsked.Load() {
		u.read()
	}
	select {
	case <-u.whole:
		return u.graph, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// before opens the saved index of a store, before it is known who is who.
func before(s *store, tail stream.Tail, dir string) (*stream.Live, *unreadPeople) {
	people := unread(s.graph)
	live := stream.NewLive(s, tail, people)
	live.SaveHoweverSmall()
	live.Keep(stream.OpenSaved(dir))
	return live, people
}

func TestCountsNeedNobodysNameWhereNothingCameSince(t *testing.T) {
	s, dir := filled(t)
	live, people := before(s, s, dir)
	defer live.Close()
	q := everyKey()
	q.Nameless = true
	got := ask(t, live, q)
	if got.Events != 20 || got.Customers != 3 || got.Facts == 0 || people.asked.Load() != 0 {
		t.Errorf("%d events of %d customers, facts %d, asked %d times who is who", got.Events, got.Customers, got.Facts, people.asked.Load())
	}
	people.readWhenAsked()
	if named := ask(t, live, everyKey()); named.CustomerID(1) != "a" || named.Facts == got.Facts {
		t.Errorf("the first customer is %q, facts %d and %d", named.CustomerID(1), named.Facts, got.Facts)
	}
}

// What hangs on who is who waits until that is known, as long as its context lets it.
func TestWhatHangsOnWhoIsWhoWaitsForIt(t *testing.T) {
	nameless := func(q stream.Question) stream.Question { q.Nameless = true; return q }
	plain := stream.Question{Patterns: []event.Pattern{{Name: "X"}}}
	for name, c := range map[string]struct {
		since func(s *store)
		q     stream.Question
	}{
		"names":     {func(*store) {}, plain},
		"traits":    {func(*store) {}, nameless(stream.Question{Keys: []event.Key{{Root: event.Traits, Path: []string{"plan"}}}})},
		"accounts":  {func(*store) {}, nameless(stream.Question{Subject: stream.Subject{Kind: stream.Account}})},
		"a new key": {func(*store) {}, nameless(stream.Question{Keys: []event.Key{{Root: event.Properties, Path: []string{"other"}}}})},
		"an event that came since": {func(s *store) {
			m := track("d", "X", 30, "")
			m.Seq, m.MessageID = 21, "u"
			s.accept(m)
		}, nameless(plain)},
		"two ids that were joined since": {func(s *store) {
			s.accept(&event.Message{Seq: 21, MessageID: "u", Type: event.Alias, UserID: "b", PreviousID: "a", Time: at(30)})
			if err := s.load(1); err != nil {
				t.Fatal(err)
			}
		}, nameless(plain)},
	} {
		t.Run(name, func(t *testing.T) {
			s, dir := filled(t)
			c.since(s)
			live, people := before(s, s, dir)
			defer live.Close()
			ctx, cancel := context.WithCancel(context.Background())
			var ended error
			var asking sync.WaitGroup
			asking.Go(func() { _, ended = live.Streams(ctx, c.q) })
			for people.asked.Load() == 0 {
				runtime.Gosched()
			}
			cancel()
			asking.Wait()
			if !errors.Is(ended, context.Canceled) {
				t.Errorf("answered without knowing who is who: %v", ended)
			}
			people.read()
			want := ask(t, stream.NewLive(s, s, s.graph), c.q)
			if diff := cmp.Diff(spelled(want), spelled(ask(t, live, c.q))); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// An index that was saved while somebody was being joined may know more of who is
// who than the facts it is of, and is not taken for what they say.
func TestWhoIsWhoIsLookedUpWhereTheSavedIndexMayKnowMore(t *testing.T) {
	s, dir := filled(t)
	if err := os.Remove(stream.SavedFile(dir)); err != nil {
		t.Fatal(err)
	}
	live := keeping(s, dir)
	ask(t, live, everyKey())
	s.accept(&event.Message{Seq: 21, MessageID: "u", Type: event.Alias, UserID: "b", PreviousID: "a", Time: at(30)})
	if err := live.Close(); err != nil {
		t.Fatal(err)
	}
	again, people := before(s, tailFunc(func() (uint64, []warehouse.Stored) { return s.at.Seq, nil }), dir)
	defer again.Close()
	people.read()
	q := everyKey()
	q.Nameless = true
	ask(t, again, q)
	if again.Damage() != nil || people.asked.Load() == 0 {
		t.Errorf("damage %v, asked %d times who is who", again.Damage(), people.asked.Load())
	}
}

// filled is a store with a few events, all loaded, and the folder with its index.
func filled(t *testing.T) (*store, string) {
	t.Helper()
	s, dir := newStore(t), t.TempDir()
	for i := range 20 {
		m := track([]string{"a", "b", "c"}[i%3], []string{"X", "Y"}[i%2], i, `{"plan":"pro","seats":3,"tags":["x"],"trial":true}`)
		m.Seq, m.MessageID = uint64(i+1), string(rune('a'+i))
		if i%4 == 0 {
			m.Value, m.Currency = new(9.5), "TWD"
		}
		s.accept(m)
	}
	if err := s.load(20); err != nil {
		t.Fatal(err)
	}
	live := keeping(s, dir)
	ask(t, live, everyKey())
	if err := live.Close(); err != nil {
		t.Fatal(err)
	}
	return s, dir
}

func everyKey() stream.Question {
	q := stream.Question{Patterns: []event.Pattern{{Name: "X"}}}
	for _, name := range []string{"plan", "seats", "tags", "trial", "missing"} {
		q.Keys = append(q.Keys, event.Key{Root: event.Properties, Path: []string{name}})
	}
	return q
}

func TestAnIndexThatWasSavedIsReadWithoutTheStore(t *testing.T) {
	s, dir := filled(t)
	s.scans.Store(0)
	live := keeping(s, dir)
	defer live.Close()
	if got := ask(t, live, everyKey()); got.Events != 20 || s.scans.Load() != 0 {
		t.Errorf("%d events after %d scans", got.Events, s.scans.Load())
	}
}

// A torn or foreign file is rebuilt, never trusted.
func TestATornOrForeignFileIsBuiltAnew(t *testing.T) {
	_, other := filled(t)
	for name, spoil := range map[string]func(t *testing.T, s *store, file string){
		"torn": func(t *testing.T, _ *store, file string) {
			rewrite(t, file, func(b []byte) []byte { return b[:len(b)/2] })
		},
		"flipped": func(t *testing.T, _ *store, file string) {
			rewrite(t, file, func(b []byte) []byte { b[len(b)/3] ^= 4; return b })
		},
		"flipped in who is who": func(t *testing.T, _ *store, file string) {
			rewrite(t, file, func(b []byte) []byte {
				owners := []byte{0, 0, 0, 0, 1, 0, 0, 0, 2, 0, 0, 0, 3, 0, 0, 0}
				at := bytes.Index(b, owners)
				if at < 0 {
					t.Fatal("the file has no owners")
				}
				b[at+12] = 1 // the third customer were the first
				return b
			})
		},
		"of other people": func(*testing.T, *store, string) {},
		"empty":           func(t *testing.T, _ *store, file string) { rewrite(t, file, func([]byte) []byte { return nil }) },
		"of another program": func(t *testing.T, _ *store, file string) {
			rewrite(t, file, func(b []byte) []byte { return append([]byte("something else\n"), b...) })
		},
		"of another workspace": func(*testing.T, *store, string) {},
	} {
		t.Run(name, func(t *testing.T) {
			s, dir := filled(t)
			if name == "of another workspace" {
				s = newStore(t)
				for i := range 20 {
					m := track("z", "Z", i, "")
					m.Seq, m.MessageID = uint64(i+1), "other"+string(rune('a'+i))
					s.accept(m)
				}
				if err := s.load(20); err != nil {
					t.Fatal(err)
				}
				dir = other
			}
			if name == "of other people" {
				s, dir = joined(t, "b"), filepath.Join(t.TempDir(), "index")
				live := keeping(joined(t, "a"), dir)
				ask(t, live, everyKey())
				if err := live.Close(); err != nil {
					t.Fatal(err)
				}
			}
			spoil(t, s, filepath.Join(dir, "persons"))
			want := ask(t, stream.NewLive(s, s, s.graph), everyKey())
			live := keeping(s, dir)
			if diff := cmp.Diff(spelled(want), spelled(ask(t, live, everyKey()))); diff != "" {
				t.Error(diff)
			}
			if live.Damage() == nil {
				t.Error("nobody noticed")
			}
			if err := live.Close(); err != nil {
				t.Fatal(err)
			}
			again := keeping(s, dir)
			defer again.Close()
			ask(t, again, everyKey())
			if err := again.Damage(); err != nil {
				t.Errorf("it was not saved anew: %v", err)
			}
		})
	}
}

// joined is a store with the same events whoever a visitor turns out to be.
func joined(t *testing.T, user string) *store {
	t.Helper()
	s := newStore(t)
	for i, m := range []*event.Message{
		track("a", "X", 1, ""), track("b", "X", 2, ""),
		{Type: event.Track, AnonymousID: "v", Name: "X", Time: at(3)},
		{Type: event.Identify, UserID: user, AnonymousID: "v", Time: at(4)},
	} {
		m.Seq, m.MessageID = uint64(i+1), fmt.Sprint(m.Type, i, m.Name, m.UserID)
		s.accept(m)
	}
	if err := s.load(4); err != nil {
		t.Fatal(err)
	}
	return s
}

func rewrite(t *testing.T, file string, change func([]byte) []byte) {
	t.Helper()
	raw, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, change(raw), 0o600); err != nil {
		t.Fatal(err)
	}
}

// FuzzSavedIndex feeds the reader what no checksum protects: it must say no, or
// give something that can be read from end to end.
func FuzzSavedIndex(f *testing.F) {
	s := newFuzzStore(f)
	live := stream.NewLive(s, s, s.graph)
	if _, err := live.Streams(context.Background(), everyKey()); err != nil {
		f.Fatal(err)
	}
	good := live.Encode()
	if err := stream.DecodeUnchecked(slices.Clone(good)); err != nil {
		f.Fatal(err)
	}
	f.Add(good)
	f.Add(bytes.Repeat([]byte{1}, 64))
	f.Add([]byte{})
	f.Fuzz(func(t *testing.T, raw []byte) {
		_ = stream.DecodeUnchecked(raw)
	})
}

func newFuzzStore(f *testing.F) *store {
	s := newStore(f)
	for i := range 6 {
		m := track([]string{"a", "b"}[i%2], []string{"X", "Y"}[i%2], i, `{"plan":"pro","seats":3,"tags":["x"],"trial":true}`)
		m.Seq, m.MessageID = uint64(i+1), string(rune('a'+i))
		m.Value, m.Currency = new(9.5), "TWD"
		s.accept(m)
	}
	return s
}
