package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"net/http"
	"os"
	"os/exec"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"beichen/internal/ledger/postgrestest"
)

// TestMain makes this test's program the one that scripts call beichen.
func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"beichen": main})
}

// TestScripts runs the scripts of testdata/script: the program as people and
// their machines call it.
func TestScripts(t *testing.T) {
	// postgres NAME makes an empty database and puts its address into a variable.
	server := sync.OnceValue(func() *postgrestest.Server { return postgrestest.Start(t) })
	postgres := func(ts *testscript.TestScript, neg bool, args []string) {
		if neg || len(args) != 1 {
			ts.Fatalf("usage: postgres NAME")
		}
		ts.Setenv(args[0], server().Database(t))
	}
	testscript.Run(t, testscript.Params{
		Dir: "testdata/script",
		Setup: func(e *testscript.Env) error {
			e.Setenv("LANG", "en_US.UTF-8")
			e.Setenv("LC_ALL", "")
			e.Setenv("LC_MESSAGES", "")
			return nil
		},
		Cmds: map[string]func(ts *testscript.TestScript, neg bool, args []string){
			"exits":    exits,
			"await":    await,
			"send":     send,
			"postgres": postgres,
		},
	})
}

// exits CODE PROGRAM ARGS… holds a program to its exit code.
func exits(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: exits CODE PROGRAM ARGS…")
	}
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	got := 0
	err = ts.Exec(args[1], args[2:]...)
	if failed, ok := errors.AsType[*exec.ExitError](err); ok {
		got = failed.ExitCode()
	} else {
		ts.Check(err)
	}
	if got != want {
		ts.Fatalf("exit code %d, want %d", got, want)
	}
}

// await FILE waits until a file is there.
func await(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: await FILE")
	}
	for end := time.Now().Add(30 * time.Second); time.Now().Before(end); time.Sleep(10 * time.Millisecond) {
		if _, err := os.Stat(ts.MkAbs(args[0])); err == nil {
			return
		}
	}
	ts.Fatalf("%s is not there after 30 seconds", args[0])
}

// send DIR KEY FILE sends a file to the capture of the server that runs on a
// folder, which must take it.
func send(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 3 {
		ts.Fatalf("usage: send DIR KEY FILE")
	}
	var server struct{ URL string }
	ts.Check(json.Unmarshal([]byte(ts.ReadFile(args[0]+"/server.json")), &server))
	req, err := http.NewRequest(http.MethodPost, server.URL+"/v1/batch", bytes.NewBufferString(ts.ReadFile(args[2])))
	ts.Check(err)
	req.SetBasicAuth(args[1], "")
	req.Header.Set("Content-Type", "application/json")
	resp, err := http.DefaultClient.Do(req)
	ts.Check(err)
	ts.Check(resp.Body.Close())
	if resp.StatusCode != http.StatusOK {
		ts.Fatalf("answer %s", resp.Status)
	}
}
