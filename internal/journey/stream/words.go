package stream

// Words gives the events of customer i of a block that count, by time, as words
// that Layout reads: the quickest way through all events, for questions that
// need no more of most of them than time and name. They must not be changed;
// where a segment leaves some out they are a copy that holds until the next
// call. The cursor has no customer in hand afterwards.
func (c *Cursor) Words(b *Block, i int) []uint64 {
	low, high := b.Start[i], b.Start[i+1]
	if b.First+uint32(i) == 0 {
		return nil
	}
	if c.s.bounded {
		low, high = low+below(b.Event[low:high], c.s.from), low+below(b.Event[low:high], c.s.until)
		if low >= high { // also where the question begins after it ends
			return nil
		}
	}
	if len(c.s.segment) == 0 {
		return b.Event[low:high]
	}
	c.Block, c.customer, c.words = b, b.First+uint32(i), c.words[:0]
	for e := low; e < high; e++ {
		if c.Counts(e) {
			c.words = append(c.words, b.Event[e])
		}
	}
	return c.words
}
