package capture

import (
	"sync"
	"time"

	"golang.org/x/time/rate"
)

// limits holds each source to a number of events a second.
type limits struct {
	perSecond rate.Limit
	burst     int

	mu      sync.Mutex
	sources map[string]*rate.Limiter
}

func newLimits(perSecond float64, burst int) *limits {
	return &limits{perSecond: rate.Limit(perSecond), burst: burst, sources: map[string]*rate.Limiter{}}
}

// take counts n events of a source and returns 0, or counts none and returns how
// long to wait. A request larger than the burst is taken when the burst is whole.
func (l *limits) take(source string, n int, now time.Time) time.Duration {
	l.mu.Lock()
	limiter := l.sources[source]
	if limiter == nil {
		limiter = rate.NewLimiter(l.perSecond, l.burst)
		l.sources[source] = limiter
	}
	l.mu.Unlock()
	r := limiter.ReserveN(now, min(n, l.burst))
	wait := r.DelayFrom(now)
	if wait > 0 {
		r.CancelAt(now)
	}
	return wait
}
