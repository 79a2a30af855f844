package app_test

import (
	"log/slog"
	"testing"
	"time"

	"beichen/internal/app"
	"beichen/internal/importer"
	"beichen/internal/warehouse"
)

const retail = `
kind: Import
id: online-retail
timezone: Europe/London
sources:
  - { as: lines, file: online_retail_2000.csv }
messages:
  - from: lines
    type: track
    event: "'Line Invoiced'"
    userId: CAST(CustomerID AS INTEGER)
    timestamp: InvoiceDate
    value: round(Quantity * UnitPrice, 2)
    currency: "'GBP'"
`

func TestTheSameImportTwiceStoresNothingTheSecondTime(t *testing.T) {
	m, err := importer.Parse("retail.yaml", []byte(retail))
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	for i, want := range []importer.Counts{{Stored: 1467, Quarantined: 533}, {Duplicate: 1467, Quarantined: 533}} {
		sink, closeWorkspace, err := app.OpenImport("", "")(t.Context(), dir)
		if err != nil {
			t.Fatal(err)
		}
		summary, err := importer.Run(t.Context(), m, importer.Options{Dir: "../importer/testdata"}, sink)
		if err != nil {
			t.Fatal(err)
		}
		if err := closeWorkspace(); err != nil {
			t.Fatal(err)
		}
		if summary.Counts != want {
			t.Errorf("time %d: %+v, want %+v", i+1, summary.Counts, want)
		}
	}
	w, err := app.Open(t.Context(), app.Options{Dir: dir, Now: time.Now, Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	defer w.Close()
	page, err := w.Warehouse.Quarantine(t.Context(), warehouse.QuarantineQuery{Reason: "import.no-id", Limit: 1000})
	if err != nil {
		t.Fatal(err)
	}
	if len(page.Items) != 533 {
		t.Errorf("%d rows in the quarantine, want 533", len(page.Items))
	}
	want := `file: "online_retail_2000.csv", line: 624, field: "userId"`
	for _, item := range page.Items {
		if item.Detail == want {
			return
		}
	}
	t.Errorf("no row of the quarantine says %s", want)
}
