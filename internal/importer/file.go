package importer

import (
	"bufio"
	"compress/gzip"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"beichen/internal/fault"
)

// Format is how a file is written.
type Format string

// The formats that sources may have; any of them may be compressed (.gz).
const (
	CSV       Format = "csv"
	TSV       Format = "tsv"
	JSONLines Format = "jsonl"
	Parquet   Format = "parquet"
	XES       Format = "xes"
)

// formatOf reads the format from a file's ending; "" where it is not known.
func formatOf(name string) Format {
	switch strings.ToLower(filepath.Ext(strings.TrimSuffix(name, ".gz"))) {
	case ".csv", ".txt":
		return CSV
	case ".tsv", ".tab":
		return TSV
	case ".jsonl", ".ndjson", ".json":
		return JSONLines
	case ".parquet", ".pq":
		return Parquet
	case ".xes":
		return XES
	}
	return ""
}

// inputFile is one file of a source. Its name is the path below the import's
// folder: it stays the same wherever the folder lies, so that message ids do.
type inputFile struct {
	name string
	path string
	size int64
}

// files finds those of a source, sorted by name.
func (s *Source) files(dir string) ([]inputFile, error) {
	pattern := filepath.FromSlash(s.File)
	if !filepath.IsAbs(pattern) {
		pattern = filepath.Join(dir, pattern)
	}
	paths, err := filepath.Glob(pattern)
	if err == nil && len(paths) == 0 { // a name may hold a bracket and be no pattern
		if _, statErr := os.Stat(pattern); statErr == nil {
			paths = []string{pattern}
		}
	}
	var out []inputFile
	for _, path := range paths {
		info, statErr := os.Stat(path)
		if statErr != nil || info.IsDir() {
			continue
		}
		name, relErr := filepath.Rel(dir, path)
		if relErr != nil || strings.HasPrefix(name, "..") {
			name = filepath.Base(path)
		}
		out = append(out, inputFile{name: filepath.ToSlash(name), path: path, size: info.Size()})
	}
	if err != nil || len(out) == 0 {
		return nil, fault.Many("import.bad-sources", []fault.Detail{
			fault.At(s.Path+".file", s.Line, "import.no-file", "file", s.File, "dir", dir),
		})
	}
	slices.SortFunc(out, func(a, b inputFile) int { return strings.Compare(a.name, b.name) })
	return out, nil
}

// open reads the file, decompressed where it is compressed (whatever its
// name says), and reports the bytes taken from the disk.
func (f *inputFile) open(taken func(bytes int)) (io.ReadCloser, error) {
	file, err := os.Open(f.path)
	if err != nil {
		return nil, err
	}
	in := bufio.NewReaderSize(&countingReader{file, taken}, 1<<18)
	if magic, _ := in.Peek(2); len(magic) == 2 && magic[0] == 0x1f && magic[1] == 0x8b {
		unzipped, err := gzip.NewReader(in)
		if err != nil {
			file.Close()
			return nil, err
		}
		return &readCloser{unzipped, file}, nil
	}
	return &readCloser{in, file}, nil
}

type countingReader struct {
	r     io.Reader
	taken func(int)
}

func (c *countingReader) Read(p []byte) (int, error) {
	n, err := c.r.Read(p)
	c.taken(n)
	return n, err
}

type readCloser struct {
	io.Reader
	io.Closer
}
