package app_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"beichen/internal/access"
	"beichen/internal/app"
	"beichen/internal/fault"
	"beichen/internal/journey"
)

const (
	apiKey   = "an-api-key-of-the-test"
	writeKey = "a-write-key-of-the-test"
)

var keys = access.Bootstrap{APIKey: apiKey, WriteKey: writeKey}

func options(dir string) app.Options {
	return app.Options{Dir: dir, Log: slog.New(slog.DiscardHandler), Now: time.Now}
}

// served is a workspace with a real server on a free port.
type served struct {
	*app.Workspace
	url, secret string
	stop        func()
}

// greeting is what a server prints when it is ready.
type greeting chan string

func (g greeting) Write(p []byte) (int, error) {
	g <- string(p)
	return len(p), nil
}

func serve(t *testing.T, dir string) *served {
	t.Helper()
	return serveWith(t, options(dir))
}

func serveWith(t *testing.T, o app.Options) *served {
	t.Helper()
	w, err := app.Open(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	return serveOpen(t, w)
}

// serveOpen serves a workspace and closes it in the end.
func serveOpen(t *testing.T, w *app.Workspace) *served {
	t.Helper()
	return serveAs(t, w, app.Serving{Addr: "127.0.0.1:0"})
}

// serveAs is serveOpen with an address, and one for other nodes.
func serveAs(t *testing.T, w *app.Workspace, as app.Serving) *served {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	said, ended := make(greeting, 1), make(chan error, 1)
	as.Version, as.Out, as.Language, as.Bootstrap = "v1", said, fault.English, keys
	go func() { ended <- w.Serve(ctx, as) }()
	s := &served{Workspace: w, stop: sync.OnceFunc(func() {
		cancel()
		if err := errors.Join(<-ended, w.Close()); err != nil {
			t.Error(err)
		}
	})}
	t.Cleanup(s.stop)
	select {
	case <-said:
	case err := <-ended:
		ended <- nil // for stop
		t.Fatal(err)
	}
	text, err := os.ReadFile(filepath.Join(w.Dir, "server.json"))
	if err != nil {
		t.Fatal(err)
	}
	var local struct{ URL, Secret string }
	if err := json.Unmarshal(text, &local); err != nil {
		t.Fatal(err)
	}
	s.url, s.secret = local.URL, local.Secret
	return s
}

// send sends a customer who looks at tea and perhaps buys some.
func (s *served) send(client *http.Client, who string, buys bool) error {
	batch := []map[string]any{{"type": "track", "event": "Tea Seen", "userId": who, "messageId": who + " seen", "timestamp": "2026-01-01T10:00:00Z"}}
	if buys {
		batch = append(batch, map[string]any{"type": "track", "event": "Tea Bought", "userId": who, "messageId": who + " bought",
			"timestamp": "2026-01-01T11:00:00Z", "properties": map[string]any{"value": 3, "currency": "TWD"}})
	}
	text, err := json.Marshal(map[string]any{"batch": batch})
	if err != nil {
		return err
	}
	req, err := http.NewRequest(http.MethodPost, s.url+"/v1/batch", bytes.NewReader(text))
	if err != nil {
		return err
	}
	req.SetBasicAuth(writeKey, "")
	req.Header.Set("Content-Type", "application/json")
	resp, err := client.Do(req)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	if _, err := io.Copy(io.Discard, resp.Body); err != nil {
		return err
	}
	if resp.StatusCode != http.StatusOK {
		return fmt.Errorf("answer %s", resp.Status)
	}
	return nil
}

const buying = `kind: Journey
id: tea
stages:
  - { id: seen, steps: [{ id: look, when: [{ event: Tea Seen }] }] }
  - { id: bought, steps: [{ id: pay, when: [{ event: Tea Bought }] }] }
`

func tea(t *testing.T) *journey.Journey {
	t.Helper()
	j, err := journey.Parse([]byte(buying))
	if err != nil {
		t.Fatal(err)
	}
	return j
}

func measured(t *testing.T, w *app.Workspace) *journey.Answer {
	t.Helper()
	a, err := w.Measurer.Measure(t.Context(), journey.Request{Journey: tea(t), AsOf: "2026-02-01", Customers: true})
	if err != nil {
		t.Fatal(err)
	}
	return a
}
