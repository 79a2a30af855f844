package sqlstore_test

import (
	"database/sql"
	"io"
	"net"
	"net/url"
	"sync/atomic"
	"testing"
	"time"

	"beichen/internal/fault"
	"beichen/internal/ledger/postgrestest"
	"beichen/internal/ledger/sqlstore"
)

// wire is a network between nodes and a server that can be cut: then nothing comes
// through, and nobody is told so. What was sent over a connection that was cut stays
// lost after it is mended.
type wire struct {
	cuts atomic.Int64
	cut  atomic.Bool
}

// lay lays a wire to the server of an address and gives the address at its near end.
func lay(t *testing.T, address string) (*wire, string) {
	t.Helper()
	far, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	near, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { near.Close() })
	w, server := &wire{}, far.Host
	go func() {
		for {
			in, err := near.Accept()
			if err != nil {
				return
			}
			out, err := net.Dial("tcp", server)
			if err != nil {
				t.Error(err)
				return
			}
			t.Cleanup(func() { in.Close(); out.Close() })
			of := w.cuts.Load() // the cuts it was laid after
			go w.carry(in, out, of)
			go w.carry(out, in, of)
		}
	}()
	far.Host = near.Addr().String()
	return w, far.String()
}

// carry passes on what comes, as long as there was no cut since.
func (w *wire) carry(from, to net.Conn, of int64) {
	part := make([]byte, 32<<10)
	for {
		n, err := from.Read(part)
		if w.cut.Load() || w.cuts.Load() != of {
			if _, err := io.Copy(io.Discard, from); err != nil {
				return // the one who waits gave up
			}
			return
		}
		if _, wrote := to.Write(part[:n]); err != nil || wrote != nil {
			to.Close()
			return
		}
	}
}

func (w *wire) sever() { w.cut.Store(true); w.cuts.Add(1) }
func (w *wire) mend()  { w.cut.Store(false) }

// A server that does not answer is as good as away, and whoever waited for it goes on
// when the network is mended.
func TestASilentServerIsAwayAndNobodyWaitsForEver(t *testing.T) {
	sqlstore.Impatient(t)
	w, address := lay(t, postgrestest.Database(t))
	db := open(t, address)
	e := hearkening(t, db)
	e.want(anything)
	add(t, db, tea(1))
	e.want(definition("tea", 1, ""))

	began := make(chan struct{})
	ended := make(chan error, 1)
	go func() {
		ended <- db.Update(t.Context(), func(tx *sql.Tx) error {
			close(began)
			for !w.cut.Load() {
				time.Sleep(time.Millisecond)
			}
			return nil // and then the commit
		})
	}()
	<-began
	w.sever()
	wantFault(t, "a commit", <-ended, "ledger.away")
	_, _, err := sqlstore.NewStore(db).Revision(t.Context(), "Journey", "tea", 1)
	wantFault(t, "a reader", err, "ledger.away")
	_, err = sqlstore.NewStore(db).Append(t.Context(), tea(2))
	wantFault(t, "a writer", err, "ledger.away")
	wantFault(t, "a transaction", db.Update(t.Context(), func(*sql.Tx) error { return nil }), "ledger.away")
	wantFault(t, "who listens", <-e.lost, "ledger.away")

	w.mend()
	e.want(anything)
	for {
		added, err := sqlstore.NewStore(db).Append(t.Context(), tea(2))
		if fault.Is(err, fault.Unavailable) {
			continue // a connection of before; or the server has not let the lock of the lost commit go
		}
		if err != nil || !added {
			t.Fatalf("added %v, %v", added, err)
		}
		break
	}
	e.want(definition("tea", 2, ""))
}
