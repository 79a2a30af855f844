package nodes

import (
	"context"
	"crypto/subtle"
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"sync"
	"time"

	"beichen/internal/warehouse"
)

// mostOrder bounds the question of another node, and each range after it.
const mostOrder = 16 << 20

// ServeHTTP counts shares for another node, as long as it is there. Nobody else is
// answered, and a node of another version is not either.
func (c *Circle) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	known := c.known()
	said, bears := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
	switch {
	case known.Secret == "" || !bears || subtle.ConstantTimeCompare([]byte(said), []byte(known.Secret)) != 1:
		http.Error(w, "this is for the nodes of this workspace", http.StatusUnauthorized)
		return
	case r.Method != http.MethodPost:
		w.Header().Set("Allow", http.MethodPost)
		http.Error(w, "shares are asked for by POST", http.StatusMethodNotAllowed)
		return
	case r.Header.Get(versionHeader) != known.Version:
		http.Error(w, "this node is of another version", http.StatusConflict)
		return
	}
	stream := http.NewResponseController(w)
	// Answers begin before the request has ended, and take as long as they take.
	for _, lift := range []error{stream.EnableFullDuplex(), stream.SetReadDeadline(time.Time{}), stream.SetWriteDeadline(time.Time{})} {
		if lift != nil {
			c.Log.ErrorContext(r.Context(), "shares cannot be counted for another node", "error", lift)
			http.Error(w, "this server cannot stream", http.StatusInternalServerError)
			return
		}
	}
	ctx, cancel := context.WithCancel(r.Context())
	defer cancel()
	orders := json.NewDecoder(&io.LimitedReader{R: r.Body, N: mostOrder})
	var o order
	if err := orders.Decode(&o); err != nil || c.Counters[o.Kind] == nil {
		http.Error(w, "this is no question", http.StatusBadRequest)
		return
	}
	shares := make(chan warehouse.Range)
	var reading sync.WaitGroup
	reading.Go(func() {
		defer cancel() // the asker has gone, or wants no more
		for {
			var share warehouse.Range
			if orders.Decode(&share) != nil {
				return
			}
			select {
			case shares <- share:
			case <-ctx.Done():
				return
			}
		}
	})
	c.count(ctx, stream, w, o, shares)
	cancel()
	if err := stream.SetReadDeadline(time.Now()); err != nil { // which ends the reading
		c.Log.DebugContext(ctx, "a connection of another node is gone", "error", err)
	}
	reading.Wait()
}

// count counts share after share.
func (c *Circle) count(ctx context.Context, stream *http.ResponseController, w http.ResponseWriter, o order, shares <-chan warehouse.Range) {
	counting, err := c.Counters[o.Kind](ctx, o.Body, o.At)
	if err != nil {
		if ctx.Err() == nil {
			c.Log.WarnContext(ctx, "a question of another node cannot be counted", "error", err)
		}
		http.Error(w, "the question cannot be counted here", http.StatusServiceUnavailable)
		return
	}
	text, err := json.Marshal(begun{counting.At()})
	if err != nil {
		panic(err) // numbers always encode
	}
	w.Header().Set("Content-Type", "application/octet-stream")
	w.Header().Set("Cache-Control", "no-store")
	for payload := text; ; {
		if err := writeFrame(w, payload); err != nil {
			return
		}
		if err := stream.Flush(); err != nil {
			return
		}
		select {
		case share := <-shares:
			if payload, err = counting.Count(ctx, share); err != nil {
				if ctx.Err() == nil {
					c.Log.WarnContext(ctx, "a share of another node's question was not counted", "error", err)
				}
				return // the answer ends without it, which tells
			}
			c.taken.Add(1)
		case <-ctx.Done():
			return
		}
	}
}
