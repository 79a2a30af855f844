package mcpserver

import (
	"bytes"
	"encoding/json"
	"reflect"
	"slices"
	"strings"

	"beichen/internal/fault"
)

// The kinds of definitions that can be asked about.
const (
	metricKind    = "Metric"
	journeyKind   = "Journey"
	retentionKind = "Retention"
	treeKind      = "Tree"
)

// kinds are what is measured and traced; a tree is made of metrics, and is listed
// and explained.
var (
	kinds     = []string{metricKind, journeyKind, retentionKind}
	toldKinds = append(kinds[:len(kinds):len(kinds)], treeKind)
)

// readArguments reads a tool's arguments into a struct, whose fields name them and
// say by omitempty which may be left out. The error is an Invalid fault with
// everything that is wrong with their form.
func readArguments(raw json.RawMessage, into any) error {
	given := map[string]json.RawMessage{}
	if len(raw) > 0 {
		if err := json.Unmarshal(raw, &given); err != nil {
			return fault.Many("mcp.arguments", []fault.Detail{fault.At("", 0, "api.field.object")})
		}
	}
	var faults []fault.Detail
	wrong := func(path, key string, args ...any) { faults = append(faults, fault.At(path, 0, key, args...)) }
	known := map[string]bool{}
	value := reflect.ValueOf(into).Elem()
	for _, f := range reflect.VisibleFields(value.Type()) {
		name, options, _ := strings.Cut(f.Tag.Get("json"), ",")
		if f.Anonymous || name == "" {
			continue
		}
		known[name] = true
		text := bytes.TrimSpace(given[name])
		isNull := string(text) == "null" && f.Type != reflect.TypeFor[json.RawMessage]()
		switch {
		case (len(text) == 0 || isNull) && options == "":
			wrong(name, "api.field.required")
		case len(text) > 0 && !isNull:
			if json.Unmarshal(text, value.FieldByIndex(f.Index).Addr().Interface()) != nil {
				wrong(name, formOf(f.Type))
			}
		}
	}
	for name := range given {
		if !known[name] {
			wrong(name, "mcp.unknown-argument")
		}
	}
	slices.SortFunc(faults, func(a, b fault.Detail) int { return strings.Compare(a.Path, b.Path) })
	return fault.Many("mcp.arguments", faults)
}

// formOf is the message that says what a value of a type looks like.
func formOf(t reflect.Type) string {
	switch t.Kind() {
	case reflect.Int, reflect.Pointer:
		return "api.field.integer"
	case reflect.Slice:
		return "api.field.list"
	}
	return "api.field.text"
}

// oneOf holds an argument to a few words.
func oneOf(path, value string, words []string) error {
	if slices.Contains(words, value) {
		return nil
	}
	return fault.Many("mcp.arguments", []fault.Detail{fault.At(path, 0, "api.field.choice", "choices", strings.Join(words, ", "))})
}

// only refuses arguments that a question about this kind has not; given says of each
// of them whether it was there.
func only(kind string, given map[string]bool) error {
	var faults []fault.Detail
	for name, is := range given {
		if is {
			faults = append(faults, fault.At(name, 0, "mcp.not-of-kind", "kind", kind))
		}
	}
	slices.SortFunc(faults, func(a, b fault.Detail) int { return strings.Compare(a.Path, b.Path) })
	return fault.Many("mcp.arguments", faults)
}

// marshal writes JSON with all characters as they are.
func marshal(v any) (json.RawMessage, error) {
	var out bytes.Buffer
	encoder := json.NewEncoder(&out)
	encoder.SetEscapeHTML(false)
	err := encoder.Encode(v)
	return bytes.TrimSpace(out.Bytes()), err
}
