package eventlog

import (
	"errors"
	"io"
	"os"
	"path/filepath"
)

// FS is the layer below the log: one folder of files. A test replaces it by one
// that forgets, at a power cut, what was not synced.
type FS interface {
	List() ([]string, error)
	Size(name string) (int64, error)
	Create(name string) (File, error) // an empty file, whatever was there
	Open(name string) (File, error)
	Remove(name string) error
	SyncDir() error // makes creations and removals durable
	Close() error
}

// File is an open file of an FS.
type File interface {
	io.ReaderAt
	io.WriterAt
	Truncate(size int64) error
	Sync() error // makes content and size durable
	Close() error
}

// folder is the operating system's FS. It holds a lock on the folder, so that
// two processes never write one log.
type folder struct {
	dir  string
	lock *os.File
}

// Dir is the operating system's FS in a folder, which is made if there is none.
// It fails while another process has it.
func Dir(dir string) (FS, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, err
	}
	lock, err := lockFile(filepath.Join(dir, "lock"))
	if err != nil {
		return nil, err
	}
	return &folder{dir, lock}, nil
}

func (d *folder) List() ([]string, error) {
	entries, err := os.ReadDir(d.dir)
	if err != nil {
		return nil, err
	}
	var names []string
	for _, e := range entries {
		names = append(names, e.Name())
	}
	return names, nil
}

func (d *folder) Size(name string) (int64, error) {
	info, err := os.Stat(filepath.Join(d.dir, name))
	if err != nil {
		return 0, err
	}
	return info.Size(), nil
}

func (d *folder) Create(name string) (File, error) {
	return os.OpenFile(filepath.Join(d.dir, name), os.O_CREATE|os.O_TRUNC|os.O_RDWR, 0o600)
}

func (d *folder) Open(name string) (File, error) {
	return os.OpenFile(filepath.Join(d.dir, name), os.O_RDWR, 0)
}

func (d *folder) Remove(name string) error {
	err := os.Remove(filepath.Join(d.dir, name))
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	return err
}

func (d *folder) SyncDir() error {
	f, err := os.Open(d.dir)
	if err != nil {
		return err
	}
	return errors.Join(f.Sync(), f.Close())
}

func (d *folder) Close() error { return d.lock.Close() }
