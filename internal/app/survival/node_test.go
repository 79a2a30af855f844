package survival

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"os"
	"os/exec"
	"os/signal"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"beichen/internal/access"
	"beichen/internal/app"
	"beichen/internal/fault"
)

// settings are what a node's process is started with, as JSON in an environment
// variable: the test's own program is the node, so that its clock can be set.
type settings struct {
	Dir, Ledger, Facts string
	Addr               string        // the first time a free port, then that one again
	Clock              time.Duration // how far its clock is ahead
	LogBound           int64
}

const (
	settingsName = "BEICHEN_TEST_NODE"
	apiKey       = "an-api-key-of-the-test"
	writeKey     = "a-write-key-of-the-test"
)

// serve is a node's process: it serves a workspace until it is asked to end.
func (s settings) serve() error {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM)
	defer stop()
	w, err := app.Open(ctx, app.Options{Dir: s.Dir, Ledger: s.Ledger, Facts: s.Facts, LogBound: s.LogBound,
		Log: slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelWarn})),
		Now: func() time.Time { return time.Now().Add(s.Clock) }})
	if err != nil {
		return err
	}
	err = w.Serve(ctx, app.Serving{Addr: s.Addr, Version: "v1", Out: os.Stdout, Language: fault.English,
		Bootstrap: access.Bootstrap{APIKey: apiKey, WriteKey: writeKey}})
	return errors.Join(err, w.Close())
}

// node is a running node.
type node struct {
	settings
	process *exec.Cmd
	ended   chan error
	log     *log
}

// log is what a process says, read while it does.
type log struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (l *log) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(p)
}

func (l *log) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String()
}

// start starts a node, which ends with the test, and waits until it serves.
func start(t *testing.T, s settings) *node {
	t.Helper()
	if s.Addr == "" {
		s.Addr = "127.0.0.1:0"
	}
	n := &node{settings: s}
	n.launch(t)
	all.mu.Lock()
	all.nodes = append(all.nodes, n)
	all.mu.Unlock()
	t.Cleanup(func() { n.kill(t) })
	return n
}

func (n *node) launch(t *testing.T) {
	t.Helper()
	text, err := json.Marshal(n.settings)
	if err != nil {
		t.Fatal(err)
	}
	n.process = exec.Command(os.Args[0])
	n.process.Env = append(os.Environ(), settingsName+"="+string(text))
	n.process.SysProcAttr = dyingWithUs()
	n.log = &log{}
	n.process.Stderr = n.log
	out, err := n.process.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := n.process.Start(); err != nil {
		t.Fatal(err)
	}
	said := bufio.NewScanner(out)
	for said.Scan() {
		if _, url, ready := strings.Cut(said.Text(), "http://"); ready && !strings.Contains(url, "/setup") {
			n.Addr = url
			break
		}
	}
	ended := make(chan error, 1)
	n.ended = ended
	process := n.process
	go func() {
		_, err := io.Copy(io.Discard, out)
		ended <- errors.Join(err, process.Wait())
	}()
	if strings.HasSuffix(n.Addr, ":0") {
		t.Fatalf("a node ended before it served: %v\n%s", <-ended, n.log)
	}
}

// kill ends the process on the spot; what it had not yet synced or sent is gone.
func (n *node) kill(t *testing.T) {
	t.Helper()
	if n.process == nil {
		return
	}
	if err := n.process.Process.Kill(); err != nil && !errors.Is(err, os.ErrProcessDone) {
		t.Error(err)
	}
	<-n.ended
	n.process = nil
}

// end asks the process to end and waits for it.
func (n *node) end(t *testing.T) {
	t.Helper()
	if err := n.process.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	if err := <-n.ended; err != nil {
		t.Errorf("a node ended with %v", err)
	}
	n.process = nil
}

func (n *node) url(path string) string { return "http://" + n.Addr + path }

// reports waits until lines are among the node's metrics.
func (n *node) reports(t *testing.T, lines ...string) {
	t.Helper()
	for deadline := time.Now().Add(patience); ; time.Sleep(again) {
		text := n.metrics(t)
		missing := slices.DeleteFunc(slices.Clone(lines), func(line string) bool { return strings.Contains(text, "\n"+line+"\n") })
		if len(missing) == 0 {
			return
		}
		if time.Now().After(deadline) {
			t.Fatalf("a node never reports %q, and says\n%s", missing, n.dump()+all.dumps())
		}
	}
}

// started are the nodes of all tests so far.
type started struct {
	mu    sync.Mutex
	nodes []*node
}

var all started

// dumps are those of the nodes that are still there: one may wait for another.
func (s *started) dumps() (text string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, n := range s.nodes {
		if n.process != nil {
			text += "\nanother says\n" + n.dump()
		}
	}
	return text
}

// dump ends a node that hangs, and gives what it said and where all that it does stands.
func (n *node) dump() string {
	if err := n.process.Process.Signal(syscall.SIGQUIT); err == nil {
		<-n.ended
		n.process = nil
	}
	return n.log.String()
}

func (n *node) metrics(t *testing.T) string {
	t.Helper()
	resp, err := http.Get(n.url("/metrics"))
	if err != nil {
		t.Fatal(err)
	}
	text, err := io.ReadAll(resp.Body)
	if err = errors.Join(err, resp.Body.Close()); err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// survived are lines that the tests print in the end: what happened and what held.
var survived []string

func survives(t *testing.T, format string, args ...any) {
	t.Helper()
	if !t.Failed() {
		survived = append(survived, fmt.Sprintf(format, args...))
	}
}
