package main

import (
	"encoding/csv"
	"encoding/json"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"github.com/modelcontextprotocol/go-sdk/mcp"
)

// program is this program as a process of its own, with an environment.
func program(t *testing.T, env []string, args ...string) *exec.Cmd {
	t.Helper()
	path, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	c := exec.Command(path)
	c.Args = append([]string{"beichen"}, args...) // TestMain looks at the name
	c.Env = append(os.Environ(), env...)
	return c
}

const (
	basketYAML = "kind: Metric\nid: basket\nname: { en: Basket, zh-Hant: 客單價 }\nunit: TWD/customer\nformula: revenue / buyers\n"
	partsYAML  = "kind: Metric\nid: revenue\nsum: { event: Paid, of: value, currency: TWD }\n---\nkind: Metric\nid: buyers\ncustomers: { event: Paid }\n"
)

// paid are two weeks of orders; of the first week 100.1 + 50.25 + 0.05 TWD of two
// customers, a basket of 75.2.
var paid = []string{
	`{"type":"track","event":"Paid","userId":"a","messageId":"1","timestamp":"2026-11-02T10:00:00Z","properties":{"value":100.1,"currency":"TWD"}}`,
	`{"type":"track","event":"Paid","userId":"b","messageId":"2","timestamp":"2026-11-03T10:00:00Z","properties":{"value":50.25,"currency":"TWD"}}`,
	`{"type":"track","event":"Paid","userId":"b","messageId":"3","timestamp":"2026-11-08T23:59:59Z","properties":{"value":0.05,"currency":"TWD"}}`,
	`{"type":"track","event":"Paid","userId":"c","messageId":"4","timestamp":"2026-11-09T10:00:00Z","properties":{"value":7,"currency":"TWD"}}`,
}

// shop is a workspace with these, a server on it, and its files.
type shop struct {
	dir, data, events string
	server            *exec.Cmd
	url               string
}

func openShop(t *testing.T) *shop {
	t.Helper()
	s := &shop{dir: t.TempDir()}
	s.data, s.events = filepath.Join(s.dir, "data"), filepath.Join(s.dir, "events.jsonl")
	for name, text := range map[string]string{"definitions/basket.yaml": basketYAML, "definitions/parts.yaml": partsYAML, "events.jsonl": strings.Join(paid, "\n")} {
		path := filepath.Join(s.dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	s.serve(t)
	req, err := http.NewRequest(http.MethodPost, s.url+"/v1/batch", strings.NewReader(`{"batch":[`+strings.Join(paid, ",")+`]}`))
	if err != nil {
		t.Fatal(err)
	}
	req.SetBasicAuth("write-key-1", "")
	req.Header.Set("Content-Type", "application/json")
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		t.Fatal(resp.Status)
	}
	if code, _, errs := called(t, "apply", filepath.Join(s.dir, "definitions"), "--data", s.data); code != exitDone {
		t.Fatal(errs)
	}
	return s
}

func (s *shop) serve(t *testing.T) {
	t.Helper()
	s.server = program(t, []string{"BEICHEN_BOOTSTRAP_API_KEY=api-key-1", "BEICHEN_BOOTSTRAP_WRITE_KEY=write-key-1"}, "serve", "--data", s.data, "--addr", "127.0.0.1:0")
	out, err := s.server.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := s.server.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.stop(t) })
	said := make([]byte, 0, 512)
	for !strings.Contains(string(said), "ready at ") || said[len(said)-1] != '\n' {
		part := make([]byte, 256)
		n, err := out.Read(part)
		if err != nil {
			t.Fatalf("%s: %v", said, err)
		}
		said = append(said, part[:n]...)
	}
	_, after, _ := strings.Cut(string(said), "ready at ")
	s.url = strings.TrimSpace(after)
}

