package stream_test

import (
	"flag"
	"os"
	"testing"
)

// With -short, as under the race detector, properties are checked on fewer
// histories: each opens a store of its own.
func TestMain(m *testing.M) {
	flag.Parse()
	if testing.Short() {
		if err := flag.Set("rapid.checks", "15"); err != nil {
			panic(err)
		}
	}
	os.Exit(m.Run())
}
