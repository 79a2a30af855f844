//go:build !unix

package stream

import "os"

// mapped is a file's content.
func mapped(path string) ([]byte, error) { return os.ReadFile(path) }
