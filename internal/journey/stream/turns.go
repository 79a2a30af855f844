package stream

import "sync/atomic"

// Turns deals the blocks of an answer out to workers. It is safe for concurrent use.
type Turns struct {
	blocks []*Block
	dealt  atomic.Int64
}

// aTurn is how many blocks are dealt out at once: as many as are well looked at together,
// and few enough for the last ones not to be waited for.
const aTurn = 8

// Turns begins to deal out the blocks.
func (s *Streams) Turns() *Turns { return &Turns{blocks: s.Blocks} }

// Next gives the next blocks, of which some may be nil; none when all are dealt out.
func (t *Turns) Next() []*Block {
	to := int(t.dealt.Add(aTurn))
	from := min(to-aTurn, len(t.blocks))
	return t.blocks[from:min(to, len(t.blocks))]
}
