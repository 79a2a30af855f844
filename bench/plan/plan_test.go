package plan

import (
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func figures(t *testing.T) Measured {
	t.Helper()
	m, err := Figures()
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// TestThePagesHaveThePlansTables: `go run ./bench/plan/cmd/plan -write docs/operator`
// writes them.
func TestThePagesHaveThePlansTables(t *testing.T) {
	tables, err := figures(t).Tables()
	if err != nil {
		t.Fatal(err)
	}
	used := map[string]bool{}
	for _, name := range []string{"sizing.md", "hundred-billion.md"} {
		text, err := os.ReadFile(filepath.Join("..", "..", "docs", "operator", name))
		if err != nil {
			t.Fatal(err)
		}
		want, err := Fill(string(text), tables)
		if err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if diff := cmp.Diff(want, string(text)); diff != "" {
			t.Errorf("%s (worked out −, written +):\n%s", name, diff)
		}
		for table := range tables {
			used[table] = used[table] || strings.Contains(string(text), "<!-- plan:"+table+" -->")
		}
	}
	for table, shown := range used {
		if !shown {
			t.Errorf("no page shows %s", table)
		}
	}
}

// TestTheFiguresAreWhole refuses a run of -sizes that something came in the way of.
func TestTheFiguresAreWhole(t *testing.T) {
	m := figures(t)
	if len(m.Kinds) != 3 {
		t.Errorf("%d kinds", len(m.Kinds))
	}
	all := map[string]float64{
		"index": m.IndexBytes, "property": m.PropertyBytes, "ref": m.RefBytes, "link": m.LinkBytes, "view": m.ViewNanos, "board": m.BoardNanos,
		"funnel": m.FunnelNanos, "capture": m.CaptureNanos, "single": m.SingleNanos, "pass": m.PassNanos, "gather": m.GatherNanos,
	}
	for _, k := range m.Kinds {
		all[k.Name+" log"], all[k.Name+" DuckDB"], all[k.Name+" ClickHouse"] = k.LogBytes, k.DuckDBBytes, k.ClickHouseBytes
		all[k.Name+" loading"], all[k.Name+" storing"], all[k.Name+" merging"], all[k.Name+" scan"] = k.NodeNanos, k.StoreNanos, k.MergeNanos, k.ReadNanos
		sum := 0.0
		for _, c := range k.Columns {
			sum += c.Bytes
		}
		if sum < 0.8*k.ClickHouseBytes || sum > k.ClickHouseBytes {
			t.Errorf("%s: the columns take %.1f bytes of %.1f", k.Name, sum, k.ClickHouseBytes)
		}
	}
	for what, v := range all {
		if !(v > 0) || math.IsInf(v, 0) {
			t.Errorf("%s: %v", what, v)
		}
	}
}

// The mean wait of M/G/1 is ρ/(1−ρ) · (1+c²)/2 · S (Pollaczek 1930, Khinchine 1932),
// for work of the mean S and the squared coefficient of variation c².
func TestOneMachineWaitsAsPollaczekAndKhinchineSay(t *testing.T) {
	m := Measured{PassNanos: 1, GatherNanos: 10}
	c := Cluster{Shards: 1, ShardCores: 1, Network: math.Inf(1)}
	for _, perMinute := range []float64{6, 30, 48} {
		// One span and one share: the work varies by the spread alone, whose logarithm is normal.
		q := Questions{PerMinute: perMinute, Spans: []Span{{1, 1}}, Least: 0.01, Most: 0.01}
		const work = 0.8 // seconds
		events := work * efficiency / (m.PassNanos + 0.01*m.GatherNanos) * 1e9
		rho, c2 := perMinute/60*work, math.Exp(spread*spread)-1
		want := work + rho/(1-rho)*(1+c2)/2*work
		mean := 0.0
		const seeds = 20
		for seed := range uint64(seeds) {
			mean += m.Simulate(events, c, q, seed).Mean / seeds
		}
		if math.Abs(mean-want) > 0.03*want {
			t.Errorf("%g a minute: answers take %.3f s, by the formula %.3f s", perMinute, mean, want)
		}
	}
}

func TestMoreMachinesAnswerSoonerAndTooManyQuestionsAreTold(t *testing.T) {
	m := figures(t)
	few, many := scales[0].cluster, scales[0].cluster
	many.Shards *= 4
	q := UsualQuestions(1)
	if a, b := m.Simulate(1e9, few, q, 1), m.Simulate(1e9, many, q, 1); b.Median >= a.Median || b.ShardBusy >= a.ShardBusy {
		t.Errorf("%+v with %d shards, %+v with %d", a, few.Shards, b, many.Shards)
	}
	if a := m.Simulate(1e12, few, UsualQuestions(60), 1); !a.Overrun {
		t.Errorf("it is not told that nobody can answer so much: %+v", a)
	}
	if a, b := m.Simulate(1e9, few, q, 7), m.Simulate(1e9, few, q, 7); a != b {
		t.Errorf("one seed gave %+v and %+v", a, b)
	}
}

// TestWhatALoadTakes does the arithmetic again, by hand.
func TestWhatALoadTakes(t *testing.T) {
	m := Measured{
		IndexBytes: 9, PropertyBytes: 1, RefBytes: 70, LinkBytes: 60, ViewNanos: 30, BoardNanos: 40, CaptureNanos: 20_000,
		Kinds: []Kind{{Name: BrowserEvents, SentBytes: 900, DuckDBBytes: 200, ClickHouseBytes: 75, StoredIDBytes: 10, StoreNanos: 3000, MergeNanos: 2000, NodeNanos: 10_000}},
	}
	n, err := m.Of(Usual(86.4e6, 1000)) // a thousand a second; 864 million customers
	if err != nil {
		t.Fatal(err)
	}
	want := Need{
		Index:        86.4e9 * (9 + 5),
		People:       1.5 * (1.296e9*70 + 0.432e9*60),
		DuckDB:       17.28e12,
		ClickHouse:   6.48e12 + 12.96e9,
		CaptureCores: 0.1, // 5000 a second, 20 µs each
		StoreCores:   0.013,
		BoardSeconds: 3456,
		ViewSeconds:  38.88,
		NetworkIn:    4.5e6,
	}
	if diff := cmp.Diff(want, n, cmp.Comparer(func(a, b float64) bool { return math.Abs(a-b) <= 1e-9*math.Abs(a) })); diff != "" {
		t.Error(diff)
	}
	limits, err := m.Limits(Usual(86.4e6, 1000))
	if err != nil {
		t.Fatal(err)
	}
	for i, l := range limits {
		if i > 0 && l.Events < limits[i-1].Events {
			t.Errorf("%s is reached before %s", l.What, limits[i-1].What)
		}
		if strings.Contains(l.What, "numbers of ids") && math.Abs(l.Events-86.4e9*math.MaxUint32/1.296e9) > 1 {
			t.Errorf("numbers of ids end at %g events", l.Events)
		}
	}
}

func TestAPlaceWithoutATableIsAnError(t *testing.T) {
	page := "before\n<!-- plan:tea -->\nold\n<!-- plan -->\nafter\n"
	if got, err := Fill(page, map[string]string{"tea": "new\n"}); err != nil || got != strings.Replace(page, "old", "new", 1) {
		t.Errorf("%q, %v", got, err)
	}
	if _, err := Fill(page, map[string]string{"coffee": "new\n"}); err == nil {
		t.Error("nobody is told")
	}
}
