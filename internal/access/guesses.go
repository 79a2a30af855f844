package access

import (
	"math"
	"sync"
	"time"

	"golang.org/x/time/rate"

	"beichen/internal/fault"
)

// How many sign-ins may be tried at once, and then how often. The bound of an
// e-mail keeps its password from being guessed; that of an address keeps one
// machine from trying a password on everybody, and lets an office behind one
// address come to work in the morning.
const (
	emailBurst   = 10
	emailEvery   = 30 * time.Second
	addressBurst = 40
	addressEvery = 2 * time.Second
)

// guesses bounds how fast passwords can be tried, by e-mail and by address.
type guesses struct {
	mu        sync.Mutex
	emails    map[string]*rate.Limiter
	addresses map[string]*rate.Limiter
}

func newGuesses() *guesses {
	return &guesses{emails: map[string]*rate.Limiter{}, addresses: map[string]*rate.Limiter{}}
}

// take counts one try. A Limited error says in `seconds` how long to wait. It is
// counted before the password is looked at, so tries at the same time all count.
func (g *guesses) take(email, address string, now time.Time) error {
	g.mu.Lock()
	defer g.mu.Unlock()
	wait := max(
		takeOne(g.emails, email, emailBurst, emailEvery, now),
		takeOne(g.addresses, address, addressBurst, addressEvery, now),
	)
	if wait <= 0 {
		return nil
	}
	return fault.New(fault.Limited, "access.too-many", "seconds", int(math.Ceil(wait.Seconds())))
}

func takeOne(all map[string]*rate.Limiter, who string, burst int, every time.Duration, now time.Time) time.Duration {
	limiter, known := all[who]
	if !known {
		limiter = rate.NewLimiter(rate.Every(every), burst)
		all[who] = limiter
	}
	turn := limiter.ReserveN(now, 1)
	wait := turn.DelayFrom(now)
	if wait > 0 {
		turn.CancelAt(now) // nobody waits in line: asking again does not make it longer
	}
	return wait
}

// right forgets the tries of an e-mail whose password was known at last.
func (g *guesses) right(email string) {
	g.mu.Lock()
	defer g.mu.Unlock()
	delete(g.emails, email)
}

// forget drops who has not tried for so long that all tries are free again.
func (g *guesses) forget(now time.Time) {
	g.mu.Lock()
	defer g.mu.Unlock()
	for _, all := range []map[string]*rate.Limiter{g.emails, g.addresses} {
		for who, limiter := range all {
			if limiter.TokensAt(now) >= float64(limiter.Burst()) {
				delete(all, who)
			}
		}
	}
}
