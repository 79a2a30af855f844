package journey

import (
	"math"
	"slices"
)

// This is the second evaluator: it lists every chain that a customer's events
// allow and picks by the rules. It shares nothing with the machine, not even
// the reading of a definition, and is only fit for a handful of events.

type bruteStep struct {
	names     string // one letter an event name
	times     int
	within    int // seconds; 0: none
	firstEver bool
}

type bruteStage struct {
	pass     string
	optional bool
	steps    []bruteStep
}

type bruteExclusion struct {
	name     byte
	from, to int
}

type bruteJourney struct {
	order, entry, excluded string
	window                 int // seconds; 0: none
	from                   int // events before it are history only
	stages                 []bruteStage
	exclusions             []bruteExclusion
}

type bruteEvent struct {
	t    int
	name byte
	log  int // place in the customer's history
}

// bruteChain is which events passed which stages.
type bruteChain struct {
	t     []int // when each stage was passed, never where it was not
	fills []int // instants of the events used, sorted
	used  int   // events, a bit each
	entry int
}

const bruteNever = math.MaxInt

type brute struct {
	bruteJourney
	history []bruteEvent
	events  []bruteEvent
	// undecided: chains as early as each other differ in which events did a step
	// of several, and with it in whether an exclusion shares an instant with one;
	// the rules do not say which is meant.
	undecided bool
}

type bruteVerdict struct {
	level    int
	excluded bool
	entry    int
	t        []int // by stage; with order any by level
}

func (b *brute) matches(s *bruteStep, e int) bool {
	has := func(name byte) bool { return slices.Contains([]byte(s.names), name) }
	if !has(b.events[e].name) {
		return false
	}
	if s.firstEver { // the first match of all history; of equal times each may be it
		for _, h := range b.history {
			if has(h.name) {
				return h.t == b.events[e].t
			}
		}
	}
	return true
}

type bruteFill struct{ used, first, last int } // first and last step instant

// fillsOf lists every choice of events for a step.
func (b *brute) fillsOf(s *bruteStep, used, since int) []bruteFill {
	var out []bruteFill
	var choose func(from, count, mask, first, last int)
	choose = func(from, count, mask, first, last int) {
		if count == s.times {
			if s.within == 0 || last-first <= s.within {
				out = append(out, bruteFill{mask, last, last})
			}
			return
		}
		for e := from; e < len(b.events); e++ {
			if used>>e&1 == 0 && b.events[e].t >= since && b.matches(s, e) {
				f := first
				if count == 0 {
					f = b.events[e].t
				}
				choose(e+1, count+1, mask|1<<e, f, b.events[e].t)
			}
		}
	}
	choose(0, 0, 0, 0, 0)
	return out
}

// passesOf lists every way to pass a stage.
func (b *brute) passesOf(s *bruteStage, used, since int) []bruteFill {
	var out []bruteFill
	if s.pass == "any" {
		for i := range s.steps {
			out = append(out, b.fillsOf(&s.steps[i], used, since)...)
		}
		return out
	}
	var each func(step, mask, since, first, last int)
	each = func(step, mask, since, first, last int) {
		if step == len(s.steps) {
			out = append(out, bruteFill{mask, first, last})
			return
		}
		for _, f := range b.fillsOf(&s.steps[step], used|mask, since) {
			next := since
			if s.pass == "sequence" {
				next = f.last
			}
			each(step+1, mask|f.used, next, min(first, f.first), max(last, f.last))
		}
	}
	each(0, 0, since, bruteNever, math.MinInt)
	return out
}

func (b *brute) end(entry int) int {
	if b.window == 0 {
		return bruteNever
	}
	return entry + b.window
}

// chains lists every chain, by its entry.
func (b *brute) chains() map[int][]bruteChain {
	out := map[int][]bruteChain{}
	add := func(t []int, used, entry int) {
		for _, at := range t {
			if at != bruteNever && at > b.end(entry) {
				return
			}
		}
		c := bruteChain{t: slices.Clone(t), used: used, entry: entry}
		for e := range b.events {
			if used>>e&1 == 1 {
				c.fills = append(c.fills, b.events[e].t)
			}
		}
		slices.Sort(c.fills)
		if b.order != "strict" || b.unbroken(&c) {
			out[entry] = append(out[entry], c)
		}
	}
	t := make([]int, len(b.stages))
	for i := range t {
		t[i] = bruteNever
	}
	var walk func(place, used, since, last, entry int)
	walk = func(place, used, since, last, entry int) {
		for q := place + 1; q < len(b.stages); q++ {
			s := &b.stages[q]
			for _, p := range b.passesOf(s, used, since) {
				if p.last < last {
					continue
				}
				t[q] = p.last
				from := since
				if !s.optional {
					from = p.last
				}
				add(t, used|p.used, min(entry, p.first))
				walk(q, used|p.used, from, p.last, min(entry, p.first))
				t[q] = bruteNever
			}
			if !s.optional {
				return
			}
		}
	}
	var pick func(q, used, entry int)
	pick = func(q, used, entry int) {
		if q == len(b.stages) {
			if entry != bruteNever {
				add(t, used, entry)
			}
			return
		}
		pick(q+1, used, entry)
		for _, p := range b.passesOf(&b.stages[q], used, math.MinInt) {
			t[q] = p.last
			pick(q+1, used|p.used, min(entry, p.first))
			t[q] = bruteNever
		}
	}
	if b.order == "any" {
		pick(0, 0, bruteNever)
	} else {
		walk(-1, 0, math.MinInt, math.MinInt, bruteNever)
	}
	return out
}

