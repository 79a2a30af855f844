package capture

import (
	"hash/maphash"
	"slices"
	"time"
)

// remembered is how long an id is held against its repetition, at least; a
// generation is how long one set is added to, so that they can be let go of.
const (
	remembered = 24 * time.Hour
	generation = 6 * time.Hour
)

// recent is the set of message ids that were taken in the last 24 to 30 hours.
// It keeps 64-bit hashes under a secret seed (some 15 bytes an id): of ten
// million new messages a day held against ten million others, one is wrongly
// called a duplicate in 500 years. The intake's mutex guards it.
type recent struct {
	seed maphash.Seed
	sets []idSet // oldest first; ids are added to the last
}

type idSet struct {
	begun   time.Time
	ids     map[uint64]struct{}
	lastSeq uint64 // of the newest message in it
}

func newRecent(now time.Time) *recent {
	return &recent{seed: maphash.MakeSeed(), sets: []idSet{{begun: now, ids: map[uint64]struct{}{}}}}
}

func (r *recent) hash(id string) uint64 { return maphash.String(r.seed, id) }

func (r *recent) has(h uint64) bool {
	for i := len(r.sets) - 1; i >= 0; i-- {
		if _, ok := r.sets[i].ids[h]; ok {
			return true
		}
	}
	return false
}

func (r *recent) add(h uint64) { r.sets[len(r.sets)-1].ids[h] = struct{}{} }

func (r *recent) remove(h uint64) {
	for _, s := range r.sets {
		delete(s.ids, h)
	}
}

// turn begins a new generation when it is time, and lets go of those whose
// newest id is 24 hours old and stands in the store (loaded is the last Seq there).
func (r *recent) turn(now time.Time, seq, loaded uint64) {
	last := &r.sets[len(r.sets)-1]
	if now.Sub(last.begun) < generation {
		return
	}
	last.lastSeq = seq
	if len(last.ids) > 0 {
		r.sets = append(r.sets, idSet{begun: now, ids: map[uint64]struct{}{}})
	} else {
		last.begun = now
	}
	for len(r.sets) > 1 && now.Sub(r.sets[1].begun) >= remembered && r.sets[0].lastSeq <= loaded {
		r.sets = slices.Delete(r.sets, 0, 1)
	}
}

func (r *recent) len() (n int) {
	for _, s := range r.sets {
		n += len(s.ids)
	}
	return n
}
