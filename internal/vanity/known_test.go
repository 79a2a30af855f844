package vanity

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

// A verdict that is remembered is the one that would be computed, and other evidence
// gets another one.
func TestVerdictsAreRememberedByTheirEvidence(t *testing.T) {
	known, c := NewKnown(), newCompany(3, 60)
	young := newCompany(3, 20)
	for range 2 {
		for name, e := range map[string]Evidence{
			"brewers":       c.evidence("brewers", c.brewers, Share{2900, 3300}),
			"few of them":   c.evidence("brewers", c.brewers, Share{29, 3300}),
			"downloads":     c.evidence("downloads", c.downloads, Share{620, 21000}),
			"in its youth":  young.evidence("brewers", young.brewers, Share{290, 330}),
			"nobody judges": {Metric: "brewers"},
		} {
			want, err := Judge(e, Defaults())
			if err != nil {
				t.Fatal(err)
			}
			got, err := known.Judge(e, Defaults())
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("%s: %s", name, diff)
			}
		}
	}
	if n := known.verdicts.Len(); n != 5 {
		t.Errorf("%d verdicts are known, want 5", n)
	}
	if _, err := known.Judge(Evidence{Kind: "gas"}, Defaults()); err == nil {
		t.Error("evidence that is wrong got a verdict")
	}
	strict := Defaults()
	strict.Level = 0.01
	if _, err := known.Judge(c.evidence("brewers", c.brewers, Share{2900, 3300}), strict); err != nil || known.verdicts.Len() != 6 {
		t.Errorf("other thresholds: %d verdicts, %v", known.verdicts.Len(), err)
	}
}
