package journey

import (
	"os"
	"testing"

	"beichen/internal/event"
	"beichen/internal/journey/stream"
	"beichen/internal/journey/stream/streamtest"
	"beichen/internal/warehouse/clickhouse/clustertest"
)

func TestMain(m *testing.M) { os.Exit(clustertest.Run(m)) }

// TestFiguresAndRulesOverACluster asks every case of a ClickHouse of two shards, some
// of them without an index, in parts. With -short, as under the race detector, it asks
// some.
func TestFiguresAndRulesOverACluster(t *testing.T) {
	cases := append(readCases(t, "testdata/peers.yaml"), readCases(t, "testdata/rules.yaml")...)
	every := 1
	if testing.Short() {
		every = 8
	}
	for i := 0; i < len(cases); i += every {
		t.Run(cases[i].Name, func(t *testing.T) {
			cases[i].check(t, func(t testing.TB, messages []*event.Message) stream.Source {
				live := streamtest.Loaded(t, clustertest.Open(t), messages)
				if i%16 == 0 {
					live.Room, live.PartRows = 1, 2
				}
				return live
			})
		})
	}
}
