package journey

import (
	"context"
	"encoding/json"
	"slices"
	"sync"

	"beichen/internal/journey/stream"
)

// before is what was counted last, so that a draft which changes a late stage is
// counted for those alone who ever got there. It holds for the facts it is made
// of, and for plain journeys: of two that are the same up to a stage, who did
// not pass the stages before it stands alike in both.
type before struct {
	mu   sync.Mutex
	last []*counting // newest first
}

// counting is a journey with what was counted of it.
type counting struct {
	key    string   // all that the counts hang on but the stages
	stages []string // each bound stage as it was asked for
	asOf   int64
	counts *counts
}

// remembered is how many journeys are remembered: a draft, and the one it is
// compared with; and as many of which nothing but counts was asked, so that what is
// tried out while a step is dragged does not put the board away.
const remembered = 3

// progress tells of every customer, by block and place in it, how many stages they
// passed. It is written by the workers, each its own blocks.
type progress [][]uint8

func newProgress(blocks []*stream.Block) progress {
	of := make(progress, len(blocks))
	for i, b := range blocks {
		if b != nil {
			of[i] = make([]uint8, b.Len())
		}
	}
	return of
}

// clone copies what was reached, leaving out who passed that many stages or more.
func (r progress) clone(least int) progress {
	out := make(progress, len(r))
	for b, customers := range r {
		out[b] = slices.Clone(customers)
		for i, level := range out[b] {
			if int(level) >= least {
				out[b][i] = 0
			}
		}
	}
	return out
}

// count adds up what the machine finds of all customers, or of those alone of
// whom it cannot be known from before.
func (m *Measurer) count(ctx context.Context, d *measured) (*counts, error) {
	key, ok := d.countedBy()
	if !ok {
		return d.countFrom(ctx, nil, 0)
	}
	stages := d.plan.asked()
	last, same := m.before.find(key, stages, d)
	c, err := d.countFrom(ctx, last, same)
	if err != nil {
		return nil, err
	}
	m.before.remember(&counting{key: key, stages: stages, asOf: d.asOf, counts: c})
	return c, nil
}

// countFrom counts, taking over from last those who passed fewer than same
// stages.
func (d *measured) countFrom(ctx context.Context, last *counting, same int) (*counts, error) {
	_, byLevel := d.countedBy()
	var since, reached progress
	kept := 0
	switch {
	case last != nil:
		kept = last.levels(same)
		since = last.counts.reached
		reached = since.clone(kept*levelStages + 1)
	case byLevel:
		reached = newProgress(d.streams.Blocks)
	}
	begin := func() *counts {
		c := d.newCounts(byLevel)
		c.reached = reached
		return c
	}
	folds, err := run(ctx, d, since, kept*levelStages+1, begin)
	if err != nil {
		return nil, err
	}
	if len(folds) == 0 {
		folds = append(folds, begin())
	}
	var closing sync.WaitGroup
	for _, f := range folds {
		closing.Go(f.close)
	}
	closing.Wait()
	c := folds[0]
	for _, f := range folds[1:] {
		c.join(f)
	}
	if last != nil {
		copy(c.levels[:kept], last.counts.levels)
	}
	return c, nil
}

// levels is how many levels hold those alone who passed fewer than same stages.
func (c *counting) levels(same int) int {
	n := 0
	for n < len(c.counts.levels) && min((n+1)*levelStages, len(c.stages)) < same {
		n++
	}
	return n
}

// countedBy is all that the counts of a plain journey hang on but its stages and
// the instant as of which they are told; ok is false where they are not kept
// apart by level.
func (d *measured) countedBy() (key string, ok bool) {
	p := d.plan
	plain := p.plain && p.simple && !p.historic && p.entry == Latest && len(p.exclusions) == 0
	if !plain || d.streams.Facts == 0 || d.byValue() || d.attribution == "step" || len(d.TimeBetween) > 0 || d.Request.Customers {
		return "", false
	}
	const fewValues = 64
	for _, values := range d.streams.Values {
		if len(values) > fewValues {
			return "", false
		}
	}
	raw, err := json.Marshal(map[string]any{
		"facts": d.streams.Facts, "subject": d.Journey.subject(), "window": p.window.String(), "from": d.from,
		"until": d.streams.Until(), "keys": d.keys, "attribution": d.attribution, "segment": d.Segment,
	})
	return string(raw), err == nil
}

// asked writes each bound stage as far as it decides what is counted.
func (p *plan) asked() []string {
	var stages []string
	for _, s := range p.stages {
		var steps []any
		for _, step := range p.steps[s.first:s.end] {
			of := &p.journey.Stages[s.definition].Steps[step.definition]
			steps = append(steps, map[string]any{"when": of.When, "cost": of.Cost})
		}
		raw, err := json.Marshal(steps)
		if err != nil {
			panic(err) // a checked definition always encodes
		}
		stages = append(stages, string(raw))
	}
	return stages
}

// find gives the journey counted before that has most stages in common from the
// first on, and how many; nil where there is none. Of the very same journey that
// is one more than it has, so that nobody is counted again. What was counted whole
// tells its counts too, but counts alone tell nothing else.
func (b *before) find(key string, stages []string, d *measured) (found *counting, same int) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, c := range b.last {
		if c.key != key || c.asOf > d.asOf || c.counts.bare && !d.bare {
			continue
		}
		n := 0
		for n < min(len(stages), len(c.stages)) && stages[n] == c.stages[n] {
			n++
		}
		if n == len(stages) && n == len(c.stages) {
			return c, n + 1
		}
		if n > same {
			found, same = c, n
		}
	}
	return found, same
}

func (b *before) remember(c *counting) {
	b.mu.Lock()
	defer b.mu.Unlock()
	alike := 1 // that stay, c among them
	b.last = slices.DeleteFunc(b.last, func(o *counting) bool {
		if o.counts.streams.Facts != c.counts.streams.Facts {
			return true
		}
		if o.counts.bare != c.counts.bare {
			return false
		}
		if alike == remembered || slices.Equal(o.stages, c.stages) {
			return true
		}
		alike++
		return false
	})
	b.last = append([]*counting{c}, b.last...)
}

// Forget lets go of what was counted before. It costs the next answer time, and
// nothing else.
func (m *Measurer) Forget() {
	m.before.mu.Lock()
	defer m.before.mu.Unlock()
	m.before.last = nil
}
