package main

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"
)

func finds(name string, found counts, order *[]string) contender {
	return contender{name, func(context.Context) (func() (counts, error), error) {
		*order = append(*order, name)
		return func() (counts, error) { return found, nil }, nil
	}}
}

func TestContendersTakeTurns(t *testing.T) {
	var order []string
	medians, err := contest(t.Context(), 2, finds("a", counts{"stage 1": 7}, &order), finds("b", counts{"stage 1": 7}, &order))
	if err != nil {
		t.Fatal(err)
	}
	if want := []string{"a", "b", "a", "b", "a", "b"}; !slices.Equal(order, want) {
		t.Errorf("order %v, want a warming round and two more: %v", order, want)
	}
	if len(medians) != 2 {
		t.Errorf("medians of %v", medians)
	}
}

// TestCountsThatDifferEndTheContest: a ratio of different answers is no ratio.
func TestCountsThatDifferEndTheContest(t *testing.T) {
	right := counts{"stage 1": 7, "stage 2": 3}
	for name, other := range map[string]counts{
		"another number":  {"stage 1": 7, "stage 2": 4},
		"one is missing":  {"stage 1": 7},
		"one is too many": {"stage 1": 7, "stage 2": 3, "stage 2 · email": 1},
	} {
		var order []string
		_, err := contest(t.Context(), 3, finds("a", right, &order), finds("b", other, &order))
		if err == nil || !strings.Contains(err.Error(), "a and b disagree: stage 2") {
			t.Errorf("%s: %v", name, err)
		}
	}
	if err := agree(counts{}, counts{}); err == nil {
		t.Error("two empty answers agree")
	}
}

func TestMedian(t *testing.T) {
	for _, c := range []struct {
		times []time.Duration
		want  time.Duration
	}{{[]time.Duration{5, 1, 3}, 3}, {[]time.Duration{4, 1, 3, 8}, 3}, {[]time.Duration{9}, 9}} {
		if got := median(c.times); got != c.want {
			t.Errorf("median of %d is %d, want %d", c.times, got, c.want)
		}
	}
}
