// Package warehousetest holds every implementation of warehouse.Warehouse to one
// contract.
package warehousetest

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"beichen/internal/event"
	"beichen/internal/identity"
	"beichen/internal/warehouse"
)

// Opener opens the store that is kept at a place, a folder of the test's own.
// Opening the same place again after Close finds the same facts. The suite
// closes what it opens.
type Opener func(t testing.TB, dir string) warehouse.Warehouse

// Run holds a store to the contract.
func Run(t *testing.T, open Opener) {
	for _, rule := range []struct {
		name  string
		holds func(*testing.T, Opener)
	}{
		{"a new store has loaded nothing", aNewStoreIsEmpty},
		{"rows and position are stored together", rowsAndPositionTogether},
		{"a chunk out of step is refused and stores nothing", outOfStep},
		{"a chunk that fails stores nothing", failedChunk},
		{"what was loaded is there after reopening", reopened},
		{"messages come back as they were sent", messagesComeBack},
		{"a scan reads events only, in order, up to a position and inside bounds", scanBounds},
		{"a digest tells sets of events apart and stays as it is", digests},
		{"a scan evaluates segment, patterns and keys", scanEvaluates},
		{"a scan matches events exactly as Go does", matchesAsGoDoes},
		{"a scan leaves out what is not wanted", scanLeavesOut},
		{"a scan that may group counts every event once", scanGroups},
		{"a scan stops where its reader does", scanStops},
		{"histories are what a scan gives, ref after ref", historiesAreWhole},
		{"histories tell as much of the rest as is asked", historiesLeaveOut},
		{"histories stop where their reader does", historiesStop},
		{"every question ends with its context", cancelled},
		{"stored ids are seen", seen},
		{"recent ids are those received since", recentIDs},
		{"refs, accounts and identity rows come in their order", identityFacts},
		{"a trait has its latest value by time, then by position", traitValues},
		{"traits tell where they came from", traits},
		{"traits among many customers come with their key", traitsAmong},
		{"search finds ids and traits without regard to case, newest first", search},
		{"trait keys are summarised", traitKeys},
		{"names are counted with their weeks", names},
		{"properties are summarised by key", properties},
		{"activity is counted by customer", activity},
		{"a timeline of 100,000 events pages by cursor", timelinePages},
		{"a timeline is of names, or of everything", timelineNames},
		{"the quarantine lists, filters, counts and resolves", quarantine},
		{"all messages are read back in their order, as they were loaded", readBack},
		{"what is read back, loaded into another store, makes it the same", loadedAgain},
		{"days are counted in UTC, with the ids of their messages", days},
		{"the quarantine is read back in its order, with what was decided", entriesInOrder},
		{"a forget takes out what it names, and that alone", forgets},
		{"who is forgotten and comes again is new", comesAgain},
		{"a forget that is loaded stays so", staysForgotten},
		{"an expire takes out the events before it, whenever they come, and those alone", expires},
		{"who is forgotten when facts expire is counted once", expiresAndForgets},
		{"the horizon stays where it came to", staysExpired},
		{"a copy is made while the store serves, or refused with what to do", copies},
		{"questions are answered while facts are loaded", concurrently},
	} {
		t.Run(rule.name, func(t *testing.T) { rule.holds(t, open) })
	}
}

// start is the first instant of the tests' facts.
var start = time.Date(2024, 3, 1, 8, 0, 0, 0, time.UTC)

func at(minutes int) time.Time { return start.Add(time.Duration(minutes) * time.Minute) }

// facts is a store with the book-keeping of a loader.
type facts struct {
	warehouse.Warehouse
	t        testing.TB
	at       warehouse.Position
	refs     identity.Number // given so far
	numbers  map[event.Ref]identity.Number
	accounts map[string]identity.Number
}

func newFacts(t *testing.T, open Opener) *facts {
	w := open(t, t.TempDir())
	t.Cleanup(func() { w.Close() })
	return &facts{Warehouse: w, t: t, numbers: map[event.Ref]identity.Number{}, accounts: map[string]identity.Number{}}
}

// chunk numbers messages and puts them into the next chunk.
func (f *facts) chunk(messages ...*event.Message) warehouse.Chunk {
	c := warehouse.Chunk{After: f.at, Through: f.at}
	c.Through.Record++
	for _, m := range messages {
		c.Through.Seq++
		m.Seq = c.Through.Seq
		if m.MessageID == "" {
			m.MessageID = fmt.Sprint("m", m.Seq)
		}
		if m.ReceivedAt.IsZero() {
			m.ReceivedAt = m.Time
		}
		stored := warehouse.Stored{Message: m}
		if ref := m.Ref(); ref.ID != "" {
			if f.numbers[ref] == 0 {
				f.refs++
				f.numbers[ref] = f.refs
				c.Refs = append(c.Refs, ref)
			}
			stored.Customer = f.numbers[ref]
		}
		if m.GroupID != "" {
			if f.accounts[m.GroupID] == 0 {
				f.accounts[m.GroupID] = identity.Number(len(f.accounts) + 1)
				c.Accounts = append(c.Accounts, m.GroupID)
			}
			stored.Account = f.accounts[m.GroupID]
		}
		c.Messages = append(c.Messages, stored)
		maps.DeleteFunc(f.numbers, func(_ event.Ref, n identity.Number) bool { return slices.Contains(m.Forgets, n) })
	}
	return c
}

func (f *facts) load(messages ...*event.Message) {
	f.t.Helper()
	f.loadChunk(f.chunk(messages...))
}

func (f *facts) loadChunk(c warehouse.Chunk) {
	f.t.Helper()
	if err := f.Load(f.t.Context(), c); err != nil {
		f.t.Fatal(err)
	}
	f.at = c.Through
}

// user is the number of a user id.
func (f *facts) user(id string) identity.Number { return f.numbers[event.Ref{ID: id}] }

func track(user, name string, minute int) *event.Message {
	return &event.Message{Type: event.Track, UserID: user, Name: name, Time: at(minute), Source: "site"}
}

func identify(user string, minute int, traits string) *event.Message {
	return &event.Message{Type: event.Identify, UserID: user, Time: at(minute), Source: "crm", Traits: json.RawMessage(traits)}
}

func group(user, account string, minute int, traits string) *event.Message {
	return &event.Message{Type: event.Group, UserID: user, GroupID: account, Time: at(minute), Source: "crm", Traits: json.RawMessage(traits)}
}

// same fails where two values differ. JSON is compared as text, and no list is
// told from an empty one.
func same(t testing.TB, what string, want, got any, but ...cmp.Option) {
	t.Helper()
	if diff := cmp.Diff(want, got, append(but, cmpopts.EquateEmpty())...); diff != "" {
		t.Errorf("%s: %s", what, diff)
	}
}

func must[T any](t testing.TB) func(T, error) T {
	return func(value T, err error) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return value
	}
}

// eachRef yields the refs one by one, to be kept.
func (f *facts) eachRef(ctx context.Context, yield func(event.Ref) error) error {
	return f.Refs(ctx, func(run []event.Ref) error {
		for _, ref := range run {
			if err := yield(event.Ref{Anonymous: ref.Anonymous, ID: strings.Clone(ref.ID)}); err != nil {
				return err
			}
		}
		return nil
	})
}

// collect gathers what a yielding method yields.
func collect[T any](t testing.TB, each func(ctx context.Context, yield func(T) error) error) []T {
	t.Helper()
	var all []T
	err := each(t.Context(), func(v T) error {
		all = append(all, v)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}
