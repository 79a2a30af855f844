package path

import (
	"math"
	"slices"
)

// maxKept is how many times are kept of parts, a quarter of a gigabyte of them, before
// brackets are laid closer.
const maxKept = 1 << 25

// parts adds up the links of parts (stream.Parted). Times are kept as long as there is
// room for them; then brackets are laid around the medians of what came so far, and parts
// that follow are counted by these. Customers come in the order in which they came first,
// and those who came later may be quicker: the medians that a bracket misses in the end
// take another reading.
type parts struct {
	links map[uint64]*counted
	brackets
	limit int // of the times that are kept
}

func (a *asked) newParts() *parts {
	return &parts{links: map[uint64]*counted{}, brackets: brackets{otherwise: open}, limit: a.limit}
}

// add adds what was counted of a part, whose keys mean here what key says.
func (p *parts) add(found map[uint64]*counted, key func(uint64) uint64) {
	for k, c := range found {
		k = key(k)
		sum := p.links[k]
		if sum == nil {
			sum = &counted{key: k, bracket: p.bracket(k)}
			p.links[k] = sum
		}
		sum.paths += c.paths
		sum.customers += c.customers
		sum.below += c.below
		for _, took := range c.kept { // parts have layouts of their own
			sum.kept = append(sum.kept, took>>c.partBits)
		}
	}
}

// narrow lays brackets closer where too many times are kept.
func (p *parts) narrow(likely choice) {
	if p.kept() <= p.limit {
		return
	}
	p.brackets = closer(p.links, likely)
	p.limit = max(p.limit, 2*p.kept())
}

func (p *parts) kept() (n int) {
	for _, c := range p.links {
		n += len(c.kept)
	}
	return n
}

// settle finds the medians of those links that choose picks. Those that were missed are
// counted by another reading, of what is there then.
func (p *parts) settle(choose choice, read func(*parts) error) error {
	chosen := choose(p.links)
	share(len(chosen), func(i int) { chosen[i].settled() })
	again := parts{links: map[uint64]*counted{}, brackets: brackets{of: map[uint64]bracket{}}, limit: math.MaxInt}
	for _, c := range chosen {
		if _, ok := c.settled(); !ok {
			again.of[c.key] = open
		}
	}
	if len(again.of) == 0 {
		return nil
	}
	if err := read(&again); err != nil {
		return err
	}
	for key := range again.of {
		if found := again.links[key]; found != nil {
			p.links[key] = found
		}
	}
	return nil
}

// scaled is a bracket of times in microseconds as one of times in parts of them, of which
// 1 << partBits make one.
func (b bracket) scaled(partBits uint8) bracket {
	most := uint64(math.MaxUint64) >> partBits
	switch low := b.low << partBits; {
	case b.low > most: // no time is as long
		return bracket{low: math.MaxUint64}
	case b.span > most-b.low:
		return bracket{low, math.MaxUint64 - low}
	default:
		return bracket{low, b.span << partBits}
	}
}

// pairing tells what the keys of pairs mean: the code of the first name times by, and the
// code of the second.
type pairing struct {
	names []string
	by    uint64
}

func (p pairing) of(key uint64) (from, to string) { return p.names[key/p.by], p.names[key%p.by] }

// acrossParts is what the numbers of names are multiplied by in keys that hold for all
// parts of all readings.
const acrossParts = 1 << 32

// nameBook numbers names as they come.
type nameBook struct {
	names []string
	codes map[string]uint32
}

// read gives the numbers of a part's names by their codes there, and the codes by number,
// −1 for a name that the part does not know.
func (b *nameBook) read(names []string) (numbers []uint64, codes []int) {
	for _, name := range names {
		number, known := b.codes[name]
		if !known {
			number = uint32(len(b.names))
			b.names, b.codes[name] = append(b.names, name), number
		}
		numbers = append(numbers, uint64(number))
	}
	codes = slices.Repeat([]int{-1}, len(b.names))
	for code, number := range numbers {
		codes[number] = code
	}
	return numbers, codes
}

// ofPart are brackets by the keys and in the times of a part with so many names.
func (b brackets) ofPart(codes []int, names int, partBits uint8) brackets {
	out := brackets{of: map[uint64]bracket{}, otherwise: b.otherwise.scaled(partBits)}
	for key, own := range b.of {
		if from, to := codes[key/acrossParts], codes[key%acrossParts]; from >= 0 && to >= 0 {
			out.of[uint64(from*names+to)] = own.scaled(partBits)
		}
	}
	return out
}
