package identity

// horizon is from when on events are kept, and where in the log that is said. The graph
// has it because it is, like who was forgotten, as the log says at one moment: whoever
// asks sees both at once.
type horizon struct {
	at  int64 // microseconds since 1970 UTC; 0: all are kept
	seq uint64
}

// Horizon is the instant from which on events are kept, in microseconds since 1970 UTC;
// 0: all are.
func (v *View) Horizon() int64 { return v.horizon.at }

// Horizon is the View's, without taking one.
func (g *Graph) Horizon() int64 {
	g.mu.RLock()
	defer g.mu.RUnlock()
	return g.horizon.at
}

// Expired is the View's likewise.
func (g *Graph) Expired(at int64) bool {
	horizon := g.Horizon()
	return horizon != 0 && at < horizon
}

// Expired reports whether events that happened at an instant are gone.
func (v *View) Expired(at int64) bool { return v.horizon.at != 0 && at < v.horizon.at }

// HorizonAfter is the horizon if it is said after a position of the log, otherwise 0.
func (v *View) HorizonAfter(seq uint64) int64 {
	if v.horizon.seq <= seq {
		return 0
	}
	return v.horizon.at
}
