package app

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
)

// sign is a file of a workspace's folder which says, for people, where a store is that
// is not in it. Who may read the store is not for a file that is shown around.
type sign struct {
	Postgres   string `json:"postgres,omitempty"`   // HOST:PORT/DATABASE
	ClickHouse string `json:"clickhouse,omitempty"` // CLUSTER/DATABASE
}

// readSign reads a sign; a zero one where there is no file.
func readSign(file string) (s sign, err error) {
	text, err := os.ReadFile(file)
	if errors.Is(err, fs.ErrNotExist) {
		return s, nil
	}
	if err == nil {
		err = json.Unmarshal(text, &s)
	}
	if err != nil {
		return s, fmt.Errorf("read %s: %w", file, err)
	}
	return s, nil
}

// write writes the sign down, if it says something new.
func (s sign) write(file string) error {
	if was, err := readSign(file); err == nil && was == s {
		return nil
	}
	text, err := json.Marshal(s)
	if err != nil {
		return err
	}
	return replaceFile(file, append(text, '\n'))
}
