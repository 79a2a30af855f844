// Package clickhousetest runs a real ClickHouse 26.7 on loopback for benchmarks
// and tests. The engine is a shared library that npm brings (engine/): it is
// the whole of ClickHouse with its listeners, and nothing is downloaded at run
// time. A server is a child of the process that started it, and ends with it.
//
// The process is started from the caller's own executable, so a program or a
// TestMain that wants servers calls Main before anything else.
package clickhousetest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"github.com/ClickHouse/clickhouse-go/v2"
	"github.com/ClickHouse/clickhouse-go/v2/lib/driver"
	"github.com/creack/pty"
)

// Options of a server.
type Options struct {
	Dir     string // where it keeps its data; made if missing
	Library string // of the engine; empty: where npm puts it in this repository
	// Config is XML that goes inside the <clickhouse> element of its
	// configuration: remote_servers, macros, limits.
	Config string
	// NativePort and HTTPPort are where it listens; 0 finds ports that are free.
	NativePort, HTTPPort int
}

// Server is a running ClickHouse. Everybody who can reach loopback may use it,
// as the user "default" without a password.
type Server struct {
	Native string // HOST:PORT of the native protocol
	HTTP   string // HOST:PORT of the HTTP interface

	child    *exec.Cmd
	terminal *os.File // that it serves at; it ends when this is closed
	said     bytes.Buffer
	ended    chan error
}

// libraryVariable names the engine's library to a child that is to be a server.
const libraryVariable = "BEICHEN_TEST_CLICKHOUSE_LIBRARY"

// Main returns at once, unless Start started this process to be a server: then
// it serves until its terminal is closed, and exits.
func Main() {
	library := os.Getenv(libraryVariable)
	if library == "" {
		return
	}
	if err := serve(library, append([]string{"clickhouse-local"}, os.Args[1:]...)); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	os.Exit(0)
}

// patience bounds how long a server may take to answer its first question. It takes a
// quarter of a second.
const patience = time.Minute

// grace is how long a server may take to end after it was asked to. It takes a moment,
// but one that is sent questions meanwhile may wait for them and never end.
const grace = 5 * time.Second

// Start starts a server and returns when it answers. Close it.
func Start(ctx context.Context, o Options) (*Server, error) {
	library, err := findLibrary(o.Library)
	if err != nil {
		return nil, err
	}
	if o.Dir, err = filepath.Abs(o.Dir); err != nil {
		return nil, fmt.Errorf("clickhouse: %w", err)
	}
	config, err := writeConfig(o)
	if err != nil {
		return nil, fmt.Errorf("clickhouse: write its configuration: %w", err)
	}
	for _, port := range []*int{&o.NativePort, &o.HTTPPort} {
		if *port == 0 {
			free, err := freePorts(1)
			if err != nil {
				return nil, err
			}
			*port = free[0]
		}
	}
	s := &Server{Native: address(o.NativePort), HTTP: address(o.HTTPPort), ended: make(chan error, 1)}
	if err := s.launch(library, config, o); err != nil {
		return nil, fmt.Errorf("clickhouse: start it: %w", err)
	}
	if err := s.ready(ctx); err != nil {
		return nil, errors.Join(err, s.Close())
	}
	return s, nil
}

// launch starts the process, at a terminal: where the engine finds nobody to talk to, it
// takes whatever goes wrong in one of its threads for the end of all, also that a client
// breaks off while it is greeted, or is not known.
func (s *Server) launch(library, config string, o Options) error {
	program, err := os.Executable()
	if err != nil {
		return err
	}
	terminal, its, err := pty.Open()
	if err != nil {
		return err
	}
	defer its.Close()
	s.child = exec.Command(program, "--config-file="+config, "--path="+filepath.Join(o.Dir, "data"),
		"--listen_host=127.0.0.1", fmt.Sprintf("--tcp_port=%d", o.NativePort), fmt.Sprintf("--http_port=%d", o.HTTPPort),
		"--interactive", "--disable_suggestion", "--history_file="+filepath.Join(o.Dir, "history"),
		"--query=SYSTEM START LISTEN HTTP; SYSTEM START LISTEN TCP")
	s.child.Env = append(os.Environ(), libraryVariable+"="+library)
	s.child.Dir, s.child.Stdin, s.child.Stderr = o.Dir, its, &s.said
	if err := s.child.Start(); err != nil {
		return errors.Join(err, terminal.Close())
	}
	s.terminal = terminal
	go func() { s.ended <- s.child.Wait() }()
	return nil
}

