// Package backup is the form in which a workspace is carried away: a gzipped tar
// that begins with its manifest, which names every file after it with its size
// and SHA-256.
//
// The parts come in one order and there is nothing else in the archive, so a
// reader needs no second pass and trusts no name, size or byte that the manifest
// does not confirm.
package backup

import (
	"crypto/sha256"
	"encoding/hex"
	"io"
	"os"
	"path/filepath"
	"time"

	"beichen/internal/warehouse"
)

// Format is the version of the archive's form that this program writes. It reads
// this one and those before it.
const Format = 1

// manifestName is the first entry of an archive.
const manifestName = "manifest.json"

// Manifest says what an archive holds.
type Manifest struct {
	Format    int                `json:"format"`
	Program   string             `json:"program"` // the version that wrote it
	CreatedAt time.Time          `json:"createdAt"`
	Position  warehouse.Position `json:"position"` // of the log, up to which the facts go
	// Facts says where the facts are that are not in the archive: a cluster and a database
	// of it, whose own tools back them up. Empty: they are in it.
	Facts string `json:"facts,omitempty"`
	Files []File `json:"files"`
}

// File is one file of an archive.
type File struct {
	Name   string `json:"name"` // without a folder
	Bytes  int64  `json:"bytes"`
	SHA256 string `json:"sha256"` // hexadecimal
}

// Bytes is the size of all files.
func (m Manifest) Bytes() (sum int64) {
	for _, f := range m.Files {
		sum += f.Bytes
	}
	return sum
}

// Describe reads files of a folder and gives their entries for a manifest.
func Describe(dir string, names ...string) ([]File, error) {
	files := make([]File, len(names))
	for i, name := range names {
		var err error
		if files[i], err = describe(dir, name); err != nil {
			return nil, err
		}
	}
	return files, nil
}

func describe(dir, name string) (File, error) {
	file, err := os.Open(filepath.Join(dir, name))
	if err != nil {
		return File{}, err
	}
	defer file.Close()
	digest := sha256.New()
	size, err := io.Copy(digest, file)
	return File{Name: name, Bytes: size, SHA256: hex.EncodeToString(digest.Sum(nil))}, err
}
