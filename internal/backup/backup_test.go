package backup_test

import (
	"bytes"
	"errors"
	"io"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"beichen/internal/backup"
	"beichen/internal/fault"
	"beichen/internal/warehouse"
)

// contents are what a reader was given, by file name.
type contents map[string]*bytes.Buffer

type kept struct{ io.Writer }

func (kept) Close() error { return nil }

func (c contents) create(f backup.File) (io.WriteCloser, error) {
	c[f.Name] = &bytes.Buffer{}
	return kept{c[f.Name]}, nil
}

// archive makes one of two files, and changes its manifest first.
func archive(t testing.TB, change func(*backup.Manifest)) ([]byte, backup.Manifest) {
	t.Helper()
	dir := t.TempDir()
	for name, text := range map[string]string{"facts": "what happened", "ledger": "what was agreed"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	files, err := backup.Describe(dir, "facts", "ledger")
	if err != nil {
		t.Fatal(err)
	}
	m := backup.Manifest{Format: backup.Format, Program: "v1", CreatedAt: time.Date(2026, 3, 1, 8, 0, 0, 0, time.UTC),
		Position: warehouse.Position{Record: 7, Seq: 90}, Files: files}
	change(&m)
	var out bytes.Buffer
	if err := backup.Write(&out, dir, m); err != nil {
		t.Fatal(err)
	}
	return out.Bytes(), m
}

func TestWhatIsWrittenIsRead(t *testing.T) {
	text, want := archive(t, func(*backup.Manifest) {})
	got := contents{}
	m, err := backup.Read(bytes.NewReader(text), got.create)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, m); diff != "" {
		t.Error(diff)
	}
	if got["facts"].String() != "what happened" || got["ledger"].String() != "what was agreed" || m.Bytes() != 28 {
		t.Errorf("%v", got)
	}
}

func TestAnArchiveThatIsCutShortAnywhereIsDamaged(t *testing.T) {
	text, _ := archive(t, func(*backup.Manifest) {})
	for n := range text {
		if _, err := backup.Read(bytes.NewReader(text[:n]), contents{}.create); !isDamaged(err) {
			t.Errorf("the first %d of %d bytes: %v", n, len(text), err)
		}
	}
}

func TestAnArchiveWithAChangedByteGivesNothingElseThanWasWritten(t *testing.T) {
	text, _ := archive(t, func(*backup.Manifest) {})
	for i := range text {
		changed := bytes.Clone(text)
		changed[i] ^= 0x10
		got := contents{}
		_, err := backup.Read(bytes.NewReader(changed), got.create)
		if err == nil && got["facts"].String()+got["ledger"].String() != "what happened"+"what was agreed" {
			t.Errorf("byte %d changed: %v", i, got)
		}
		if err != nil && !isDamaged(err) && !isKey(err, "backup.newer") {
			t.Errorf("byte %d changed: %v", i, err)
		}
	}
}

func TestAManifestThatDoesNotFitIsRefused(t *testing.T) {
	for name, c := range map[string]struct {
		change func(*backup.Manifest)
		key    string
	}{
		"another checksum":     {func(m *backup.Manifest) { m.Files[1].SHA256 = m.Files[0].SHA256 }, "backup.damaged"},
		"a name with a folder": {func(m *backup.Manifest) { m.Files[1].Name = "./ledger" }, "backup.damaged"},
		"a newer form":         {func(m *backup.Manifest) { m.Format = backup.Format + 1 }, "backup.newer"},
		"the same file twice":  {func(m *backup.Manifest) { m.Files[1] = m.Files[0] }, "backup.damaged"},
	} {
		text, _ := archive(t, c.change)
		_, err := backup.Read(bytes.NewReader(text), contents{}.create)
		if !isKey(err, c.key) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestAFileThatCannotBeWrittenIsNotCalledDamage(t *testing.T) {
	text, _ := archive(t, func(*backup.Manifest) {})
	full := errors.New("no space left")
	_, err := backup.Read(bytes.NewReader(text), func(backup.File) (io.WriteCloser, error) { return nil, full })
	if !errors.Is(err, full) || isDamaged(err) {
		t.Errorf("%v", err)
	}
}

func FuzzRead(f *testing.F) {
	text, _ := archive(f, func(*backup.Manifest) {})
	f.Add(text)
	f.Add([]byte("not an archive"))
	f.Fuzz(func(t *testing.T, text []byte) {
		got := contents{}
		m, err := backup.Read(bytes.NewReader(text), got.create)
		if err == nil && len(got) != len(m.Files) {
			t.Errorf("%d files of %d", len(got), len(m.Files))
		}
	})
}

func isDamaged(err error) bool { return isKey(err, "backup.damaged") }

func isKey(err error, key string) bool {
	var f *fault.Error
	return errors.As(err, &f) && f.Key == key
}
