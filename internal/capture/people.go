package capture

import (
	"context"
	"errors"
	"maps"
	"sync"
	"time"

	"beichen/internal/fault"
	"beichen/internal/identity"
)

// people is who is who, on its way from the warehouse. Reading it takes longer than
// all else that opening a large workspace does, and most first questions are
// answered without it.
type people struct {
	graph  *identity.Graph
	read   bool // graph is whole
	want   sync.Once
	wanted chan struct{} // closed when somebody asks

	mu      sync.Mutex
	attempt chan struct{} // closed when the attempt to read has ended
	err     error         // of the last one
}

func newPeople() people {
	return people{graph: identity.NewGraph(), wanted: make(chan struct{}), attempt: make(chan struct{})}
}

// Whole implements identity.People: the graph is as of the last durable message.
// Errors are Unavailable: the warehouse cannot be read for the time being, or the
// intake is closed.
func (i *Intake) Whole(ctx context.Context) (*identity.Graph, error) {
	p := &i.people
	p.want.Do(func() { close(p.wanted) })
	p.mu.Lock()
	attempt := p.attempt
	p.mu.Unlock()
	select {
	case <-attempt:
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.graph, p.err
}

// ended tells everybody who waits how an attempt to read went.
func (p *people) ended(err error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.err = err
	close(p.attempt)
}

// replace puts another graph in the place of the one that was known.
func (p *people) replace(graph *identity.Graph) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.graph = graph
}

// now is the graph as far as it is known.
func (p *people) now() *identity.Graph {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.graph
}

// again begins another attempt.
func (p *people) again() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.attempt = make(chan struct{})
}

// learn makes the graph whole when somebody asks for it, or some time has passed:
// whoever asks later then need not wait. It is false when the context ends before.
func (i *Intake) learn(ctx context.Context) bool {
	p := &i.people
	if !p.read {
		soon := time.NewTimer(i.config.LearnIn)
		defer soon.Stop()
		select {
		case <-p.wanted:
		case <-soon.C:
		case <-ctx.Done():
		}
	}
	for wait := 100 * time.Millisecond; !p.read; wait = min(2*wait, 10*time.Second) {
		err := i.mode.read(ctx)
		if err == nil {
			p.read = true
			break
		}
		if ctx.Err() == nil {
			i.config.Logger.ErrorContext(ctx, "who is who cannot be read; trying again", "error", err)
			p.ended(unavailable(err))
			pause(ctx, wait)
			p.again()
		}
		if ctx.Err() != nil {
			p.ended(fault.New(fault.Unavailable, "eventlog.closed", "retryAfter", busyRetry))
			return false
		}
	}
	p.ended(nil)
	return true
}

// unavailable makes a fault of what kept the warehouse from being read, which may pass.
func unavailable(err error) error {
	if f, told := errors.AsType[*fault.Error](err); told {
		later := *f
		later.Args = map[string]any{"retryAfter": busyRetry}
		maps.Copy(later.Args, f.Args)
		return &later
	}
	return fault.Wrap(err, fault.Unavailable, "warehouse.failed", "retryAfter", busyRetry)
}
