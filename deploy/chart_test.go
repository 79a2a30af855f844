package deploy_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"text/template"

	"github.com/goccy/go-yaml"
)

// rendered is a chart's manifests by KIND/NAME, and its notes.
type rendered struct {
	objects map[string]map[string]any
	text    map[string]string // as they were written
	notes   string
}

// render writes the chart as Helm does, as far as the chart asks for it: Helm is Go's
// text/template and the functions below, of which Sprig has most. values are files of the
// chart, or any others by their whole path.
func render(t *testing.T, release string, values ...string) (rendered, error) {
	t.Helper()
	dir := filepath.Join("helm", "beichen")
	all := map[string]any{}
	for _, file := range append([]string{"values.yaml"}, values...) {
		if !filepath.IsAbs(file) {
			file = filepath.Join(dir, file)
		}
		merge(all, parse(t, file))
	}
	chart := parse(t, filepath.Join(dir, "Chart.yaml"))
	data := map[string]any{
		"Values": all, "Release": map[string]any{"Name": release, "Namespace": "tea"},
		"Chart": map[string]any{"AppVersion": chart["appVersion"]},
	}
	root := template.New("").Option("missingkey=error")
	root.Funcs(template.FuncMap{
		"include": func(name string, data any) (string, error) {
			var b strings.Builder
			err := root.ExecuteTemplate(&b, name, data)
			return b.String(), err
		},
		"toYaml": func(v any) (string, error) {
			text, err := yaml.Marshal(v)
			return strings.TrimSuffix(string(text), "\n"), err
		},
		"nindent": func(n int, text string) string {
			return "\n" + strings.Repeat(" ", n) + strings.ReplaceAll(text, "\n", "\n"+strings.Repeat(" ", n))
		},
		"quote":      func(v any) string { return fmt.Sprintf("%q", fmt.Sprint(v)) },
		"default":    func(otherwise, v any) any { return map[bool]any{true: otherwise, false: v}[v == nil || v == ""] },
		"int":        func(v any) (n int, err error) { _, err = fmt.Sscan(fmt.Sprint(v), &n); return n, err },
		"trunc":      func(n int, text string) string { return text[:min(n, len(text))] },
		"trimSuffix": func(suffix, text string) string { return strings.TrimSuffix(text, suffix) },
		"fail":       func(why string) (string, error) { return "", errors.New(why) },
	})
	if _, err := root.ParseGlob(filepath.Join(dir, "templates", "*")); err != nil {
		t.Fatal(err)
	}
	r := rendered{objects: map[string]map[string]any{}, text: map[string]string{}}
	for _, part := range root.Templates() {
		var out bytes.Buffer
		switch name := part.Name(); {
		case name == "NOTES.txt":
			if err := part.Execute(&out, data); err != nil {
				return r, err
			}
			r.notes = out.String()
		case strings.HasSuffix(name, ".yaml"):
			if err := part.Execute(&out, data); err != nil {
				return r, err
			}
			r.take(t, name, out.Bytes())
		}
	}
	return r, nil
}

func (r rendered) take(t *testing.T, file string, text []byte) {
	t.Helper()
	for d := yaml.NewDecoder(bytes.NewReader(text), yaml.DisallowUnknownField()); ; {
		var object map[string]any
		if err := d.Decode(&object); errors.Is(err, io.EOF) {
			return
		} else if err != nil {
			t.Fatalf("%s is no YAML: %v\n%s", file, err, text)
		}
		if len(object) > 0 {
			name := fmt.Sprintf("%v/%v", object["kind"], at(t, object, "metadata", "name"))
			r.objects[name], r.text[name] = object, string(text)
		}
	}
}

// at goes down into a manifest, by names and by places in lists.
func at(t *testing.T, v any, path ...any) any {
	t.Helper()
	for _, step := range path {
		switch step := step.(type) {
		case string:
			m, ok := v.(map[string]any)
			if _, there := m[step]; !ok || !there {
				t.Fatalf("no %q of %v in %v", step, path, v)
			}
			v = m[step]
		case int:
			l, ok := v.([]any)
			if !ok || step >= len(l) {
				t.Fatalf("no [%d] of %v in %v", step, path, v)
			}
			v = l[step]
		}
	}
	return v
}

func merge(into, from map[string]any) {
	for k, v := range from {
		if inner, ok := v.(map[string]any); ok {
			if outer, ok := into[k].(map[string]any); ok {
				merge(outer, inner)
				continue
			}
		}
		into[k] = v
	}
}

func parse(t *testing.T, file string) map[string]any {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var v map[string]any
	if err := yaml.Unmarshal(text, &v); err != nil {
		t.Fatalf("%s: %v", file, err)
	}
	return v
}

