package path

import (
	"math"
	"slices"

	"beichen/internal/nodes/carrier"
)

// maxKept is how many times are kept of parts, a quarter of a gigabyte of them, before
// brackets are laid closer.
const maxKept = 1 << 25

// parts adds up the links of parts (stream.Parted). Times are kept as long as there is
// room for them; then brackets are laid around the medians of what came so far, and parts
// that follow are counted by these. Customers come in the order in which they came first,
// and those who came later may be quicker: the medians that a bracket misses in the end
// take another reading. What other nodes counted of shares is joined alike: by brackets of
// its own, where a share had too many times.
type parts struct {
	links map[uint64]*counted
	brackets
	limit int  // of the times that are kept
	some  bool // those links alone are wanted that have a bracket of their own
}

func newParts(limit int) *parts {
	return &parts{links: map[uint64]*counted{}, brackets: brackets{otherwise: open}, limit: limit}
}

// onlyOf makes links, by key, the only ones that are wanted; all times of theirs are kept.
func (p *parts) onlyOf(keys []uint64) {
	p.brackets, p.some, p.limit = brackets{of: map[uint64]bracket{}}, true, math.MaxInt
	for _, key := range keys {
		p.of[key] = open
	}
}

// missed are the keys of those links, of those that choose picks, whose medians are not
// known.
func (p *parts) missed(choose choice) (keys []uint64) {
	for _, c := range settle(choose(p.links)) {
		keys = append(keys, c.key)
	}
	return keys
}

// replace takes the links of another reading, of what was there then.
func (p *parts) replace(again *parts) {
	for key := range again.of {
		if found := again.links[key]; found != nil {
			p.links[key] = found
		}
	}
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

// join adds what was counted by another reading, of other customers, whose keys mean here
// what key says.
func (p *parts) join(o *parts, key func(uint64) uint64) {
	for k, c := range o.links {
		k = key(k)
		sum := p.links[k]
		if sum == nil {
			sum = &counted{key: k, bracket: p.bracket(k)}
			p.links[k] = sum
		}
		sum.join(c)
	}
}

// carry carries the links that are wanted, by keys that are one end times by and the
// other; known tells which ends there are.
func (p *parts) carry(c *carrier.Carrier, by uint64, known func(end int) bool) {
	var links []*counted
	for key, l := range p.links {
		if _, wanted := p.of[key]; wanted || !p.some {
			links = append(links, l)
		}
	}
	carrier.List(c, &links, func(l **counted) {
		if c.Reading() {
			*l = &counted{}
		}
		from, to := int((*l).key/by), int((*l).key%by)
		if c.Counts(&from, &to); !known(from) || !known(to) {
			c.Fail("a link leads nowhere")
			return
		}
		(*l).key = uint64(from)*by + uint64(to)
		if (*l).carry(c); c.Reading() {
			p.links[(*l).key] = *l
		}
	})
}

func (c *counted) carry(to *carrier.Carrier) {
	to.Counts(&c.paths, &c.customers, &c.below)
	to.Word(&c.low)
	to.Word(&c.span)
	carrier.List(to, &c.kept, to.Word)
	outside := func(took uint64) bool { return took-c.low >= c.span }
	if to.Reading() && (c.paths == 0 || c.customers > c.paths || c.below > c.paths || len(c.kept) > c.paths-c.below ||
		c.low > math.MaxUint64-c.span || slices.ContainsFunc(c.kept, outside)) {
		to.Fail("a link was not gone like this")
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

func newNameBook() *nameBook { return &nameBook{codes: map[string]uint32{}} }

func (b *nameBook) number(name string) uint64 {
	number, known := b.codes[name]
	if !known {
		number = uint32(len(b.names))
		b.names, b.codes[name] = append(b.names, name), number
	}
	return uint64(number)
}

// read gives the numbers of a part's names by their codes there, and the codes by number,
// −1 for a name that the part does not know.
func (b *nameBook) read(names []string) (numbers []uint64, codes []int) {
	for _, name := range names {
		numbers = append(numbers, b.number(name))
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
