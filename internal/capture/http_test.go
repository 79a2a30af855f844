package capture

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"beichen/internal/event"
	"beichen/internal/eventlog"
	"beichen/internal/warehouse"
)

// keyring has three keys: of a site, of an importer, and of both.
type keyring struct{}

func (keyring) WriteKey(_ context.Context, secret string) (string, []string, bool) {
	scopes, ok := map[string][]string{"site-key": {ScopeCapture}, "import-key": {ScopeImport}, "both-key": {ScopeCapture, ScopeImport}}[secret]
	return strings.TrimSuffix(secret, "-key"), scopes, ok
}

type server struct {
	*bench
	url string
}

func newServer(t *testing.T, c Config, h HTTPConfig) *server {
	t.Helper()
	b := newBench(t, c)
	mux := http.NewServeMux()
	h.Intake, h.Keys, h.Log, h.Now = b.intake, keyring{}, slog.New(slog.DiscardHandler), b.intake.config.Now
	Routes(mux, h)
	s := httptest.NewServer(mux)
	t.Cleanup(s.Close)
	return &server{b, s.URL}
}

type reply struct {
	status int
	header http.Header
	text   string
	body   struct {
		Success                        bool
		Stored, Duplicate, Quarantined int
		Key, Message, Hint             string
	}
}

func (s *server) do(method, path, text string, change ...func(*http.Request)) reply {
	s.t.Helper()
	request, err := http.NewRequestWithContext(s.t.Context(), method, s.url+path, strings.NewReader(text))
	if err != nil {
		s.t.Fatal(err)
	}
	for _, c := range change {
		c(request)
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		s.t.Fatal(err)
	}
	defer response.Body.Close()
	raw, err := io.ReadAll(response.Body)
	if err != nil {
		s.t.Fatal(err)
	}
	r := reply{status: response.StatusCode, header: response.Header, text: string(raw)}
	if len(raw) > 0 {
		if err := json.Unmarshal(raw, &r.body); err != nil {
			s.t.Fatalf("%s: %v", raw, err)
		}
	}
	return r
}

func basic(key string) func(*http.Request) {
	return func(r *http.Request) { r.SetBasicAuth(key, "") }
}

func header(name, value string) func(*http.Request) {
	return func(r *http.Request) { r.Header.Set(name, value) }
}

// stored reads all messages of everybody back.
func (s *server) stored() []event.Message {
	s.t.Helper()
	s.flush()
	people, err := s.intake.Whole(s.t.Context())
	if err != nil {
		s.t.Fatal(err)
	}
	refs := people.RefsAfter(0)
	numbers := make([]uint32, len(refs))
	for i := range refs {
		numbers[i] = uint32(i + 1)
	}
	all, err := s.store.Timeline(s.t.Context(), warehouse.Timeline{Of: numbers, Root: event.Traits, Limit: 1000})
	if err != nil {
		s.t.Fatal(err)
	}
	return all
}

