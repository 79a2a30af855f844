package importer

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"os"
	"path/filepath"

	"beichen/internal/fault"
)

// Open opens a workspace's folder for an import. The function that comes with
// the sink closes it, after everything it stored is safe.
type Open func(ctx context.Context, folder string) (Sink, func() error, error)

// Command is `beichen import`: a mapping, a folder, and one place to import to.
type Command struct {
	Mapping string // the mapping's file
	Dir     string // the folder of the sources' files
	Data    string // a workspace's folder, or
	Server  string // the URL of a server, with
	Key     string // its write key, or
	Out     string // a file for JSON lines, "-" for standard output
	DryRun  bool   // store nothing, count only
	JSON    bool   // the summary as JSON

	Stdout, Stderr io.Writer
	Language       fault.Language
	Terminal       bool // Stderr is one, and shows a bar
	Open           Open
}

// Execute imports and prints the summary: on standard output, or on standard
// error where the messages themselves go to standard output.
func (c *Command) Execute(ctx context.Context) error {
	if err := c.check(); err != nil {
		return err
	}
	text, err := os.ReadFile(c.Mapping)
	if err != nil {
		return fault.Wrap(err, fault.Invalid, "import.unreadable-mapping", "file", c.Mapping, "reason", plainReason(err))
	}
	mapping, err := Parse(c.Mapping, text)
	if err != nil {
		return err
	}
	sink, finish, err := c.sink(ctx)
	if err != nil {
		return err
	}
	summary, err := c.run(ctx, mapping, sink)
	if err = errors.Join(err, finish(err == nil)); err != nil {
		if summary.Messages > 0 { // what was stored before the error
			return errors.Join(err, summary.Write(c.Stderr, c.Language, false))
		}
		return err
	}
	return c.print(summary)
}

func (c *Command) check() error {
	given := 0
	for _, target := range []string{c.Data, c.Server, c.Out} {
		if target != "" {
			given++
		}
	}
	switch {
	case given > 1 || given == 0 && !c.DryRun:
		return fault.New(fault.Invalid, "import.bad-call")
	case c.Server != "" && c.Key == "" && !c.DryRun:
		return fault.New(fault.Invalid, "import.no-key")
	}
	return nil
}

func (c *Command) run(ctx context.Context, m *Mapping, sink Sink) (*Summary, error) {
	options := Options{Name: c.Mapping, Dir: c.Dir}
	if c.Terminal {
		bar := NewBar(c.Stderr, c.Language)
		defer bar.Clear()
		options.Progress = bar.Show
	}
	return Run(ctx, m, options, sink)
}

// sink opens the place to import to. finish closes it; what was written to a
// file comes under the file's name only if all went well.
func (c *Command) sink(ctx context.Context) (sink Sink, finish func(ok bool) error, err error) {
	switch {
	case c.DryRun:
		return Dry{}, func(bool) error { return nil }, nil
	case c.Data != "":
		sink, closeData, err := c.Open(ctx, c.Data)
		if err != nil {
			return nil, nil, err
		}
		return sink, func(bool) error { return closeData() }, nil
	case c.Server != "":
		sink, err := NewServer(c.Server, c.Key)
		return sink, func(bool) error { return nil }, err
	case c.Out == "-":
		lines := NewLines(c.Stdout)
		return lines, func(bool) error { return lines.Flush() }, nil
	}
	return c.file()
}

func (c *Command) file() (Sink, func(ok bool) error, error) {
	file, err := os.CreateTemp(filepath.Dir(c.Out), filepath.Base(c.Out)+".*.partial")
	if err != nil {
		return nil, nil, fault.Wrap(err, fault.Invalid, "import.unwritable", "file", c.Out, "reason", plainReason(err))
	}
	lines := NewLines(file)
	return lines, func(ok bool) error {
		err := errors.Join(lines.Flush(), file.Chmod(0o644), file.Close())
		if ok && err == nil {
			return os.Rename(file.Name(), c.Out)
		}
		return errors.Join(err, os.Remove(file.Name()))
	}, nil
}

func (c *Command) print(s *Summary) error {
	out := c.Stdout
	if c.Out == "-" && !c.DryRun {
		out = c.Stderr
	}
	if !c.JSON {
		return s.Write(out, c.Language, c.DryRun)
	}
	encoder := json.NewEncoder(out)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	return encoder.Encode(s)
}

// plainReason is a file error without the path, which the message names itself.
func plainReason(err error) string {
	var path *os.PathError
	if errors.As(err, &path) {
		return path.Err.Error()
	}
	return err.Error()
}
