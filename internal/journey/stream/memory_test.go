package stream_test

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"beichen/internal/event"
	"beichen/internal/journey/stream"
)

// at is a minute of the day that tests speak of.
func at(minute int) time.Time {
	return time.Date(2024, 3, 1, 0, minute, 0, 0, time.UTC)
}

func track(user, name string, minute int, properties string) *event.Message {
	return &event.Message{
		Type: event.Track, UserID: user, Name: name, Time: at(minute), ReceivedAt: at(minute),
		Properties: json.RawMessage(properties),
	}
}

func memory(messages ...*event.Message) *stream.Memory {
	for i, m := range messages {
		m.Seq, m.MessageID = uint64(i+1), fmt.Sprint("m", i+1)
	}
	return stream.NewMemory(messages, uint64(len(messages)))
}

func ask(t *testing.T, source stream.Source, q stream.Question) *stream.Streams {
	t.Helper()
	s, err := source.Streams(context.Background(), q)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// rows writes every event as "customer minute name bits".
func rows(s *stream.Streams) []string {
	var out []string
	for _, r := range everything(s) {
		var bits uint64
		if len(r.Match) > 0 {
			bits = r.Match[0]
		}
		minute := time.UnixMicro(r.At).Sub(at(0)).Minutes()
		out = append(out, fmt.Sprintf("%s %v %s %b", r.Customer, minute, r.Name, bits))
	}
	slices.Sort(out)
	return out
}

func same(t *testing.T, want, got any) {
	t.Helper()
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestEventsAreSortedByCustomerAndTimeWhateverTheirOrder(t *testing.T) {
	s := ask(t, memory(track("a", "X", 5, ""), track("b", "X", 1, ""), track("a", "Y", 2, "")),
		stream.Question{Patterns: []event.Pattern{{Name: "X"}, {AnyName: true}}})
	same(t, []string{"a 2 Y 10", "a 5 X 11", "b 1 X 11"}, rows(s))
	var seqs []uint64
	for _, r := range everything(s) {
		seqs = append(seqs, r.Seq)
	}
	same(t, []uint64{3, 1, 2}, seqs)
	same(t, uint64(3), s.Through)
	same(t, at(5), s.Last)
}

func TestAMessageThatIsThereTwiceCountsOnce(t *testing.T) {
	first, again, other := track("a", "X", 1, ""), track("a", "X", 1, ""), track("a", "X", 1, "")
	first.MessageID, again.MessageID, other.MessageID = "m1", "m1", "m2"
	s := ask(t, stream.NewMemory([]*event.Message{first, again, other}, 3), stream.Question{Patterns: []event.Pattern{{Name: "X"}}})
	same(t, []string{"a 1 X 1", "a 1 X 1"}, rows(s))
	same(t, uint64(3), s.Through)
}

func TestMergesActOnThePast(t *testing.T) {
	before := &event.Message{Type: event.Track, AnonymousID: "v", Name: "X", Time: at(1)}
	identify := &event.Message{Type: event.Identify, AnonymousID: "v", UserID: "a", Time: at(9), Traits: json.RawMessage(`{"plan":"pro"}`)}
	alias := &event.Message{Type: event.Alias, PreviousID: "a", UserID: "b", Time: at(10)}
	s := ask(t, memory(before, track("a", "X", 3, ""), track("b", "X", 4, ""), identify, alias), stream.Question{
		Patterns: []event.Pattern{{Name: "X", Where: event.Filter{{Key: event.Key{Root: event.Traits, Path: []string{"plan"}}, Op: event.Eq, Operands: []any{"pro"}}}}},
	})
	same(t, []string{"b 1 X 1", "b 3 X 1", "b 4 X 1"}, rows(s))
}

func TestTheAccountIsThatOfTheEventElseThePersonsLatestGroup(t *testing.T) {
	group := func(user, account string, minute int, traits string) *event.Message {
		return &event.Message{Type: event.Group, UserID: user, GroupID: account, Time: at(minute), Traits: json.RawMessage(traits)}
	}
	own := track("a", "X", 1, "")
	own.GroupID = "tea"
	m := memory(own, track("a", "X", 2, ""), track("c", "X", 3, ""),
		group("a", "old", 1, `{"size":9}`), group("a", "new", 5, `{"size":20}`), group("a", "new", 6, `{"region":"north"}`))
	size := event.Key{Root: event.Account, Path: []string{"size"}}
	s := ask(t, m, stream.Question{
		Subject:  stream.Subject{Kind: stream.Account},
		Patterns: []event.Pattern{{AnyName: true, Where: event.Filter{{Key: size, Op: event.Gt, Operands: []any{10.0}}}}},
		Keys:     []event.Key{size},
	})
	same(t, []string{"new 2 X 1", "tea 1 X 0"}, rows(s))
	same(t, 1, s.Unattributed)
	same(t, any(20.0), everything(s)[0].Keys[0])
}

func TestASubjectByKeyIsItsValueWhoeverDidIt(t *testing.T) {
	m := memory(track("a", "X", 1, `{"session":"s1"}`), track("b", "X", 2, `{"session":"s1"}`),
		track("a", "X", 3, `{"session":7}`), track("a", "X", 4, `{"session":"7"}`),
		track("a", "X", 5, `{"session":""}`), track("a", "X", 6, ""))
	s := ask(t, m, stream.Question{Subject: stream.Subject{Kind: stream.ByKey, Key: event.Key{Root: event.Properties, Path: []string{"session"}}}})
	same(t, []string{"7 3 X 0", "7 4 X 0", "s1 1 X 0", "s1 2 X 0"}, rows(s))
	same(t, 3, s.Customers)
	same(t, 2, s.Unattributed)
	same(t, 0, len(s.Values))
}

func TestBoundsIncludeBothEnds(t *testing.T) {
	m := memory(track("a", "X", 1, ""), track("a", "X", 2, ""), track("a", "X", 3, ""), track("a", "X", 4, ""))
	q := stream.Question{From: at(2), Until: at(3)}
	same(t, []string{"a 2 X 0", "a 3 X 0"}, rows(ask(t, m, q)))
	q.AllHistory = true
	same(t, []string{"a 1 X 0", "a 2 X 0", "a 3 X 0"}, rows(ask(t, m, q)))
	q.Subject.Kind = stream.Account
	same(t, 2, ask(t, m, q).Unattributed)
	same(t, at(4), ask(t, m, q).Last)
}

func TestKeysAndMoney(t *testing.T) {
	paid := track("a", "Paid", 1, `{"plan":"pro","seats":0,"trial":false}`)
	paid.Value, paid.Currency = new(9.5), "TWD"
	plan := event.Key{Root: event.Properties, Path: []string{"plan"}}
	seats := event.Key{Root: event.Properties, Path: []string{"seats"}}
	s := ask(t, memory(paid, track("a", "Paid", 2, `{"plan":"","seats":[1]}`)), stream.Question{Keys: []event.Key{plan, seats}})
	events := everything(s)
	same(t, [][]any{{"pro", 0.0}, {nil, nil}}, [][]any{events[0].Keys, events[1].Keys})
	same(t, "TWD", events[0].Currency)
	if *events[0].Value != 9.5 || events[1].Value != nil || events[0].Cost != nil {
		t.Errorf("%+v", events)
	}
}

func TestMoreThanSixtyFourPatternsTakeAnotherWord(t *testing.T) {
	var q stream.Question
	for i := range 70 {
		q.Patterns = append(q.Patterns, event.Pattern{Name: fmt.Sprint("E", i)})
	}
	s := ask(t, memory(track("a", "E3", 1, ""), track("a", "E69", 2, "")), q)
	events := everything(s)
	same(t, [][]uint64{{1 << 3, 0}, {0, 1 << 5}}, [][]uint64{events[0].Match, events[1].Match})
}

func TestASegmentKeepsOnlyWhatFulfilsIt(t *testing.T) {
	identify := &event.Message{Type: event.Identify, UserID: "a", Time: at(0), Traits: json.RawMessage(`{"plan":"pro"}`)}
	email := track("a", "X", 1, "")
	email.Channel = "email"
	other := track("b", "X", 2, "")
	other.Channel = "email"
	s := ask(t, memory(identify, email, other, track("a", "X", 3, "")), stream.Question{Segment: event.Filter{
		{Key: event.Key{Root: event.Channel}, Op: event.Eq, Operands: []any{"email"}},
		{Key: event.Key{Root: event.Traits, Path: []string{"plan"}}, Op: event.Eq, Operands: []any{"pro"}},
	}})
	same(t, []string{"a 1 X 0"}, rows(s))
}
