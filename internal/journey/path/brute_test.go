package path

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"time"
)

// bruteEvent is an event of one customer: when (seconds), its name, and a mark
// that anchors may ask for.
type bruteEvent struct {
	t    int
	name string
	x    bool
	in   bool // inside the segment
}

// brute is a question, asked in the plainest way there is. It shares nothing with
// the engine.
type brute struct {
	kind               Kind
	anchor, until      string // a name; with a star at its end only events with the mark
	within, gap        int    // seconds, 0: none
	steps, top         int
	occurrence         Occurrence
	fold               bool
	only, except       []string
	from, to           int // seconds, both included
	segment            bool
	anchored           map[string]bool
	nodePaths          map[string]int
	nodeWho, linkWho   map[string]map[string]int // by node, or "from>to": how often, by customer
	linkTook           map[string][]float64
	customers          map[string]bool
	paths, differently int
}

type bruteRun struct {
	name          string
	first, last   int
	anchor, until bool
}

type bruteStop struct {
	position int
	kind     NodeKind
	name     string
	t        int
}

func matches(pattern string, e bruteEvent) bool {
	return pattern != "" && (pattern == e.name || pattern == e.name+"*" && e.x)
}

// stretches are a customer's runs, parted where a pause ends a path.
func (b *brute) stretches(history []bruteEvent) [][]bruteRun {
	var out [][]bruteRun
	for _, e := range history {
		r := bruteRun{e.name, e.t, e.t, matches(b.anchor, e), matches(b.until, e)}
		if e.t < b.from || e.t > b.to || b.segment && !e.in {
			continue
		}
		named := (len(b.only) == 0 || slices.Contains(b.only, e.name)) && !slices.Contains(b.except, e.name)
		if !named && !r.anchor && !r.until {
			continue
		}
		if len(out) == 0 {
			out = append(out, []bruteRun{r})
			continue
		}
		now := &out[len(out)-1]
		before := &(*now)[len(*now)-1]
		switch {
		case b.gap > 0 && e.t-before.last > b.gap:
			out = append(out, []bruteRun{r})
		case b.fold && before.name == e.name:
			before.last, before.anchor, before.until = e.t, before.anchor || r.anchor, before.until || r.until
		default:
			*now = append(*now, r)
		}
	}
	return out
}

// ways are all ways of a customer, by time of their anchors.
func (b *brute) ways(stretches [][]bruteRun) (ways [][]bruteStop, anchored bool) {
	for _, runs := range stretches {
		for i, r := range runs {
			if b.kind == Transitions {
				if i > 0 {
					ways = append(ways, []bruteStop{{0, EventNode, runs[i-1].name, runs[i-1].first}, {1, EventNode, r.name, r.first}})
				}
				continue
			}
			if !r.anchor {
				continue
			}
			anchored = true
			way := []bruteStop{{0, AnchorNode, "", r.first}}
			switch b.kind {
			case After:
				for k := 1; k <= b.steps; k++ {
					if i+k == len(runs) {
						way = append(way, bruteStop{k, EndedNode, "", runs[len(runs)-1].first})
						break
					}
					way = append(way, bruteStop{k, EventNode, runs[i+k].name, runs[i+k].first})
				}
			case Before:
				for k := 1; k <= b.steps; k++ {
					if i-k < 0 {
						way = append(way, bruteStop{-k, BeganNode, "", runs[0].first})
						break
					}
					way = append(way, bruteStop{-k, EventNode, runs[i-k].name, runs[i-k].first})
				}
				slices.Reverse(way)
			case Between:
				end := i + 1
				for end < len(runs) && !runs[end].until {
					end++
				}
				if end == len(runs) || b.within > 0 && runs[end].first-r.first > b.within {
					continue
				}
				for k := i + 1; k < end; k++ {
					if k-i > b.steps {
						way = append(way, bruteStop{b.steps + 1, MoreNode, "", runs[k].first})
						break
					}
					way = append(way, bruteStop{k - i, EventNode, runs[k].name, runs[k].first})
				}
				way = append(way, bruteStop{b.steps + 2, UntilNode, "", runs[end].first})
			}
			ways = append(ways, way)
		}
	}
	switch {
	case len(ways) == 0 || b.kind == Transitions:
	case b.occurrence == First:
		ways = ways[:1]
	case b.occurrence == Last:
		ways = ways[len(ways)-1:]
	}
	return ways, anchored
}

func (b *brute) count(histories map[string][]bruteEvent) {
	b.anchored, b.customers = map[string]bool{}, map[string]bool{}
	b.nodePaths, b.nodeWho = map[string]int{}, map[string]map[string]int{}
	b.linkWho, b.linkTook = map[string]map[string]int{}, map[string][]float64{}
	all := map[string][][]bruteStop{}
	frequency := map[int]map[string]int{}
	for who, history := range histories {
		ways, anchored := b.ways(b.stretches(history))
		if anchored {
			b.anchored[who] = true
		}
		all[who] = ways
		for _, way := range ways {
			for _, s := range way {
				if s.kind == EventNode {
					if frequency[s.position] == nil {
						frequency[s.position] = map[string]int{}
					}
					frequency[s.position][s.name]++
				}
			}
		}
	}
	ranked := map[int][]string{}
	for position, here := range frequency {
		ranked[position] = slices.SortedFunc(maps.Keys(here), func(x, y string) int { return cmp.Or(here[y]-here[x], cmp.Compare(x, y)) })
	}
	id := func(s bruteStop) string {
		if s.kind != EventNode {
			return fmt.Sprintf("%d/%s", s.position, s.kind)
		}
		if b.kind != Transitions && slices.Index(ranked[s.position], s.name) >= b.top {
			return fmt.Sprintf("%d/other", s.position)
		}
		return fmt.Sprintf("%d/event/%s", s.position, s.name)
	}
	more := func(of map[string]map[string]int, key, who string) {
		if of[key] == nil {
			of[key] = map[string]int{}
		}
		of[key][who]++
	}
	for who, ways := range all {
		for _, way := range ways {
			b.paths++
			b.customers[who] = true
			for i, s := range way {
				b.nodePaths[id(s)]++
				more(b.nodeWho, id(s), who)
				if i > 0 {
					link := id(way[i-1]) + ">" + id(s)
					more(b.linkWho, link, who)
					if way[i-1].kind != BeganNode && s.kind != EndedNode {
						b.linkTook[link] = append(b.linkTook[link], float64(s.t-way[i-1].t))
					}
				}
			}
		}
	}
	b.differently = len(b.linkWho)
}

// drawn are the links in the answer: of transitions the most frequent ones.
func (b *brute) drawn() []string {
	paths := map[string]int{}
	for link, who := range b.linkWho {
		for _, times := range who {
			paths[link] += times
		}
	}
	links := slices.SortedFunc(maps.Keys(paths), func(x, y string) int { return cmp.Or(paths[y]-paths[x], cmp.Compare(x, y)) })
	if b.kind == Transitions {
		return links[:min(len(links), b.top)]
	}
	return links
}

func medianOf(values []float64) *float64 {
	if len(values) == 0 {
		return nil
	}
	values = slices.Sorted(slices.Values(values))
	n := len(values)
	return new((values[(n-1)/2] + values[n/2]) / 2)
}

func instant(t int) time.Time { return time.Unix(int64(t), 0).UTC() }
