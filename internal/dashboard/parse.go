package dashboard

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"beichen/internal/calendar"
	"beichen/internal/event"
	"beichen/internal/journey"
	"beichen/internal/journey/document"
)

// What one dashboard may hold: more than anybody looks at.
const (
	maxTiles   = 60
	maxRow     = 499
	maxHeight  = 40
	maxPeriods = 500
)

// Parse reads a dashboard from YAML or JSON and checks it. Every fault is collected:
// the error is an Invalid fault dashboard.invalid with the path and the line of each.
// Whether what it shows is there is checked by Check.
func Parse(data []byte) (*Definition, error) {
	d, _, err := document.Parse(data, "dashboard.invalid", func(root document.Node) (Definition, error) {
		r := &reader{lines: map[string]int{}}
		d := r.definition(root)
		d.lines = r.lines
		for i := range d.Tiles {
			r.agree(i, &d.Tiles[i])
		}
		r.apart(d.Tiles)
		return d, r.Err("dashboard.invalid")
	})
	if err != nil {
		return nil, err
	}
	return &d, nil
}

// reader reads a Definition and notes the lines of what others have something to say
// to.
type reader struct {
	document.Reader
	lines map[string]int
}

func (r *reader) definition(root document.Node) (d Definition) {
	r.Object(root, "", document.Fields{
		"kind":        document.OneOf(&r.Reader, &d.Kind, Kind),
		"id":          r.Name(&d.ID),
		"name":        journey.ReadText(&r.Reader, &d.Name),
		"description": journey.ReadText(&r.Reader, &d.Description),
		"owner":       r.Texts(&d.Owner),
		"shared":      r.Boolean(&d.Shared),
		"tiles": func(n document.Node, path string) {
			r.List(n, path, func(n document.Node, path string) {
				var t Tile
				r.lines[path] = n.Line
				r.Object(n, path, r.tile(&t), "id", "kind", "x", "y", "w", "h")
				d.Tiles = append(d.Tiles, t)
			})
			if len(d.Tiles) > maxTiles {
				r.Fault(path, n.Line, "dashboard.too-many", "limit", maxTiles)
			}
		},
	}, "kind", "id")
	return d
}

func (r *reader) tile(t *Tile) document.Fields {
	fields := document.Fields{
		"id":      r.Name(&t.ID),
		"kind":    document.OneOf(&r.Reader, &t.Kind, OfMetric, OfJourney, OfTree, OfRetention, OfText),
		"metric":  r.Name(&t.Metric),
		"journey": r.Name(&t.Journey),
		"tree":    r.Name(&t.Tree),
		"table":   r.Name(&t.Table),
		"text":    journey.ReadText(&r.Reader, &t.Text),
		"show":    r.Name(&t.Show),
		"grain": document.OneOf(&r.Reader, &t.Grain, calendar.Hour, calendar.Day, calendar.Week, calendar.Month,
			calendar.Quarter, calendar.Year),
		"periods":   r.Count(&t.Periods, maxPeriods, "dashboard.bad-periods"),
		"breakdown": r.Name(&t.Breakdown),
		"x":         r.cell(&t.X, 0, Columns-1),
		"y":         r.cell(&t.Y, 0, maxRow),
		"w":         r.cell(&t.W, 1, Columns),
		"h":         r.cell(&t.H, 1, maxHeight),
	}
	for name, read := range fields {
		fields[name] = func(n document.Node, path string) {
			r.lines[path] = n.Line
			read(n, path)
		}
	}
	return fields
}

// cell reads a whole number of cells, from least to most.
func (r *reader) cell(to *int, least, most int) func(document.Node, string) {
	return func(n document.Node, path string) {
		value, ok := n.Value.(float64)
		if !ok || value != math.Trunc(value) || value < float64(least) || value > float64(most) {
			r.Fault(path, n.Line, "dashboard.bad-cell", "value", document.Show(n), "least", least, "most", most)
			return
		}
		*to = int(value)
	}
}

// own are the fields that only some kinds of tiles have.
var own = []struct {
	field string
	kinds []TileKind
}{
	{"metric", []TileKind{OfMetric}},
	{"journey", []TileKind{OfJourney}},
	{"tree", []TileKind{OfTree}},
	{"table", []TileKind{OfRetention}},
	{"text", []TileKind{OfText}},
	{"show", []TileKind{OfMetric, OfJourney, OfTree}},
	{"grain", []TileKind{OfMetric}},
	{"periods", []TileKind{OfMetric}},
	{"breakdown", []TileKind{OfMetric}},
}

// agree checks what the fields of a tile have to say to each other.
func (r *reader) agree(i int, t *Tile) {
	if t.Kind != "" {
		for _, of := range own {
			if _, written := r.lines[tilePath(i, of.field)]; written && !slices.Contains(of.kinds, t.Kind) {
				r.at(i, of.field, "dashboard.not-of-kind", "field", of.field, "kind", t.Kind)
			}
		}
	}
	field, _ := t.reference()
	if t.Kind == OfText {
		field = "text"
	}
	if _, written := r.lines[tilePath(i, field)]; field != "" && !written {
		r.Fault(tilePath(i, field), r.lines[tilePath(i, "")], "journey.required", "field", field)
	}
	if ways := shows[t.Kind]; t.Show != "" && ways != nil && !slices.Contains(ways, t.Show) {
		r.at(i, "show", "journey.bad-value", "value", t.Show, "allowed", strings.Join(ways, ", "))
	}
	if t.Breakdown != "" {
		if _, err := event.ParseKey(t.Breakdown); err != nil {
			r.at(i, "breakdown", "event.bad-key", "key", t.Breakdown)
		} else if t.Show == "number" {
			r.at(i, "breakdown", "dashboard.one-number", "key", t.Breakdown)
		}
	}
	if t.X+t.W > Columns {
		r.at(i, "w", "dashboard.beyond-edge", "x", t.X, "w", t.W, "columns", Columns)
	}
}

// apart checks that every tile has an id and a place of its own.
func (r *reader) apart(tiles []Tile) {
	for i, t := range tiles {
		for _, other := range tiles[:i] {
			if t.ID != "" && t.ID == other.ID {
				r.at(i, "id", "tree.twice", "what", t.ID)
			}
			if t.overlaps(other) {
				r.at(i, "", "dashboard.overlap", "tile", t.ID, "other", other.ID)
			}
		}
	}
}

func (t Tile) overlaps(other Tile) bool {
	return t.X < other.X+other.W && other.X < t.X+t.W && t.Y < other.Y+other.H && other.Y < t.Y+t.H
}

// tilePath is the path of a tile, or of a field of it.
func tilePath(i int, field string) string {
	path := fmt.Sprintf("tiles[%d]", i)
	if field == "" {
		return path
	}
	return document.Join(path, field)
}

// at adds a fault at a field of a tile that was noted.
func (r *reader) at(i int, field, key string, args ...any) {
	path := tilePath(i, field)
	r.Fault(path, r.lines[path], key, args...)
}
