package plan

import "math"

// Load is what a company sends and asks, and for how long it is kept.
type Load struct {
	EventsPerDay      float64
	Days              float64 // that events are kept
	Peak              float64 // events of the busiest second by those of a mean one
	EventsPerCustomer float64 // over all days
	IDsPerCustomer    float64 // anonymous ones included
	Links             float64 // of ids, a customer
	Properties        float64 // keys that questions ask for
	Kind              string  // of facts: Kind.Name
}

// Usual is the load that the pages reckon with, but for the number of events. What
// it assumes stands in docs/operator/sizing.md.
func Usual(eventsPerDay, days float64) Load {
	return Load{
		EventsPerDay: eventsPerDay, Days: days, Peak: 5,
		EventsPerCustomer: 100, IDsPerCustomer: 1.5, Links: 0.5, Properties: 5, Kind: BrowserEvents,
	}
}

// Events is how many are kept.
func (l Load) Events() float64 { return l.EventsPerDay * l.Days }

// Customers is how many there are of them.
func (l Load) Customers() float64 { return l.Events() / l.EventsPerCustomer }

// IDs is how many ids these have.
func (l Load) IDs() float64 { return l.Customers() * l.IDsPerCustomer }

// PeakRate is the events of the busiest second.
func (l Load) PeakRate() float64 { return l.EventsPerDay / 86400 * l.Peak }

// Need is what a load takes. Bytes are bytes, times are of one core.
type Need struct {
	Index, People float64 // memory of each node
	DuckDB        float64 // disk of the one machine
	ClickHouse    float64 // disk of one replica of all shards
	CaptureCores  float64 // of all nodes, in the busiest second, loading included
	StoreCores    float64 // of all shards, in a mean second, merges included
	BoardSeconds  float64 // of a core, from an index in memory
	ViewSeconds   float64 // of a core, to work out who is who anew after a link
	NetworkIn     float64 // bytes a second that come in, in the busiest one
}

const (
	// collected is what Go's collector lets a heap grow to before it is collected,
	// with GOGC=50 as the server sets it.
	collected = 1.5
	// rewritten is how often an event is merged into a larger part: from parts of a load,
	// some 10 MB, to parts of 150 GB, where a merge makes one of about ten: ⌈log₁₀ 15000⌉.
	rewritten = 5
)

// Of is what a load takes, by what was measured.
func (m Measured) Of(l Load) (Need, error) {
	k, err := m.Kind(l.Kind)
	if err != nil {
		return Need{}, err
	}
	const nanos = 1e-9
	return Need{
		Index:        l.Events() * (m.IndexBytes + l.Properties*m.PropertyBytes),
		People:       collected * (l.IDs()*m.RefBytes + l.Customers()*l.Links*m.LinkBytes),
		DuckDB:       l.Events() * k.DuckDBBytes,
		ClickHouse:   l.Events()*k.ClickHouseBytes + l.IDs()*k.StoredIDBytes,
		CaptureCores: l.PeakRate() * m.CaptureNanos * nanos,
		StoreCores:   l.EventsPerDay / 86400 * (k.StoreNanos + rewritten*k.MergeNanos) * nanos,
		BoardSeconds: l.Events() * m.BoardNanos * nanos,
		ViewSeconds:  l.IDs() * m.ViewNanos * nanos,
		NetworkIn:    l.PeakRate() * k.SentBytes,
	}, nil
}

// Limit is something that ends, and at how many events it does.
type Limit struct {
	What   string
	Ends   string  // its own bound
	Events float64 // that are kept when it is reached; infinite if that does not depend on them
	Then   string  // what happens
}

// Memory that a node of today may be given without being unusual.
const nodeMemory = 512e9

// Limits are what ends first, for a company whose load is like l but for the number of
// events. They are in the order in which they are reached.
func (m Measured) Limits(l Load) ([]Limit, error) {
	need, err := m.Of(l)
	if err != nil {
		return nil, err
	}
	k, err := m.Kind(l.Kind)
	if err != nil {
		return nil, err
	}
	at := func(bound, of float64) float64 { return l.Events() * bound / of }
	perTurn := 1e9 / k.NodeNanos // events a second of one core
	limits := []Limit{
		{"who is who, worked out anew after a link, takes a second", "1 s", at(1, need.ViewSeconds), "questions that follow a new link wait for it; on capture it has no effect"},
		{"the index in memory", "a node of 512 GB, half of it for the index", at(nodeMemory/2, need.Index), "the process is killed for memory; questions have to go to the data"},
		{"who is who in memory", "the other half", at(nodeMemory/2, need.People), "likewise: each node holds all ids"},
		{"numbers of ids and accounts", "2³² − 1", at(math.MaxUint32, l.IDs()), "the next id is given a number that somebody has: must not be reached"},
		{"one turn of loading, in the busiest second", "a core of the node whose turn it is", perTurn * 86400 / l.Peak * l.Days, "the logs grow until the night, or to their bounds"},
	}
	sortBy(limits, func(l Limit) float64 { return l.Events })
	return limits, nil
}