// unbroken holds a chain to rule 5, strict: between its instants only repeats of
// the stage last passed or of one that is open, or whatever shares an instant
// with an event of an open one.
func (b *brute) unbroken(c *bruteChain) bool {
	last := slices.Max(reachedOf(c.t))
	for _, foreign := range b.events {
		if foreign.t <= c.entry || foreign.t >= last || slices.Contains(c.fills, foreign.t) {
			continue
		}
		current, required := -1, -1
		for q, at := range c.t {
			if at < foreign.t {
				current = q
				if !b.stages[q].optional {
					required = q
				}
			}
		}
		allowed := false
		for q := max(current, 0); q < len(b.stages); q++ {
			for i := range b.stages[q].steps {
				s := &b.stages[q].steps[i]
				allowed = allowed || slices.Contains([]byte(s.names), foreign.name)
				for e := range b.events {
					allowed = allowed || q > current && b.events[e].t == foreign.t && b.matches(s, e)
				}
			}
			if q > required && !b.stages[q].optional {
				break
			}
		}
		if !allowed {
			return false
		}
	}
	return true
}

func reachedOf(t []int) []int {
	return slices.DeleteFunc(slices.Clone(t), func(at int) bool { return at == bruteNever })
}

// earlier orders the chains of one entry: every stage takes the earliest event
// that can fill it, and an optional one never blocks the next.
func (b *brute) earlier(x, y bruteChain) int {
	if b.order == "any" {
		rx, ry := reachedOf(x.t), reachedOf(y.t)
		slices.Sort(rx)
		slices.Sort(ry)
		if len(rx) != len(ry) {
			return len(ry) - len(rx)
		}
		if d := rx[len(rx)-1] - ry[len(ry)-1]; d != 0 {
			return d
		}
		return slices.Compare(rx, ry)
	}
	if b.order != "strict" {
		for q := range b.stages {
			if !b.stages[q].optional && x.t[q] != y.t[q] {
				return compareInt(x.t[q], y.t[q])
			}
		}
	}
	instants := append(reachedOf(x.t), reachedOf(y.t)...)
	slices.Sort(instants)
	for _, at := range instants { // at the first instant at which they differ the further one
		if b.order != "strict" {
			break
		}
		if d := slices.Compare(b.standing(&y, at), b.standing(&x, at)); d != 0 {
			return d
		}
	}
	for q := len(b.stages) - 1; q >= 0; q-- {
		if x.t[q] != y.t[q] {
			return compareInt(x.t[q], y.t[q])
		}
	}
	return 0
}

// standing is the last required and the last stage passed up to an instant.
func (b *brute) standing(c *bruteChain, at int) []int {
	place, required := -1, -1
	for q := range c.t {
		if c.t[q] <= at {
			place = q
			if !b.stages[q].optional {
				required = q
			}
		}
	}
	return []int{required, place}
}

func compareInt(a, b int) int {
	if a < b {
		return -1
	}
	return 1
}

// levelOf is how far a chain got before an instant.
func (b *brute) levelOf(c *bruteChain, before int) int {
	level := 0
	for q, at := range c.t {
		if at >= before {
			continue
		}
		level++
		if b.order != "any" {
			level = q + 1
		}
	}
	return level
}

func (b *brute) complete(c *bruteChain) bool {
	for q, at := range c.t {
		if at == bruteNever && !b.stages[q].optional {
			return false
		}
	}
	return true
}

// taint is when the first exclusion hit the chain.
func (b *brute) taint(c *bruteChain) int {
	past := func(place int) int {
		at := bruteNever
		for q := place; q < len(c.t); q++ {
			at = min(at, c.t[q])
		}
		return at
	}
	first := bruteNever
	for _, e := range b.events {
		for _, x := range b.exclusions {
			if e.name == x.name && e.t > past(x.from) && e.t < past(x.to) && e.t <= b.end(c.entry) && !slices.Contains(c.fills, e.t) {
				first = min(first, e.t)
			}
		}
	}
	return first
}

