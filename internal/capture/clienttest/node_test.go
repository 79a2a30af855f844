package clienttest

import (
	"bytes"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"beichen/internal/event"
)

// run starts a script of e2e/clients against the server and waits for it.
func (s *server) run(script string) {
	s.t.Helper()
	s.runUntil(script, func() {})
}

// runUntil is run of a script that stays, if it is one of a page, until something is so.
func (s *server) runUntil(script string, so func()) {
	s.t.Helper()
	dir, err := filepath.Abs("../../../e2e/clients")
	if err != nil {
		s.t.Fatal(err)
	}
	if _, err := os.Stat(filepath.Join(dir, "node_modules", ".package-lock.json")); err != nil {
		s.t.Fatalf("the client libraries are not installed; run: npm --prefix %s ci", dir)
	}
	command := exec.CommandContext(s.t.Context(), "node", script, s.url, writeKey)
	command.Dir = dir
	var out bytes.Buffer
	command.Stdout, command.Stderr = &out, &out
	stay, err := command.StdinPipe()
	if err == nil {
		err = command.Start()
	}
	if err != nil {
		s.t.Fatal(err)
	}
	so()
	if err := errors.Join(stay.Close(), command.Wait()); err != nil {
		s.t.Fatalf("node %s: %v\n%s", script, err, &out)
	}
	if out.Len() > 0 {
		s.t.Logf("%s", &out)
	}
}

func (s *server) runInChromium(script string) {
	s.t.Helper()
	s.runInChromiumUntil(script, func() {})
}

func (s *server) runInChromiumUntil(script string, so func()) {
	s.t.Helper()
	path := os.Getenv("CHROMIUM")
	if path == "" {
		path = "/usr/bin/chromium"
	}
	if _, err := os.Stat(path); err != nil {
		s.t.Fatalf("there is no Chromium at %s; install it, or say where it is in CHROMIUM", path)
	}
	s.runUntil(script, so)
}

// visitorEverywhere is how browser libraries differ: they repeat the visitor in
// all messages, name the user in all after identify, and see the campaign in the
// page's address.
func visitorEverywhere(story []fact) []fact {
	for i := range story {
		story[i].Visitor = "visitor"
		if story[i].Channel == "" {
			story[i].Channel = "cpc"
		}
	}
	return story
}

func TestSegmentNode(t *testing.T) {
	s := newServer(t)
	s.run("segment-node.mjs")
	s.told(func(story []fact) []fact { return story })
}

// TestSegmentNodeTriesAgain: what was answered 503 comes again, and is stored once.
func TestSegmentNodeTriesAgain(t *testing.T) {
	s := newServer(t)
	s.refuses.Store(2)
	s.run("segment-node.mjs")
	if got := len(s.facts()); got != 7 {
		t.Errorf("%d messages stored", got)
	}
}

func TestRudderStackNode(t *testing.T) {
	s := newServer(t)
	s.run("rudder-node.mjs")
	s.told(func(story []fact) []fact { return story })
}

func TestSegmentInTheBrowser(t *testing.T) {
	s := newServer(t)
	s.runInChromium("segment-browser.mjs")
	s.told(visitorEverywhere)
}

func TestRudderStackInTheBrowser(t *testing.T) {
	s := newServer(t)
	s.runInChromium("rudder-browser.mjs")
	s.told(func(story []fact) []fact { // it has no screen
		return append(visitorEverywhere(story[:5]), visitorEverywhere(story[6:])...)
	})
}

// TestBrowsersTryAgain: what was answered 503 comes again from the page, and is stored once.
// @jitsu/js is not among them: it gives up what is refused.
func TestBrowsersTryAgain(t *testing.T) {
	for script, messages := range map[string]int{"segment-browser.mjs": 7, "rudder-browser.mjs": 6} {
		t.Run(script, func(t *testing.T) {
			s := newServer(t)
			s.refuses.Store(2)
			s.runInChromiumUntil(script, func() {
				for len(s.facts()) < messages {
					time.Sleep(20 * time.Millisecond)
				}
			})
			if got := len(s.facts()); got != messages {
				t.Errorf("%d messages stored", got)
			}
			if s.refuses.Load() >= 0 {
				t.Error("nothing was refused")
			}
		})
	}
}

func TestJitsuInTheBrowser(t *testing.T) {
	s := newServer(t)
	s.runInChromium("jitsu-browser.mjs")
	s.told(func(story []fact) []fact { // it has neither screen nor alias
		for i := range story {
			if story[i].Type == event.Group {
				story[i].User = "member"
			}
		}
		return visitorEverywhere(story[:5])
	})
}
