package load

import (
	"context"
	"log/slog"
	"net/http"
	"time"

	"beichen/internal/capture"
)

// PeerKey is the write key that a peer knows.
const PeerKey = "peer"

// Peer is the server that capture is held against: the product's own routes and
// decoder, which answer as if all had been stored, and store nothing.
func Peer() http.Handler {
	mux := http.NewServeMux()
	capture.Routes(mux, capture.HTTPConfig{
		Intake: nothing{}, Keys: peerKey{}, Log: slog.New(slog.DiscardHandler), Now: time.Now,
		EventsPerSecond: 1e12, Burst: 1 << 30,
	})
	return mux
}

// nothing takes all in and keeps none of it.
type nothing struct{}

func (nothing) Accept(_ context.Context, in []capture.Incoming) (capture.Receipt, error) {
	var receipt capture.Receipt
	for i := range in {
		if in[i].Refused != nil {
			receipt.Quarantined++
			continue
		}
		receipt.Stored++
	}
	return receipt, nil
}

func (nothing) State() capture.State { return capture.State{} }

type peerKey struct{}

func (peerKey) WriteKey(_ context.Context, secret string) (string, []string, bool) {
	return secret, []string{capture.ScopeCapture}, secret == PeerKey
}
