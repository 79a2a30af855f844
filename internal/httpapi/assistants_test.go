package httpapi_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/jsonschema-go/jsonschema"
	"github.com/modelcontextprotocol/go-sdk/mcp"

	"beichen/internal/access"
	asker "beichen/internal/client"
	"beichen/internal/fault"
	"beichen/internal/mcpserver"
)

// assistant is a real client of the protocol, connected to the workspace.
type assistant struct {
	t       *testing.T
	session *mcp.ClientSession
}

// overHTTP connects to /mcp with somebody's key or session.
func (c *client) overHTTP(language string) *assistant {
	c.t.Helper()
	return connect(c.t, &mcp.StreamableClientTransport{Endpoint: c.base + "/mcp", HTTPClient: c.speaking(language), DisableStandaloneSSE: true})
}

// inMemory connects to a server of its own, which asks the API with somebody's key.
func (c *client) inMemory(language fault.Language) *assistant {
	c.t.Helper()
	here, there := mcp.NewInMemoryTransports()
	server := mcpserver.New(mcpserver.Config{API: &asker.Client{HTTP: c.http, Server: c.base, Key: c.key, Language: language}, Version: "1.2.3", Log: slog.New(slog.DiscardHandler)})
	if _, err := server.Connect(c.t.Context(), there, nil); err != nil {
		c.t.Fatal(err)
	}
	return connect(c.t, here)
}

func connect(t *testing.T, transport mcp.Transport) *assistant {
	t.Helper()
	session, err := mcp.NewClient(&mcp.Implementation{Name: "test", Version: "1"}, nil).Connect(t.Context(), transport, nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := session.Close(); err != nil {
			t.Error(err)
		}
	})
	return &assistant{t, session}
}

// speaking is the caller's HTTP client with its key and a language.
func (c *client) speaking(language string) *http.Client {
	spoken := *c.http
	spoken.Transport = headersAdded{"Accept-Language": language}
	if c.key != "" {
		spoken.Transport = headersAdded{"Accept-Language": language, "Authorization": "Bearer " + c.key}
	}
	return &spoken
}

type headersAdded map[string]string

func (h headersAdded) RoundTrip(r *http.Request) (*http.Response, error) {
	r = r.Clone(r.Context())
	for name, value := range h {
		r.Header.Set(name, value)
	}
	return http.DefaultTransport.RoundTrip(r)
}

// call calls a tool, which must answer.
func (a *assistant) call(tool string, arguments map[string]any) (text string, structured json.RawMessage) {
	a.t.Helper()
	r, err := a.session.CallTool(a.t.Context(), &mcp.CallToolParams{Name: tool, Arguments: arguments})
	if err != nil {
		a.t.Fatalf("%s %v: %v", tool, arguments, err)
	}
	text = r.Content[0].(*mcp.TextContent).Text
	if r.IsError {
		a.t.Fatalf("%s %v: %s", tool, arguments, text)
	}
	structured, err = json.Marshal(r.StructuredContent)
	if err != nil {
		a.t.Fatal(err)
	}
	return text, structured
}

// refused calls a tool, which must not answer, and gives what it says.
func (a *assistant) refused(tool string, arguments any) string {
	a.t.Helper()
	r, err := a.session.CallTool(a.t.Context(), &mcp.CallToolParams{Name: tool, Arguments: arguments})
	if err != nil {
		a.t.Fatalf("%s %v: %v", tool, arguments, err)
	}
	if !r.IsError || r.StructuredContent != nil {
		a.t.Fatalf("%s %v answers %v", tool, arguments, r.StructuredContent)
	}
	return r.Content[0].(*mcp.TextContent).Text
}

