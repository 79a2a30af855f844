//go:build unix

package stream

import (
	"os"
	"syscall"
)

// mapped is a file's content as long as the process lives. It stays where the
// system keeps it: nothing is copied, and memory that is needed otherwise is given
// back by itself. Files that are mapped are replaced, never written to.
func mapped(path string) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil || info.Size() == 0 {
		return nil, err
	}
	return syscall.Mmap(int(f.Fd()), 0, int(info.Size()), syscall.PROT_READ, syscall.MAP_PRIVATE)
}
