//go:build !linux

package stream

// newChunk is memory for rows, which release gives back.
func newChunk() (words []uint64, release func()) { return make([]uint64, chunkWords), func() {} }
