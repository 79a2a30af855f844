package stream

// Direct reading is for questions so plain that a pass over the words of the
// blocks answers them: no cursor copies what it reads.

// ByName gives the class of an event by the code of its name, and the names,
// modulo 64, that may be of a class other than 0: a customer whose Has holds none
// of them has nothing to tell. It is not ok where the name alone does not tell the
// class, for a filter or a segment has a say; a Cursor reads then.
//
// Of a Question that was asked as Direct the reader counts Events and Customers
// itself where this is ok.
func (s *Streams) ByName() (class []uint16, has uint64, ok bool) {
	return s.unconditional, s.matching, s.unconditional != nil
}

// Floor is the smallest word of an instant, whatever the name; of instants before
// all words the smallest there is, of those after all the largest.
func (l Layout) Floor(at int64) uint64 { return l.floor(at) }
