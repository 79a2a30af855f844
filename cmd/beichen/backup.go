package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"

	"beichen/internal/access"
	"beichen/internal/app"
	"beichen/internal/backup"
	"beichen/internal/fault"
)

// BackupCmd writes a consistent copy of a workspace.
type BackupCmd struct {
	Data string `required:"" placeholder:"DIR" env:"BEICHEN_DATA" help:"The workspace's folder; its server may run."`
	Stores
	Out  string `required:"" placeholder:"FILE" help:"The archive to write (.tar.gz), - for standard output."`
	JSON bool   `name:"json" help:"Print the archive's manifest as JSON."`
}

// Run backs up, and says what on standard output, or on standard error where the
// archive itself goes to standard output.
func (b *BackupCmd) Run(ctx context.Context, c *console) error {
	if b.Out == "-" {
		m, err := app.Backup(ctx, b.of(c.options(b.Data)), version, c.Language, c.Out)
		if err != nil {
			return err
		}
		return b.print(c.Err, m, c.Language)
	}
	m, err := b.write(ctx, c)
	if err != nil {
		return err
	}
	return b.print(c.Out, m, c.Language)
}

// write gives the archive its name only when it is whole and on the disk.
func (b *BackupCmd) write(ctx context.Context, c *console) (backup.Manifest, error) {
	file, err := os.CreateTemp(filepath.Dir(b.Out), filepath.Base(b.Out)+".*.partial") // mode 0600: it holds customers' data
	if err != nil {
		return backup.Manifest{}, fault.Wrap(err, fault.Invalid, "backup.unwritable", "file", b.Out)
	}
	m, err := app.Backup(ctx, b.of(c.options(b.Data)), version, c.Language, file)
	if err = errors.Join(err, file.Sync(), file.Close()); err == nil {
		err = os.Rename(file.Name(), b.Out)
	}
	var failure *os.PathError
	if errors.As(err, &failure) && failure.Path == file.Name() {
		err = fault.Wrap(err, fault.Unavailable, "backup.unwritable", "file", b.Out)
	}
	if err != nil {
		return m, errors.Join(err, os.Remove(file.Name()))
	}
	return m, nil
}

func (b *BackupCmd) print(w io.Writer, m backup.Manifest, l fault.Language) error {
	if b.JSON {
		return json.NewEncoder(w).Encode(m)
	}
	text := "backup.made"
	if m.Facts != "" {
		text = "backup.made-ledger"
	}
	_, err := fmt.Fprintln(w, fault.Text(text, l, "place", m.Facts,
		"seq", m.Position.Seq, "files", len(m.Files), "megabytes", (m.Bytes()+999_999)/1_000_000))
	return err
}

// RestoreCmd puts a backup into a new folder.
type RestoreCmd struct {
	File      string `arg:"" help:"The archive, - for standard input."`
	Data      string `required:"" placeholder:"DIR" env:"BEICHEN_DATA" help:"The folder of the restored workspace: new or empty."`
	Ledger    string `env:"BEICHEN_LEDGER" placeholder:"URL" help:"An empty Postgres database that is to keep the ledger from now on, instead of the folder."`
	Forgotten string `placeholder:"FILE" help:"Forget again whoever this file says was forgotten; beichen forgotten writes it."`
	JSON      bool   `name:"json" help:"Print the archive's manifest as JSON."`
}

// Run restores all of the archive, or nothing.
func (r *RestoreCmd) Run(ctx context.Context, c *console) error {
	archive := c.In
	if r.File != "-" {
		file, err := os.Open(r.File)
		if err != nil {
			return fault.Wrap(err, fault.Invalid, "backup.unreadable", "file", r.File)
		}
		defer file.Close()
		archive = file
	}
	forgotten, err := r.register()
	if err != nil {
		return err
	}
	m, customers, err := app.RestoreWithout(ctx, archive, r.Data, r.Ledger, forgotten)
	switch {
	case err != nil:
		return err
	case r.JSON:
		return json.NewEncoder(c.Out).Encode(m)
	}
	said := fault.Text("backup.forgotten-again", c.Language, "customers", customers)
	if r.Forgotten == "" {
		warning := fault.New(fault.Invalid, "backup.may-remember")
		said = warning.Message(c.Language) + "\n" + warning.Hint(c.Language)
	}
	defer fmt.Fprintln(c.Out, said)
	text := "backup.restored"
	if m.Facts != "" {
		text = "backup.restored-ledger"
	}
	_, err = fmt.Fprintln(c.Out, fault.Text(text, c.Language, "place", m.Facts,
		"createdAt", m.CreatedAt.Format(time.RFC3339), "seq", m.Position.Seq, "dir", r.Data))
	return err
}

// register is who was forgotten, nobody where no file says so.
func (r *RestoreCmd) register() (forgotten access.Register, err error) {
	if r.Forgotten == "" {
		return forgotten, nil
	}
	text, err := os.ReadFile(r.Forgotten)
	if err == nil {
		err = json.Unmarshal(text, &forgotten)
	}
	if err == nil {
		_, err = forgotten.Hash(false, "")
	}
	if err != nil {
		return forgotten, fault.Wrap(err, fault.Invalid, "backup.register", "file", r.Forgotten)
	}
	return forgotten, nil
}
