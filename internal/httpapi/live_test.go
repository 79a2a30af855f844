package httpapi_test

import (
	"bufio"
	"context"
	"encoding/json"
	"log/slog"
	"net/http"
	"strings"
	"testing"
	"time"

	"beichen/internal/access"
	"beichen/internal/app"
	"beichen/internal/ledger/postgrestest"
	"beichen/internal/live"
)

// peek is the status of a stream that would not end by itself.
func (c *client) peek(path string) int {
	c.t.Helper()
	ctx, cancel := context.WithCancel(c.t.Context())
	defer cancel()
	response := c.stream(ctx, path)
	defer response.Body.Close()
	return response.StatusCode
}

func (c *client) stream(ctx context.Context, path string) *http.Response {
	c.t.Helper()
	r, err := http.NewRequestWithContext(ctx, "GET", c.base+path, nil)
	if err != nil {
		c.t.Fatal(err)
	}
	r.Header.Set("Accept-Encoding", "gzip, br, zstd") // as browsers do
	if c.key != "" {
		r.Header.Set("Authorization", "Bearer "+c.key)
	}
	response, err := c.http.Do(r)
	if err != nil {
		c.t.Fatal(err)
	}
	return response
}

// listen gives the news of a stream one by one, until it ends.
func (c *client) listen() <-chan live.News {
	c.t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	c.t.Cleanup(cancel)
	response := c.stream(ctx, "/api/v1/live")
	if response.StatusCode != http.StatusOK || response.Header.Get("Content-Type") != "text/event-stream" ||
		response.Header.Get("Content-Encoding") != "" {
		c.t.Fatalf("%d %v", response.StatusCode, response.Header)
	}
	lines := bufio.NewScanner(response.Body)
	if !lines.Scan() || !strings.HasPrefix(lines.Text(), ":") {
		c.t.Fatalf("the stream begins with %q", lines.Text())
	}
	news := make(chan live.News, 100)
	go func() {
		defer close(news)
		defer response.Body.Close()
		for lines.Scan() {
			text, isData := strings.CutPrefix(lines.Text(), "data: ")
			var n live.News
			if isData && json.Unmarshal([]byte(text), &n) == nil {
				news <- n
			}
		}
	}()
	return news
}

// hear waits for news of a type.
func hear(t *testing.T, news <-chan live.News, kind string) live.News {
	t.Helper()
	for {
		select {
		case n, open := <-news:
			if !open {
				t.Fatalf("the stream ended before there were news of %s", kind)
			}
			if n.Type == kind {
				return n
			}
		case <-time.After(10 * time.Second):
			t.Fatalf("no news of %s", kind)
		}
	}
}

func TestScreensHearOfFactsDefinitionsAndPeopleAtOnce(t *testing.T) {
	c := open(t)
	news := c.member(access.Viewer).listen()

	c.send(track("u1", "Signed Up", day(2), nil), track("u2", "Signed Up", day(2), nil))
	if n := hear(t, news, "facts"); n.Through == 0 {
		t.Errorf("%+v does not say through where", n)
	}
	c.admin.propose("trial", trial)
	if n := hear(t, news, "definition"); n.Kind != "Journey" || n.ID != "trial" || n.Version != 1 || n.Author != "Ada" {
		t.Errorf("%+v", n)
	}
	c.admin.ok("POST", "/api/v1/identity/merge", map[string]string{"from": "u2", "to": "u1", "reason": "one person"})
	hear(t, news, "identity")
}

func TestLiveNewsEndWithTheServer(t *testing.T) {
	c := open(t)
	news := c.admin.listen()
	c.api.Close()
	select {
	case _, open := <-news:
		if open {
			t.Error("news after the end")
		}
	case <-time.After(5 * time.Second):
		t.Error("the stream goes on after the server has ended")
	}
	if got := c.stranger().ask("GET", "/readyz", nil).StatusCode; got != http.StatusServiceUnavailable {
		t.Errorf("a server that is stopping says it is ready: %d", got)
	}
}

func TestLiveNewsEndForAKeyThatWasRevokedAndAMemberWhoWasDisabled(t *testing.T) {
	c := open(t)
	c.api.BeatEvery(20 * time.Millisecond)
	program, viewer := c.withKey(access.APIKeys, access.ScopeRead), c.member(access.Viewer)
	var keys struct{ Items []access.Key }
	c.admin.get("/api/v1/keys", &keys)
	var own struct{ Member access.Member }
	viewer.get("/api/v1/session", &own)
	streams := []<-chan live.News{program.listen(), viewer.listen()}
	time.Sleep(100 * time.Millisecond)
	for _, news := range streams {
		select {
		case <-news:
			t.Fatal("the stream ended although nothing has changed")
		default:
		}
	}
	c.admin.ok("DELETE", "/api/v1/keys/"+keys.Items[0].ID, nil)
	c.admin.ok("PATCH", "/api/v1/members/"+own.Member.ID, map[string]any{"disabled": true})
	for i, news := range streams {
		select {
		case _, more := <-news:
			if more {
				t.Error("news where nothing happened")
			}
		case <-time.After(10 * time.Second):
			t.Errorf("stream %d goes on", i)
		}
	}
}

// News that access changed is not waited for by a heartbeat.
func TestLiveNewsEndAtOnceForWhomAccessNewsShutOut(t *testing.T) {
	c := open(t) // with a heartbeat that is longer than the test waits
	viewer := c.member(access.Viewer)
	var own struct{ Member access.Member }
	viewer.get("/api/v1/session", &own)
	out, in := viewer.listen(), c.admin.listen()
	c.admin.ok("PATCH", "/api/v1/members/"+own.Member.ID, map[string]any{"disabled": true})
	c.Live.Publish(live.News{Type: "access"})
	select {
	case n, more := <-out:
		if more {
			t.Errorf("who is shut out is told %+v", n)
		}
	case <-time.After(10 * time.Second):
		t.Error("the stream goes on")
	}
	hear(t, in, "access") // whoever stays is told
}

// A browser does not come back to a stream that is refused to it, so one that is open
// outlasts a ledger that is away.
func TestLiveNewsStayWhileTheLedgerIsAway(t *testing.T) {
	postgres := postgrestest.Start(t)
	c := openWith(t, false, app.Options{Dir: t.TempDir(), Ledger: postgres.Database(t), Log: slog.New(slog.DiscardHandler), Now: time.Now})
	c.api.BeatEvery(20 * time.Millisecond)
	news := c.member(access.Viewer).listen()
	postgres.Stop(t)
	if answer := c.admin.ask("GET", "/api/v1/journeys", nil); answer.StatusCode != http.StatusServiceUnavailable {
		t.Errorf("the ledger is away and the answer is %s", answer.Status)
	}
	time.Sleep(500 * time.Millisecond) // many heartbeats
	postgres.Resume(t)
	c.Live.Publish(live.News{Type: "anything"})
	hear(t, news, "anything")
}
