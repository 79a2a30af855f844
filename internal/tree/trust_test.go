package tree

import (
	"context"
	"fmt"
	"testing"
	"time"
)

// kept are histories in memory, by kind and id.
type kept map[string][]Revision

func (k kept) Revisions(_ context.Context, kind, id string) ([]Revision, error) {
	return k[kind+" "+id], nil
}

func TestTrustDriftsWithWhatAMetricIsMeasuredBy(t *testing.T) {
	day := func(n int) time.Time { return time.Date(2026, 11, n, 0, 0, 0, 0, time.UTC) }
	proposed := func(version, on int) Revision { return Revision{Version: version, By: "Bo", Reason: "so", At: day(on)} }
	approved := func(version, on, when int) Revision {
		r := proposed(version, on)
		r.ApprovedBy, r.ApprovedAt = "Ada", day(when)
		return r
	}
	m := company(t)
	m.Records = kept{
		"Metric revenue": {approved(1, 1, 2)},
		"Metric orders":  {proposed(3, 9), approved(2, 4, 5), proposed(1, 1)},
		"Metric basket":  {approved(1, 1, 6)},
		"Metric passing": {approved(1, 1, 7)},
		"Journey buying": {proposed(2, 8), proposed(1, 1)},
		"Metric brewers": {proposed(1, 1)},
	}
	_, nodes := measured(t, m, Request{})
	for id, want := range map[string]string{
		"revenue":  "approved 1 Ada []",
		"orders":   "proposed 3 Ada [Metric orders 3 by Bo on 9]", // edited after its approval
		"basket":   "drifted 1 Ada [Metric orders 3 by Bo on 9]",
		"passing":  "drifted 1 Ada [Journey buying 2 by Bo on 8]",
		"brewers":  "proposed 1  []",
		"visitors": "unknown 0  []",
	} {
		trust := nodes[id].Trust
		var changed []string
		for _, c := range trust.Changed {
			changed = append(changed, fmt.Sprintf("%s %s %d by %s on %d", c.Kind, c.ID, c.Version, c.By, c.At.Day()))
		}
		same(t, want, fmt.Sprintf("%s %d %s %v", trust.State, trust.Version, trust.ApprovedBy, changed))
	}
}
