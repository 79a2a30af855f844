package ledger_test

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"beichen/internal/event"
	"beichen/internal/fault"
	"beichen/internal/ledger"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// folder writes files, given as name, text pairs, into a new folder.
func folder(t testing.TB, files ...string) string {
	t.Helper()
	dir := t.TempDir()
	for i := 0; i < len(files); i += 2 {
		path := filepath.Join(dir, files[i])
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(files[i+1]), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

var kinds = []ledger.Kind{ledger.Journey, "Metric"}

func plan(t testing.TB, b *book, paths ...string) (*ledger.Plan, error) {
	t.Helper()
	files, err := ledger.ReadFiles(paths, kinds)
	if err != nil {
		return nil, err
	}
	return ledger.NewPlan(context.Background(), b, b.Rules, files, fault.English)
}

func outcomes(p *ledger.Plan) map[string]ledger.Outcome {
	all := map[string]ledger.Outcome{}
	for _, item := range p.Items {
		all[item.ID] = item.Outcome
	}
	return all
}

func TestApplyMakesOfFilesWhatStands(t *testing.T) {
	b := open(t)
	dir := folder(t,
		"a.yaml", "kind: Journey\nid: tea\nstages: [{id: one}]\n---\nkind: Journey\nid: coffee\nstages: []\n",
		"deep/er/b.json", `{"kind":"Metric","id":"revenue"} {"kind":"Metric","id":"people"}`,
		"c.yml", "kind: Import\nid: crm\n",
		".git/d.yaml", "kind: Journey\nid: hidden\n",
		"notes.txt", "kind: Journey\n",
	)
	ctx := context.Background()
	first, err := plan(t, b, dir)
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(map[string]ledger.Outcome{"tea": "created", "coffee": "created", "revenue": "created", "people": "created"}, outcomes(first)); d != "" {
		t.Error(d)
	}
	if d := cmp.Diff([]ledger.Skipped{{File: filepath.Join(dir, "c.yml"), Line: 1, Kind: "Import"}}, first.Skipped); d != "" {
		t.Error(d)
	}
	if list, _ := b.List(ctx, ""); len(list) != 0 {
		t.Fatalf("planning wrote %d definitions", len(list))
	}
	if err := first.Apply(ctx, b, "Ada", "from Git"); err != nil {
		t.Fatal(err)
	}

	if _, err := b.Delete(ctx, ledger.Write{Kind: "Metric", ID: "people", IfMatch: 1, Author: "Ada", Reason: "r"}); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "a.yaml"), []byte("kind: Journey\nid: tea\nstages: [{id: two}]\n---\nkind: Journey\nstages: []\nid: coffee\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	second, err := plan(t, b, dir)
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(map[string]ledger.Outcome{"tea": "changed", "coffee": "unchanged", "revenue": "unchanged", "people": "created"}, outcomes(second)); d != "" {
		t.Error(d)
	}
	if err := second.Apply(ctx, b, "Ada", "again"); err != nil {
		t.Fatal(err)
	}
	for id, version := range map[string]int{"tea": 2, "coffee": 1} {
		if r, err := b.Current(ctx, "Journey", id); err != nil || r.Version != version {
			t.Errorf("%s is at %d, %v", id, r.Version, err)
		}
	}
	if r, err := b.Current(ctx, "Metric", "people"); err != nil || r.Deleted || r.Version != 3 {
		t.Errorf("people: %+v, %v", r, err)
	}
}

func TestEveryFaultOfEveryFileHasItsFileAndLine(t *testing.T) {
	b := open(t)
	dir := folder(t,
		"stages.yaml", "# a comment\nkind: Journey\nid: tea\nstages:\n  - id: ok\n  - name: without id\n---\nkind: Journey\nid: more\nstages: [{},\n  {}]\n",
		"stages.json", "{\n \"kind\": \"Journey\",\n \"id\": \"json\",\n \"stages\": [\n  {\"id\": \"x\"},\n  {\"name\": \"y\"}\n ]\n}\n",
	)
	_, err := plan(t, b, dir)
	var got []string
	for _, f := range wantFault(t, err, fault.Invalid, "ledger.files").Faults {
		got = append(got, strings.TrimPrefix(f.In(fault.English), dir+"/"))
	}
	const missing = ": is missing; a definition needs a text here"
	want := []string{
		"stages.json:6: stages[1].id" + missing,
		"stages.yaml:6: stages[1].id" + missing,
		"stages.yaml:10: stages[0].id" + missing,
		"stages.yaml:11: stages[1].id" + missing,
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
}

func TestFilesThatAreNoDefinitionsAreRefusedWithTheirLine(t *testing.T) {
	cases := []struct{ rule, name, text, want string }{
		{"no kind", "a.yaml", "\nid: tea\n", "2: kind: is missing"},
		{"no id", "a.yaml", "kind: Journey\nname: x\n", "1: id: is missing"},
		{"unknown kind", "a.yaml", "id: tea\nkind: Jorney\n", "2: kind: There are no definitions of the kind “Jorney”"},
		{"a list", "a.yaml", "- kind: Journey\n", "1: is not a definition"},
		{"broken YAML", "a.yaml", "kind: Journey\nid: [tea\n", "2: cannot be read"},
		{"a key twice", "a.yaml", "kind: Journey\nid: tea\nid: coffee\n", "3: cannot be read"},
		{"an unknown alias", "a.yaml", "kind: Journey\nid: tea\nname: *nobody\n", "3: cannot be read"},
		{"an alias of what contains it", "a.yaml", "kind: Journey\nid: tea\nname: &me\n  a: *me\n", "4: cannot be read"},
		{"a number JSON has not", "a.yaml", "kind: Journey\nid: tea\nn: .inf\n", "3: cannot be read"},
		{"broken JSON", "a.json", "{\n\"kind\": \"Journey\",\n\"id\" \"tea\"}", "3: cannot be read"},
		{"a key twice in JSON", "a.json", "\n{\"kind\": \"Journey\", \"id\": \"tea\", \"id\": \"tea\"}", "2: cannot be read"},
		{"an id that is no file name", "a.yaml", "kind: Journey\nid: ../../tea\n", "2: id: “../../tea” cannot be the id"},
		{"the same definition twice", "a.yaml", "kind: Journey\nid: tea\n---\nkind: Journey\nid: tea\n", "5: id: Journey “tea” is also defined in"},
	}
	for _, c := range cases {
		t.Run(c.rule, func(t *testing.T) {
			path := filepath.Join(folder(t, c.name, c.text), c.name)
			_, err := plan(t, open(t), path)
			faults := wantFault(t, err, fault.Invalid, "ledger.files").Faults
			if len(faults) != 1 {
				t.Fatalf("%d faults: %v", len(faults), err)
			}
			if got := faults[0].In(fault.English); !strings.HasPrefix(got, path+":"+c.want) {
				t.Errorf("got %s", got)
			}
		})
	}
	_, err := plan(t, open(t), filepath.Join(t.TempDir(), "nothing.yaml"))
	wantFault(t, err, fault.Invalid, "ledger.file")
	_, err = plan(t, open(t), t.TempDir())
	wantFault(t, err, fault.Invalid, "ledger.no-files")
}

func TestYAMLIsReadAsItIsMeant(t *testing.T) {
	const text = `
kind: Journey
id: "tea"
zebra: 180d
numbers: [1, -2, 3.50, 0x10, 1e3, -46508515461367810000]
texts: ['1', "yes", no, 2024-01-01, ~, null, true]
note: |
  two
  lines
folded: >-
  one
  line
base: &base { a: 1, b: 2 }
merged: { <<: *base, b: 3 }
again: *base
`
	documents, problem := ledger.ReadDocuments("x.yaml", []byte(text))
	if problem != nil || len(documents) != 1 {
		t.Fatalf("%d documents, %+v", len(documents), problem)
	}
	const want = `{"kind":"Journey","id":"tea","zebra":"180d","numbers":[1,-2,3.5,16,1e3,-46508515461367810000],"texts":["1","yes","no","2024-01-01",null,null,true],` +
		`"note":"two\nlines\n","folded":"one line","base":{"a":1,"b":2},"merged":{"a":1,"b":3},"again":{"a":1,"b":2}}`
	if got := string(documents[0].Body); got != want {
		t.Errorf("\n got %s\nwant %s", got, want)
	}
	if line := documents[0].LineOf("merged.b"); line != 14 {
		t.Errorf("merged.b is on line %d", line)
	}
}

func TestExportIsReadableAndKeepsTheOrderOfKeys(t *testing.T) {
	b := open(t)
	put(t, b, 0, `{"kind":"Journey","id":"tea","name":{"zh-Hant":"賣家獲取與成長","en":"Seller growth"},"window":"180d","stages":[`+
		`{"id":"signed","steps":[{"id":"won","when":[{"event":"Deal Won","where":{"properties.plan":{"in":["pro","team"]},"channel":"email"}}],"times":1,"firstEver":false,"cost":{"perTouch":31.50}}]},`+
		`{"id":"on","name":"yes","steps":[]}],"exclude":[{"event":"Account: Closed","between":["signed","on"]}]}`)
	dir := t.TempDir()
	written, err := ledger.Export(context.Background(), b, kinds, dir)
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(dir, "Journey", "tea.yaml")
	if d := cmp.Diff([]string{file}, written); d != "" {
		t.Error(d)
	}
	got, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	const want = `kind: Journey
id: tea
name:
  zh-Hant: 賣家獲取與成長
  en: Seller growth
window: 180d
stages:
  - id: signed
    steps:
      - id: won
        when:
          - event: Deal Won
            where:
              properties.plan:
                in: [pro, team]
              channel: email
        times: 1
        firstEver: false
        cost:
          perTouch: 31.5
  - id: "on"
    name: "yes"
    steps: []
exclude:
  - event: "Account: Closed"
    between: [signed, "on"]
`
	if d := cmp.Diff(want, string(got)); d != "" {
		t.Error(d)
	}
}

func TestReadingWrittenYAMLGivesTheSameBody(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		body := drawBody(t, "body")
		text, err := ledger.YAML(body)
		if err != nil {
			t.Fatal(err)
		}
		documents, problem := ledger.ReadDocuments("x.yaml", text)
		if problem != nil || len(documents) != 1 {
			t.Fatalf("%d documents, %+v of\n%s", len(documents), problem, text)
		}
		changes, err := ledger.Diff(body, documents[0].Body, fault.English)
		if err != nil || len(changes) != 0 {
			t.Fatalf("%+v, %v\nbody %s\nyaml\n%s", changes, err, body, text)
		}
		if keyOrder(t, body) != keyOrder(t, documents[0].Body) {
			t.Fatalf("keys changed their order\nbody %s\nread %s", body, documents[0].Body)
		}
	})
}

// keyOrder is the JSON with everything but its keys taken away.
func keyOrder(t *rapid.T, raw json.RawMessage) string {
	d := json.NewDecoder(strings.NewReader(string(raw)))
	var keys strings.Builder
	for d.More() || keys.Len() == 0 {
		token, err := d.Token()
		if err != nil {
			break
		}
		if text, ok := token.(string); ok {
			keys.WriteString(text + "\x00")
		}
	}
	return keys.String()
}

func TestApplyingAnExportChangesNothing(t *testing.T) {
	b, other := open(t), open(t)
	ctx := context.Background()
	made := 0
	rapid.Check(t, func(rt *rapid.T) {
		for range rapid.IntRange(1, 3).Draw(rt, "definitions") {
			made++
			w := ledger.Write{Kind: "Metric", ID: fmt.Sprint("茶-", made), Author: "Ada", Reason: "r"}
			if _, err := b.Put(ctx, w, drawBody(rt, "body")); err != nil {
				rt.Fatal(err)
			}
		}
		before, err := b.List(ctx, "")
		if err != nil {
			rt.Fatal(err)
		}
		dir, err := os.MkdirTemp(t.TempDir(), "export")
		if err != nil {
			rt.Fatal(err)
		}
		if _, err := ledger.Export(ctx, b, kinds, dir); err != nil {
			rt.Fatal(err)
		}
		p, err := plan(t, b, dir)
		if err != nil {
			rt.Fatal(err)
		}
		for _, item := range p.Items {
			if item.Outcome != ledger.Unchanged {
				rt.Fatalf("%s is %s: %+v", item.ID, item.Outcome, item.Changes)
			}
		}
		if err := p.Apply(ctx, b, "Ada", "again"); err != nil {
			rt.Fatal(err)
		}
		after, err := b.List(ctx, "")
		if d := cmp.Diff(before, after); err != nil || d != "" {
			rt.Fatal(err, d)
		}

		p, err = plan(t, other, dir)
		if err != nil {
			rt.Fatal(err)
		}
		if err := p.Apply(ctx, other, "Ada", "moved here"); err != nil {
			rt.Fatal(err)
		}
		moved, err := other.List(ctx, "")
		if err != nil || len(moved) != len(before) {
			rt.Fatalf("%d of %d, %v", len(moved), len(before), err)
		}
		for i := range moved {
			if moved[i].Hash != before[i].Hash {
				rt.Fatalf("%s has another hash after export and apply", moved[i].ID)
			}
		}
		for _, r := range before { // the next round begins with none
			w := ledger.Write{Kind: r.Kind, ID: r.ID, IfMatch: r.Version, Author: "Ada", Reason: "r"}
			for _, l := range []*book{b, other} {
				if _, err := l.Delete(ctx, w); err != nil {
					rt.Fatal(err)
				}
			}
		}
	})
}

func FuzzReadingDocumentsNeverFailsBadly(f *testing.F) {
	for _, seed := range []string{"kind: Journey\nid: tea\n", "{\"kind\": \"Journey\"}", "a: &x [*x]", "- - a\n - b", "? [a]\n: b", "a: !!str 1\n---\n...", "<<: {a: 1}"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		for _, name := range []string{"x.yaml", "x.json"} {
			documents, _ := ledger.ReadDocuments(name, []byte(text))
			for _, d := range documents {
				if !json.Valid(d.Body) {
					t.Errorf("%s: body %s", name, d.Body)
				}
				if d.Line < 1 {
					t.Errorf("%s: line %d", name, d.Line)
				}
				if _, err := event.CanonicalJSON(d.Body); err != nil && json.Valid(d.Body) && !strings.Contains(err.Error(), "range") {
					t.Errorf("%s: %v", name, err)
				}
			}
		}
	})
}
