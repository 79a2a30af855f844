package udf_test

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/ClickHouse/clickhouse-go/v2/lib/driver"
	"github.com/goccy/go-yaml"
	"github.com/google/go-cmp/cmp"

	"beichen/internal/event"
	"beichen/internal/journey"
	"beichen/internal/journey/stream"
	"beichen/internal/journey/udf"
	"beichen/internal/warehouse/clickhousetest"
)

// functionVariable makes the tests' own program answer a server's questions.
const functionVariable = "BEICHEN_TEST_UDF"

func TestMain(m *testing.M) {
	// A server hands its own environment on, by which it was told to be one.
	if os.Getenv(functionVariable) != "" {
		if err := udf.Serve(context.Background(), os.Stdin, os.Stdout); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	clickhousetest.Main()
	os.Exit(m.Run())
}

// withFunction is a connection to a ClickHouse that has the function as an operator
// installs it: by the file that Config writes, and a program in user_scripts_path.
func withFunction(t *testing.T) driver.Conn {
	t.Helper()
	dir, err := clickhousetest.TempDir()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	program, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string]string{
		"beichen": "#!/bin/sh\nexec env " + functionVariable + "=1 '" + program + "'\n", "beichen_function.xml": udf.Config("beichen", 2),
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	server, err := clickhousetest.Start(t.Context(), clickhousetest.Options{Dir: dir, Config: "<user_scripts_path>" + dir + "</user_scripts_path>" +
		"<user_defined_executable_functions_config>" + dir + "/*_function.xml</user_defined_executable_functions_config>"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := server.Close(); err != nil {
			t.Error(err)
		}
	})
	conn, err := server.Open()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	const table = "CREATE TABLE events (journey UInt32, customer String, time Int64, name LowCardinality(String), properties String) ENGINE = MergeTree ORDER BY (journey, customer)"
	if err := conn.Exec(t.Context(), table); err != nil {
		t.Fatal(err)
	}
	return conn
}

// peerCase is a case of the figures that other products assert.
type peerCase struct {
	Name    string         `yaml:"name"`
	Journey map[string]any `yaml:"journey"`
	Events  [][]any        `yaml:"events"`
	Merges  [][2]string    `yaml:"merges"`
}

// TestTheFunctionFindsWhatTheMachineFinds asks for the journeys of all cases of peers in
// one query and holds how far each customer came, and when, to what Measure lists.
func TestTheFunctionFindsWhatTheMachineFinds(t *testing.T) {
	text, err := os.ReadFile("../testdata/peers.yaml")
	if err != nil {
		t.Fatal(err)
	}
	var cases []peerCase
	if err := yaml.Unmarshal(text, &cases); err != nil {
		t.Fatal(err)
	}
	conn := withFunction(t)
	batch, err := conn.PrepareBatch(t.Context(), "INSERT INTO events")
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]string{}
	var definitions, bad []string
	for i, c := range cases {
		definition, err := json.Marshal(c.Journey)
		if err != nil {
			t.Fatal(err)
		}
		definitions = append(definitions, string(definition))
		if _, err := journey.Parse(definition); err != nil {
			bad = append(bad, c.Name)
			continue // a case of what is refused
		}
		messages := c.messages(t)
		for _, m := range messages {
			if err := batch.Append(uint32(i), m.UserID, m.Micros(), m.Name, string(m.Properties)); err != nil {
				t.Fatal(err)
			}
		}
		maps.Copy(want, placesOf(t, i, string(definition), messages))
	}
	if err := batch.Send(); err != nil {
		t.Fatal(err)
	}
	rows, err := conn.Query(t.Context(), `SELECT journey, customer, r.level, r.complete, r.entry, r.at FROM (
		SELECT journey, customer, beichen_journey(toLowCardinality($1[journey + 1]), groupArray(time), groupArray(name), groupArray(properties)) AS r
		FROM events GROUP BY journey, customer) WHERE NOT r.excluded AND r.level > 0`, definitions)
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]string{}
	for rows.Next() {
		var number uint32
		var customer string
		var level uint8
		var complete bool
		var entry *int64
		var at []*int64
		if err := rows.Scan(&number, &customer, &level, &complete, &entry, &at); err != nil {
			t.Fatal(err)
		}
		stages := map[string]time.Time{}
		for k, passed := range at {
			if passed != nil {
				stages[stageOf(t, definitions[number], k)] = time.UnixMicro(*passed).UTC()
			}
		}
		got[fmt.Sprint(number, " ", customer)] = told(int(level), *entry, stages)
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if len(cases) != 40 || len(bad) != 3 || len(want) < 90 {
		t.Errorf("%d cases, %v of them refused, %d customers", len(cases), bad, len(want))
	}
}

// messages are a case's events, with everybody who they were found out to be.
func (c *peerCase) messages(t *testing.T) []*event.Message {
	var out []*event.Message
	for i, e := range c.Events {
		at, err := time.Parse(time.RFC3339Nano, e[1].(string))
		if err != nil {
			t.Fatal(err)
		}
		m := &event.Message{Type: event.Track, UserID: e[0].(string), Name: e[2].(string), Time: at, Seq: uint64(i + 1), MessageID: fmt.Sprint("m", i)}
		for _, merge := range c.Merges {
			if m.UserID == merge[0] {
				m.UserID = merge[1]
			}
		}
		if len(e) > 3 {
			if m.Properties, err = json.Marshal(e[3]); err != nil {
				t.Fatal(err)
			}
		}
		out = append(out, m)
	}
	return out
}

