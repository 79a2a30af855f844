package stream

import (
	"syscall"
	"unsafe"
)

// newChunk is memory for rows, all zero, which release gives back at once. It comes
// from the system in large pages where these are to be had: a tenth of the time of
// building an index would be spent on being given small ones.
func newChunk() (words []uint64, release func()) {
	const size = chunkWords * 8
	raw, err := syscall.Mmap(-1, 0, size, syscall.PROT_READ|syscall.PROT_WRITE, syscall.MAP_PRIVATE|syscall.MAP_ANON)
	if err != nil {
		return make([]uint64, chunkWords), func() {}
	}
	_ = syscall.Madvise(raw, syscall.MADV_HUGEPAGE) // where it is refused, pages are small
	return unsafe.Slice((*uint64)(unsafe.Pointer(unsafe.SliceData(raw))), chunkWords), func() { _ = syscall.Munmap(raw) }
}
