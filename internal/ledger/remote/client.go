// Package remote is the ledger of a server, read and written over its API.
package remote

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"beichen/internal/fault"
	"beichen/internal/ledger"
)

// Client is a ledger.Book on a server.
type Client struct {
	HTTP     *http.Client
	Server   string         // https://beichen.example.com
	Key      string         // an API key; to write, with the scope write
	Language fault.Language // of the server's messages
}

var _ ledger.Book = (*Client)(nil)

// Current gives what stands now, deleted or not.
func (c *Client) Current(ctx context.Context, kind ledger.Kind, id string) (ledger.Revision, error) {
	var r ledger.Revision
	return r, c.do(ctx, http.MethodGet, path(kind, id), nil, nil, &r)
}

// List gives the current revisions of a kind.
func (c *Client) List(ctx context.Context, kind ledger.Kind) ([]ledger.Revision, error) {
	var answer struct {
		Items []ledger.Revision `json:"items"`
	}
	return answer.Items, c.do(ctx, http.MethodGet, path(kind), nil, nil, &answer)
}

// Put writes a body. The author is the key's name, whatever w says.
func (c *Client) Put(ctx context.Context, w ledger.Write, body json.RawMessage) (ledger.Revision, error) {
	var r ledger.Revision
	question := struct {
		Body   json.RawMessage `json:"body"`
		Reason string          `json:"reason"`
	}{body, w.Reason}
	headers := map[string]string{"If-Match": strconv.Quote(strconv.Itoa(w.IfMatch))}
	return r, c.do(ctx, http.MethodPut, path(w.Kind, w.ID), headers, question, &r)
}

func path(kind ledger.Kind, id ...string) string {
	p := "/api/v1/definitions/" + url.PathEscape(string(kind))
	for _, part := range id {
		p += "/" + url.PathEscape(part)
	}
	return p
}

func (c *Client) do(ctx context.Context, method, path string, headers map[string]string, question, answer any) error {
	var body io.Reader
	if question != nil {
		text, err := json.Marshal(question)
		if err != nil {
			return err
		}
		body = bytes.NewReader(text)
	}
	req, err := http.NewRequestWithContext(ctx, method, strings.TrimSuffix(c.Server, "/")+path, body)
	if err != nil {
		return fault.Wrap(err, fault.Invalid, "ledger.unreachable", "server", c.Server)
	}
	req.Header.Set("Authorization", "Bearer "+c.Key)
	req.Header.Set("Accept-Language", string(c.Language))
	if question != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	for name, value := range headers {
		req.Header.Set(name, value)
	}
	resp, err := c.HTTP.Do(req)
	if err != nil {
		return fault.Wrap(err, fault.Unavailable, "ledger.unreachable", "server", c.Server)
	}
	defer resp.Body.Close()
	if resp.StatusCode/100 != 2 {
		return c.problem(resp)
	}
	if err := json.NewDecoder(resp.Body).Decode(answer); err != nil {
		return fault.Wrap(err, fault.Unavailable, "ledger.unreachable", "server", c.Server)
	}
	return nil
}

// problem makes a fault of an error answer (RFC 9457); its texts are in the
// caller's language already.
func (c *Client) problem(resp *http.Response) error {
	var p struct {
		Kind    fault.Kind       `json:"kind"`
		Title   string           `json:"title"`
		Detail  string           `json:"detail"`
		Faults  []fault.Detail   `json:"faults"`
		Current *ledger.Revision `json:"current"`
		Yours   json.RawMessage  `json:"yours"`
	}
	if err := json.NewDecoder(io.LimitReader(resp.Body, 16<<20)).Decode(&p); err != nil || p.Kind == "" {
		return fault.Wrap(fmt.Errorf("answer %s", resp.Status), fault.Unavailable, "ledger.unreachable", "server", c.Server)
	}
	f := fault.New(p.Kind, "ledger.server", "title", p.Title, "detail", p.Detail)
	for _, d := range p.Faults {
		f.Faults = append(f.Faults, fault.At(d.Path, d.Line, "ledger.whole", "problem", d.Message))
	}
	if p.Current != nil {
		f.Err = &ledger.Stale{Current: *p.Current, Yours: p.Yours}
	}
	return f
}
