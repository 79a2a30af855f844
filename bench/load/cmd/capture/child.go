package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"os/exec"
	"regexp"
	"runtime/debug"
	"runtime/pprof"
	"strconv"
	"strings"
	"syscall"
	"time"

	"beichen/bench/load"
	"beichen/internal/access"
	"beichen/internal/app"
	"beichen/internal/fault"
)

// apiKey opens the product's management API to the parent.
const apiKey = "bck_benchmark-of-capture-0123456789"

func servePeer(ctx context.Context) error {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	debug.SetGCPercent(50) // as the product
	fmt.Println("http://" + listener.Addr().String())
	server := http.Server{Handler: load.Peer()}
	stopped := context.AfterFunc(ctx, func() { server.Close() })
	defer stopped()
	if err := server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return nil
}

func serveProduct(ctx context.Context, o options) (err error) {
	if o.profile != "" {
		file, err := os.Create(o.profile)
		if err != nil {
			return err
		}
		defer file.Close()
		if err := pprof.StartCPUProfile(file); err != nil {
			return err
		}
		defer pprof.StopCPUProfile()
	}
	debug.SetGCPercent(50) // as cmd/beichen does
	w, err := app.Open(ctx, app.Options{Dir: o.dir, Log: slog.New(slog.NewTextHandler(os.Stderr, nil)), Now: time.Now})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, w.Close()) }()
	return w.Serve(ctx, app.Serving{
		Addr: "127.0.0.1:0", Out: os.Stdout, Language: fault.English, Bootstrap: access.Bootstrap{
			Admin: "bench@example.com:a-long-enough-password-7", APIKey: apiKey,
		},
	})
}

// server is a child process that serves.
type server struct {
	*exec.Cmd
	url  string
	keys []string
}

var address = regexp.MustCompile(`http://[0-9.]+:[0-9]+`)

func start(ctx context.Context, args ...string) (*server, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	s := &server{Cmd: exec.CommandContext(ctx, self, args...), keys: []string{load.PeerKey}}
	s.Stderr = os.Stderr
	out, err := s.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := s.Start(); err != nil {
		return nil, err
	}
	line, err := bufio.NewReader(out).ReadString('\n')
	if s.url = address.FindString(line); s.url == "" {
		s.stop()
		return nil, fmt.Errorf("the child said %q: %w", line, err)
	}
	return s, nil
}

func (s *server) stop() {
	_ = s.Process.Signal(syscall.SIGTERM) // it may have ended
	_ = s.Wait()
}

// makeKeys makes write keys: the product holds each to 50,000 events a second.
func (s *server) makeKeys(ctx context.Context, n int) error {
	s.keys = nil
	for i := range n {
		text := fmt.Sprintf(`{"name":"site %d","kind":"write","scopes":["capture"]}`, i)
		request, err := http.NewRequestWithContext(ctx, http.MethodPost, s.url+"/api/v1/keys", bytes.NewReader([]byte(text)))
		if err != nil {
			return err
		}
		request.Header.Set("Authorization", "Bearer "+apiKey)
		request.Header.Set("Content-Type", "application/json")
		answer, err := http.DefaultClient.Do(request)
		if err != nil {
			return err
		}
		var made struct{ Secret string }
		body, err := io.ReadAll(answer.Body)
		if err = errors.Join(err, answer.Body.Close(), json.Unmarshal(body, &made)); err != nil || made.Secret == "" {
			return fmt.Errorf("a key was refused: %s %s: %w", answer.Status, body, err)
		}
		s.keys = append(s.keys, made.Secret)
	}
	return nil
}

// positions reads how far facts are durable and loaded; zeros of a peer.
func (s *server) positions(ctx context.Context) (through, loaded float64, err error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, s.url+"/metrics", nil)
	if err != nil {
		return 0, 0, err
	}
	request.Header.Set("Accept-Encoding", "identity") // compressing it is no part of capture
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		return 0, 0, err
	}
	defer answer.Body.Close()
	for lines := bufio.NewScanner(answer.Body); lines.Scan(); {
		name, value, _ := strings.Cut(lines.Text(), " ")
		switch name {
		case "beichen_facts_durable_position":
			through, err = strconv.ParseFloat(value, 64)
		case "beichen_facts_loaded_position":
			loaded, err = strconv.ParseFloat(value, 64)
		}
		if err != nil {
			return 0, 0, err
		}
	}
	return through, loaded, nil
}

// spent is the processor time that the child has used and the most memory it had
// resident; zeros where the system does not tell.
func (s *server) spent() (cpu time.Duration, peakMiB int) {
	stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", s.Process.Pid))
	if err != nil {
		return 0, 0
	}
	fields := strings.Fields(string(stat[bytes.LastIndexByte(stat, ')')+1:]))
	const tick = 10 * time.Millisecond
	for _, field := range fields[11:13] { // utime, stime
		n, _ := strconv.Atoi(field)
		cpu += time.Duration(n) * tick
	}
	status, _ := os.ReadFile(fmt.Sprintf("/proc/%d/status", s.Process.Pid))
	for line := range strings.Lines(string(status)) {
		if value, found := strings.CutPrefix(line, "VmHWM:"); found {
			kib, _ := strconv.Atoi(strings.Fields(value)[0])
			peakMiB = kib >> 10
		}
	}
	return cpu, peakMiB
}
