// Package dashboard holds the dashboards that people put together for themselves:
// tiles on a grid, each of which shows a metric, a journey, a tree, a table of who
// comes back, or a text. A dashboard defines no number; it only says which are shown
// where. The format is told in docs/analyst/dashboards.md.
package dashboard

import (
	"context"

	"beichen/internal/calendar"
	"beichen/internal/fault"
	"beichen/internal/journey"
)

// Kind is the kind of these definitions, as the files name it.
const Kind = "Dashboard"

// Columns is how wide the grid is that tiles lie on.
const Columns = 12

// Definition is a dashboard.
type Definition struct {
	Kind        string       `json:"kind"` // Dashboard
	ID          string       `json:"id"`
	Name        journey.Text `json:"name,omitzero"`
	Description journey.Text `json:"description,omitzero"`
	Owner       []string     `json:"owner,omitempty"`
	// Shared ones are listed for everybody; others only for who made them, though
	// whoever has the link may open them.
	Shared bool   `json:"shared,omitempty"`
	Tiles  []Tile `json:"tiles,omitempty"`

	lines map[string]int // of what Check speaks of
}

// Tile is a part of a dashboard: what it shows, and where.
type Tile struct {
	ID   string   `json:"id"`
	Kind TileKind `json:"kind"`

	// What it shows: of these, the one that its kind names.
	Metric  string       `json:"metric,omitempty"`
	Journey string       `json:"journey,omitempty"`
	Tree    string       `json:"tree,omitempty"`
	Table   string       `json:"table,omitempty"` // a definition of kind Retention
	Text    journey.Text `json:"text,omitzero"`   // Markdown

	// Show is how: of a metric as a number, its course (default) or a table; of a
	// journey as a ribbon (default) or a table; of a tree its star (default), its
	// constellation or its matrix.
	Show string `json:"show,omitempty"`
	// Of a metric: how long its periods are, how many there are, and by what it is
	// broken down; without them, as the definition says and as people look at.
	Grain     calendar.Grain `json:"grain,omitempty"`
	Periods   int            `json:"periods,omitempty"`
	Breakdown string         `json:"breakdown,omitempty"` // a where key

	// X and Y are the cell of its corner, from 0, and W and H how many it takes.
	X int `json:"x"`
	Y int `json:"y"`
	W int `json:"w"`
	H int `json:"h"`
}

// TileKind is what a tile shows.
type TileKind string

// The kinds.
const (
	OfMetric    TileKind = "metric"
	OfJourney   TileKind = "journey"
	OfTree      TileKind = "tree"
	OfRetention TileKind = "retention"
	OfText      TileKind = "text"
)

// shows are the ways in which a kind can be shown, the usual one first.
var shows = map[TileKind][]string{
	OfMetric:  {"course", "number", "table"},
	OfJourney: {"ribbon", "table"},
	OfTree:    {"star", "constellation", "matrix"},
}

// Reference is a definition that a dashboard shows.
type Reference struct{ Kind, ID string }

// reference is the definition that the tile shows, with the field that names it;
// a text shows none.
func (t *Tile) reference() (field string, of Reference) {
	switch t.Kind {
	case OfMetric:
		return "metric", Reference{"Metric", t.Metric}
	case OfJourney:
		return "journey", Reference{"Journey", t.Journey}
	case OfTree:
		return "tree", Reference{"Tree", t.Tree}
	case OfRetention:
		return "table", Reference{"Retention", t.Table}
	}
	return "", Reference{}
}

// References lists the definitions that the dashboard shows, each once.
func (d *Definition) References() (out []Reference) {
	seen := map[Reference]bool{}
	for i := range d.Tiles {
		if _, of := d.Tiles[i].reference(); of.ID != "" && !seen[of] {
			seen[of] = true
			out = append(out, of)
		}
	}
	return out
}

// Shelf has the definitions that dashboards show.
type Shelf interface {
	// Has is nil where a definition stands, and NotFound where it does not.
	Has(ctx context.Context, kind, id string) error
}

// missing are the messages for what is not in the ledger, by what shows it.
var missing = map[TileKind]string{
	OfMetric: "metric.unknown", OfJourney: "metric.no-journey", OfRetention: "metric.no-table", OfTree: "dashboard.no-tree",
}

// Check holds a dashboard to the definitions that it shows: that they exist. The
// error is an Invalid fault dashboard.invalid with every fault, or an error of the
// shelf's.
func (d *Definition) Check(ctx context.Context, shelf Shelf) error {
	var faults []fault.Detail
	for i := range d.Tiles {
		field, of := d.Tiles[i].reference()
		if of.ID == "" {
			continue
		}
		err := shelf.Has(ctx, of.Kind, of.ID)
		switch {
		case fault.Is(err, fault.NotFound):
			path := tilePath(i, field)
			faults = append(faults, fault.At(path, d.lines[path], missing[d.Tiles[i].Kind], "id", of.ID))
		case err != nil:
			return err
		}
	}
	return fault.Many("dashboard.invalid", faults, "count", len(faults))
}
