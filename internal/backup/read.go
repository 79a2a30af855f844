package backup

import (
	"archive/tar"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"slices"

	"github.com/klauspost/compress/gzip"

	"beichen/internal/fault"
)

// maxManifest bounds what is read before anything is known of an archive.
const maxManifest = 1 << 20

// Read reads an archive to its very end and holds every file to the manifest.
// create is called once a file, in the order of the manifest, for where its
// bytes go; what was written counts only if Read returns no error.
//
// An archive that is none, is cut short or changed is Invalid (backup.damaged),
// as is one of a newer form (backup.newer). An error of create or of what it
// returned comes back as it is.
func Read(r io.Reader, create func(File) (io.WriteCloser, error)) (Manifest, error) {
	zipped, err := gzip.NewReader(r)
	if err != nil {
		return Manifest{}, damaged(err)
	}
	archive := tar.NewReader(zipped)
	m, err := readManifest(archive)
	if err != nil {
		return Manifest{}, err
	}
	for _, f := range m.Files {
		if err := next(archive, f.Name, f.Bytes); err != nil {
			return Manifest{}, err
		}
		if err := readFile(archive, f, create); err != nil {
			return Manifest{}, err
		}
	}
	if _, err := archive.Next(); !errors.Is(err, io.EOF) {
		return Manifest{}, damaged(errors.Join(errors.New("more files than the manifest names"), err))
	}
	// The checksum of the whole stands at the end of the compressed stream.
	if _, err := io.Copy(io.Discard, zipped); err != nil {
		return Manifest{}, damaged(err)
	}
	return m, nil
}

func damaged(cause error) error { return fault.Wrap(cause, fault.Invalid, "backup.damaged") }

// next goes to an entry, which must be the one that is expected.
func next(archive *tar.Reader, name string, size int64) error {
	header, err := archive.Next()
	if err != nil {
		return damaged(fmt.Errorf("look for %s: %w", name, err))
	}
	if header.Name != name || header.Typeflag != tar.TypeReg || size >= 0 && header.Size != size {
		return damaged(fmt.Errorf("%s of %d bytes where %s is due", header.Name, header.Size, name))
	}
	return nil
}

func readManifest(archive *tar.Reader) (Manifest, error) {
	if err := next(archive, manifestName, -1); err != nil {
		return Manifest{}, err
	}
	text, err := io.ReadAll(io.LimitReader(archive, maxManifest))
	if err != nil {
		return Manifest{}, damaged(err)
	}
	var m Manifest
	if err := json.Unmarshal(text, &m); err != nil {
		return Manifest{}, damaged(err)
	}
	if m.Format > Format {
		return Manifest{}, fault.New(fault.Invalid, "backup.newer", "found", m.Format, "known", Format, "program", m.Program)
	}
	var names []string
	for _, f := range m.Files {
		if f.Name != filepath.Base(f.Name) || !filepath.IsLocal(f.Name) || slices.Contains(names, f.Name) || f.Bytes < 0 {
			return Manifest{}, damaged(fmt.Errorf("a file named %q", f.Name))
		}
		names = append(names, f.Name)
	}
	return m, nil
}

func readFile(archive *tar.Reader, f File, create func(File) (io.WriteCloser, error)) error {
	target, err := create(f)
	if err != nil {
		return err
	}
	digest := sha256.New()
	source := &sourceReader{Reader: archive}
	_, err = io.Copy(io.MultiWriter(target, digest), source)
	err = errors.Join(err, target.Close())
	switch {
	case source.err != nil:
		return damaged(source.err)
	case err != nil:
		return err
	case hex.EncodeToString(digest.Sum(nil)) != f.SHA256:
		return damaged(fmt.Errorf("%s is not what was backed up", f.Name))
	}
	return nil
}

// sourceReader remembers whether it was reading that failed, not writing.
type sourceReader struct {
	io.Reader
	err error
}

func (s *sourceReader) Read(p []byte) (int, error) {
	n, err := s.Reader.Read(p)
	if err != nil && !errors.Is(err, io.EOF) {
		s.err = err
	}
	return n, err
}
