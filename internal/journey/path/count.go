package path

import (
	"cmp"
	"context"
	"maps"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"

	"beichen/internal/journey/stream"
)

// worker looks at the customers of blocks.
type worker interface{ block(b *stream.Block) }

// linker is a worker that counts links.
type linker interface {
	worker
	links() *tally
}

// run lets as many workers as there are processors look at blocks.
func run[W worker](ctx context.Context, blocks []*stream.Block, begin func() W) ([]W, error) {
	all := make([]W, min(runtime.GOMAXPROCS(0), len(blocks)))
	share(len(all), func(i int) { all[i] = begin() })
	return all, look(ctx, blocks, all)
}

// look lets workers look at blocks.
func look[W worker](ctx context.Context, blocks []*stream.Block, all []W) error {
	var next atomic.Int64
	var group sync.WaitGroup
	for _, w := range all {
		group.Go(func() {
			for b := int(next.Add(1)) - 1; b < len(blocks) && ctx.Err() == nil; b = int(next.Add(1)) - 1 {
				if blocks[b] != nil {
					w.block(blocks[b])
				}
			}
		})
	}
	group.Wait()
	return ctx.Err()
}

// share does something for each of n, on all processors.
func share(n int, do func(i int)) {
	var next atomic.Int64
	var group sync.WaitGroup
	for range min(runtime.GOMAXPROCS(0), n) {
		group.Go(func() {
			for i := int(next.Add(1)) - 1; i < n; i = int(next.Add(1)) - 1 {
				do(i)
			}
		})
	}
	group.Wait()
}

// choice picks the links of an answer.
type choice func(map[uint64]*counted) []*counted

// closing is how many times as many blocks each round looks at as those before it.
const closing = 8

// count counts all links, expected ones by estimate, and settles the medians of those that
// choose picks. It goes over the blocks in rounds, each over more than were seen before. In
// the first all times are kept, in the others those inside brackets that are laid ever
// closer around the medians of the links that likely picks. Where a bracket missed in the
// end, its links are counted again: all is exact, whatever the first rounds were like.
// Without likely all links are wanted.
func count[W linker](ctx context.Context, a *asked, expected int, begin func(brackets) W, likely, choose choice) (workers []W, links map[uint64]*counted, err error) {
	blocks, stride := a.streams.Blocks, cmp.Or(a.stride, firstStride(expected))
	links = map[uint64]*counted{}
	workers, err = run(ctx, every(blocks, stride, 0), func() W { return begin(brackets{otherwise: open}) })
	for ; err == nil && stride > 1; stride = max(stride/closing, 1) {
		b := closer(total(workers, links), likely)
		for _, w := range workers {
			w.links().begin(b)
		}
		err = look(ctx, every(blocks, max(stride/closing, 1), stride), workers)
	}
	if err != nil {
		return nil, nil, err
	}
	missed := brackets{of: map[uint64]bracket{}}
	for _, c := range settle(choose(total(workers, links))) {
		missed.of[c.key] = open
	}
	if len(missed.of) == 0 {
		return workers, links, nil
	}
	again, err := run(ctx, blocks, func() W { return begin(missed) })
	if err != nil {
		return nil, nil, err
	}
	found := total(again, map[uint64]*counted{})
	for key := range missed.of {
		links[key] = found[key]
	}
	return workers, links, nil
}

// settle settles medians, and gives the links whose brackets missed theirs.
func settle(links []*counted) (missed []*counted) {
	share(len(links), func(i int) { links[i].settled() })
	for _, c := range links {
		if _, ok := c.settled(); !ok {
			missed = append(missed, c)
		}
	}
	return missed
}

// firstStride is every how many blocks the first round is over, so that some hundred
// thousand links are kept whole; 1: there is no other round. It is a power of closing.
func firstStride(expected int) int {
	stride := 1
	for expected/stride > 1<<18 {
		stride *= closing
	}
	return stride
}

// every gives every so many blocks but for those that were given for a multiple; 0:
// none were.
func every(blocks []*stream.Block, stride, given int) []*stream.Block {
	var some []*stream.Block
	for i := 0; i < len(blocks); i += stride {
		if given == 0 || i%given != 0 {
			some = append(some, blocks[i])
		}
	}
	return some
}

// total adds what workers counted to links.
func total[W linker](workers []W, links map[uint64]*counted) map[uint64]*counted {
	tallies := make([]*tally, len(workers))
	for i, w := range workers {
		tallies[i] = w.links()
	}
	gather(tallies, links)
	return links
}

// closer lays the brackets of links closer around their medians, and none around those
// that likely does not pick. Without it, links that were not seen so far are kept whole.
func closer(links map[uint64]*counted, likely choice) brackets {
	b := brackets{of: make(map[uint64]bracket, len(links))}
	var wanted []*counted
	if likely == nil {
		wanted, b.otherwise = slices.Collect(maps.Values(links)), open
	} else {
		wanted = likely(links)
	}
	share(len(wanted), func(i int) { wanted[i].narrow() })
	for _, c := range wanted {
		b.of[c.key] = c.bracket
	}
	for key, c := range links {
		if _, is := b.of[key]; !is {
			c.bracket, c.kept = bracket{}, nil
		}
	}
	return b
}
