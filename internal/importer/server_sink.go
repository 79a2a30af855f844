package importer

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"beichen/internal/fault"
)

// Server is a sink that sends to POST /v1/import of a running Beichen, gzipped,
// in bodies that its limit allows. While the server is away or asks to wait, it
// is tried again; what it has stored before is then a duplicate.
type Server struct {
	url    string
	key    string
	client *http.Client
	wait   func(context.Context, time.Duration) error
}

// NewServer sends to the server at a base URL with a write key.
func NewServer(base, key string) (*Server, error) {
	u, err := url.Parse(base)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" {
		return nil, fault.New(fault.Invalid, "import.bad-server", "url", base)
	}
	return &Server{
		url: strings.TrimSuffix(base, "/") + "/v1/import", key: key,
		client: &http.Client{Timeout: 2 * time.Minute},
		wait:   wait,
	}, nil
}

// What the server takes in one body, with room to spare: bytes before
// compression, and messages.
const (
	maxBody     = 4_000_000
	maxMessages = 5000
)

// Accept sends the messages, then the refused rows, as messages of type
// "quarantine" for the server to keep.
func (s *Server) Accept(ctx context.Context, b Batch) (Counts, error) {
	var total Counts
	counts, err := s.sendAll(ctx, b.Messages)
	total.add(counts)
	if err != nil {
		return total, err
	}
	refused := make([]json.RawMessage, len(b.Refused))
	for i := range b.Refused {
		if refused[i], err = b.Refused[i].message(b.Source); err != nil {
			return total, err
		}
	}
	_, err = s.sendAll(ctx, refused)
	return total, err
}

// message is the refusal as the import endpoint takes it.
func (r *Refusal) message(source string) (json.RawMessage, error) {
	return json.Marshal(struct {
		Type   string `json:"type"`
		Source string `json:"source"`
		Detail string `json:"detail"`
		*Refusal
	}{"quarantine", source, r.Detail(), r})
}

func (s *Server) sendAll(ctx context.Context, messages []json.RawMessage) (Counts, error) {
	var total Counts
	for len(messages) > 0 {
		n, size := 0, len(`{"batch":[]}`)
		for n < min(len(messages), maxMessages) && (n == 0 || size+len(messages[n])+1 <= maxBody) {
			size += len(messages[n]) + 1
			n++
		}
		body, err := compressed(messages[:n], size)
		if err != nil {
			return total, err
		}
		counts, err := s.send(ctx, body)
		if err != nil {
			return total, err
		}
		total.add(counts)
		messages = messages[n:]
	}
	return total, nil
}

func compressed(messages []json.RawMessage, size int) ([]byte, error) {
	plain := bytes.NewBuffer(make([]byte, 0, size))
	plain.WriteString(`{"batch":[`)
	for i, m := range messages {
		if i > 0 {
			plain.WriteByte(',')
		}
		plain.Write(m)
	}
	plain.WriteString(`]}`)
	var out bytes.Buffer
	w := gzip.NewWriter(&out)
	if _, err := plain.WriteTo(w); err != nil {
		return nil, err
	}
	if err := w.Close(); err != nil {
		return nil, err
	}
	return out.Bytes(), nil
}

// Tries and the longest pause between two: a server that restarts is waited for.
const (
	maxTries = 12
	maxPause = 5 * time.Minute
)

func (s *Server) send(ctx context.Context, body []byte) (Counts, error) {
	pause := 500 * time.Millisecond
	for try := 1; ; try++ {
		counts, after, err := s.post(ctx, body)
		if err == nil || after < 0 || ctx.Err() != nil {
			return counts, err
		}
		if try == maxTries {
			return counts, fault.Wrap(err, fault.Unavailable, "import.server-away", "url", s.url)
		}
		if err := s.wait(ctx, min(max(after, pause), maxPause)); err != nil {
			return counts, err
		}
		pause = min(2*pause, 30*time.Second)
	}
}

// post sends once. After an error, the duration is how long the server asks to
// wait before the next try; below 0 no further try helps.
func (s *Server) post(ctx context.Context, body []byte) (Counts, time.Duration, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, s.url, bytes.NewReader(body))
	if err != nil {
		return Counts{}, -1, err
	}
	request.SetBasicAuth(s.key, "")
	request.Header.Set("Content-Type", "application/json")
	request.Header.Set("Content-Encoding", "gzip")
	response, err := s.client.Do(request)
	if err != nil {
		return Counts{}, 0, err
	}
	defer response.Body.Close()
	answer, err := io.ReadAll(io.LimitReader(response.Body, 1<<20))
	if err != nil {
		return Counts{}, 0, err
	}
	switch code := response.StatusCode; {
	case code == http.StatusOK:
		var counts Counts
		if err := json.Unmarshal(answer, &counts); err != nil {
			return Counts{}, -1, fault.Wrap(err, fault.Internal, "import.server-refused", "url", s.url, "status", code, "answer", shortened(string(answer)))
		}
		return counts, 0, nil
	case code == http.StatusUnauthorized || code == http.StatusForbidden:
		return Counts{}, -1, fault.New(fault.Denied, "import.server-denied", "url", s.url)
	case code == http.StatusTooManyRequests || code == http.StatusRequestTimeout || code >= 500:
		return Counts{}, retryAfter(response.Header.Get("Retry-After"), time.Now()), fmt.Errorf("%s: status %d", s.url, code)
	default:
		return Counts{}, -1, fault.New(fault.Invalid, "import.server-refused", "url", s.url, "status", code, "answer", shortened(string(answer)))
	}
}

// retryAfter reads the header: seconds, or a date.
func retryAfter(header string, now time.Time) time.Duration {
	if seconds, err := strconv.Atoi(header); err == nil && seconds >= 0 {
		return time.Duration(seconds) * time.Second
	}
	if at, err := http.ParseTime(header); err == nil && at.After(now) {
		return at.Sub(now)
	}
	return 0
}

func wait(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-timer.C:
		return nil
	}
}
