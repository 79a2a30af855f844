package dashboard

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"beichen/internal/fault"
)

const meeting = `kind: Dashboard
id: monday
name: { zh-Hant: 週一會議, en: Monday }
description: What we look at first
owner: [sales]
shared: true
tiles:
- { id: a, kind: metric, metric: basket, show: course, grain: week, periods: 26, breakdown: channel, x: 0, y: 0, w: 6, h: 4 }
- { id: b, kind: metric, metric: basket, show: number, x: 6, y: 0, w: 3, h: 2 }
- { id: c, kind: journey, journey: buying, show: ribbon, x: 0, y: 4, w: 12, h: 4 }
- { id: d, kind: tree, tree: company, show: matrix, x: 0, y: 8, w: 12, h: 6 }
- { id: e, kind: retention, table: refills, x: 9, y: 0, w: 3, h: 4 }
- { id: f, kind: text, text: { en: "**Read** this" }, x: 6, y: 2, w: 3, h: 2 }
`

func parse(t *testing.T, text string) *Definition {
	t.Helper()
	d, err := Parse([]byte(text))
	if err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	return d
}

// places are the faults of an error: path, line and key.
func places(t *testing.T, err error) (out []string) {
	t.Helper()
	var f *fault.Error
	if !errors.As(err, &f) || f.Kind != fault.Invalid || f.Key != "dashboard.invalid" {
		t.Fatalf("%v", err)
	}
	for _, d := range f.Faults {
		out = append(out, fmt.Sprintf("%s:%d %s", d.Path, d.Line, d.Key))
	}
	return out
}

func same(t *testing.T, want, got any) {
	t.Helper()
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestReadsWhatIsWritten(t *testing.T) {
	d := parse(t, meeting)
	same(t, Tile{ID: "a", Kind: OfMetric, Metric: "basket", Show: "course", Grain: "week", Periods: 26, Breakdown: "channel", W: 6, H: 4}, d.Tiles[0])
	if !d.Shared || d.Name.In("en") != "Monday" || d.Owner[0] != "sales" || d.Tiles[5].Text.In("en") != "**Read** this" {
		t.Errorf("%+v", d)
	}
	same(t, []Reference{{"Metric", "basket"}, {"Journey", "buying"}, {"Tree", "company"}, {"Retention", "refills"}}, d.References())
	if parse(t, "{kind: Dashboard, id: empty}").Shared {
		t.Error("shared without being told to")
	}
}

func TestEveryFaultIsToldWithItsPlace(t *testing.T) {
	_, err := Parse([]byte(`kind: Board
id: monday
shared: maybe
colour: red
tiles:
- {id: a, kind: chart, x: 0, y: 0, w: 1, h: 1}
- {id: a, kind: metric, x: 1, y: 0, w: 1, h: 1}
- {id: b, kind: metric, metric: m, show: pie, grain: decade, periods: 0, breakdown: nonsense, x: 2, y: 0, w: 1, h: 1}
- {id: c, kind: metric, metric: m, show: number, breakdown: channel, x: 3, y: 0, w: 1, h: 1}
- {id: d, kind: text, metric: m, show: number, x: 4, y: 0, w: 1, h: 1}
- {id: e, kind: journey, journey: j, table: r, grain: week, x: 5, y: 0, w: 8, h: 1}
- {id: f, kind: tree, tree: t, x: 12, y: -1, w: 0, h: 41}
- {id: g, kind: retention, table: r, x: 0, y: 1.5, w: 1}
- {id: h, kind: text, text: x, x: 5, y: 0, w: 1, h: 1}
- {kind: text, text: x, x: 0, y: 9, w: 1, h: 1}
`))
	same(t, []string{
		"kind:1 journey.bad-value", "shared:3 journey.bad-value", "colour:4 journey.unknown-field",
		"tiles[0].kind:6 journey.bad-value",
		"tiles[1].metric:7 journey.required", "tiles[1].id:7 tree.twice",
		"tiles[2].grain:8 journey.bad-value", "tiles[2].periods:8 dashboard.bad-periods", "tiles[2].show:8 journey.bad-value", "tiles[2].breakdown:8 event.bad-key",
		"tiles[3].breakdown:9 dashboard.one-number",
		"tiles[4].metric:10 dashboard.not-of-kind", "tiles[4].show:10 dashboard.not-of-kind", "tiles[4].text:10 journey.required",
		"tiles[5].table:11 dashboard.not-of-kind", "tiles[5].grain:11 dashboard.not-of-kind", "tiles[5].w:11 dashboard.beyond-edge",
		"tiles[6].x:12 dashboard.bad-cell", "tiles[6].y:12 dashboard.bad-cell", "tiles[6].w:12 dashboard.bad-cell", "tiles[6].h:12 dashboard.bad-cell",
		"tiles[7].y:13 dashboard.bad-cell", "tiles[7].h:13 journey.required",
		"tiles[8]:14 dashboard.overlap",
		"tiles[9].id:15 journey.required",
	}, places(t, err))
	_, err = Parse([]byte("kind: ["))
	same(t, []string{":1 journey.syntax"}, places(t, err))
	_, err = Parse([]byte("{id: x}"))
	same(t, []string{"kind:1 journey.required"}, places(t, err))
}

func TestADashboardHoldsNoMoreTilesThanAnybodyLooksAt(t *testing.T) {
	tiles := make([]string, maxTiles+1)
	for i := range tiles {
		tiles[i] = fmt.Sprintf("{id: t%d, kind: text, text: x, x: %d, y: %d, w: 1, h: 1}", i, i%Columns, i/Columns)
	}
	parse(t, "{kind: Dashboard, id: x, tiles: ["+strings.Join(tiles[:maxTiles], ", ")+"]}")
	_, err := Parse([]byte("{kind: Dashboard, id: x, tiles: [" + strings.Join(tiles, ", ") + "]}"))
	same(t, []string{"tiles:1 dashboard.too-many"}, places(t, err))
}

// shelf has the definitions that it lists; what is "broken" it cannot read.
type shelf []Reference

var errBroken = errors.New("the disk is gone")

func (s shelf) Has(_ context.Context, kind, id string) error {
	if id == "broken" {
		return errBroken
	}
	for _, of := range s {
		if of == (Reference{kind, id}) {
			return nil
		}
	}
	return fault.New(fault.NotFound, "ledger.not-found", "kind", kind, "id", id)
}

func TestADashboardIsHeldToWhatItShows(t *testing.T) {
	d := parse(t, meeting)
	if err := d.Check(t.Context(), shelf(d.References())); err != nil {
		t.Error(err)
	}
	same(t, []string{"tiles[2].journey:10 metric.no-journey", "tiles[3].tree:11 dashboard.no-tree", "tiles[4].table:12 metric.no-table"},
		places(t, d.Check(t.Context(), shelf{{"Metric", "basket"}})))
	broken := parse(t, "{kind: Dashboard, id: x, tiles: [{id: a, kind: metric, metric: broken, x: 0, y: 0, w: 1, h: 1}]}")
	if err := broken.Check(t.Context(), shelf{}); !errors.Is(err, errBroken) {
		t.Error(err)
	}
}
