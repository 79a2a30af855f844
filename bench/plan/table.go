package plan

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strings"
)

func sortBy[T any](all []T, key func(T) float64) {
	slices.SortStableFunc(all, func(a, b T) int { return cmp.Compare(key(a), key(b)) })
}

// table writes rows as a table of Markdown, the first one as its head.
func table(rows ...[]string) string {
	var b strings.Builder
	for i, row := range rows {
		b.WriteString("| " + strings.Join(row, " | ") + " |\n")
		if i == 0 {
			b.WriteString(strings.Repeat("|---", len(row)) + "|\n")
		}
	}
	return b.String()
}

// scaled writes a number to two digits, with the name of its thousands.
func scaled(v float64, names ...string) string {
	i := 0
	for i < len(names)-1 && v >= 999.5 {
		v, i = v/1000, i+1
	}
	return strings.TrimSpace(digits(v) + " " + names[i])
}

// digits writes two digits that count, and all of those before the point.
func digits(v float64) string {
	switch {
	case v == 0:
		return "0"
	case v < 0.995:
		return fmt.Sprintf("%.*f", int(1-math.Floor(math.Log10(v))), v)
	case v < 9.95:
		return strings.TrimSuffix(fmt.Sprintf("%.1f", v), ".0")
	case v < 99.5:
		return fmt.Sprintf("%.0f", v)
	}
	return fmt.Sprintf("%.0f", math.Round(v/10)*10)
}

func count(v float64) string {
	return scaled(v, "", "thousand", "million", "billion", "trillion")
}

func size(v float64) string { return scaled(v, "bytes", "kB", "MB", "GB", "TB", "PB") }

func seconds(v float64) string {
	switch {
	case v < 1:
		return digits(1000*v) + " ms"
	case v < 120:
		return digits(v) + " s"
	case v < 2*3600:
		return digits(v/60) + " min"
	}
	return digits(v/3600) + " h"
}

func percent(v float64) string { return digits(100*v) + " %" }
