// Package client asks the management API: that of a server, or that of a workspace
// in this very process, which answers without a network. Whoever asks by it gets
// what everybody gets, byte for byte.
package client

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"beichen/internal/fault"
)

// Client asks the API.
type Client struct {
	HTTP     *http.Client
	Server   string         // https://beichen.example.com
	Key      string         // an API key; empty where HTTP knows who asks
	Language fault.Language // of the API's messages
}

// Get asks for what a path below /api/v1 answers.
func (c *Client) Get(ctx context.Context, path string, query url.Values) (json.RawMessage, error) {
	if len(query) > 0 {
		path += "?" + query.Encode()
	}
	return c.do(ctx, http.MethodGet, path, nil, nil)
}

// Post asks a question that has a body.
func (c *Client) Post(ctx context.Context, path string, question any) (json.RawMessage, error) {
	return c.do(ctx, http.MethodPost, path, question, nil)
}

// Put writes over the version that the writer saw, 0 where there was none.
func (c *Client) Put(ctx context.Context, path string, ifMatch int, body any) (json.RawMessage, error) {
	return c.do(ctx, http.MethodPut, path, body, http.Header{"If-Match": {strconv.Quote(strconv.Itoa(ifMatch))}})
}

func (c *Client) do(ctx context.Context, method, path string, question any, header http.Header) (json.RawMessage, error) {
	var body io.Reader
	if question != nil {
		text, err := json.Marshal(question)
		if err != nil {
			return nil, err
		}
		body = bytes.NewReader(text)
	}
	req, err := http.NewRequestWithContext(ctx, method, strings.TrimSuffix(c.Server, "/")+"/api/v1"+path, body)
	if err != nil {
		return nil, fault.Wrap(err, fault.Invalid, "ledger.unreachable", "server", c.Server)
	}
	maps.Copy(req.Header, header)
	if c.Key != "" {
		req.Header.Set("Authorization", "Bearer "+c.Key)
	}
	req.Header.Set("Accept-Language", string(c.Language))
	req.Header.Set("Accept", "application/json")
	if body != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	resp, err := c.HTTP.Do(req)
	switch {
	case ctx.Err() != nil:
		return nil, ctx.Err()
	case err != nil:
		return nil, fault.Wrap(err, fault.Unavailable, "ledger.unreachable", "server", c.Server)
	}
	defer resp.Body.Close()
	if resp.StatusCode/100 != 2 {
		return nil, Problem(resp, c.Server)
	}
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		return nil, fault.Wrap(err, fault.Unavailable, "ledger.unreachable", "server", c.Server)
	}
	return bytes.TrimSpace(text), nil
}

// Problem makes a fault of an error answer (RFC 9457) of a server. Its texts are in the
// caller's language already and are passed on as they are.
func Problem(resp *http.Response, server string) error {
	var p struct {
		Kind   fault.Kind     `json:"kind"`
		Key    string         `json:"key"`
		Title  string         `json:"title"`
		Detail string         `json:"detail"`
		Faults []fault.Detail `json:"faults"`
	}
	text, err := io.ReadAll(io.LimitReader(resp.Body, 16<<20))
	if err != nil || json.Unmarshal(text, &p) != nil || p.Kind == "" {
		return fault.Wrap(fmt.Errorf("answer %s", resp.Status), fault.Unavailable, "ledger.unreachable", "server", server)
	}
	f := fault.Wrap(&Refusal{Key: p.Key, Status: resp.StatusCode, Problem: text}, p.Kind, "client.refused", "title", p.Title, "detail", p.Detail)
	for _, d := range p.Faults {
		f.Faults = append(f.Faults, fault.At(d.Path, d.Line, "ledger.whole", "problem", d.Message))
	}
	return f
}

// Refusal is the cause of a fault that the API itself told: the key of its message,
// the status of the answer, and all that it said.
type Refusal struct {
	Key     string
	Status  int
	Problem json.RawMessage
}

func (r *Refusal) Error() string { return fmt.Sprintf("%d %s", r.Status, r.Key) }
