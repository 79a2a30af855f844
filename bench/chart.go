package main

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"time"
)

// chart draws series that share what grows, as SVG: both axes in powers, so
// that cost in proportion to work is a straight line at 45 degrees.
func chart(title string, all []series) string {
	const (
		width, height            = 420.0, 300.0
		left, right, top, bottom = 64.0, 16.0, 40.0, 48.0
	)
	x := axisOf(left, width-right, func(s series) []float64 { return s.x }, all)
	y := axisOf(height-bottom, top, func(s series) []float64 { return millisOf(s.y) }, all)
	var b strings.Builder
	fmt.Fprintf(&b, `<svg xmlns="http://www.w3.org/2000/svg" width="%g" height="%g" viewBox="0 0 %[1]g %[2]g" font-family="sans-serif" font-size="12" fill="#333">`+"\n", width, height)
	fmt.Fprintf(&b, `<rect width="100%%" height="100%%" fill="#fff"/><text x="%g" y="20" font-size="14">%s</text>`+"\n", left, title)
	for _, value := range x.ticks {
		fmt.Fprintf(&b, `<path d="M%.1f %gV%g" stroke="#ddd"/><text x="%.1[1]f" y="%[4]g" text-anchor="middle">%[5]s</text>`+"\n",
			x.at(value), top, height-bottom, height-bottom+18, short(value))
	}
	for _, value := range y.ticks {
		fmt.Fprintf(&b, `<path d="M%g %.1fH%g" stroke="#ddd"/><text x="%g" y="%.1f" text-anchor="end">%s ms</text>`+"\n",
			left, y.at(value), width-right, left-6, y.at(value)+4, short(value))
	}
	fmt.Fprintf(&b, `<text x="%g" y="%g" text-anchor="middle">%s</text>`+"\n", (left+width-right)/2, height-10, all[0].by)
	for i, s := range all {
		colour := []string{"#0b6e99", "#c05621"}[i%2]
		var points []string
		for n, value := range millisOf(s.y) {
			points = append(points, fmt.Sprintf("%.1f,%.1f", x.at(s.x[n]), y.at(value)))
			fmt.Fprintf(&b, `<circle cx="%.1f" cy="%.1f" r="3" fill="%s"/>`, x.at(s.x[n]), y.at(value), colour)
		}
		last := len(s.x) - 1
		fmt.Fprintf(&b, `<polyline points="%s" fill="none" stroke="%s" stroke-width="2"/><text x="%.1f" y="%.1f" text-anchor="end" fill="%[2]s">%[5]s</text>`+"\n",
			strings.Join(points, " "), colour, x.at(s.x[last])-6, y.at(millisOf(s.y)[last])-8, s.name)
	}
	b.WriteString("</svg>\n")
	return b.String()
}

// axis lays a span of values out in powers.
type axis struct {
	from, to    float64 // places
	least, most float64 // values
	ticks       []float64
}

// axisOf spans the values of all series, out to the next 1, 2 or 5 of a power of ten.
func axisOf(from, to float64, values func(series) []float64, all []series) axis {
	var every []float64
	for _, s := range all {
		every = append(every, values(s)...)
	}
	least, most := slices.Min(every), slices.Max(every)
	a := axis{from: from, to: to}
	steps := []float64{1, 2, 5}
	if most/least > 30 {
		steps = steps[:1]
	}
	for power := math.Floor(math.Log10(least)); power <= math.Ceil(math.Log10(most)); power++ {
		for _, step := range steps {
			a.ticks = append(a.ticks, step*math.Pow(10, power))
		}
	}
	for len(a.ticks) > 2 && a.ticks[1] <= least {
		a.ticks = a.ticks[1:]
	}
	for len(a.ticks) > 2 && a.ticks[len(a.ticks)-2] >= most {
		a.ticks = a.ticks[:len(a.ticks)-1]
	}
	a.least, a.most = a.ticks[0], a.ticks[len(a.ticks)-1]
	return a
}

func (a axis) at(value float64) float64 {
	return a.from + (a.to-a.from)*math.Log(value/a.least)/math.Log(a.most/a.least)
}

func millisOf(times []time.Duration) []float64 {
	values := make([]float64, len(times))
	for i, t := range times {
		values[i] = float64(t.Microseconds()) / 1000
	}
	return values
}

// short writes a number of an axis.
func short(value float64) string {
	if value >= 1e6 {
		return fmt.Sprintf("%g M", value/1e6)
	}
	if value >= 1e4 {
		return fmt.Sprintf("%g k", value/1e3)
	}
	return fmt.Sprintf("%g", math.Round(value*1e6)/1e6)
}
