package identity

import "slices"

// View takes the graph's present state. It is kept until the graph changes; one
// that only met new ids since is extended, not built again.
func (g *Graph) View() *View {
	g.mu.RLock()
	v := g.view
	fresh := v != nil && v.Version == g.version
	g.mu.RUnlock()
	if fresh {
		return v
	}
	g.building.Lock()
	defer g.building.Unlock()
	v, last := g.snapshot()
	switch {
	case last != nil && last.Version == v.Version:
		return last
	case last != nil:
		v.extend(last)
	default:
		v.build()
	}
	g.mu.Lock()
	g.view = v
	g.mu.Unlock()
	return v
}

// snapshot copies headers under the lock, so that building needs none. It gives
// the last view too, where the new one only has more ids.
func (g *Graph) snapshot() (v, last *View) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if !g.relinked {
		last = g.view
	}
	g.relinked, g.viewed = false, true
	return &View{
		Version: g.version, graph: g,
		refs: g.refs.list(), accounts: g.accounts.list(), previous: g.previous.list(),
		said: g.said, links: slices.Clip(g.links), sources: slices.Clip(g.sources),
		unlinked: g.unlinked, readings: slices.Clone(g.readings),
		forgotten: g.forgotten, forgets: g.forgets, horizon: g.horizon,
	}, last
}

// extend makes v of a view with fewer ids and the same links. Both share memory:
// what is appended lies beyond what the older one reads.
func (v *View) extend(last *View) {
	v.person, v.moved, v.next, v.group = last.person, last.moved, last.next, last.group
	for n := Number(len(last.person)); int(n) <= len(v.refs.at); n++ {
		v.person = append(v.person, n)
		v.next = append(v.next, n)
		v.group = append(v.group, 0)
	}
	v.Persons = last.Persons + len(v.person) - len(last.person)
}

// build works out who is who by the rules of the package.
func (v *View) build() {
	size := len(v.refs.at) + 1
	earliest := make([]uint32, size) // by anonymous ref: 1 + the index of its earliest link
	merged := newForest(size)
	shown := map[Number]uint32{} // by target, later by root: 1 + the index of the latest alias
	for i, l := range v.links {
		if v.isUnlinked(l) {
			continue
		}
		switch l.how {
		case identifies:
			v.keepEarliest(&earliest[l.from], i)
		case aliases:
			r := v.readings[l.from-1]
			if r.anonymous != 0 {
				v.keepEarliest(&earliest[r.anonymous], i)
			}
			if r.user != 0 {
				merged.join(r.user, l.to)
			}
			v.keepLatest(shown, l.to, i)
		}
	}
	v.person = make([]Number, size)
	v.nameUsers(merged, shown)
	v.placeVisitors(earliest)
	v.ring()
	v.chooseAccounts()
}

func (v *View) isUnlinked(l link) bool {
	if len(v.unlinked) == 0 {
		return false
	}
	_, message := v.said.get(l.message)
	return v.unlinked[string(message)]
}

func (v *View) keepEarliest(slot *uint32, i int) {
	if *slot == 0 || v.order(v.links[i], v.links[*slot-1]) < 0 {
		*slot = uint32(i + 1)
	}
}

func (v *View) keepLatest(of map[Number]uint32, key Number, i int) {
	if now := of[key]; now == 0 || v.order(v.links[i], v.links[now-1]) > 0 {
		of[key] = uint32(i + 1)
	}
}

// nameUsers gives each user id the number its merged person is shown under.
func (v *View) nameUsers(merged forest, byTarget map[Number]uint32) {
	shown := make(map[Number]uint32, len(byTarget))
	for target, l := range byTarget {
		v.keepLatest(shown, merged.root(target), int(l-1))
	}
	for n := Number(1); int(n) < len(v.person); n++ {
		root := merged.root(n)
		v.person[n] = root
		if l := shown[root]; l != 0 {
			v.person[n] = v.links[l-1].to
		}
	}
}

// placeVisitors gives linked anonymous ids to their users. Those were not
// merged by nameUsers: only user ids are joined.
func (v *View) placeVisitors(earliest []uint32) {
	for n, l := range earliest {
		if l != 0 {
			v.person[n] = v.person[v.links[l-1].to]
		}
	}
}

func (v *View) ring() {
	v.next, v.moved = make([]Number, len(v.person)), make([]uint64, (len(v.person)+63)/64)
	for n, person := range v.person {
		if person == Number(n) {
			v.Persons++
			if v.Forgotten(person) {
				v.Persons--
			}
		} else {
			v.moved[n/64] |= 1 << (n % 64)
		}
		v.next[n] = Number(n)
	}
	v.Persons-- // 0 is nobody
	for n, person := range v.person {
		if person != Number(n) {
			v.next[n], v.next[person] = v.next[person], Number(n)
		}
	}
}

func (v *View) chooseAccounts() {
	v.group = make([]uint32, len(v.person))
	for i, l := range v.links {
		if l.how != groups || v.isUnlinked(l) {
			continue
		}
		person := v.person[l.from]
		if now := v.group[person]; now == 0 || v.order(l, v.links[now-1]) > 0 {
			v.group[person] = uint32(i + 1)
		}
	}
}

// forest is a union-find over numbers with path halving; joins are few, so the
// smaller number is the root.
type forest []Number

func newForest(size int) forest {
	f := make(forest, size)
	for n := range f {
		f[n] = Number(n)
	}
	return f
}

func (f forest) root(n Number) Number {
	for f[n] != n {
		f[n] = f[f[n]]
		n = f[n]
	}
	return n
}

func (f forest) join(a, b Number) {
	a, b = f.root(a), f.root(b)
	f[max(a, b)] = min(a, b)
}
