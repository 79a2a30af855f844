package sqlstore_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"beichen/internal/fault"
	"beichen/internal/ledger"
	"beichen/internal/ledger/postgrestest"
	"beichen/internal/ledger/sqlstore"
)

// Writers on three nodes each revise a definition of their own and one that all share,
// while Postgres is stopped and crashed under them. They do what a program does that
// was told to try again, and nothing else.
func TestWhileTheServerIsStoppedAndCrashesNoAcknowledgedRevisionIsLostAndNoneDoubled(t *testing.T) {
	server := postgrestest.Start(t)
	address := server.Database(t)
	const nodes, writers = 3, 2
	var (
		acknowledged [nodes * writers]atomic.Int64 // the last version of each writer's own definition
		shared       sync.Map                      // version of the shared one: who got it
		unavailable  atomic.Int64
		writing      sync.WaitGroup
	)
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	for n := range nodes {
		book := ledger.New(ledger.Config{
			Store: sqlstore.NewStore(open(t, address)), Now: time.Now,
			Rules: ledger.Rules{Validators: map[ledger.Kind]ledger.Validator{ledger.Journey: func(json.RawMessage) error { return nil }}},
		})
		for i := range writers {
			who := n*writers + i
			writing.Go(func() {
				for own, common := 0, 0; ctx.Err() == nil; {
					r, err := put(book, "own-"+fmt.Sprint(who), own, who, &unavailable)
					if err != nil {
						t.Error(err)
						return
					}
					own = r.Version
					acknowledged[who].Store(int64(own))
					r, err = put(book, "common", common, who, &unavailable)
					if stale, ok := errors.AsType[*ledger.Stale](err); ok {
						common = stale.Current.Version
						continue
					}
					if err != nil {
						t.Error(err)
						return
					}
					if other, taken := shared.LoadOrStore(r.Version, who); taken && other != who {
						t.Errorf("version %d was acknowledged to %v and %d", r.Version, other, who)
					}
					common = r.Version
				}
			})
		}
	}
	for _, halt := range []func(testing.TB){server.Crash, server.Stop, server.Crash} {
		before := acknowledged[0].Load()
		for acknowledged[0].Load() < before+3 && !t.Failed() {
			time.Sleep(time.Millisecond)
		}
		halt(t)
		away := unavailable.Load()
		for unavailable.Load() < away+nodes && !t.Failed() { // it is noticed
			time.Sleep(time.Millisecond)
		}
		server.Resume(t)
	}
	before := acknowledged[0].Load()
	for acknowledged[0].Load() < before+3 && !t.Failed() { // and it goes on without hands
		time.Sleep(time.Millisecond)
	}
	stop()
	writing.Wait()

	store := sqlstore.NewStore(open(t, address))
	for who := range acknowledged {
		all := chain(t, store, "own-"+fmt.Sprint(who))
		if last := acknowledged[who].Load(); int64(len(all)) != last {
			t.Errorf("writer %d: version %d was acknowledged, %d are stored", who, last, len(all))
		}
		for i, r := range all { // a body is written once: what was tried again is no second revision
			if want := body("own-"+fmt.Sprint(who), i, who); string(r.Body) != want {
				t.Errorf("version %d holds %s, want %s", r.Version, r.Body, want)
			}
		}
	}
	all := chain(t, store, "common")
	shared.Range(func(version, who any) bool {
		if v := version.(int); v > len(all) {
			t.Errorf("version %d was acknowledged to writer %v, %d are stored", v, who, len(all))
		} else if got := all[v-1].Author; got != fmt.Sprint(who) {
			t.Errorf("version %d of writer %v is of %s", v, who, got)
		}
		return true
	})
	t.Logf("%d + %d revisions, %d answers that said to try again", acknowledged[0].Load(), len(all), unavailable.Load())
}

func body(id string, after, who int) string {
	return fmt.Sprintf(`{"kind":"Journey","id":%q,"after":%d,"by":%d}`, id, after, who)
}

// put writes the revision that follows a version, until it is told anything else than
// to try again.
func put(book *ledger.Ledger, id string, after, who int, unavailable *atomic.Int64) (ledger.Revision, error) {
	for {
		r, err := book.Put(context.Background(), ledger.Write{Kind: ledger.Journey, ID: id, IfMatch: after, Author: fmt.Sprint(who), Reason: "more"},
			json.RawMessage(body(id, after, who)))
		if !fault.Is(err, fault.Unavailable) {
			return r, err
		}
		unavailable.Add(1)
		time.Sleep(5 * time.Millisecond)
	}
}

// chain gives all revisions, the oldest first, and holds them to having no gaps.
func chain(t *testing.T, store *sqlstore.Store, id string) []ledger.Revision {
	t.Helper()
	all, err := store.History(t.Context(), "Journey", id)
	if err != nil {
		t.Fatal(err)
	}
	out := make([]ledger.Revision, len(all))
	for i, r := range all {
		if r.Version != len(all)-i {
			t.Fatalf("%s: version %d at place %d of %d", id, r.Version, i, len(all))
		}
		out[len(all)-1-i] = r
	}
	return out
}