// best picks among a customer's chains by rule 1; false if there is none.
func (b *brute) best() (bruteChain, bool) {
	byEntry := b.chains()
	var chains []bruteChain
	openUntil := math.MinInt
	for _, entry := range sortedKeysOf(byEntry) {
		c := slices.MinFunc(byEntry[entry], b.earlier)
		for _, other := range byEntry[entry] {
			if b.earlier(c, other) == 0 && b.taint(&c) != b.taint(&other) {
				b.undecided = true
			}
		}
		if b.entry == "first" {
			if entry <= openUntil {
				continue
			}
			openUntil = b.end(entry)
			if b.complete(&c) {
				openUntil = slices.Max(reachedOf(c.t))
			}
		}
		chains = append(chains, c)
	}
	if len(chains) == 0 {
		return bruteChain{}, false
	}
	if b.entry != "first" {
		slices.Reverse(chains) // the preferred entry first
	}
	key := func(c *bruteChain) [4]int {
		tainted := 0
		if b.order != "any" && b.taint(c) != bruteNever {
			tainted = 1
		}
		first := slices.IndexFunc(c.t, func(at int) bool { return at != bruteNever })
		if b.order == "any" {
			first = 0
		}
		return [4]int{-b.levelOf(c, bruteNever), tainted, slices.Max(reachedOf(c.t)), first}
	}
	return slices.MinFunc(chains, func(x, y bruteChain) int {
		kx, ky := key(&x), key(&y)
		return slices.Compare(kx[:], ky[:])
	}), true
}

func sortedKeysOf(m map[int][]bruteChain) []int {
	var keys []int
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}

// judge gives what the rules make of the customer; false: no chain.
func (b *brute) judge(history []bruteEvent) (bruteVerdict, bool) {
	for i := range history {
		history[i].log = i
	}
	b.undecided = false
	b.history = history
	start := slices.IndexFunc(history, func(e bruteEvent) bool { return e.t >= b.from })
	if start < 0 {
		return bruteVerdict{}, false
	}
	b.events = history[start:]
	if b.order == "any" && len(b.exclusions) > 0 {
		return b.stretches()
	}
	c, ok := b.best()
	if !ok {
		return bruteVerdict{}, false
	}
	at := b.taint(&c)
	if at == bruteNever {
		return b.verdict(&c, bruteNever), true
	}
	if b.excluded == "remove" {
		return bruteVerdict{excluded: true}, true
	}
	return b.verdict(&c, at), true
}

func (b *brute) verdict(c *bruteChain, before int) bruteVerdict {
	v := bruteVerdict{level: b.levelOf(c, before), entry: c.entry}
	for _, at := range c.t {
		if at >= before {
			at = bruteNever
		}
		v.t = append(v.t, at)
	}
	if b.order == "any" {
		slices.Sort(v.t)
	}
	return v
}

// stretches is rule 6 for journeys in any order.
func (b *brute) stretches() (bruteVerdict, bool) {
	all := b.events
	defer func() { b.events = all }()
	within := func(low, high int) (bruteChain, bool) {
		b.events = nil
		for _, e := range all {
			if e.t > low && e.t < high {
				b.events = append(b.events, e)
			}
		}
		return b.best()
	}
	var furthest bruteChain
	any := false
	low := math.MinInt
	for _, x := range all {
		if !slices.ContainsFunc(b.exclusions, func(e bruteExclusion) bool { return e.name == x.name }) || b.someoneMatchesAt(all, x.t) {
			continue
		}
		c, ok := within(low, x.t)
		open := false
		if ok {
			for entry := range b.chains() {
				open = open || b.end(entry) >= x.t
			}
		}
		if !open {
			continue
		}
		if b.complete(&c) {
			return b.verdict(&c, bruteNever), true
		}
		if !any || b.levelOf(&c, bruteNever) > b.levelOf(&furthest, bruteNever) {
			furthest = c
		}
		any = true
		low = x.t
	}
	if c, ok := within(low, bruteNever); ok {
		return b.verdict(&c, bruteNever), true
	}
	if !any {
		return bruteVerdict{}, false
	}
	if b.excluded == "remove" {
		return bruteVerdict{excluded: true}, true
	}
	return b.verdict(&furthest, bruteNever), true
}

func (b *brute) someoneMatchesAt(all []bruteEvent, t int) bool {
	b.events = all
	for e := range all {
		for q := range b.stages {
			for i := range b.stages[q].steps {
				if all[e].t == t && b.matches(&b.stages[q].steps[i], e) {
					return true
				}
			}
		}
	}
	return false
}
