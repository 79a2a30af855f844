package main

import (
	"encoding/xml"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

func TestLinesSayWhetherTheyWereReached(t *testing.T) {
	for _, c := range []struct {
		line line
		want string
	}{
		{faster("w", "p", 20*time.Millisecond, 2*time.Second, 100), "w|p|20.0 ms|2000 ms|100 ×|≥ 100 ×|yes"},
		{faster("w", "p", 21*time.Millisecond, 2*time.Second, 100), "w|p|21.0 ms|2000 ms|95.2 ×|≥ 100 ×|no"},
		{faster("w", "p", 20*time.Millisecond, 2*time.Second, 0), "w|p|20.0 ms|2000 ms|100 ×||"},
		{within("w", "p", 31*time.Millisecond, time.Millisecond, 30), "w|p|31.0 ms|1.00 ms|31.0 ×|≤ 30 ×|no"},
		{atMost("w", "", 49*time.Millisecond, 50*time.Millisecond), "w||49.0 ms|||≤ 50.0 ms|yes"},
	} {
		if got := strings.Join(c.line.cells(), "|"); got != c.want {
			t.Errorf("got  %s\nwant %s", got, c.want)
		}
	}
}

func TestMarkdownTable(t *testing.T) {
	got := markdownTable([]string{"a", "b"}, [][]string{{"1", "x|y"}, {"", "2"}})
	want := "| a | b |\n|---|---|\n| 1 | x\\|y |\n|  | 2 |\n"
	if got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

// TestTheDocumentIsWhole writes the page of a small run, with its charts.
func TestTheDocumentIsWhole(t *testing.T) {
	s := &suite{rounds: 7, events: 10_000_000, lines: []line{faster("board", "peer", time.Millisecond, time.Second, 100)}}
	for _, by := range []string{"events", "steps"} {
		s.growth = append(s.growth, series{"board", by, []float64{1, 10, 100}, []time.Duration{1e6, 1e7, 1e8}})
	}
	page := filepath.Join(t.TempDir(), "docs", "benchmarks.md")
	if err := s.write(page, machine{Processor: "a processor", Cores: 2}); err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(page)
	if err != nil {
		t.Fatal(err)
	}
	for _, part := range []string{"a processor, 2 cores", "| board | peer | 1.00 ms | 1000 ms | 1000 × | ≥ 100 × | yes |",
		"10 million events of 500000 customers", "| board | 100 steps | 100 ms |", "(benchmarks-events.svg)"} {
		if !strings.Contains(string(text), part) {
			t.Errorf("the page has no %q:\n%s", part, text)
		}
	}
	if strings.Contains(string(text), "%!") {
		t.Errorf("the page has a hole:\n%s", text)
	}
	drawing, err := os.ReadFile(filepath.Join(filepath.Dir(page), chartName("steps")))
	if err != nil {
		t.Fatal(err)
	}
	circles := 0
	for d := xml.NewDecoder(strings.NewReader(string(drawing))); ; {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatalf("the chart is no XML: %v", err)
		}
		if e, ok := token.(xml.StartElement); ok && e.Name.Local == "circle" {
			circles++
		}
	}
	if circles != 3 {
		t.Errorf("%d points, want 3", circles)
	}
}

// TestWorkInProportionIsAStraightLine at 45 degrees of the chart's powers.
func TestWorkInProportionIsAStraightLine(t *testing.T) {
	all := []series{{"q", "events", []float64{1e6, 1e7, 1e8}, []time.Duration{3e6, 3e7, 3e8}}}
	x := axisOf(0, 100, func(s series) []float64 { return s.x }, all)
	y := axisOf(100, 0, func(s series) []float64 { return millisOf(s.y) }, all)
	if a, b := y.at(3)-y.at(30), y.at(30)-y.at(300); a-b > 1e-9 || b-a > 1e-9 {
		t.Errorf("two tenfold growths are %g and %g", a, b)
	}
	if x.at(1e6) != 0 || x.at(1e8) != 100 {
		t.Errorf("the axis spans %g to %g", x.at(1e6), x.at(1e8))
	}
}

func TestCountsOfEvents(t *testing.T) {
	got, err := countsOfEvents("10M,500k,7")
	if err != nil || len(got) != 3 || got[0] != 10_000_000 || got[1] != 500_000 || got[2] != 7 {
		t.Errorf("got %v, %v", got, err)
	}
	for _, bad := range []string{"M", "10G", "0", "-5M", "1kk"} {
		if got, err := countsOfEvents(bad); err == nil {
			t.Errorf("%q is read as %v", bad, got)
		}
	}
}
