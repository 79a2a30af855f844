package mcpserver

import (
	"fmt"
	"strings"
	"testing"

	"beichen/internal/client"
	"beichen/internal/fault"
	"beichen/internal/metric"
)

func TestNumbersAreWrittenToBeRead(t *testing.T) {
	for v, want := range map[float64]string{
		0: "0", -3: "-3", 1234567: "1234567", 0.1: "0.1", 1.0 / 3: "0.333333", 123456.789: "123456.79", -98765432.109: "-98765432.11", 1e-9: "1e-09", 1e21: "1e+21",
	} {
		if got := plain(v); got != want {
			t.Errorf("%v is written %s, want %s", v, got, want)
		}
	}
}

func TestAValueIsToldInItsUnitAndAShareInPerCent(t *testing.T) {
	c := Config{API: &client.Client{Language: fault.English}}
	for want, n := range map[string]number{
		"12.5 TWD/order": {Of: ofPeriod, Value: new(12.5), Unit: "TWD/order"},
		"0.125":          {Of: ofPeriod, Value: new(0.125)}, // a quotient of counts, not a share of customers
		"12.50 %":        {Of: ofPeriod, Value: new(0.125), Numerator: new(1)},
		"100.00 %":       {Of: ofReturn, Value: new(1.0)},
		"unknown":        {Of: ofCompletion},
	} {
		if got := c.number(n); got != want {
			t.Errorf("%+v is told as %s, want %s", n, got, want)
		}
	}
	if got := c.interval(new(0.1), new(0.25), true); got != " (95 % interval 10.00 % to 25.00 %)" {
		t.Error(got)
	}
	if got := c.interval(new(0.1), nil, true); got != "" {
		t.Error(got)
	}
}

func TestATextSaysWhatItLeavesOut(t *testing.T) {
	m := &measured{metric: &metric.Answer{Unit: "order"}, place: 69}
	for i := range 70 {
		m.metric.Periods = append(m.metric.Periods, metric.Point{From: fmt.Sprint("p", i), Value: new(float64(i)), N: i, Partial: i == 69})
	}
	for i := range 25 {
		m.metric.Breakdown = append(m.metric.Breakdown, metric.Row{Value: fmt.Sprint("v", i), Series: m.metric.Series})
	}
	lines := Config{API: &client.Client{Language: fault.English}}.periodLines(m)
	text := strings.Join(lines, "\n")
	for _, want := range []string{"10 more are in the structured part only.\n- p10: 10 order (n = 10)\n", "- p69: 69 order (n = 69) *\n- \"v0\": 69 order (n = 69) *\n", "\n5 more are in the structured part only.\n* may still change"} {
		if !strings.Contains(text, want) {
			t.Errorf("%q is not in\n%s", want, text)
		}
	}
	if len(lines) != 1+60+20+1+1 {
		t.Errorf("%d lines", len(lines))
	}
}
