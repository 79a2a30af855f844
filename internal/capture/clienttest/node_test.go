package clienttest

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"beichen/internal/event"
)

// run starts a script of e2e/clients against the server.
func (s *server) run(script string) {
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
	if out, err := command.CombinedOutput(); err != nil {
		s.t.Fatalf("node %s: %v\n%s", script, err, out)
	} else if len(out) > 0 {
		s.t.Logf("%s", out)
	}
}

func (s *server) runInChromium(script string) {
	s.t.Helper()
	path := os.Getenv("CHROMIUM")
	if path == "" {
		path = "/usr/bin/chromium"
	}
	if _, err := os.Stat(path); err != nil {
		s.t.Fatalf("there is no Chromium at %s; install it, or say where it is in CHROMIUM", path)
	}
	s.run(script)
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
