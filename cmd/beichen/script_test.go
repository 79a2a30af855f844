package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"beichen/internal/ledger/postgrestest"
	"beichen/internal/warehouse/clickhouse/clustertest"
	"beichen/internal/warehouse/clickhousetest"
	"beichen/internal/wiretest"
)

// TestMain makes this test's program the one that scripts call beichen, and ends the
// servers that they share.
func TestMain(m *testing.M) {
	clickhousetest.Main()
	testscript.Main(shared{m}, map[string]func(){"beichen": main})
}

type shared struct{ *testing.M }

// Run implements testscript.TestingM.
func (s shared) Run() int { return postgrestest.Run(func() int { return clustertest.Run(s.M) }) }

// TestScripts runs the scripts of testdata/script: the program as people and their
// machines call it, once over stores in the workspace's folder and once over those that
// the environment names. A script says where it stops in a cluster, and why.
func TestScripts(t *testing.T) {
	t.Run("folder", func(t *testing.T) { runScripts(t, nil) })
	t.Run("cluster", func(t *testing.T) { runScripts(t, clusterStores(t)) })
}

// clusterStores gives each script an empty ledger in Postgres and facts in a cluster of two
// shards. What is acknowledged is in answers, as it is of a folder. The engine of tests
// does not survive clients that end as programs do: wires end in an orderly way for them.
func clusterStores(t *testing.T) func(e *testscript.Env) {
	cluster := clustertest.Cluster(t)
	var shards []string
	for _, address := range cluster.Addresses() {
		shards = append(shards, wiretest.Lay(t, address).Address())
	}
	scripts := new(atomic.Int64)
	return func(e *testscript.Env) {
		e.Setenv("BEICHEN_LEDGER", postgrestest.Database(t))
		e.Setenv("BEICHEN_FACTS", fmt.Sprintf("clickhouse://default:@%s/script%d?shard=%s", cluster.Name, scripts.Add(1), strings.Join(shards, "&shard=")))
		e.Setenv("BEICHEN_ACKNOWLEDGE", "stored")
	}
}

func runScripts(t *testing.T, stores func(e *testscript.Env)) {
	testscript.Run(t, testscript.Params{
		Dir: "testdata/script",
		Setup: func(e *testscript.Env) error {
			e.Setenv("LANG", "en_US.UTF-8")
			e.Setenv("LC_ALL", "")
			e.Setenv("LC_MESSAGES", "")
			if stores != nil {
				stores(e)
			}
			return nil
		},
		Condition: func(name string) (bool, error) {
			if name != "cluster" {
				return false, fmt.Errorf("there is no condition %q", name)
			}
			return stores != nil, nil
		},
		Cmds: map[string]func(ts *testscript.TestScript, neg bool, args []string){
			"exits": exits,
			"await": await,
			"send":  send,
			"ask":   ask,
			// postgres NAME makes an empty database and puts its address into a variable.
			"postgres": func(ts *testscript.TestScript, neg bool, args []string) {
				if neg || len(args) != 1 {
					ts.Fatalf("usage: postgres NAME")
				}
				ts.Setenv(args[0], postgrestest.Database(t))
			},
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
	post(ts, args[0], "/v1/batch", args[2], func(r *http.Request) { r.SetBasicAuth(args[1], "") })
}

// ask DIR KEY PATH FILE PLACE=VALUE… sends a file to the API of the server that runs on a
// folder, and holds places of the answer, such as stages.0.reached, to values.
func ask(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 4 {
		ts.Fatalf("usage: ask DIR KEY PATH FILE PLACE=VALUE…")
	}
	text := post(ts, args[0], "/api/v1"+args[2], args[3], func(r *http.Request) { r.Header.Set("Authorization", "Bearer "+args[1]) })
	for _, expectation := range args[4:] {
		place, want, _ := strings.Cut(expectation, "=")
		got := json.RawMessage(text)
		for _, name := range strings.Split(place, ".") {
			var object map[string]json.RawMessage
			var list []json.RawMessage
			if i, err := strconv.Atoi(name); err == nil && json.Unmarshal(got, &list) == nil && i < len(list) {
				got = list[i]
				continue
			}
			if json.Unmarshal(got, &object) != nil || object[name] == nil {
				ts.Fatalf("no %s in %s", place, text)
			}
			got = object[name]
		}
		if string(got) != want {
			ts.Fatalf("%s is %s, want %s: %s", place, got, want, text)
		}
	}
}

func post(ts *testscript.TestScript, dir, path, file string, sign func(*http.Request)) []byte {
	var server struct{ URL string }
	ts.Check(json.Unmarshal([]byte(ts.ReadFile(dir+"/server.json")), &server))
	req, err := http.NewRequest(http.MethodPost, server.URL+path, strings.NewReader(ts.ReadFile(file)))
	ts.Check(err)
	sign(req)
	req.Header.Set("Content-Type", "application/json")
	resp, err := http.DefaultClient.Do(req)
	ts.Check(err)
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	ts.Check(err)
	if resp.StatusCode != http.StatusOK {
		ts.Fatalf("answer %s: %s", resp.Status, text)
	}
	return text
}
