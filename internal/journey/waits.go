package journey

import "slices"

// waiting is how long those wait as of an instant who wait since others; who has
// waited longer than the window is left out.
func (z *summarizer) waiting(since *instants, asOf, window int64) []int64 {
	first := len(z.waits)
	for _, piece := range append(since.others, since.own) {
		for _, at := range piece {
			if waited := asOf - at; waited <= window {
				z.waits = append(z.waits, waited)
			}
		}
	}
	return z.waits[first:len(z.waits):len(z.waits)]
}

// wait marks the bins that some of the waits end in, and counts the values of the
// others.
func (w *whole) wait(f *narrow, z *summarizer) {
	if len(w.waits) == 0 {
		return
	}
	w.between = zeroed(w.between, len(w.waits)+1)
	w.between[0] += uint32(w.zeros)
	z.sortWaits(w, f)
	ratio := f.shift - w.finer.shift
	for b := range f.bins {
		first, next := w.firstWait[b<<ratio], w.firstWait[min((b+1)<<ratio, w.finer.bins)]
		if first < next {
			w.ends.add(b)
		} else {
			w.between[first] += w.counts[b]
		}
	}
}

// sortWaits puts the waits in the order of their finer bins, and sorts each bin.
// Those below and above all bins stay as they are: no value lies between them.
func (z *summarizer) sortWaits(w *whole, f *narrow) {
	const most = 1 << 16
	w.finer = *f
	for w.finer.shift > 0 && w.finer.bins < len(w.waits) && w.finer.bins <= most/2 {
		w.finer.shift--
		w.finer.bins *= 2
	}
	finer := &w.finer
	place := func(wait int64) int { // 0: below all bins
		if wait < finer.low {
			return 0
		}
		return 1 + min(int(uint64(wait-finer.low)>>(finer.shift&63)), finer.bins)
	}
	ends := zeroed(w.firstWait, finer.bins+2)
	for _, wait := range w.waits {
		ends[place(wait)]++
	}
	sum := uint32(0)
	for i, n := range ends {
		sum += n
		ends[i] = sum
	}
	z.sorted = append(z.sorted[:0], w.waits...)
	for _, wait := range z.sorted { // from the back, so that an end becomes a beginning
		i := place(wait)
		ends[i]--
		w.waits[ends[i]] = wait
	}
	w.firstWait = ends[1:]
	for b := range finer.bins {
		if in := w.waits[w.firstWait[b]:w.firstWait[b+1]]; len(in) > 1 {
			slices.Sort(in)
		}
	}
}

// lookAtWaits counts values between the waits, where these end in their narrow bin. Whether
// the first wait of a value's finer bin lies below it nobody can guess, so that it is
// reckoned instead; there seldom is a second one.
func (w *whole) lookAtWaits(found []int64, f *narrow) {
	low, shift, ratio := w.finer.low, w.finer.shift&63, (f.shift-w.finer.shift)&63
	waits, first, between, last := w.waits, w.firstWait, w.between, len(w.waits)-1
	for _, v := range found {
		b := int(uint64(v-low) >> shift)
		if !w.ends.has(b >> ratio & (mostNarrow - 1)) {
			continue
		}
		n := int(first[b])
		// Who is lost at an event's instant was still there.
		n += int(uint64(waits[min(n, last)]-v) >> 63 & (uint64(n-len(waits)) >> 63))
		for n <= last && waits[n] < v {
			n++
		}
		between[n]++
	}
}

// survive is the product-limit estimate of Kaplan and Meier (1958). Between two
// instants at which somebody was lost from sight the product telescopes, so that
// only how many events lie between them has to be known, not their order.
func (w *whole) survive() {
	if len(w.waits) == 0 {
		if w.eligible > 0 {
			w.surviving = float64(w.eligible-w.n) / float64(w.eligible)
		}
		return
	}
	atRisk := w.eligible
	for i, events := range w.between {
		if events > 0 {
			w.surviving *= float64(atRisk-int(events)) / float64(atRisk)
		}
		atRisk -= int(events)
		if i < len(w.waits) {
			atRisk--
		}
	}
}
