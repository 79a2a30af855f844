package stream

import (
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
)

func TestWorkInTheBackgroundRestsWhileNobodyAsks(t *testing.T) {
	for _, c := range []struct {
		rule   string
		asked  time.Duration // ago
		worked time.Duration
		rests  time.Duration
	}{
		{"a spell is rested from", time.Hour, spell, restsFor * spell},
		{"longer work for longer", time.Hour, 2 * spell, restsFor * 2 * spell},
		{"to an end", time.Hour, 50 * spell, longestRest},
		{"less is not", time.Hour, spell - 1, 0},
		{"nor is any while a question may come", attended, 5 * spell, 0},
		{"or waits", 0, 5 * spell, 0},
	} {
		synctest.Test(t, func(t *testing.T) {
			var asked atomic.Int64
			began := time.Now()
			time.Sleep(c.worked)
			asked.Store(time.Now().Add(-c.asked).UnixNano())
			counts := (&rest{&asked}).after(began)
			if got := time.Since(began) - c.worked; got != c.rests {
				t.Errorf("%s: rested for %v, want %v", c.rule, got, c.rests)
			}
			if whole := c.worked >= spell; whole != counts.Equal(time.Now()) || !whole && counts != began {
				t.Errorf("%s: the next spell counts from %v", c.rule, counts)
			}
		})
	}
	began := time.Now()
	if (*rest)(nil).after(began) != began {
		t.Error("who is waited for counts spells")
	}
}
