package clickhousetest

import (
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"

	driver "github.com/ClickHouse/clickhouse-go/v2"
)

func TestMain(m *testing.M) {
	Main()
	os.Exit(m.Run())
}

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

// TestAServerOutlivesWhoIsNotLetIn: tests break off what they ask for, also while the
// client is still being greeted, and others go on.
func TestAServerOutlivesWhoIsNotLetIn(t *testing.T) {
	s, err := Start(t.Context(), Options{Dir: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	}()
	for range 50 {
		client, err := net.Dial("tcp", s.Native)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := client.Write([]byte("\x00\x05Chopp")); err != nil { // a greeting, and the beginning of who says it
			t.Fatal(err)
		}
		if err := client.Close(); err != nil {
			t.Fatal(err)
		}
	}
	for _, who := range []driver.Auth{{Username: "nobody"}, {Username: "default", Database: "nowhere"}} {
		conn, err := driver.Open(&driver.Options{Addr: []string{s.Native}, Auth: who})
		if err != nil {
			t.Fatal(err)
		}
		if err := conn.Ping(t.Context()); err == nil {
			t.Errorf("%+v is let in", who)
		}
		if err := conn.Close(); err != nil {
			t.Error(err)
		}
	}
	if err := s.ready(t.Context()); err != nil {
		t.Error(err)
	}
}
