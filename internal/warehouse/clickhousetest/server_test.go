package clickhousetest

import (
	"path/filepath"
	"strings"
	"testing"
)

// TestAMissingEngineSaysHowToInstallIt: whoever lacks the library is told the
// command; a run without it must never pass for one with it.
func TestAMissingEngineSaysHowToInstallIt(t *testing.T) {
	s, err := Start(t.Context(), Options{Dir: t.TempDir(), Library: filepath.Join(t.TempDir(), "libchdb.so")})
	if err == nil {
		t.Fatal("a server without an engine: ", s.Close())
	}
	if command := "npm --prefix internal/warehouse/clickhousetest/engine ci"; !strings.Contains(err.Error(), command) {
		t.Errorf("%v does not say %q", err, command)
	}
}
