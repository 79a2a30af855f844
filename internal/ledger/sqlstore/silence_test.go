package sqlstore_test

import (
	"database/sql"
	"net/url"
	"testing"

	"beichen/internal/fault"
	"beichen/internal/ledger/postgrestest"
	"beichen/internal/ledger/sqlstore"
	"beichen/internal/wiretest"
)

// lay lays a wire to the server of an address and gives the address at its near end.
func lay(t *testing.T, address string) (*wiretest.Wire, string) {
	t.Helper()
	far, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	w := wiretest.Lay(t, far.Host)
	far.Host = w.Address()
	return w, far.String()
}

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

	began, cut := make(chan struct{}), make(chan struct{})
	ended := make(chan error, 1)
	go func() {
		ended <- db.Update(t.Context(), func(tx *sql.Tx) error {
			close(began)
			<-cut
			return nil // and then the commit
		})
	}()
	<-began
	w.Cut()
	close(cut)
	wantFault(t, "a commit", <-ended, "ledger.away")
	_, _, err := sqlstore.NewStore(db).Revision(t.Context(), "Journey", "tea", 1)
	wantFault(t, "a reader", err, "ledger.away")
	_, err = sqlstore.NewStore(db).Append(t.Context(), tea(2))
	wantFault(t, "a writer", err, "ledger.away")
	wantFault(t, "a transaction", db.Update(t.Context(), func(*sql.Tx) error { return nil }), "ledger.away")
	wantFault(t, "who listens", <-e.lost, "ledger.away")

	w.Mend()
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
