package main

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"time"
)

// counts are what an engine found, by what was counted: "stage 3",
// "stage 3 · video", "step 7.2". Zeros are left out.
type counts map[string]int64

func (c counts) add(what string, n int64) {
	if n != 0 {
		c[what] += n
	}
}

// contender is one engine's way to do a piece of work.
type contender struct {
	name string
	// do does the work once and is timed. What it found is read afterwards.
	do func(ctx context.Context) (found func() (counts, error), err error)
}

// contest lets contenders do the same work in turn, round after round, so that
// what disturbs the machine disturbs all of them alike. It returns the median
// time of each. The first contender's counts are the measure: another one that
// finds anything else, ever, is an error.
func contest(ctx context.Context, rounds int, contenders ...contender) (map[string]time.Duration, error) {
	times := map[string][]time.Duration{}
	var right counts
	for round := -1; round < rounds; round++ { // the first one warms up
		for _, c := range contenders {
			began := time.Now()
			found, err := c.do(ctx)
			took := time.Since(began)
			if err != nil {
				return nil, fmt.Errorf("%s: %w", c.name, err)
			}
			counted, err := found()
			if err != nil {
				return nil, fmt.Errorf("%s: read the answer: %w", c.name, err)
			}
			if right == nil {
				right = counted
			}
			if err := agree(right, counted); err != nil {
				return nil, fmt.Errorf("%s and %s disagree: %w", contenders[0].name, c.name, err)
			}
			if round >= 0 {
				times[c.name] = append(times[c.name], took)
			}
		}
	}
	medians := map[string]time.Duration{}
	for name, took := range times {
		medians[name] = median(took)
	}
	return medians, nil
}

// agree is nil for equal counts; the error names the first that differ. A median,
// cut to a whole unit, may differ by one: engines round differently on the way.
func agree(right, other counts) error {
	if len(right) == 0 {
		return fmt.Errorf("nothing was counted")
	}
	all := maps.Clone(right)
	maps.Copy(all, other)
	for _, what := range slices.Sorted(maps.Keys(all)) {
		if d := right[what] - other[what]; d != 0 && !(isMedian(what) && max(d, -d) <= 1) {
			return fmt.Errorf("%s: %d and %d", what, right[what], other[what])
		}
	}
	return nil
}

// median of an odd number of times is the middle one, of an even number the
// mean of the two.
func median(times []time.Duration) time.Duration {
	sorted := slices.Sorted(slices.Values(times))
	n := len(sorted)
	if n == 0 {
		return 0
	}
	return (sorted[(n-1)/2] + sorted[n/2]) / 2
}

// fastest is the quickest of several ways, with its name.
func fastest(medians map[string]time.Duration, of ...contender) (string, time.Duration) {
	best := of[0].name
	for _, c := range of[1:] {
		if medians[c.name] < medians[best] {
			best = c.name
		}
	}
	return best, medians[best]
}