func TestEveryEndpointTakesItsType(t *testing.T) {
	s := newServer(t, Config{}, HTTPConfig{})
	want := map[string]event.Type{}
	for _, kind := range []event.Type{event.Track, event.Identify, event.Page, event.Screen, event.Group, event.Alias} {
		for _, path := range []string{"/v1/" + string(kind), "/v1/" + string(kind)[:1], "/api/s/" + string(kind), "/api/s/s2s/" + string(kind)} {
			text := fmt.Sprintf(`{"messageId":%q,"userId":"u","event":"E","previousId":"p","groupId":"g","type":"nonsense"}`, path)
			want[path] = kind
			if r := s.do("POST", path, text, basic("site-key")); r.status != 200 || !r.body.Success || r.body.Stored != 1 {
				t.Errorf("%s: %d %s", path, r.status, r.text)
			}
		}
	}
	got := map[string]event.Type{}
	for _, m := range s.stored() {
		got[m.MessageID] = m.Type
		if m.Source != "site" {
			t.Errorf("%s has the source %q", m.MessageID, m.Source)
		}
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestABadMessageNeverFailsItsBatch(t *testing.T) {
	s := newServer(t, Config{}, HTTPConfig{})
	huge := `{"type":"track","messageId":"huge","userId":"u","event":"` + strings.Repeat("x", 33<<10) + `"}`
	text := `{"sentAt":"2026-03-01T13:00:00Z","context":{"channel":"email"},"batch":[
		{"type":"track","messageId":"a","userId":"u","event":"E","timestamp":"2026-03-01T12:59:00Z"},
		{"type":"track","messageId":"b","userId":"u"}, 7, "x", null, {"type":"track","messageId":"a","userId":"u","event":"E"}, ` + huge + `]}`
	r := s.do("POST", "/v1/batch", text, basic("site-key"))
	if r.status != 200 || r.text != `{"success":true,"stored":1,"duplicate":1,"quarantined":5}` {
		t.Fatalf("%d %s", r.status, r.text)
	}
	m := s.stored()[0]
	if m.Channel != "email" || !m.Time.Equal(received.Add(-60e9)) {
		t.Errorf("the batch's context and sentAt: %+v", m)
	}
	if diff := cmp.Diff(map[string]int64{"capture.no-event": 1, "capture.bad-json": 3, "capture.too-large": 1}, s.quarantine(warehouse.QuarantineQuery{}).Reasons); diff != "" {
		t.Error(diff)
	}
}

func TestKeysComeInEveryWayThatClientsSendThem(t *testing.T) {
	s := newServer(t, Config{}, HTTPConfig{})
	n := 0
	text := func(extra string) string {
		n++
		return fmt.Sprintf(`{"messageId":"%d","userId":"u","event":"E"%s}`, n, extra)
	}
	for name, r := range map[string]reply{
		"basic":     s.do("POST", "/v1/track", text(""), basic("site-key")),
		"body":      s.do("POST", "/v1/track", text(`,"writeKey":"site-key"`)),
		"old body":  s.do("POST", "/v1/track", text(`,"write_key":"site-key"`)),
		"header":    s.do("POST", "/api/s/track", text(`,"writeKey":"x:***"`), header("X-Write-Key", "site-key")),
		"id:secret": s.do("POST", "/api/s/track", text(""), header("X-Write-Key", "beichen:site-key")),
		"beacon":    s.do("POST", "/beacon/v1/batch?writeKey=site-key", `{"batch":[`+text(`,"type":"track"`)+`]}`, header("Content-Type", "text/plain;charset=UTF-8")),
	} {
		if r.status != 200 || r.body.Stored != 1 {
			t.Errorf("%s: %d %s", name, r.status, r.text)
		}
	}
	for name, r := range map[string]reply{
		"none":        s.do("POST", "/v1/track", text("")),
		"wrong":       s.do("POST", "/v1/track", text(""), basic("wrong")),
		"wrong body":  s.do("POST", "/v1/track", text(`,"writeKey":"wrong"`)),
		"wrong basic": s.do("POST", "/v1/track", text(`,"writeKey":"site-key"`), basic("wrong")),
	} {
		if r.status != 401 || r.body.Key != "capture.no-key" || r.body.Success {
			t.Errorf("%s: %d %s", name, r.status, r.text)
		}
	}
	bad := s.do("POST", "/v1/track", `{"writeKey":"site-key","event":"E"}`)
	s.flush()
	if page := s.quarantine(warehouse.QuarantineQuery{}); bad.body.Quarantined != 1 || bytes.Contains(page.Items[0].Raw, []byte("site-key")) {
		t.Errorf("the quarantine holds a key: %s", page.Items[0].Raw)
	}
}

func TestImportsNeedTheirScopeAndAreMarked(t *testing.T) {
	s := newServer(t, Config{}, HTTPConfig{})
	text := `{"sentAt":"2026-03-01T13:00:00Z","batch":[{"type":"track","messageId":"a","userId":"u","event":"E","timestamp":"2020-01-01","channel":"fair","value":5}]}`
	if r := s.do("POST", "/v1/import", text, basic("site-key")); r.status != 403 || r.body.Key != "capture.no-scope" {
		t.Errorf("%d %s", r.status, r.text)
	}
	if r := s.do("POST", "/v1/track", text, basic("import-key")); r.status != 403 {
		t.Errorf("%d %s", r.status, r.text)
	}
	if r := s.do("POST", "/v1/import", text, basic("import-key")); r.status != 200 || r.body.Stored != 1 {
		t.Errorf("%d %s", r.status, r.text)
	}
	if m := s.stored()[0]; !m.Imported || m.Channel != "fair" || m.Value == nil || *m.Value != 5 || m.Time.Year() != 2020 {
		t.Errorf("%+v", m)
	}
}

func pack(text string) string {
	var out bytes.Buffer
	w := gzip.NewWriter(&out)
	_, _ = w.Write([]byte(text))
	_ = w.Close()
	return out.String()
}

func TestBodiesArePackedOrPlainAndBounded(t *testing.T) {
	s := newServer(t, Config{}, HTTPConfig{})
	gzipped := header("Content-Encoding", "gzip")
	event := `{"messageId":"a","userId":"u","event":"E"}`
	if r := s.do("POST", "/v1/track", pack(event), basic("site-key"), gzipped); r.body.Stored != 1 {
		t.Errorf("gzip: %d %s", r.status, r.text)
	}
	if r := s.do("POST", "/v1/track", event, basic("site-key"), header("Content-Type", "text/plain")); r.body.Duplicate != 1 {
		t.Errorf("text/plain: %d %s", r.status, r.text)
	}
	large := `{"batch":[` + strings.Repeat(" ", maxBody) + `]}`
	for name, c := range map[string]struct {
		reply
		key string
	}{
		"broken JSON":     {s.do("POST", "/v1/track", `{"userId":`, basic("site-key")), "capture.bad-json"},
		"empty":           {s.do("POST", "/v1/track", ``, basic("site-key")), "capture.bad-json"},
		"a list":          {s.do("POST", "/v1/batch", `[]`, basic("site-key")), "capture.bad-json"},
		"no batch":        {s.do("POST", "/v1/batch", `{}`, basic("site-key")), "capture.no-batch"},
		"a batch of text": {s.do("POST", "/v1/batch", `{"batch":"x"}`, basic("site-key")), "capture.no-batch"},
		"too large":       {s.do("POST", "/v1/batch", large, basic("site-key")), "capture.too-large"},
		"a bomb":          {s.do("POST", "/v1/batch", pack(large+strings.Repeat(" ", 50<<20)), basic("site-key"), gzipped), "capture.too-large"},
		"no gzip":         {s.do("POST", "/v1/track", event, basic("site-key"), gzipped), "capture.unreadable"},
		"torn gzip":       {s.do("POST", "/v1/track", pack(event)[:20], basic("site-key"), gzipped), "capture.unreadable"},
		"other packing":   {s.do("POST", "/v1/track", event, basic("site-key"), header("Content-Encoding", "br")), "capture.bad-encoding"},
		"too many":        {s.do("POST", "/v1/batch", `{"batch":[`+strings.Repeat("1,", maxBatch)+`1]}`, basic("site-key")), "capture.too-many"},
	} {
		if c.status != 400 || c.body.Key != c.key || c.body.Message == "" {
			t.Errorf("%s: %d %s", name, c.status, c.text)
		}
	}
	if r := s.do("POST", "/v1/track", `x`, basic("site-key"), header("Accept-Language", "zh-TW")); !strings.Contains(r.body.Message, "物件") {
		t.Errorf("in Taiwan it says %q", r.body.Message)
	}
}

func TestPagesOfAnyOriginMaySend(t *testing.T) {
	s := newServer(t, Config{}, HTTPConfig{})
	origin := header("Origin", "https://shop.example")
	r := s.do("OPTIONS", "/v1/batch", "", origin, header("Access-Control-Request-Method", "POST"), header("Access-Control-Request-Headers", "authorization,anonymousid,content-type"))
	if r.status != 204 || r.header.Get("Access-Control-Allow-Origin") != "https://shop.example" || r.header.Get("Access-Control-Allow-Methods") != "POST, OPTIONS" ||
		r.header.Get("Access-Control-Allow-Headers") != "authorization,anonymousid,content-type" {
		t.Errorf("%d %v", r.status, r.header)
	}
	r = s.do("POST", "/v1/track", `{"userId":"u","event":"E"}`, origin, basic("wrong"))
	if r.status != 401 || r.header.Get("Access-Control-Allow-Origin") != "https://shop.example" {
		t.Errorf("%d %v", r.status, r.header)
	}
	if r := s.do("GET", "/v1/track", ""); r.status != 405 {
		t.Errorf("GET: %d", r.status)
	}
}

func TestPressureIsAnsweredAsClientsUnderstandIt(t *testing.T) {
	s := newServer(t, Config{Log: eventlog.Options{MaxBytes: 1}, LoadEvery: time.Hour}, HTTPConfig{EventsPerSecond: 2, Burst: 4})
	batch := `{"batch":[1,2,3]}`
	if r := s.do("POST", "/v1/batch", batch, basic("site-key")); r.status != 200 {
		t.Fatalf("%d %s", r.status, r.text)
	}
	full := s.do("POST", "/v1/track", `{"userId":"u","event":"E"}`, basic("both-key"))
	if full.status != 503 || full.header.Get("Retry-After") != strconv.Itoa(eventlog.Retry) || full.body.Key != "eventlog.full" {
		t.Errorf("a full log: %d %v %s", full.status, full.header, full.text)
	}
	fast := s.do("POST", "/v1/batch", batch, basic("site-key"))
	if fast.status != 429 || fast.header.Get("Retry-After") != "1" || fast.body.Key != "capture.too-fast" {
		t.Errorf("too fast: %d %v %s", fast.status, fast.header, fast.text)
	}
	s.now = s.now.Add(1e9)
	if r := s.do("POST", "/v1/batch", batch, basic("site-key")); r.status == 429 {
		t.Errorf("a second later: %d %s", r.status, r.text)
	}
}

func TestClientsFindTheirSettings(t *testing.T) {
	s := newServer(t, Config{}, HTTPConfig{})
	for path, want := range map[string]string{
		"/cluster-info":                    `{"nodeCount":1}`,
		"/health":                          `{"acceptingEvents":true,"server":"UP"}`,
		"/version":                         `{"Name":"Beichen"}`,
		"/sourceConfig/?writeKey=site-key": `"destinations":[]`,
		"/v1/projects/site-key/settings":   `"apiHost":"` + strings.TrimPrefix(s.url, "http://") + `/v1"`,
	} {
		if r := s.do("GET", path, ""); r.status != 200 || !strings.Contains(r.text, want) {
			t.Errorf("%s: %d %s", path, r.status, r.text)
		}
	}
	for _, path := range []string{"/sourceConfig/", "/sourceConfig?writeKey=wrong", "/v1/projects/wrong/settings"} {
		if r := s.do("GET", path, ""); r.status != 401 {
			t.Errorf("%s: %d %s", path, r.status, r.text)
		}
	}
}

func FuzzBody(f *testing.F) {
	f.Add([]byte(`{"batch":[{"type":"track","userId":"u","event":"E"},1],"context":{"a":1},"sentAt":"2026-01-01"}`))
	f.Add([]byte(`{"batch":[],"writeKey":1}`))
	f.Fuzz(func(t *testing.T, raw []byte) {
		b, err := openBody(raw)
		if err != nil {
			reasonOf(t, err)
			return
		}
		b.envelope.ReceivedAt = received
		for _, parse := range []func() ([]Incoming, error){
			func() ([]Incoming, error) { return b.batch(true) },
			func() ([]Incoming, error) { return b.single(event.Track) },
		} {
			in, err := parse()
			if err != nil {
				reasonOf(t, err)
				continue
			}
			for _, one := range in {
				if one.Refused != nil && !json.Valid(one.Refused.Raw) {
					t.Fatalf("quarantined %q", one.Refused.Raw)
				}
			}
		}
	})
}