// proven is what every number comes with.
type proven struct {
	Definition struct {
		Kind, ID, Hash string
		Version        *int
	}
	AsOf, Timezone string
	Facts          struct{ Events, Customers, Through int }
	Number         struct {
		Of, From, Unit string
		Value          *float64
		N              int
		Low, High      *float64
		Partial        bool
	}
	Answer    map[string]any
	Customers struct {
		Total int
		Items []struct{ ID string }
	}
	Trace struct {
		Events []struct{ Event string }
	}
}

func provenIn(t *testing.T, structured json.RawMessage) (p proven) {
	t.Helper()
	if err := json.Unmarshal(structured, &p); err != nil {
		t.Fatal(err)
	}
	if p.Definition.Version == nil || !strings.HasPrefix(p.Definition.Hash, "sha256:") || p.AsOf == "" || p.Timezone == "" || p.Facts.Through == 0 || p.Number.Of == "" {
		t.Errorf("a number without its evidence: %s", structured)
	}
	return p
}

// askable is a question for each kind, as the tools take it.
func askable() []map[string]any {
	return []map[string]any{
		{"kind": "Metric", "id": "each", "from": "2026-11-03", "asOf": "2026-11-24T08:00:00Z", "breakdown": []string{"channel"}, "segment": map[string]any{"value": map[string]any{"gte": 15}}},
		{"kind": "Metric", "id": "share", "period": "2026-11-03", "asOf": "2026-11-24T08:00:00Z"},
		{"kind": "Journey", "id": "shop", "from": "2026-11-03", "asOf": "2026-11-24T08:00:00Z", "breakdown": []string{"channel"}},
		{"kind": "Retention", "id": "again", "from": "2026-11-03", "asOf": "2026-11-24T08:00:00Z"},
	}
}

// agreed is a tea shop with a definition of each kind, whose texts hold characters
// that JSON may write in several ways.
func agreed(t *testing.T) *company {
	c := teaShop(t)
	c.send(track("u01", "Order Paid", day(5), map[string]any{"channel": "<web> & \"co\" 茶", "value": 40.1, "currency": "TWD"}))
	c.metricsAgreed()
	c.againAgreed()
	c.metricAgreed("share", `{"kind":"Metric","id":"share","name":"茶 <&> tea","rate":{"from":{"event":"Store Visited"},"of":{"event":"Order Paid"}}}`)
	return c
}

var took = regexp.MustCompile(`,"elapsedMillis":[0-9.e+-]+`)

// TestAnAssistantIsToldWhatTheAPISays compares, to the byte, what the tools answer
// over both transports with what the API does.
func TestAnAssistantIsToldWhatTheAPISays(t *testing.T) {
	c := agreed(t)
	reader := c.withKey(access.APIKeys, access.ScopeRead)
	for _, question := range askable() {
		ask := map[string]any{}
		for name, value := range question {
			switch name {
			case "kind":
			case "id":
				ask[strings.ToLower(question["kind"].(string))+"Id"] = value
			case "period":
				ask["from"], ask["to"] = value, value
			default:
				ask[name] = value
			}
		}
		said := took.ReplaceAll(bytes.TrimSpace(reader.ok("POST", "/api/v1/measure", ask).text), nil)
		raw := reader.rawAnswer(question)
		if got := took.ReplaceAll(raw, nil); !bytes.Equal(said, got) {
			t.Errorf("%v:\nthe API  %s\nthe tool %s", question, said, got)
		}
		for name, a := range map[string]*assistant{"HTTP": reader.overHTTP("en"), "memory": reader.inMemory(fault.English)} {
			text, structured := a.call("measure", question)
			p := provenIn(t, structured)
			var want map[string]any
			if err := json.Unmarshal(said, &want); err != nil {
				t.Fatal(err)
			}
			delete(p.Answer, "elapsedMillis")
			if fmt.Sprint(p.Answer) != fmt.Sprint(want) {
				t.Errorf("%s, %v:\nthe API  %v\nthe tool %v", name, question, want, p.Answer)
			}
			first, _, _ := strings.Cut(text, "\n")
			for _, evidence := range []string{fmt.Sprintf("n = %d", p.Number.N), "as of 2026-11-24 16:00:00 Asia/Taipei", fmt.Sprintf("by %s %s version 1 (%s)", p.Definition.Kind, p.Definition.ID, p.Definition.Hash)} {
				if !strings.Contains(first, evidence) {
					t.Errorf("%s, %v: %q has no %q", name, question, first, evidence)
				}
			}
		}
	}
}