// placesOf is what the machine finds of messages.
func placesOf(t *testing.T, number int, definition string, messages []*event.Message) map[string]string {
	t.Helper()
	j, err := journey.Parse([]byte(definition))
	if err != nil {
		t.Fatal(err)
	}
	m := journey.Measurer{Source: stream.NewMemory(messages, uint64(len(messages)))}
	a, err := m.Measure(t.Context(), journey.Request{Journey: j, Customers: true})
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]string{}
	for _, p := range a.Customers {
		out[fmt.Sprint(number, " ", p.ID)] = told(p.Level, p.EntryAt.UnixMicro(), p.Stages)
	}
	return out
}

func told(level int, entry int64, stages map[string]time.Time) string {
	text := fmt.Sprint(level, " entered ", time.UnixMicro(entry).UTC())
	for _, id := range slices.Sorted(maps.Keys(stages)) {
		text += fmt.Sprint(", ", id, " ", stages[id])
	}
	return text
}

// stageOf is what an answer calls a stage: its id, or with order any its place.
func stageOf(t *testing.T, definition string, k int) string {
	t.Helper()
	j, err := journey.Parse([]byte(definition))
	if err != nil {
		t.Fatal(err)
	}
	if j.Order == journey.AnyOrder {
		return fmt.Sprint(k + 1)
	}
	return j.Stages[k].ID
}

// TestTheFunctionCountsManyAsWindowFunnelDoes asks for half a million events, in many
// blocks, of several servers' threads at once.
func TestTheFunctionCountsManyAsWindowFunnelDoes(t *testing.T) {
	conn := withFunction(t)
	const many = `INSERT INTO events SELECT 0, toString(cityHash64(number) % 90000), number * 1000, ['a', 'b', 'c', 'd'][1 + cityHash64(number, 1) % 4], '' FROM numbers(500000)`
	if err := conn.Exec(t.Context(), many); err != nil {
		t.Fatal(err)
	}
	const definition = `{kind: Journey, id: j, window: 200s, stages: [
		{id: one, steps: [{id: a, when: [{event: a}]}]}, {id: two, steps: [{id: b, when: [{event: b}]}]}, {id: three, steps: [{id: c, when: [{event: c}]}]}]}`
	const query = `SELECT countIf(theirs <> ours), countIf(ours = 3), count() FROM (
		SELECT windowFunnel(200000000)(toUInt64(time), name = 'a', name = 'b', name = 'c') AS theirs,
			beichen_journey($1, groupArray(time), groupArray(name), emptyArrayString()).level AS ours
		FROM events WHERE name <> 'd' GROUP BY customer)`
	var different, complete, customers uint64
	if err := conn.QueryRow(t.Context(), query, definition).Scan(&different, &complete, &customers); err != nil {
		t.Fatal(err)
	}
	if different != 0 || complete < 1000 || customers < 80000 {
		t.Errorf("%d of %d customers came another way, %d came to the end", different, customers, complete)
	}
}

// TestTheFunctionSaysWhatIsWrong asks what cannot be answered; the server goes on.
func TestTheFunctionSaysWhatIsWrong(t *testing.T) {
	conn := withFunction(t)
	const asked = "SELECT beichen_journey($1, $2, $3, emptyArrayString()).level"
	const good = `{kind: Journey, id: j, stages: [{id: s, steps: [{id: a, when: [{event: a}]}]}]}`
	for _, c := range []struct {
		definition string
		names      []string
		says       string
	}{
		{"kind: Journey", []string{"a"}, "stages"},
		{`{kind: Journey, id: j, stages: [{id: s, steps: [{id: a, when: [{event: a, where: {traits.plan: pro}}]}]}]}`, []string{"a"}, "traits.plan"},
		{good, []string{"a", "b"}, "different lengths"},
	} {
		var level uint8
		err := conn.QueryRow(t.Context(), asked, c.definition, []int64{1}, c.names).Scan(&level)
		if err == nil || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s: %v, which does not say %q", c.definition, err, c.says)
		}
	}
	var level uint8
	if err := conn.QueryRow(t.Context(), asked, good, []int64{1}, []string{"a"}).Scan(&level); err != nil || level != 1 {
		t.Errorf("afterwards: %d, %v", level, err)
	}
}

// TestWhatIsNoBlockIsAnError feeds what no server sends.
func TestWhatIsNoBlockIsAnError(t *testing.T) {
	for _, in := range []string{"\x04\x01", "GET / HTTP/1.1\r\n\r\n", "\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff"} {
		if err := udf.Serve(t.Context(), strings.NewReader(in), io.Discard); err == nil {
			t.Errorf("%q was answered", in)
		}
	}
	if err := udf.Serve(t.Context(), strings.NewReader(""), io.Discard); err != nil {
		t.Errorf("nothing was asked: %v", err)
	}
}
