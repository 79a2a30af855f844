package httpapi_test

import (
	"encoding/csv"
	"encoding/json"
	"net/http"
	"strconv"
	"strings"
	"testing"

	"beichen/internal/access"
	"beichen/internal/metric"
)

func TestAMetricIsReadAsASheetByAcceptOrByFormat(t *testing.T) {
	c := teaShop(t)
	c.metricsAgreed()
	const address = "/api/v1/metrics/each/measure?from=2026-11-03&asOf=2026-11-24T08:00:00Z"
	var a metric.Answer
	c.admin.get(address, &a)
	for _, ask := range []answer{
		c.admin.ok("GET", address, nil, header{"Accept", "text/html, text/csv;q=0.9, application/json;q=0.5"}),
		c.admin.ok("GET", address+"&format=csv", nil, header{"Accept", "application/json"}),
	} {
		if media := ask.Header.Get("Content-Type"); media != "text/csv; charset=utf-8; header=present" {
			t.Errorf("Content-Type %s", media)
		}
		if name := ask.Header.Get("Content-Disposition"); name != `attachment; filename="each.csv"` {
			t.Errorf("Content-Disposition %s", name)
		}
		lines, err := csv.NewReader(strings.NewReader(string(ask.text))).ReadAll()
		if err != nil || len(lines) != len(a.Periods)+1 {
			t.Fatalf("%d lines for %d periods, %v", len(lines), len(a.Periods), err)
		}
		for i, p := range a.Periods {
			want, err := json.Marshal(p.Value)
			if err != nil {
				t.Fatal(err)
			}
			if line := lines[i+1]; line[2] != p.From || line[3] != string(want) || line[4] != strconv.Itoa(p.N) || line[8] != "order/customer" {
				t.Errorf("%v, want %+v", line, p)
			}
		}
	}
	parquet := c.admin.ok("GET", address, nil, header{"Accept", "application/vnd.apache.parquet"})
	if parquet.Header.Get("Content-Type") != "application/vnd.apache.parquet" || !strings.HasPrefix(string(parquet.text), "PAR1") {
		t.Errorf("%s %.4q", parquet.Header.Get("Content-Type"), parquet.text)
	}
	for _, accept := range []string{"", "*/*", "application/xml", "application/json, text/csv"} {
		if media := c.admin.ok("GET", address, nil, header{"Accept", accept}).Header.Get("Content-Type"); media != "application/json" {
			t.Errorf("Accept %q answers %s", accept, media)
		}
	}
}

func TestASheetIsRefusedAsTheNumbersAre(t *testing.T) {
	c := teaShop(t)
	c.metricsAgreed()
	viewer := c.member(access.Viewer)
	csvOf := header{"Accept", "text/csv"}
	if lines := string(viewer.ok("GET", "/api/v1/metrics/sales/measure?breakdown=traits.name", nil, csvOf).text); strings.Contains(lines, "Guest") || strings.Count(lines, "\r\n") != 1 {
		t.Errorf("a viewer reads people:\n%s", lines)
	}
	viewer.refused(http.StatusForbidden, "access.too-few", "GET", `/api/v1/metrics/sales/measure?segment={"traits.name":"Guest+u01"}`, nil, csvOf)
	c.admin.refused(http.StatusNotFound, "ledger.not-found", "GET", "/api/v1/metrics/nobody/measure?format=parquet", nil)
	c.admin.refused(http.StatusUnprocessableEntity, "api.bad-request", "GET", "/api/v1/metrics/sales/measure?format=xlsx", nil)
	c.stranger().refused(http.StatusUnauthorized, "access.sign-in", "GET", "/api/v1/metrics/sales/measure?format=csv", nil)
}
