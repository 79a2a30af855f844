package retention

import (
	"fmt"
	"os"
	"testing"

	"beichen/internal/event"
	"beichen/internal/journey/stream"
	"beichen/internal/journey/stream/streamtest"
	"beichen/internal/warehouse/clickhouse/clustertest"
)

func TestMain(m *testing.M) { os.Exit(clustertest.Run(m)) }

func TestTheFiguresThatPeersAssertOverACluster(t *testing.T) {
	for n, c := range readPeers(t) {
		t.Run(c.Name, func(t *testing.T) {
			c.check(t, func(events []*event.Message) stream.Source {
				for i, m := range events {
					m.Seq, m.MessageID = uint64(i+1), fmt.Sprint("m", i+1)
				}
				live := streamtest.Loaded(t, clustertest.Open(t), events)
				if n%2 == 1 { // without an index, in parts
					live.Room, live.PartRows = 1, 2
				}
				return live
			})
		})
	}
}
