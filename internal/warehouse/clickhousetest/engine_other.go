//go:build !linux

package clickhousetest

import "errors"

func serve(string, []string) error {
	return errors.New("the ClickHouse library that npm brings is for Linux")
}

func inMemory(uint64) string { return "" }
