package stream_test

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/google/go-cmp/cmp"

	"beichen/internal/event"
	"beichen/internal/journey/stream"
)

func init() { stream.Everything = func(s *stream.Streams) { everything(s) } }

// keeping is a source that saves its index in a folder.
func keeping(s *store, dir string) *stream.Live {
	live := stream.NewLive(s, s, s.graph)
	live.SaveHoweverSmall()
	live.Keep(stream.OpenSaved(dir))
	return live
}

// TestASavedIndexGoesOnWhereItWasLeft closes and opens the index between rounds
// of messages of all types: it must hold what a plain reading gives.
func TestASavedIndexGoesOnWhereItWasLeft(t *testing.T) {
	read := 0
	rapid.Check(t, func(rt *rapid.T) {
		s, dir := newStore(t), t.TempDir()
		var messages []*event.Message
		for range rapid.IntRange(2, 4).Draw(rt, "rounds") {
			for range rapid.IntRange(0, 10).Draw(rt, "messages") {
				messages = append(messages, drawMessage(rt, uint64(len(messages)+1)))
			}
			s.accept(messages[s.seen():]...)
			if err := s.load(rapid.IntRange(0, len(s.tail)).Draw(rt, "loaded")); err != nil {
				rt.Fatal(err)
			}
			live := keeping(s, dir)
			for range 2 {
				q := drawQuestion(rt)
				q.Subject = stream.Subject{}
				want, err := stream.NewMemory(messages, uint64(len(messages))).Streams(context.Background(), q)
				if err != nil {
					rt.Fatal(err)
				}
				got, err := live.Streams(context.Background(), q)
				if err != nil {
					rt.Fatal(err)
				}
				if diff := cmp.Diff(spelled(want), spelled(got)); diff != "" {
					rt.Fatal(diff)
				}
			}
			if err := live.Damage(); err != nil {
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
		"empty": func(t *testing.T, _ *store, file string) { rewrite(t, file, func([]byte) []byte { return nil }) },
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
