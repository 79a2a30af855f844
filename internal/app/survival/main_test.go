package survival

import (
	"encoding/json"
	"fmt"
	"os"
	"testing"

	"beichen/internal/ledger/postgrestest"
	"beichen/internal/warehouse/clickhouse/clustertest"
)

// TestMain makes the program a node where it is started as one; else it runs the
// tests and prints what was survived.
func TestMain(m *testing.M) {
	if text := os.Getenv(settingsName); text != "" {
		var s settings
		err := json.Unmarshal([]byte(text), &s)
		if err == nil {
			err = s.serve()
		}
		if err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		return
	}
	code := postgrestest.Run(func() int { return clustertest.Run(m) })
	if code == 0 {
		for _, line := range survived {
			fmt.Println("survived:", line)
		}
	}
	os.Exit(code)
}
