package ledger_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"beichen/internal/fault"
	"beichen/internal/ledger"
)

// ofMetrics reads the metrics that a metric of these tests is made of.
func ofMetrics(body json.RawMessage) (out []ledger.Reference) {
	var m struct{ Of []string }
	if json.Unmarshal(body, &m) != nil {
		return nil
	}
	for _, id := range m.Of {
		out = append(out, ledger.Reference{Kind: ledger.Metric, ID: id})
	}
	return out
}

func ofMetricsThatExist(ctx context.Context, body json.RawMessage, others ledger.Shelf) error {
	var faults []fault.Detail
	for i, of := range ofMetrics(body) {
		_, _, err := others.Body(ctx, of.Kind, of.ID)
		if fault.Is(err, fault.NotFound) {
			faults = append(faults, fault.At(fmt.Sprintf("of[%d]", i), 1, "ledger.needs"))
		} else if err != nil {
			return err
		}
	}
	return fault.Many("ledger.files", faults)
}

func TestWhatADefinitionSpeaksOfHasToStand(t *testing.T) {
	b := open(t)
	metric := func(id, body string, version int) error {
		_, err := b.Put(t.Context(), ledger.Write{Kind: ledger.Metric, ID: id, IfMatch: version, Author: "Ada", Reason: "because"}, json.RawMessage(body))
		return err
	}
	var f *fault.Error
	if err := metric("sum", `{"of":["a","b"]}`, 0); !errors.As(err, &f) || len(f.Faults) != 2 || f.Faults[1].Path != "of[1]" || f.Faults[1].Line != 0 {
		t.Errorf("%v", err)
	}
	for _, id := range []string{"a", "b"} {
		if err := metric(id, `{}`, 0); err != nil {
			t.Error(err)
		}
	}
	if err := metric("sum", `{"of":["a","b"]}`, 0); err != nil {
		t.Error(err)
	}
	w := ledger.Write{Kind: ledger.Metric, ID: "a", IfMatch: 1, Author: "Ada", Reason: "because"}
	if _, err := b.Delete(t.Context(), w); err != nil {
		t.Error(err)
	}
	if err := metric("sum", `{"of":["a"]}`, 1); !errors.As(err, &f) || len(f.Faults) != 1 {
		t.Errorf("a deleted one stands no more: %v", err)
	}
	w.ID = "sum"
	if _, err := b.Restore(t.Context(), w, 1); !errors.As(err, &f) {
		t.Errorf("what comes back is held to what stands now: %v", err)
	}
}

// order keeps the order in which definitions are written.
type order struct {
	*book
	written []string
}

func (o *order) Put(ctx context.Context, w ledger.Write, body json.RawMessage) (ledger.Revision, error) {
	r, err := o.book.Put(ctx, w, body)
	if err == nil {
		o.written = append(o.written, w.ID)
	}
	return r, err
}

func TestFilesAreWrittenAfterWhatTheySpeakOf(t *testing.T) {
	b := open(t)
	dir := folder(t, "a.json", `{"kind":"Metric","id":"sum","of":["part","other"]} {"kind":"Metric","id":"part","of":["leaf"]} {"kind":"Metric","id":"other"} {"kind":"Metric","id":"leaf"}`)
	p, err := plan(t, b, dir)
	if err != nil {
		t.Fatal(err)
	}
	o := &order{book: b}
	if err := p.Apply(t.Context(), o, "Ada", "because"); err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff("leaf part other sum", strings.Join(o.written, " ")); d != "" {
		t.Error(d)
	}
	_, err = plan(t, b, folder(t, "b.yaml", "kind: Metric\nid: odd\nof:\n- leaf\n- none\n"))
	var f *fault.Error
	if !errors.As(err, &f) || len(f.Faults) != 1 || f.Faults[0].Line != 5 || !strings.HasSuffix(f.Faults[0].File, "b.yaml") {
		t.Errorf("%v", err)
	}
}