// rawAnswer is the member answer of what measure answers over HTTP, byte for byte.
func (c *client) rawAnswer(arguments map[string]any) json.RawMessage {
	c.t.Helper()
	var reply struct {
		Result struct {
			StructuredContent struct{ Answer json.RawMessage }
		}
	}
	c.ok("POST", "/mcp", map[string]any{"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": map[string]any{"name": "measure", "arguments": arguments}},
		header{"Accept", "application/json, text/event-stream"}).into(&reply)
	return reply.Result.StructuredContent.Answer
}

func TestEveryToolDescribesWhatItTakesAndGives(t *testing.T) {
	c := agreed(t)
	a := c.admin.overHTTP("zh-Hans")
	tools, err := a.session.ListTools(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	calls := map[string][]map[string]any{
		"list": {{}, {"kind": "Metric"}}, "explain": {{"kind": "Metric", "id": "each"}, {"kind": "Journey", "id": "shop", "version": 1}}, "measure": askable(),
		"trace": {{"kind": "Metric", "id": "sales", "period": "2026-11-03"}, {"kind": "Metric", "id": "sales", "period": "2026-11-03", "customer": "u01"},
			{"kind": "Journey", "id": "shop", "state": "excluded"}, {"kind": "Retention", "id": "again", "from": "2026-11-03", "interval": 0}},
	}
	var names []string
	for _, tool := range tools.Tools {
		names = append(names, tool.Name)
		if tool.Title == "" || tool.Description == "" || strings.ContainsAny(tool.Title, "abc") || !tool.Annotations.ReadOnlyHint {
			t.Errorf("%+v", tool)
		}
		in, out := resolved(t, tool.InputSchema), resolved(t, tool.OutputSchema)
		for _, arguments := range calls[tool.Name] {
			if err := in.Validate(decoded(t, arguments)); err != nil {
				t.Errorf("%s takes %v: %v", tool.Name, arguments, err)
			}
			_, structured := a.call(tool.Name, arguments)
			if err := out.Validate(decoded(t, structured)); err != nil {
				t.Errorf("%s %v gives %s: %v", tool.Name, arguments, structured, err)
			}
		}
		if in.Validate(map[string]any{"kind": "Metric", "id": "x", "nonsense": true}) == nil {
			t.Errorf("%s takes nonsense", tool.Name)
		}
		if err := out.Validate(map[string]any{}); err == nil {
			t.Errorf("%s may give nothing", tool.Name)
		}
	}
	if slices.Sort(names); !slices.Equal(names, []string{"explain", "list", "measure", "trace"}) {
		t.Errorf("tools %v", names)
	}
	if about := a.session.InitializeResult(); about.ServerInfo.Version != "1.2.3" || !strings.Contains(about.Instructions, "版本") {
		t.Errorf("%+v", about)
	}
}

func decoded(t *testing.T, value any) (out any) {
	t.Helper()
	raw, err := json.Marshal(value)
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(raw, &out); err != nil {
		t.Fatal(err)
	}
	return out
}

func resolved(t *testing.T, schema any) *jsonschema.Resolved {
	t.Helper()
	raw, err := json.Marshal(schema)
	if err != nil {
		t.Fatal(err)
	}
	var s jsonschema.Schema
	if err := json.Unmarshal(raw, &s); err != nil {
		t.Fatal(err)
	}
	r, err := s.Resolve(nil)
	if err != nil {
		t.Fatal(err)
	}
	return r
}
