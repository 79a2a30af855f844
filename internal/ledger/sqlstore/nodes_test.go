package sqlstore_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"beichen/internal/ledger/postgrestest"
	"beichen/internal/ledger/sqlstore"
)

func TestNodesAreThoseThatWereSeenLately(t *testing.T) {
	address := postgrestest.Database(t)
	db, other := open(t, address), open(t, address)
	one := sqlstore.Node{ID: "a", Address: "http://10.0.0.5:8080", Version: "v1", Facts: "main/tea"}
	two := sqlstore.Node{ID: "b", Version: "v2"}
	is := func(when string, want ...sqlstore.Node) {
		t.Helper()
		got, err := other.Nodes(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s: %s", when, diff)
		}
	}
	ok := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	is("nobody came")
	ok(db.See(t.Context(), two))
	ok(db.See(t.Context(), one))
	is("two came", one, two)
	one.Version = "v2"
	ok(db.See(t.Context(), one))
	is("one came again", one, two)
	ok(db.Leave(t.Context(), "b"))
	is("one went", one)
	_, err := db.Write().ExecContext(t.Context(), `UPDATE nodes SET seen = seen - 21000000`)
	ok(err)
	is("the other was not seen for 21 seconds")
	ok(db.See(t.Context(), one))
	is("it came back", one)
}

func TestNodesOfOneLedgerHaveOneSecret(t *testing.T) {
	address := postgrestest.Database(t)
	var secrets []string
	for _, db := range []*sqlstore.DB{open(t, address), open(t, address), open(t, postgrestest.Database(t))} {
		secret, err := db.NodesSecret(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		secrets = append(secrets, secret)
	}
	if secrets[0] != secrets[1] || secrets[1] == secrets[2] || len(secrets[0]) < 40 {
		t.Errorf("%q of one ledger, %q of another", secrets[:2], secrets[2])
	}
}

func TestAFileKnowsNoNodes(t *testing.T) {
	db := open(t, t.TempDir()+"/ledger.sqlite")
	if nodes, err := db.Nodes(t.Context()); err != nil || nodes != nil {
		t.Errorf("%v, %v", nodes, err)
	}
	if db.See(t.Context(), sqlstore.Node{ID: "a"}) == nil {
		t.Error("a file was told of a node")
	}
	if _, err := db.NodesSecret(t.Context()); err == nil {
		t.Error("a file has a secret of nodes")
	}
}
