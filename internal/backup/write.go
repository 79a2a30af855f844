package backup

import (
	"archive/tar"
	"encoding/json"
	"io"
	"os"
	"path/filepath"

	"github.com/klauspost/compress/gzip"
)

// Write writes the archive of a manifest whose files stand in dir.
func Write(w io.Writer, dir string, m Manifest) error {
	zipped, err := gzip.NewWriterLevel(w, gzip.BestSpeed) // facts are compressed already
	if err != nil {
		return err
	}
	archive := tar.NewWriter(zipped)
	text, err := json.MarshalIndent(m, "", "  ")
	if err != nil {
		return err
	}
	if err := archive.WriteHeader(m.header(manifestName, int64(len(text)))); err != nil {
		return err
	}
	if _, err := archive.Write(text); err != nil {
		return err
	}
	for _, f := range m.Files {
		if err := m.add(archive, dir, f); err != nil {
			return err
		}
	}
	if err := archive.Close(); err != nil {
		return err
	}
	return zipped.Close()
}

func (m Manifest) header(name string, size int64) *tar.Header {
	return &tar.Header{Typeflag: tar.TypeReg, Name: name, Size: size, Mode: 0o600, ModTime: m.CreatedAt, Format: tar.FormatPAX}
}

func (m Manifest) add(archive *tar.Writer, dir string, f File) error {
	file, err := os.Open(filepath.Join(dir, f.Name))
	if err != nil {
		return err
	}
	defer file.Close()
	if err := archive.WriteHeader(m.header(f.Name, f.Bytes)); err != nil {
		return err
	}
	_, err = io.Copy(archive, file)
	return err
}
