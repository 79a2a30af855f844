package load

import (
	"encoding/json"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"beichen/internal/capture"
)

func TestTheGeneratorIsUnderstoodByTheProductsDecoder(t *testing.T) {
	at := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	event := BrowserEvents("run", 1000, at)
	ids, users := map[string]bool{}, map[string]bool{}
	for serial := range uint64(5000) {
		raw := event(nil, serial)
		if len(raw) < 850 || len(raw) > 1000 {
			t.Fatalf("%d bytes: %s", len(raw), raw)
		}
		m, err := capture.Decode(raw, capture.Envelope{ReceivedAt: at})
		if err != nil || !json.Valid(raw) {
			t.Fatalf("%s: %v", raw, err)
		}
		if !m.Time.Equal(at) || *m.Value != 2599 || m.Channel != "cpc" {
			t.Fatalf("%+v", m)
		}
		for _, mark := range []string{theSerial, theCustomer, theCart, theProduct} {
			if strings.Contains(string(raw), mark) {
				t.Fatalf("%s has still %s", raw, mark)
			}
		}
		ids[m.MessageID], users[m.UserID] = true, true
	}
	if len(ids) != 5000 || len(users) < 900 || len(users) > 1000 {
		t.Fatalf("%d ids, %d users", len(ids), len(users))
	}
}

func TestARunIsCountedAndTimed(t *testing.T) {
	server := httptest.NewServer(Peer())
	defer server.Close()
	for _, batch := range []int{1, 7} {
		got, err := Run(t.Context(), Config{
			URL: server.URL, Keys: []string{PeerKey}, Connections: 3, Batch: batch, Duration: 100 * time.Millisecond,
			Event: BrowserEvents("run", 10, time.Now()),
		})
		if err != nil || got.FirstError != nil {
			t.Fatal(err, got.FirstError)
		}
		if got.Events == 0 || got.Events%batch != 0 || got.P50 <= 0 || got.P50 > got.P99 || got.P99 > got.Max {
			t.Errorf("%+v", got)
		}
	}
	refused, err := Run(t.Context(), Config{
		URL: server.URL, Keys: []string{"wrong"}, Connections: 2, Batch: 1, Duration: 10 * time.Millisecond,
		Event: BrowserEvents("run", 10, time.Now()),
	})
	if err != nil || refused.Errors == 0 || refused.Events != 0 || !strings.Contains(refused.FirstError.Error(), "401") {
		t.Errorf("%+v, %v", refused, err)
	}
}

func TestAPaceIsKept(t *testing.T) {
	server := httptest.NewServer(Peer())
	defer server.Close()
	got, err := Run(t.Context(), Config{
		URL: server.URL, Keys: []string{PeerKey}, Connections: 4, Batch: 10, Duration: 500 * time.Millisecond, PerSecond: 2000,
		Event: BrowserEvents("run", 10, time.Now()),
	})
	if err != nil || got.Events != 1000 {
		t.Fatalf("%+v, %v", got, err)
	}
}

func TestAQuantileIsNotExceededByItsShare(t *testing.T) {
	var sorted []time.Duration
	for i := range 200 {
		sorted = append(sorted, time.Duration(i+1))
	}
	for q, want := range map[float64]time.Duration{0.5: 100, 0.99: 198, 1: 200} {
		if got := quantile(sorted, q); got != want {
			t.Errorf("quantile %v is %v, want %v", q, got, want)
		}
	}
}
