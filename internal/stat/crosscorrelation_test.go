package stat

import (
	"errors"
	"testing"
)

// R: ccf(diff(log(realgdp)), diff(log(realcons)), lag.max = 8).
func TestCrossCorrelationGivesWhatCcfGives(t *testing.T) {
	want := []float64{
		-0.056347825433, -0.12032617003, -0.045690264462, 0.0087765754782, 0.0017212142528, 0.11779379037, 0.2091098507, 0.28041267855,
		0.65755788005,
		0.45236823237, 0.33908801496, 0.17989221602, 0.20064786767, 0.03199471596, 0.023516526138, 0.016346545528, -0.072364345089,
	}
	got, err := CrossCorrelation(growth(column(t, "macro.csv", "realgdp")), growth(column(t, "macro.csv", "realcons")), 8)
	if err != nil || len(got) != len(want) {
		t.Fatalf("%d values, %v", len(got), err)
	}
	for i := range want {
		near(t, "r", want[i], got[i], 1e-10)
	}
}

func TestASeriesThatLeadsPeaksAtANegativeLag(t *testing.T) {
	leader := []float64{1, 5, 2, 8, 3, 9, 1, 4, 7, 2}
	follower := []float64{0, 0, 1, 5, 2, 8, 3, 9, 1, 4}
	r, err := CrossCorrelation(leader, follower, 3)
	if err != nil {
		t.Fatal(err)
	}
	for k, value := range r {
		if k != 1 && value >= r[1] {
			t.Errorf("lag %d has %v, lag -2 has %v", k-3, value, r[1])
		}
	}
	if _, err := CrossCorrelation(leader, make([]float64, 10), 3); !errors.Is(err, ErrDegenerate) {
		t.Errorf("a constant series: %v", err)
	}
	if _, err := CrossCorrelation(leader, follower, 10); !errors.Is(err, ErrShort) {
		t.Errorf("a lag as long as the series: %v", err)
	}
}
