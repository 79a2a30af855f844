package nodes

import (
	"context"
	"slices"
	"sync"
	"time"

	"beichen/internal/warehouse"
)

// work is the shares of a question on their way to being counted.
type work struct {
	shares []warehouse.Range
	take   func([]byte) error
	taking sync.Mutex // held while take is called; taken before mu

	mu      sync.Mutex
	changed *sync.Cond
	waiting []int  // shares that nobody counts
	counted []bool // by share
	left    int    // shares that are not counted
	others  []int  // shares that other nodes count, those first that they were given first
	mine    int    // the share that this node counts; −1: none
	stop    context.CancelFunc
	longest time.Duration // that this node took for a share
}

func newWork(shares []warehouse.Range, take func([]byte) error) *work {
	w := &work{shares: shares, take: take, counted: make([]bool, len(shares)), left: len(shares), mine: -1}
	w.changed = sync.NewCond(&w.mu)
	for i := range shares {
		w.waiting = append(w.waiting, i)
	}
	return w
}

// wake makes everybody look whether there still is something to do.
func (w *work) wake() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.changed.Broadcast()
}

// next gives another node a share that nobody counts; not ok when all are counted, or the
// question has ended.
func (w *work) next(ctx context.Context) (share int, ok bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for len(w.waiting) == 0 && w.left > 0 && ctx.Err() == nil {
		w.changed.Wait()
	}
	if w.left == 0 || ctx.Err() != nil {
		return 0, false
	}
	share = w.waiting[0]
	w.waiting = w.waiting[1:]
	w.others = append(w.others, share)
	return share, true
}

// own gives this node a share. When nobody waits for one any more, it counts what others
// have not delivered after the time that its own slowest share took: they may be slow, or
// silent for good.
func (w *work) own(ctx context.Context) (share int, ok bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.mine = -1
	var patience *time.Timer
	patient := true
	for ctx.Err() == nil && w.left > 0 {
		if len(w.waiting) > 0 {
			share = w.waiting[0]
			w.waiting = w.waiting[1:]
			return share, true
		}
		if !patient {
			return w.others[0], true
		}
		if patience == nil {
			patience = time.AfterFunc(max(w.longest, leastPatience), func() {
				w.mu.Lock()
				defer w.mu.Unlock()
				patient = false
				w.changed.Broadcast()
			})
			defer patience.Stop()
		}
		w.changed.Wait()
	}
	return 0, false
}

// leastPatience is how long others are waited for at least.
const leastPatience = 50 * time.Millisecond

// counting says which share this node counts, and how to stop it.
func (w *work) counting(share int, stop context.CancelFunc) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.mine, w.stop = share, stop
	if w.counted[share] {
		stop()
	}
}

// took says how long this node took for a share.
func (w *work) took(long time.Duration) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.longest = max(w.longest, long)
}

func (w *work) isCounted(share int) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.counted[share]
}

// deliver takes what was counted of a share, unless somebody else has delivered it. What
// take refuses was not delivered.
func (w *work) deliver(share int, counted []byte) error {
	w.taking.Lock()
	defer w.taking.Unlock()
	if w.isCounted(share) {
		return nil
	}
	if err := w.take(counted); err != nil {
		return err
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.counted[share] = true
	w.left--
	w.forget(share)
	if w.mine == share && w.stop != nil {
		w.stop()
	}
	w.changed.Broadcast()
	return nil
}

// giveBack lets somebody else count a share.
func (w *work) giveBack(share int) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.forget(share)
	if !w.counted[share] && w.mine != share {
		w.waiting = append(w.waiting, share)
	}
	w.changed.Broadcast()
}

func (w *work) forget(share int) {
	w.others = slices.DeleteFunc(w.others, func(o int) bool { return o == share })
}
