package identity

import "testing"

// TestMoreThanFourGiBOfIdsAreKeptApart begins with an arena that has had them: a place
// that is counted round the end of its number would be somebody else's id.
func TestMoreThanFourGiBOfIdsAreKeptApart(t *testing.T) {
	const had = 1 << 16 // blocks of 64 KiB
	s := newNames()
	first, _ := s.number(userMark, "first")
	s.blocks = append(s.blocks, make([][]byte, had-len(s.blocks))...)
	s.used = blockSize
	next, isNew := s.number(userMark, "next")
	if !isNew || next == first {
		t.Errorf("the next id has the number %d, new %v", next, isNew)
	}
	for id, number := range map[string]Number{"first": first, "next": next} {
		if mark, text := s.list().text(number); mark != userMark || string(text) != id {
			t.Errorf("%d is %q, want %q", number, text, id)
		}
		if found := s.find(userMark, id); found != number {
			t.Errorf("%q is %d, want %d", id, found, number)
		}
	}
}
