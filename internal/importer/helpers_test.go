package importer

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// memory keeps each message and refusal once, by its id, as a workspace does.
type memory struct {
	messages []map[string]any
	refused  []Refusal
	ids      map[string]bool
}

func (m *memory) Accept(_ context.Context, b Batch) (Counts, error) {
	if m.ids == nil {
		m.ids = map[string]bool{}
	}
	var c Counts
	for _, raw := range b.Messages {
		var message map[string]any
		if err := json.Unmarshal(raw, &message); err != nil {
			return c, err
		}
		if id := message["messageId"].(string); m.ids[id] {
			c.Duplicate++
		} else {
			m.ids[id] = true
			c.Stored++
			m.messages = append(m.messages, message)
		}
	}
	for _, r := range b.Refused {
		if !m.ids[r.ID] {
			m.ids[r.ID] = true
			m.refused = append(m.refused, r)
		}
	}
	return c, nil
}

// field lists one field of all messages; "properties.x" goes inside.
func (m *memory) field(path string) []any {
	var out []any
	for _, message := range m.messages {
		var v any = message
		for _, key := range strings.Split(path, ".") {
			inner, _ := v.(map[string]any)
			v = inner[key]
		}
		out = append(out, v)
	}
	return out
}

// reasons lists why rows were refused, as "file:line reason".
func (m *memory) reasons() []string {
	var out []string
	for _, r := range m.refused {
		out = append(out, strings.Join([]string{r.Args["file"].(string), text64(r.Args["line"]), r.Reason}, " "))
	}
	return out
}

func text64(v any) string {
	raw, _ := json.Marshal(v)
	return string(raw)
}

// folder makes a folder of files; those whose name ends in .gz are compressed.
func folder(t *testing.T, files map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	for name, content := range files {
		data := []byte(content)
		if strings.HasSuffix(name, ".gz") {
			data = zipped(t, data)
		}
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, data, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func zipped(t *testing.T, data []byte) []byte {
	t.Helper()
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	if _, err := w.Write(data); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// into imports a folder by a mapping and fails the test if that fails.
func into(t *testing.T, sink Sink, dir, mapping string) *Summary {
	t.Helper()
	summary, err := tryInto(t, sink, dir, mapping)
	if err != nil {
		t.Fatal(err)
	}
	return summary
}

func tryInto(t *testing.T, sink Sink, dir, mapping string) (*Summary, error) {
	t.Helper()
	m, err := Parse("mapping.yaml", []byte(mapping))
	if err != nil {
		t.Fatal(err)
	}
	return Run(t.Context(), m, Options{Name: "mapping.yaml", Dir: dir}, sink)
}

// mappingOf is a mapping of one source t and one track message, with more
// fields of the message if given.
func mappingOf(file string, more ...string) string {
	lines := []string{
		"kind: Import", "id: test", "timezone: Asia/Taipei", "sources:", "  - { as: t, file: '" + file + "' }",
		"messages:", "  - from: t", "    type: track", "    event: \"'Seen'\"", "    userId: who", "    timestamp: at",
	}
	for _, m := range more {
		lines = append(lines, "    "+m)
	}
	return strings.Join(lines, "\n") + "\n"
}
