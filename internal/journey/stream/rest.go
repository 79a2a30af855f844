package stream

import (
	"sync/atomic"
	"time"
)

// rest keeps work in the background from taking all processors at once while nobody asks
// anything: whoever brings events would wait for it. A nil one never rests.
type rest struct {
	asked *atomic.Int64 // when a question last wanted the work done, by Unix nanoseconds
}

const (
	spell    = 2 * time.Millisecond // of work between two rests
	restsFor = 3                    // times as long as was worked …
	// … and no longer than this: the work itself may have waited for a processor, and a
	// question that comes meanwhile waits for the rest.
	longestRest = 20 * time.Millisecond
	// attended is for how long after a question the next one is looked forward to.
	attended = 10 * time.Second
)

// after rests if the work since an instant was a spell, and tells from when the next one
// counts.
func (r *rest) after(began time.Time) time.Time {
	if r == nil {
		return began
	}
	now := time.Now()
	worked := now.Sub(began)
	if worked < spell {
		return began
	}
	if now.Sub(time.Unix(0, r.asked.Load())) > attended {
		time.Sleep(min(restsFor*worked, longestRest))
	}
	return time.Now()
}
