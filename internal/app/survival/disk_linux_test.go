package survival

import (
	"errors"
	"os"
	"strconv"
	"syscall"
	"testing"
)

// smallDisk is a folder on a disk of its own, of so many bytes.
func smallDisk(t *testing.T, bytes int) string {
	t.Helper()
	dir := t.TempDir()
	if err := syscall.Mount("tmpfs", dir, "tmpfs", 0, "size="+strconv.Itoa(bytes)); err != nil {
		t.Fatalf("a small disk in memory cannot be mounted (it takes root, or the capability SYS_ADMIN): %v", err)
	}
	t.Cleanup(func() {
		if err := syscall.Unmount(dir, 0); err != nil {
			t.Error(err)
		}
	})
	return dir
}

// fillUp writes a file until the disk is full.
func fillUp(t *testing.T, name string) {
	t.Helper()
	file, err := os.Create(name)
	if err != nil && !errors.Is(err, syscall.ENOSPC) {
		t.Fatal(err)
	}
	defer file.Close()
	for part := make([]byte, 64<<10); len(part) > 0; {
		switch _, err := file.Write(part); {
		case errors.Is(err, syscall.ENOSPC):
			part = part[:len(part)/2]
		case err != nil:
			t.Fatal(err)
		}
	}
}
