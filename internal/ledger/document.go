package ledger

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"beichen/internal/fault"
)

// Document is one definition as a file has it.
type Document struct {
	File string
	Line int // of its first key, 1-based
	Kind Kind
	ID   string
	// Body is the definition as JSON, keys in the order of the file.
	Body json.RawMessage

	lines map[string]int // the line of every path
}

// LineOf is the line of a path, such as stages[2].steps[0].when, or of the
// nearest one above it: what is missing is looked for where it should be.
func (d Document) LineOf(path string) int {
	for path != "" {
		if line, known := d.lines[path]; known {
			return line
		}
		path = path[:max(strings.LastIndexAny(path, ".["), 0)]
	}
	return d.Line
}

// Files is what paths on disk hold.
type Files struct {
	Documents []Document
	// Skipped are the documents that a folder holds and that are no definitions:
	// their kind is missing or not one of the ledger's.
	Skipped []Skipped
}

// Skipped is a document of a folder that was left alone.
type Skipped struct {
	File string `json:"file"`
	Line int    `json:"line"`
	Kind Kind   `json:"kind,omitempty"`
}

// ReadFiles reads definitions from files and folders: YAML, with one or several
// documents, and JSON, with one or several objects. In folders it reads what ends
// in .yaml, .yml or .json, at any depth, hidden ones aside, and leaves alone what
// is of no kind in kinds; a file that was named must hold definitions only. The
// error lists every fault of every file.
func ReadFiles(paths []string, kinds []Kind) (Files, error) {
	var all Files
	var faults []fault.Detail
	for _, path := range paths {
		info, err := os.Stat(path)
		if err != nil {
			return Files{}, fault.Wrap(err, fault.Invalid, "ledger.file", "file", path)
		}
		files := []string{path}
		if info.IsDir() {
			if files, err = definitionFiles(path); err != nil {
				return Files{}, fault.Wrap(err, fault.Invalid, "ledger.file", "file", path)
			}
		}
		for _, file := range files {
			found, err := readFile(file, kinds, info.IsDir())
			if err != nil {
				return Files{}, err
			}
			all.Documents = append(all.Documents, found.Documents...)
			all.Skipped = append(all.Skipped, found.Skipped...)
			faults = append(faults, found.faults...)
		}
	}
	faults = append(faults, twice(all.Documents)...)
	if err := fault.Many("ledger.files", faults); err != nil {
		return Files{}, err
	}
	if len(all.Documents) == 0 {
		return Files{}, fault.New(fault.Invalid, "ledger.no-files", "paths", strings.Join(paths, ", "))
	}
	return all, nil
}

func definitionFiles(folder string) ([]string, error) {
	var files []string
	err := filepath.WalkDir(folder, func(path string, entry fs.DirEntry, err error) error {
		hidden := path != folder && strings.HasPrefix(entry.Name(), ".")
		switch {
		case err != nil:
			return err
		case entry.IsDir() && hidden:
			return fs.SkipDir
		case entry.IsDir() || hidden:
			return nil
		}
		if slices.Contains([]string{".yaml", ".yml", ".json"}, strings.ToLower(filepath.Ext(path))) {
			files = append(files, path)
		}
		return nil
	})
	return files, err
}

// found is what one file holds.
type found struct {
	Files
	faults []fault.Detail
}

func readFile(file string, kinds []Kind, inFolder bool) (found, error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return found{}, fault.Wrap(err, fault.Invalid, "ledger.file", "file", file)
	}
	var f found
	documents, problem := ReadDocuments(file, text)
	if problem != nil {
		f.faults = append(f.faults, *problem)
	}
	for _, d := range documents {
		own := slices.Contains(kinds, d.Kind)
		if !own && inFolder {
			f.Skipped = append(f.Skipped, Skipped{File: file, Line: d.Line, Kind: d.Kind})
			continue
		}
		if faults := d.unnamed(own); len(faults) > 0 {
			f.faults = append(f.faults, faults...)
			continue
		}
		f.Documents = append(f.Documents, d)
	}
	return f, nil
}

// unnamed lists what keeps a document from being a definition.
func (d Document) unnamed(kindIsOwn bool) []fault.Detail {
	var faults []fault.Detail
	at := func(path, key string, args ...any) {
		f := fault.At(path, d.LineOf(path), key, args...)
		f.File = d.File
		faults = append(faults, f)
	}
	switch {
	case len(d.Body) == 0 || d.Body[0] != '{':
		at("", "ledger.not-a-mapping")
		return faults
	case d.Kind == "":
		at("kind", "ledger.needs")
	case !kindIsOwn:
		at("kind", "ledger.kind", "kind", d.Kind)
	}
	if d.ID == "" {
		at("id", "ledger.needs")
	}
	return faults
}

func twice(documents []Document) []fault.Detail {
	type identity struct {
		kind Kind
		id   string
	}
	var faults []fault.Detail
	seen := map[identity]Document{}
	for _, d := range documents {
		first, exists := seen[identity{d.Kind, d.ID}]
		if !exists {
			seen[identity{d.Kind, d.ID}] = d
			continue
		}
		f := fault.At("id", d.LineOf("id"), "ledger.twice", "kind", d.Kind, "id", d.ID, "other", fmt.Sprintf("%s:%d", first.File, first.Line))
		f.File = d.File
		faults = append(faults, f)
	}
	return faults
}

// ReadDocuments reads the documents of one file's text, JSON if the name ends in
// .json, otherwise YAML. The fault is what stopped the reading, nil if nothing
// did.
func ReadDocuments(name string, text []byte) ([]Document, *fault.Detail) {
	text = bytes.TrimPrefix(text, []byte("\ufeff"))
	read := readYAML
	if strings.EqualFold(filepath.Ext(name), ".json") {
		read = readJSON
	}
	documents, err := read(text)
	for i := range documents {
		documents[i].File = name
	}
	if err == nil {
		return documents, nil
	}
	var s *syntaxError
	if !errors.As(err, &s) {
		s = &syntaxError{line: 1, problem: err.Error()}
	}
	problem := fault.At("", s.line, "ledger.syntax", "problem", s.problem)
	problem.File = name
	return documents, &problem
}

// syntaxError is what is wrong with a file's text and where.
type syntaxError struct {
	line    int
	problem string
}

func (e *syntaxError) Error() string { return fmt.Sprintf("line %d: %s", e.line, e.problem) }

// document makes a Document of a value and the lines of its paths.
func document(value any, lines map[string]int, line int) Document {
	d := Document{Line: line, Body: encode(value), lines: lines}
	if o, ok := value.(*object); ok {
		kind, _ := o.values["kind"].(string)
		d.Kind = Kind(kind)
		d.ID, _ = o.values["id"].(string)
	}
	return d
}