// stop ends the server, if it runs.
func (s *shop) stop(t *testing.T) {
	if s.server == nil {
		return
	}
	if err := s.server.Process.Signal(os.Interrupt); err != nil {
		t.Error(err)
	}
	if err := s.server.Wait(); err != nil {
		t.Error(err)
	}
	s.server = nil
}

// assistant is a real client, which starts `beichen mcp` with these arguments.
func assistant(t *testing.T, env []string, args ...string) *mcp.ClientSession {
	t.Helper()
	command := program(t, append(env, "LC_ALL="), append([]string{"mcp"}, args...)...)
	var errs strings.Builder
	command.Stderr = &errs
	session, err := mcp.NewClient(&mcp.Implementation{Name: "test", Version: "1"}, nil).Connect(t.Context(), &mcp.CommandTransport{Command: command}, nil)
	if err != nil {
		t.Fatalf("%v: %s", err, errs.String())
	}
	t.Cleanup(func() {
		if err := session.Close(); err != nil || errs.Len() > 0 {
			t.Errorf("%v, %s", err, errs.String())
		}
	})
	return session
}

func tool(t *testing.T, s *mcp.ClientSession, name string, arguments map[string]any) (text string, structured map[string]any) {
	t.Helper()
	r, err := s.CallTool(t.Context(), &mcp.CallToolParams{Name: name, Arguments: arguments})
	if err != nil {
		t.Fatal(err)
	}
	structured, _ = r.StructuredContent.(map[string]any)
	return r.Content[0].(*mcp.TextContent).Text, structured
}

// TestOneMetricIsOneNumberWhicheverWayItIsAsked asks by API, by query, by measure on
// the file, and by an assistant: of the server, of its folder, and of the folder
// that no server has.
func TestOneMetricIsOneNumberWhicheverWayItIsAsked(t *testing.T) {
	s := openShop(t)
	const week, asOf, want = "2026-11-02", "2026-11-20T00:00:00Z", (100.1 + 50.25 + 0.05) / 2
	numbers := map[string]float64{}

	req, err := http.NewRequest(http.MethodGet, s.url+"/api/v1/metrics/basket/measure?from="+week+"&to="+week+"&asOf="+asOf, nil)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer api-key-1")
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	numbers["API"] = valueIn(t, resp.Body)

	_, out, _ := called(t, "measure", filepath.Join(s.dir, "definitions", "basket.yaml"), "--events", s.events, "--from", week, "--to", week, "--as-of", asOf, "--json")
	numbers["file"] = valueIn(t, strings.NewReader(out))

	query := func(where string, args ...string) {
		_, out, errs := called(t, append([]string{"query", "basket", "--from", week, "--to", week, "--as-of", asOf, "--format", "csv"}, args...)...)
		lines, err := csv.NewReader(strings.NewReader(out)).ReadAll()
		if err != nil || len(lines) != 2 {
			t.Fatalf("%v %s %s", err, out, errs)
		}
		if numbers[where], err = strconv.ParseFloat(lines[1][3], 64); err != nil {
			t.Fatal(err)
		}
	}
	ask := func(where string, args ...string) {
		text, structured := tool(t, assistant(t, []string{"LANG=zh_TW.UTF-8"}, args...), "measure", map[string]any{"kind": "Metric", "id": "basket", "period": week, "asOf": asOf})
		number, _ := structured["number"].(map[string]any)
		value, isNumber := number["value"].(float64)
		if !isNumber || !strings.HasPrefix(text, "「客單價」在 2026-11-02 起的一週為 75.2 TWD/customer（n = 2），截至 2026-11-20 00:00:00 UTC，依據 Metric basket 版本 1（sha256:") {
			t.Fatalf("%s %v", text, structured)
		}
		numbers[where] = value
	}
	query("query of the server", "--server", s.url, "--key", "api-key-1")
	query("query of its folder", "--data", s.data)
	ask("assistant of the server", "--server", s.url, "--key", "api-key-1")
	ask("assistant of its folder", "--data", s.data)
	s.stop(t)
	query("query of the folder alone", "--data", s.data)
	ask("assistant of the folder alone", "--data", s.data)
	for way, got := range numbers {
		if got != want {
			t.Errorf("%s says %v, want %v", way, got, want)
		}
	}
	if len(numbers) != 8 {
		t.Errorf("asked %d ways", len(numbers))
	}
}

