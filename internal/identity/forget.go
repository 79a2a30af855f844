package identity

import (
	"cmp"
	"slices"
)

// forget is the numbers that one message took out, and its place in the log.
type forget struct {
	seq uint64
	of  []Number
}

func bySeq(f forget, seq uint64) int { return cmp.Compare(f.seq, seq) }

// forget takes ids out, and every link that is about one of them: also the alias of
// somebody else that names one as its previous id, which does not stand for the same
// any more.
func (g *Graph) forget(row Row) {
	at, again := slices.BinarySearchFunc(g.forgets, row.Seq, bySeq)
	if again {
		return
	}
	of := slices.DeleteFunc(slices.Clone(row.Forgets), func(n Number) bool { return n == 0 || n > g.refs.len() })
	g.forgets = slices.Insert(slices.Clone(g.forgets), at, forget{row.Seq, of})
	g.strike(of)
	var misread []Number // previous ids that stood for one of them
	for i, r := range g.readings {
		if has(g.forgotten, r.user) || has(g.forgotten, r.anonymous) {
			misread = append(misread, Number(i+1))
		}
	}
	g.refs.remove(of)
	for _, p := range misread {
		_, id := g.previous.get(g.previous.at[p-1])
		g.readings[p-1] = g.read(string(id))
	}
	g.links = slices.DeleteFunc(slices.Clone(g.links), func(l link) bool {
		if l.how == aliases {
			_, found := slices.BinarySearch(misread, l.from)
			return found || has(g.forgotten, l.to)
		}
		return has(g.forgotten, l.from) || l.how == identifies && has(g.forgotten, l.to)
	})
}

// strike marks numbers as nobody's. Views keep the marks that they have.
func (g *Graph) strike(numbers []Number) {
	if len(numbers) == 0 {
		return
	}
	g.forgotten = append(make([]uint64, 0, g.refs.len()/64+1), g.forgotten...)[:g.refs.len()/64+1]
	for _, n := range numbers {
		g.forgotten[n/64] |= 1 << (n % 64)
	}
	g.relinked = true
	g.version++
}

// Forgotten reports whether a number is of an id that was forgotten: it is nobody's,
// and what still carries it is to be passed over.
func (v *View) Forgotten(n Number) bool { return has(v.forgotten, n) }

// AnyForgotten reports whether any id was forgotten.
func (v *View) AnyForgotten() bool { return len(v.forgotten) > 0 }

// ForgottenAfter lists the numbers that were forgotten after a position of the log.
func (v *View) ForgottenAfter(seq uint64) []Number {
	var of []Number
	for _, f := range slices.Backward(v.forgets) {
		if f.seq <= seq {
			break
		}
		of = append(of, f.of...)
	}
	return of
}

// ForgottenSince lists the numbers that were forgotten since an earlier View.
func (v *View) ForgottenSince(before *View) []Number {
	if len(v.forgets) == len(before.forgets) {
		return nil
	}
	var of []Number
	for _, f := range v.forgets {
		if _, knew := slices.BinarySearchFunc(before.forgets, f.seq, bySeq); !knew {
			of = append(of, f.of...)
		}
	}
	return of
}

func has(bits []uint64, n Number) bool {
	word := int(n / 64)
	return word < len(bits) && bits[word]>>(n%64)&1 == 1
}

// mark sets the bit of a number.
func mark(bits []uint64, n Number) []uint64 {
	for int(n/64) >= len(bits) {
		bits = append(bits, 0)
	}
	bits[n/64] |= 1 << (n % 64)
	return bits
}
