// Package postgrestest runs a real PostgreSQL 15 on loopback for tests: Debian's
// package, in a folder of its own, with every database it keeps gone afterwards.
// A server is a child of the test's program and ends with it, however that ends.
//
// Its databases compare text as English dictionaries do, not byte by byte: what
// leans on the order of bytes without saying so fails here.
package postgrestest

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"net"
	"net/url"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
)

// programs is where Debian's package keeps initdb and postgres.
const programs = "/usr/lib/postgresql/15/bin"

// superuser owns everything on a server, and is whom an address signs in.
const superuser = "beichen"

// patience bounds how long a server may take to answer, and to end once it was
// asked to. It takes a fraction of a second.
const patience = time.Minute

// Server is a running PostgreSQL, which signs in whoever knows its password.
type Server struct {
	dir, password string
	port          int
	owner         *syscall.Credential // nil: the user of this process

	child *exec.Cmd
	said  *bytes.Buffer
	ended chan error
}

// Start starts a server that ends with the test. A machine without PostgreSQL 15
// fails the test and is told what to install.
func Start(t testing.TB) *Server {
	t.Helper()
	s, err := start(programs)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

// Database makes an empty database, which goes with the test, and gives its
// address: postgres://…
func (s *Server) Database(t testing.TB) string {
	t.Helper()
	name := "t" + strings.ToLower(rand.Text()[:12])
	if err := s.do(t.Context(), "CREATE DATABASE "+name); err != nil {
		t.Fatalf("postgres: make a database: %v", err)
	}
	t.Cleanup(func() {
		if err := s.do(context.Background(), "DROP DATABASE "+name+" WITH (FORCE)"); err != nil {
			t.Errorf("postgres: drop a database: %v", err)
		}
	})
	return s.Address(name)
}

// Address is that of a database of the server, whether it is there or not.
func (s *Server) Address(database string) string {
	return (&url.URL{Scheme: "postgres", User: url.UserPassword(superuser, s.password),
		Host: net.JoinHostPort("127.0.0.1", strconv.Itoa(s.port)), Path: database, RawQuery: "sslmode=disable"}).String()
}

// Stop ends the server as a machine that is shut down does; Resume starts it again.
func (s *Server) Stop(t testing.TB) { s.halt(t, syscall.SIGINT) }

// Crash ends the server on the spot: what it had not committed is gone, and Resume
// recovers the rest from its write-ahead log.
func (s *Server) Crash(t testing.TB) { s.halt(t, syscall.SIGQUIT) }

func (s *Server) halt(t testing.TB, how os.Signal) {
	t.Helper()
	if err := s.end(how); err != nil {
		t.Fatal(err)
	}
}

// Resume starts a server again that was stopped, with what it kept, where it was.
func (s *Server) Resume(t testing.TB) {
	t.Helper()
	if err := s.launch(); err != nil {
		t.Fatal(err)
	}
}

// do runs a statement on the server's own database.
func (s *Server) do(ctx context.Context, statement string) error {
	conn, err := pgx.Connect(ctx, s.Address("postgres"))
	if err != nil {
		return err
	}
	_, err = conn.Exec(ctx, statement)
	return errors.Join(err, conn.Close(ctx))
}

func start(programs string) (s *Server, err error) {
	if _, err := os.Stat(filepath.Join(programs, "initdb")); err != nil {
		return nil, fmt.Errorf("there is no PostgreSQL 15 in %s; scripts/postgres installs it (Debian: apt-get install postgresql-15)", programs)
	}
	s = &Server{password: rand.Text()}
	if s.dir, err = os.MkdirTemp("", "beichen-postgres-*"); err != nil {
		return nil, err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, os.RemoveAll(s.dir))
		}
	}()
	if err := s.hireOwner(); err != nil {
		return nil, err
	}
	if s.port, err = freePort(); err != nil {
		return nil, fmt.Errorf("postgres: find a free port: %w", err)
	}
	secret := filepath.Join(s.dir, "password")
	if err := os.WriteFile(secret, []byte(s.password), 0o644); err != nil { // the folder is the owner's alone
		return nil, err
	}
	made := exec.Command(filepath.Join(programs, "initdb"), "--pgdata", s.data(), "--username", superuser, "--pwfile", secret,
		"--auth=scram-sha-256", "--encoding=UTF8", "--locale=C.UTF-8", "--locale-provider=icu", "--icu-locale=en-US", "--no-sync")
	made.Dir, made.SysProcAttr = s.dir, child(s.owner)
	if said, err := made.CombinedOutput(); err != nil {
		return nil, fmt.Errorf("postgres: initdb: %w: %s", err, said)
	}
	return s, s.launch()
}

