package main

import "github.com/dustin/go-humanize"

// Bytes are written as people write them: 512MiB, 4GiB, 2GB.
type Bytes int64

// UnmarshalText reads a number of bytes.
func (b *Bytes) UnmarshalText(text []byte) error {
	n, err := humanize.ParseBytes(string(text))
	*b = Bytes(n)
	return err
}
