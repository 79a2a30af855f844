// Package plan works out what a size of Beichen takes, from figures that were
// measured: memory, disks, network, and how long questions wait. Its tables stand in
// docs/operator, and a test holds the pages to them.
package plan

import (
	"bytes"
	_ "embed"
	"encoding/json"
	"fmt"
)

// Measured are the figures that everything is worked out from, as `bin/bench -sizes`
// took them on one machine. Times are of one core.
type Measured struct {
	Machine string `json:"machine"`
	Kinds   []Kind `json:"kinds"`

	// The index in memory, of the history.
	IndexBytes    float64 `json:"indexBytes"`    // an event, before properties
	PropertyBytes float64 `json:"propertyBytes"` // an event, for a property that conditions ask for

	// Who is who in memory, of ids of 36 characters.
	RefBytes  float64 `json:"refBytes"`  // an id
	LinkBytes float64 `json:"linkBytes"` // a link of two of them besides
	ViewNanos float64 `json:"viewNanos"` // an id, to work out who is who anew after a link

	// What questions and capture take of a processor.
	BoardNanos   float64 `json:"boardNanos"`   // an event in the index, for a board of 30 steps
	FunnelNanos  float64 `json:"funnelNanos"`  // likewise, for a funnel of 6 steps
	CaptureNanos float64 `json:"captureNanos"` // an event in a batch of 100, loaded into DuckDB
	SingleNanos  float64 `json:"singleNanos"`  // an event sent alone, likewise

	// What ClickHouse takes of a processor to gather the events of a question by
	// customer and sort them: so much for each that is stored, and besides for each
	// that matches.
	PassNanos   float64 `json:"passNanos"`
	GatherNanos float64 `json:"gatherNanos"`
}

// Kind is one kind of facts, brought into both stores. Bytes are of an event, once the
// store has folded what it has.
type Kind struct {
	Name   string `json:"name"`
	Events int    `json:"events"`
	Ids    int    `json:"ids"`

	SentBytes float64 `json:"sentBytes,omitempty"` // of JSON in a batch; 0 where nothing was sent
	LogBytes  float64 `json:"logBytes"`

	DuckDBBytes float64 `json:"duckdbBytes"`
	DuckDBNanos float64 `json:"duckdbNanos"` // of a core, to load a message

	ClickHouseBytes float64  `json:"clickhouseBytes"` // with the projection, of one replica
	Columns         []Column `json:"columns"`         // of it, the largest first
	StoredIDBytes   float64  `json:"storedIdBytes"`   // an id, in table refs
	NodeNanos       float64  `json:"nodeNanos"`       // of a core of the loading process, a message
	StoreNanos      float64  `json:"storeNanos"`      // of a core of the servers, a message
	MergeNanos      float64  `json:"mergeNanos"`      // to merge it into one part once more
	ReadNanos       float64  `json:"readNanos"`       // of a core of a node, to read an event from the cluster for the index
	ServeNanos      float64  `json:"serveNanos"`      // of a core of the servers, likewise
}

// The kinds that are measured.
const (
	SampleCompany = "the sample company"
	BrowserEvents = "a shop's browsers"
	History       = "the history of benchmarks"
)

// Column is what one column takes of an event.
type Column struct {
	Name  string  `json:"name"`
	Bytes float64 `json:"bytes"`
}

//go:embed measured.json
var measured []byte

// Figures are those that are in the repository.
func Figures() (Measured, error) {
	var m Measured
	d := json.NewDecoder(bytes.NewReader(measured))
	d.DisallowUnknownFields()
	if err := d.Decode(&m); err != nil {
		return m, fmt.Errorf("read the measured figures: %w", err)
	}
	return m, nil
}

// Kind finds a kind of facts.
func (m Measured) Kind(name string) (Kind, error) {
	for _, k := range m.Kinds {
		if k.Name == name {
			return k, nil
		}
	}
	return Kind{}, fmt.Errorf("nothing was measured of %q", name)
}