// valueIn is the value of the only period of an answer.
func valueIn(t *testing.T, answer io.Reader) float64 {
	t.Helper()
	var a struct{ Periods []struct{ Value *float64 } }
	if err := json.NewDecoder(answer).Decode(&a); err != nil || len(a.Periods) != 1 || a.Periods[0].Value == nil {
		t.Fatalf("%+v, %v", a, err)
	}
	return *a.Periods[0].Value
}

func TestAnAssistantIsToldWhyItCannotBeAnswered(t *testing.T) {
	s := openShop(t)
	ask := map[string]any{"kind": "Metric", "id": "basket"}
	if text, _ := tool(t, assistant(t, nil, "--server", s.url, "--key", "a-guess"), "measure", ask); !strings.Contains(text, "key") {
		t.Errorf("a key that is none: %s", text)
	}
	session := assistant(t, []string{"LANG=zh_CN.UTF-8"}, "--data", s.data)
	if text, _ := tool(t, session, "explain", map[string]any{"kind": "Metric", "id": "nobody"}); !strings.HasPrefix(text, "找不到 Metric“nobody”。\n请在同类列表中查找。") {
		t.Errorf("%s", text)
	}
	s.stop(t)
	if text, _ := tool(t, session, "measure", ask); !strings.HasPrefix(text, "无法连接到 http://127.0.0.1:") {
		t.Errorf("after its server ended: %s", text)
	}
	for says, args := range map[string][]string{
		"Give either --data DIR or --server URL": {"mcp"},
		"needs an API key":                       {"mcp", "--server", s.url},
		"There is no workspace":                  {"mcp", "--data", s.dir},
	} {
		if code, _, errs := called(t, args...); code != exitWrong || !strings.Contains(errs, says) {
			t.Errorf("%v: exit %d, %s", args, code, errs)
		}
	}
}

func TestAnAssistantsServerEndsWhenItIsAskedTo(t *testing.T) {
	s := openShop(t)
	s.stop(t)
	for name, end := range map[string]func(*exec.Cmd, io.Closer) error{
		"a signal":             func(c *exec.Cmd, _ io.Closer) error { return c.Process.Signal(syscall.SIGTERM) },
		"the end of its input": func(_ *exec.Cmd, in io.Closer) error { return in.Close() },
	} {
		command := program(t, nil, "mcp", "--data", s.data)
		in, err := command.StdinPipe()
		if err != nil {
			t.Fatal(err)
		}
		out, err := command.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := command.Start(); err != nil {
			t.Fatal(err)
		}
		if _, err := io.WriteString(in, `{"jsonrpc":"2.0","id":1,"method":"initialize","params":{"protocolVersion":"2025-11-25","capabilities":{},"clientInfo":{"name":"test","version":"1"}}}`+"\n"); err != nil {
			t.Fatal(err)
		}
		var reply struct {
			Result struct{ ServerInfo struct{ Name string } }
		}
		if err := json.NewDecoder(out).Decode(&reply); err != nil || reply.Result.ServerInfo.Name != "beichen" {
			t.Fatalf("%+v, %v", reply, err)
		}
		if err := end(command, in); err != nil {
			t.Fatal(err)
		}
		if err := command.Wait(); err != nil {
			t.Errorf("after %s: %v", name, err)
		}
	}
	if code, out, errs := called(t, "query", "basket", "--data", s.data); code != exitDone || !strings.Contains(out, "Basket") {
		t.Errorf("the folder is not free: %s", errs)
	}
}
