package identity

import "beichen/internal/event"

// Draft numbers the ids of messages as a graph will once it is told of them, and tells
// it nothing: of messages that are on their way into a store. The graph must not learn
// of anybody meanwhile.
type Draft struct {
	graph    *Graph
	lastRef  Number // of the graph
	lastOf   Number // account of the graph
	refs     map[event.Ref]Number
	accounts map[string]Number
	gone     []uint64 // one bit a number of the graph that a row has forgotten

	Refs     []event.Ref // new ones, in the order of their numbers
	Accounts []string    // likewise
}

// Draft begins one.
func (g *Graph) Draft() *Draft {
	g.mu.RLock()
	defer g.mu.RUnlock()
	return &Draft{
		graph: g, lastRef: g.refs.len(), lastOf: g.accounts.len(),
		refs: map[event.Ref]Number{}, accounts: map[string]Number{},
	}
}

// Number is as the graph's.
func (d *Draft) Number(ref event.Ref) Number {
	if n, ok := d.graph.Lookup(ref); ok && !has(d.gone, n) || ref.ID == "" {
		return n
	}
	n := d.refs[ref]
	if n == 0 {
		d.Refs = append(d.Refs, ref)
		n = d.lastRef + Number(len(d.Refs))
		d.refs[ref] = n
	}
	return n
}

// AccountNumber is as the graph's.
func (d *Draft) AccountNumber(id string) Number {
	if n, ok := d.graph.LookupAccount(id); ok || id == "" {
		return n
	}
	n := d.accounts[id]
	if n == 0 {
		d.Accounts = append(d.Accounts, id)
		n = d.lastOf + Number(len(d.Accounts))
		d.accounts[id] = n
	}
	return n
}

// Apply gives the ids that a row names the numbers that Graph.Apply gives them.
func (d *Draft) Apply(row Row) {
	user, visitor := event.Ref{ID: row.UserID}, event.Ref{Anonymous: true, ID: row.AnonymousID}
	switch row.Type {
	case event.Identify:
		d.Number(user)
		d.Number(visitor)
	case event.Alias:
		d.Number(user)
	case event.Group:
		if d.Number(user) == 0 {
			d.Number(visitor)
		}
		d.AccountNumber(row.GroupID)
	case event.Forget:
		for _, n := range row.Forgets {
			if n > 0 && n <= d.lastRef {
				d.gone = mark(d.gone, n)
			}
		}
	}
}
