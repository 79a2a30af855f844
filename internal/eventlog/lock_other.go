//go:build !unix

package eventlog

import "os"

// lockFile keeps the file open; the store's own lock guards the folder.
func lockFile(path string) (*os.File, error) {
	return os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600)
}