func (s *Server) data() string { return filepath.Join(s.dir, "data") }

// hireOwner finds whom the server runs as: it refuses to run as root.
func (s *Server) hireOwner() error {
	if os.Geteuid() != 0 {
		return nil
	}
	who, err := user.Lookup("postgres")
	if err != nil {
		who, err = user.Lookup("nobody")
	}
	if err != nil {
		return fmt.Errorf("postgres: it refuses to run as root, and there is nobody else: %w", err)
	}
	uid, err := strconv.ParseUint(who.Uid, 10, 32)
	if err != nil {
		return err
	}
	gid, err := strconv.ParseUint(who.Gid, 10, 32)
	if err != nil {
		return err
	}
	s.owner = &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}
	return os.Chown(s.dir, int(uid), int(gid))
}

// launch starts the server and returns when it answers.
func (s *Server) launch() error {
	s.said, s.ended = &bytes.Buffer{}, make(chan error, 1)
	// Tests crash the server, never the machine: without fsync nothing is lost by that.
	s.child = exec.Command(filepath.Join(programs, "postgres"), "-D", s.data(), "-p", strconv.Itoa(s.port), "-h", "127.0.0.1",
		"-c", "unix_socket_directories=", "-c", "fsync=off", "-c", "max_connections=200", "-c", "log_min_messages=fatal")
	s.child.Dir, s.child.Stderr, s.child.SysProcAttr = s.dir, s.said, child(s.owner)
	started := make(chan error)
	go func() {
		// A child dies with the thread that made it, so this one must stay.
		runtime.LockOSThread()
		defer runtime.UnlockOSThread()
		err := s.child.Start()
		started <- err
		if err == nil {
			s.ended <- s.child.Wait()
		}
	}()
	if err := <-started; err != nil {
		return fmt.Errorf("postgres: start it: %w", err)
	}
	if err := s.ready(); err != nil {
		return errors.Join(err, s.end(syscall.SIGQUIT))
	}
	return nil
}

func (s *Server) ready() error {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	for {
		err := s.do(ctx, "SELECT 1")
		if err == nil {
			return nil
		}
		select {
		case ended := <-s.ended:
			s.ended <- ended
			return fmt.Errorf("postgres ended before it answered and said: %s", strings.TrimSpace(s.said.String()))
		case <-ctx.Done():
			return fmt.Errorf("postgres does not answer: %w", err)
		case <-time.After(10 * time.Millisecond):
		}
	}
}

// end asks the server to end and waits for it; one that has ended stays so.
func (s *Server) end(how os.Signal) error {
	if s.child == nil {
		return nil
	}
	_ = s.child.Process.Signal(how) // ended already where this fails
	select {
	case <-s.ended:
		s.child = nil
		return nil
	case <-time.After(patience):
		return errors.Join(errors.New("postgres did not end and was killed"), s.child.Process.Kill(), <-s.ended)
	}
}

func (s *Server) close() error { return errors.Join(s.end(syscall.SIGQUIT), os.RemoveAll(s.dir)) }

func freePort() (int, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return 0, err
	}
	defer l.Close()
	return l.Addr().(*net.TCPAddr).Port, nil
}

// shared is the server of all tests of a package.
var shared struct {
	sync.Mutex
	running bool // Run has begun
	server  *Server
}

// Run runs what a package's TestMain has to run and then ends the server that its
// tests shared.
func Run(tests func() int) (code int) {
	shared.running = true
	defer func() {
		if shared.server == nil {
			return
		}
		if err := shared.server.close(); err != nil {
			fmt.Fprintln(os.Stderr, err)
			code = 1
		}
	}()
	return tests()
}

// Database makes an empty database for a test, on the server that all tests of its
// package share.
func Database(t testing.TB) string {
	t.Helper()
	shared.Lock()
	defer shared.Unlock()
	if !shared.running {
		t.Fatal("the package's TestMain does not call postgrestest.Run, which ends the server")
	}
	if shared.server == nil {
		s, err := start(programs)
		if err != nil {
			t.Fatal(err)
		}
		shared.server = s
	}
	return shared.server.Database(t)
}
