package main

import (
	"runtime"
	"sync"
	"time"
)

// readOnce is how long it takes all processors to read so many bytes of memory
// once: the time below which nothing that looks at all of an index can answer.
func readOnce(bytes int) time.Duration {
	words := make([]uint64, bytes/8)
	for i := range words {
		words[i] = uint64(i) // touched, so that it is memory and not the kernel's one page of zeros
	}
	var times []time.Duration
	for range 9 {
		began := time.Now()
		sums := make([]uint64, runtime.NumCPU())
		var readers sync.WaitGroup
		for p := range sums {
			part := words[len(words)*p/len(sums) : len(words)*(p+1)/len(sums)]
			readers.Go(func() { sums[p] = sum(part) })
		}
		readers.Wait()
		times = append(times, time.Since(began))
		runtime.KeepAlive(sums) // so that reading is not optimised away
	}
	return median(times)
}

// sum adds in eight chains, so that it waits for memory and not for the adder.
func sum(words []uint64) uint64 {
	var s [8]uint64
	for ; len(words) >= 8; words = words[8:] {
		for i := range s {
			s[i] += words[i]
		}
	}
	for _, w := range words {
		s[0] += w
	}
	return s[0] + s[1] + s[2] + s[3] + s[4] + s[5] + s[6] + s[7]
}
