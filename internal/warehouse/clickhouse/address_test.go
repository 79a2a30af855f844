package clickhouse

import (
	"crypto/tls"
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"beichen/internal/fault"
)

func TestAnAddressSaysWhereAClusterIs(t *testing.T) {
	for address, want := range map[string]Options{
		"clickhouse://main/tea?shard=a:9000": {Cluster: "main", Database: "tea", Shards: [][]string{{"a:9000"}}},
		"clickhouse://beichen:p%40ss@main/tea?shard=a1:9440,a2:9440&shard=b1:9440,[::1]:9440&engine=ReplicatedMergeTree&quorum=2&secure=true": {
			Cluster: "main", Database: "tea", User: "beichen", Password: "p@ss", Engine: ReplicatedMergeTree, Quorum: 2,
			Shards: [][]string{{"a1:9440", "a2:9440"}, {"b1:9440", "[::1]:9440"}}, TLS: &tls.Config{MinVersion: tls.VersionTLS12},
		},
	} {
		got, err := ParseAddress(address)
		if err != nil {
			t.Fatalf("%s: %v", address, err)
		}
		if diff := cmp.Diff(want, got, cmpopts.IgnoreUnexported(tls.Config{})); diff != "" {
			t.Errorf("%s: %s", address, diff)
		}
		if got.Name() != "main/tea" {
			t.Errorf("%s is called %s", address, got.Name())
		}
	}
}

func TestAWrongAddressIsToldByWhatIsWrongAndWithoutThePassword(t *testing.T) {
	for address, problem := range map[string]string{
		"http://u:secret@main/tea?shard=a:9000":                         "http://",
		"clickhouse://u:secret@/tea?shard=a:9000":                       "//",
		"clickhouse://u:secret@main?shard=a:9000":                       "/",
		"clickhouse://u:secret@main/tea/two?shard=a:9000":               "/tea/two",
		"clickhouse://u:secret@main/tea":                                "shard=",
		"clickhouse://u:secret@main/tea?shard=a":                        "shard=a",
		"clickhouse://u:secret@main/tea?shard=a:9000,":                  "shard=a:9000,",
		"clickhouse://u:secret@main/tea?shard=a:9000&engine=Log":        "engine=Log",
		"clickhouse://u:secret@main/tea?shard=a:9000&quorum=none":       "quorum=none",
		"clickhouse://u:secret@main/tea?shard=a:9000&secure=yes":        "secure=yes",
		"clickhouse://u:secret@main/tea?shard=a:9000&cluster=x":         "cluster=x",
		"clickhouse://u:secret@main/tea?shard=a:9000&quorum=1&quorum=2": "quorum=1,2",
		"clickhouse://u:secret@main:9000/tea?shard=a:9000":              "//main:9000",
		"clickhouse://u:secret@main:port/tea?shard=a:9000":              "clickhouse",
		"clickhouse://u:sec ret@main/tea?shard=a:9000":                  "clickhouse",
	} {
		_, err := ParseAddress(address)
		f, ok := errors.AsType[*fault.Error](err)
		if !ok || f.Kind != fault.Invalid || f.Key != "warehouse.address" || f.Args["problem"] != problem {
			t.Errorf("%s: %v", address, err)
			continue
		}
		if text := f.Message(fault.English) + f.Hint(fault.English) + err.Error(); strings.Contains(text, "secret") || strings.Contains(text, "sec ret") {
			t.Errorf("the password is told: %s", text)
		}
	}
}