// Open opens connections to the server.
func (s *Server) Open() (driver.Conn, error) {
	return clickhouse.Open(&clickhouse.Options{
		Addr:        []string{s.Native},
		DialTimeout: 10 * time.Second,
		ReadTimeout: 10 * time.Minute, // between two packets of an answer
	})
}

func (s *Server) ready(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	conn, err := s.Open()
	if err != nil {
		return fmt.Errorf("clickhouse: %w", err)
	}
	defer conn.Close()
	for {
		err := conn.Ping(ctx)
		if err == nil {
			return nil
		}
		select {
		case ended := <-s.ended:
			s.ended <- ended
			return errors.New("clickhouse ended before it answered")
		case <-ctx.Done():
			return fmt.Errorf("clickhouse does not answer: %w", errors.Join(ctx.Err(), err))
		case <-time.After(10 * time.Millisecond):
		}
	}
}

// Close ends the server and waits for it. One that does not end is killed; what it said
// is stored is on its disk.
func (s *Server) Close() error {
	select {
	case err := <-s.ended:
		s.ended <- err
		return errors.Join(fmt.Errorf("clickhouse had ended by itself (%w) and said: %s", err, strings.TrimSpace(s.said.String())), s.terminal.Close())
	default:
	}
	if err := s.terminal.Close(); err != nil {
		return err
	}
	select {
	case err := <-s.ended:
		if err != nil { // of no concern to a test that is over
			fmt.Fprintf(os.Stderr, "clickhouse was asked to end and did so with %v; it said: %s\n", err, strings.TrimSpace(s.said.String()))
		}
		return nil
	case <-time.After(grace):
		return s.kill()
	}
}

// Kill ends the server on the spot, as a machine that loses its power does.
func (s *Server) Kill() error { return errors.Join(s.kill(), s.terminal.Close()) }

func (s *Server) kill() error {
	err := s.child.Process.Kill()
	<-s.ended
	if errors.Is(err, os.ErrProcessDone) { // it ended just before
		return nil
	}
	return err
}

// writeConfig writes what cannot be said on the command line.
func writeConfig(o Options) (string, error) {
	if err := os.MkdirAll(o.Dir, 0o700); err != nil {
		return "", err
	}
	path := filepath.Join(o.Dir, "config.xml")
	return path, os.WriteFile(path, []byte("<clickhouse>\n"+o.Config+"\n</clickhouse>\n"), 0o600)
}

func address(port int) string { return fmt.Sprintf("127.0.0.1:%d", port) }

// freePorts finds ports of loopback that nobody listens on.
func freePorts(n int) ([]int, error) {
	var ports []int
	for range n {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			return nil, fmt.Errorf("clickhouse: find a free port: %w", err)
		}
		defer l.Close() // at the end, so that no port is found twice
		ports = append(ports, l.Addr().(*net.TCPAddr).Port)
	}
	return ports, nil
}

// engineDir is where npm puts the engine, from the root of the repository.
const engineDir = "internal/warehouse/clickhousetest/engine"

// findLibrary is the engine's library: the one asked for, or the repository's.
func findLibrary(asked string) (string, error) {
	path := asked
	if path == "" {
		root, err := repository()
		if err != nil {
			return "", err
		}
		path = filepath.Join(root, engineDir, "node_modules/@chdb/lib-linux-x64-gnu/libchdb.so")
	}
	if _, err := os.Stat(path); err != nil {
		return "", fmt.Errorf("there is no ClickHouse at %s; `npm --prefix %s ci` installs it", path, engineDir)
	}
	return path, nil
}

// repository is the folder at or above the current one that holds go.mod.
func repository() (string, error) {
	dir, err := os.Getwd()
	if err != nil {
		return "", err
	}
	for {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			return dir, nil
		}
		parent := filepath.Dir(dir)
		if parent == dir {
			return "", errors.New("clickhouse: this is not run from within the repository, and no library was named")
		}
		dir = parent
	}
}