// write puts values into a file.
func write(t *testing.T, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "values.yaml")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestTheChartOfOneNodeKeepsEverythingInItsFolder(t *testing.T) {
	r, err := render(t, "tea")
	if err != nil {
		t.Fatal(err)
	}
	set := r.objects["StatefulSet/tea"]
	if n := at(t, set, "spec", "replicas"); fmt.Sprint(n) != "1" {
		t.Errorf("%v nodes", n)
	}
	for _, name := range []string{"BEICHEN_LEDGER", "BEICHEN_FACTS", "BEICHEN_LOG_BOUND", "BEICHEN_BOOTSTRAP_ADMIN"} {
		if strings.Contains(r.text["StatefulSet/tea"], name) {
			t.Errorf("%s is given, of which nothing was said", name)
		}
	}
	if len(r.objects) != 3 || r.objects["Service/tea"] == nil || r.objects["Service/tea-nodes"] == nil {
		t.Errorf("%d manifests, want a StatefulSet and two Services", len(r.objects))
	}
	if !strings.Contains(r.notes, "logs tea-0") {
		t.Errorf("nobody is told where the set-up link is:\n%s", r.notes)
	}
}

func TestTheChartOfSeveralNodes(t *testing.T) {
	r, err := render(t, "tea", "values-cluster.yaml", write(t, "ingress: { enabled: true, host: tea.example, tlsSecret: tea-tls, className: nginx }\nbootstrap: { secret: first }\npodAnnotations: { a: b }\nlogBound: 16GiB\n"))
	if err != nil {
		t.Fatal(err)
	}
	set := r.objects["StatefulSet/tea"]
	container := at(t, set, "spec", "template", "spec", "containers", 0)
	secrets, values, pod := map[string]any{}, map[string]any{}, false
	for _, e := range at(t, container, "env").([]any) {
		e := e.(map[string]any)
		from, ok := e["valueFrom"].(map[string]any)
		switch {
		case !ok:
			values[e["name"].(string)] = e["value"]
		case from["secretKeyRef"] != nil:
			secrets[e["name"].(string)] = at(t, from, "secretKeyRef", "name")
		default: // what is named after it may use it
			pod = e["name"] == "POD" && at(t, from, "fieldRef", "fieldPath") == "metadata.name" && values["BEICHEN_ADVERTISE"] == nil
		}
	}
	if address := values["BEICHEN_ADVERTISE"]; !pod || address != "http://$(POD).tea-nodes:8420" || r.objects["Service/tea-nodes"] == nil {
		t.Errorf("nodes are to reach each other by %v", address)
	}
	if values["BEICHEN_LOG_BOUND"] != "16GiB" {
		t.Errorf("the log is bound to %v", values["BEICHEN_LOG_BOUND"])
	}
	for name, secret := range map[string]string{"BEICHEN_LEDGER": "beichen-stores", "BEICHEN_FACTS": "beichen-stores", "BEICHEN_BOOTSTRAP_ADMIN": "first"} {
		if secrets[name] != secret {
			t.Errorf("%s is from %v, want %s", name, secrets[name], secret)
		}
	}
	labels := at(t, set, "spec", "template", "metadata", "labels").(map[string]any)
	for what, selector := range map[string]any{
		"the set":         at(t, set, "spec", "selector", "matchLabels"),
		"the service":     at(t, r.objects["Service/tea"], "spec", "selector"),
		"the nodes":       at(t, r.objects["Service/tea-nodes"], "spec", "selector"),
		"the disruptions": at(t, r.objects["PodDisruptionBudget/tea"], "spec", "selector", "matchLabels"),
		"the affinity": at(t, set, "spec", "template", "spec", "affinity", "podAntiAffinity", "preferredDuringSchedulingIgnoredDuringExecution", 0,
			"podAffinityTerm", "labelSelector", "matchLabels"),
	} {
		chosen := selector.(map[string]any)
		for k, v := range chosen {
			if labels[k] != v {
				t.Errorf("%s looks for %s=%v, a node has %v", what, k, v, labels[k])
			}
		}
		if len(chosen) == 0 {
			t.Errorf("%s chooses everything", what)
		}
	}
	if name := at(t, set, "spec", "serviceName"); r.objects[fmt.Sprint("Service/", name)] == nil {
		t.Errorf("no service %v", name)
	}
	if mount, claim := at(t, container, "volumeMounts", 0, "name"), at(t, set, "spec", "volumeClaimTemplates", 0, "metadata", "name"); mount != claim {
		t.Errorf("%v is mounted, %v is claimed", mount, claim)
	}
	backend := at(t, r.objects["Ingress/tea"], "spec", "rules", 0, "http", "paths", 0, "backend", "service", "name")
	if backend != "tea" {
		t.Errorf("the ingress leads to %v", backend)
	}
}

func TestSeveralNodesWithoutStoresOutsideAreRefused(t *testing.T) {
	for _, values := range []string{"replicas: 2", "{replicas: 2, ledger: {secret: a}}", "{replicas: 2, facts: {secret: a}}"} {
		if _, err := render(t, "tea", write(t, values)); err == nil || !strings.Contains(err.Error(), "a folder has one owner") {
			t.Errorf("%s: %v", values, err)
		}
	}
}
