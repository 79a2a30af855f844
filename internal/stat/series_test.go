package stat

import (
	"encoding/csv"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"testing"
)

// column reads one column of a table in testdata, where its source is written.
func column(t *testing.T, file, name string) []float64 {
	t.Helper()
	f, err := os.Open(filepath.Join("testdata", file))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	r := csv.NewReader(f)
	r.Comment = '#'
	rows, err := r.ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	place := slices.Index(rows[0], name)
	if place < 0 {
		t.Fatalf("%s has no column %s", file, name)
	}
	out := make([]float64, len(rows)-1)
	for i, row := range rows[1:] {
		if out[i], err = strconv.ParseFloat(row[place], 64); err != nil {
			t.Fatal(err)
		}
	}
	return out
}

// growth is the change of the logarithm from one value to the next.
func growth(series []float64) []float64 {
	logs := make([]float64, len(series))
	for i, v := range series {
		logs[i] = math.Log(v)
	}
	return Differences(logs)
}

// autoregressive is a series of n values, each phi times the one before and
// standard normal noise; 1 makes a random walk.
func autoregressive(random *rand.Rand, n int, phi float64) []float64 {
	out := make([]float64, n)
	last := 0.0
	for i := range out {
		last = phi*last + random.NormFloat64()
		out[i] = last
	}
	return out
}

// holdsItsLevel checks that as many of a number of true hypotheses were rejected
// as the level allows: within four standard deviations of the binomial
// distribution of the count, on the side or sides asked for.
func holdsItsLevel(t *testing.T, what string, rejected, of int, level float64, atLeastToo bool) {
	t.Helper()
	n := float64(of)
	bound := 4 * math.Sqrt(n*level*(1-level))
	if d := float64(rejected) - n*level; d > bound || atLeastToo && d < -bound {
		t.Errorf("%s: %d of %d rejected at %v", what, rejected, of, level)
	}
}
