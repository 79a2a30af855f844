package survival

import (
	"fmt"
	"io"
	stdlog "log"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	rudder "github.com/rudderlabs/analytics-go/v4"
	segment "github.com/segmentio/analytics-go/v3"
)

// client is a client library of the protocol that sends customers steadily, each of whom
// looks at tea and buys some, by a way to the node on which its refusals are counted.
type client struct {
	name    string
	refused atomic.Int64 // answers of 503
	// deliver sends no more and waits until everything is delivered; it tells of how many.
	deliver func() int64
}

// clients lets the libraries for servers begin, two for Go and two for Node.
func clients(t *testing.T, n *node) []*client {
	t.Helper()
	var all []*client
	for name, begin := range map[string]func(t *testing.T, url string) func() int64{
		"Segment for Go":       segmentGo,
		"RudderStack for Go":   rudderGo,
		"Segment for Node":     func(t *testing.T, url string) func() int64 { return onNode(t, "segment", url) },
		"RudderStack for Node": func(t *testing.T, url string) func() int64 { return onNode(t, "rudderstack", url) },
	} {
		c := &client{name: name}
		c.deliver = begin(t, c.way(t, n))
		all = append(all, c)
	}
	return all
}

// way is an address that leads to a node and counts what is refused.
func (c *client) way(t *testing.T, n *node) string {
	t.Helper()
	to, err := url.Parse(n.url(""))
	if err != nil {
		t.Fatal(err)
	}
	proxy := httputil.NewSingleHostReverseProxy(to)
	proxy.ModifyResponse = func(r *http.Response) error {
		if r.StatusCode == http.StatusServiceUnavailable {
			c.refused.Add(1)
		}
		return nil
	}
	server := httptest.NewServer(proxy)
	t.Cleanup(server.Close)
	return server.URL
}

// pace is between two customers of a client.
const pace = 20 * time.Millisecond

// patient is how long the libraries for Go wait before they try again, ten times in all:
// as long as a node that is full asks them to, which they do not read.
func patient(int) time.Duration { return 10 * time.Second }

// steadily lets a client in this process send until it is asked to deliver.
func steadily(t *testing.T, close func() error, waiting *sync.WaitGroup, send func(customer int64) error) func() int64 {
	t.Helper()
	var sending sync.WaitGroup
	var stopping atomic.Bool
	customers := int64(0)
	sending.Go(func() {
		for ; !stopping.Load(); time.Sleep(pace) {
			customers++
			waiting.Add(2)
			if err := send(customers); err != nil {
				t.Error(err)
				return
			}
		}
	})
	end := sync.OnceFunc(func() {
		stopping.Store(true)
		sending.Wait()
	})
	t.Cleanup(func() {
		end()
		if err := close(); err != nil {
			t.Error(err)
		}
	})
	return func() int64 {
		end()
		waiting.Wait()
		return customers
	}
}

// silent is a log for libraries that tell of every refusal.
func silent() *stdlog.Logger { return stdlog.New(io.Discard, "", 0) }

var seen, bought = time.Date(2026, 1, 1, 10, 0, 0, 0, time.UTC), time.Date(2026, 1, 1, 11, 0, 0, 0, time.UTC)

// told hears what became of messages.
type told struct {
	t       *testing.T
	waiting *sync.WaitGroup
}

func (o told) failed(m any, err error) {
	o.t.Errorf("a client gave up %+v: %v", m, err)
	o.waiting.Done()
}

type segmentTold struct{ told }

func (o segmentTold) Success(segment.Message)              { o.waiting.Done() }
func (o segmentTold) Failure(m segment.Message, err error) { o.failed(m, err) }

type rudderTold struct{ told }

func (o rudderTold) Success(rudder.Message)              { o.waiting.Done() }
func (o rudderTold) Failure(m rudder.Message, err error) { o.failed(m, err) }

func segmentGo(t *testing.T, url string) func() int64 {
	t.Helper()
	waiting := &sync.WaitGroup{}
	c, err := segment.NewWithConfig(writeKey, segment.Config{
		Endpoint: url, Interval: 500 * time.Millisecond, RetryAfter: patient, Callback: segmentTold{told{t, waiting}}, Logger: segment.StdLogger(silent()),
	})
	if err != nil {
		t.Fatal(err)
	}
	return steadily(t, c.Close, waiting, func(customer int64) error {
		who := fmt.Sprint("Segment for Go, customer ", customer)
		if err := c.Enqueue(segment.Track{UserId: who, Event: "Tea Seen", Timestamp: seen}); err != nil {
			return err
		}
		return c.Enqueue(segment.Track{UserId: who, Event: "Tea Bought", Timestamp: bought})
	})
}

func rudderGo(t *testing.T, url string) func() int64 {
	t.Helper()
	waiting := &sync.WaitGroup{}
	c, err := rudder.NewWithConfig(writeKey, rudder.Config{
		DataPlaneUrl: url, Interval: 500 * time.Millisecond, RetryAfter: patient, Callback: rudderTold{told{t, waiting}}, Logger: rudder.StdLogger(silent()),
	})
	if err != nil {
		t.Fatal(err)
	}
	return steadily(t, c.Close, waiting, func(customer int64) error {
		who := fmt.Sprint("RudderStack for Go, customer ", customer)
		if err := c.Enqueue(rudder.Track{UserId: who, Event: "Tea Seen", OriginalTimestamp: seen}); err != nil {
			return err
		}
		return c.Enqueue(rudder.Track{UserId: who, Event: "Tea Bought", OriginalTimestamp: bought})
	})
}

// onNode starts a library for Node, in a process of its own that sends until its standard
// input ends.
func onNode(t *testing.T, library, url string) func() int64 {
	t.Helper()
	dir, err := filepath.Abs("../../../e2e/clients")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(filepath.Join(dir, "node_modules", ".package-lock.json")); err != nil {
		t.Fatalf("the client libraries are not installed; run: npm --prefix %s ci", dir)
	}
	process := exec.CommandContext(t.Context(), "node", "outage.mjs", library, url, writeKey)
	process.Dir = dir
	process.Stderr = &log{}
	process.SysProcAttr = dyingWithUs()
	stdin, err := process.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	stdout, err := process.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := process.Start(); err != nil {
		t.Fatal(err)
	}
	return func() int64 {
		t.Helper()
		if err := stdin.Close(); err != nil {
			t.Fatal(err)
		}
		text, err := io.ReadAll(stdout)
		if err != nil {
			t.Fatal(err)
		}
		if err := process.Wait(); err != nil {
			t.Fatalf("%s for Node: %v\n%s", library, err, process.Stderr)
		}
		customers, err := strconv.ParseInt(strings.TrimSpace(string(text)), 10, 64)
		if err != nil {
			t.Fatalf("%s for Node: %v", library, err)
		}
		return customers
	}
}
