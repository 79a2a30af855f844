package survival

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// senders send customers to nodes as the clients of the protocol do: what is not
// acknowledged, they send again, to whichever node the load balancer gives them, until
// it is. Each customer looks at tea and buys some.
type senders struct {
	t     *testing.T
	many  int
	nodes []*node
	http  http.Client

	next, acknowledged, refused, broken atomic.Int64 // customers; answers of 503; requests without an answer
	reason                              atomic.Value // the key of the last refusal
	stopping                            atomic.Bool
	working                             sync.WaitGroup
}

const (
	perBatch = 5 // customers
	again    = 20 * time.Millisecond
	// patience bounds the wait for what takes a second, or half a minute after silence: a
	// test that fails shall say why.
	patience = 4 * time.Minute
)

// send lets so many senders begin.
func send(t *testing.T, many int, nodes ...*node) *senders {
	t.Helper()
	s := &senders{t: t, many: many, nodes: nodes, http: http.Client{Timeout: 20 * time.Second}}
	s.goOn()
	t.Cleanup(s.stop)
	return s
}

// goOn lets the senders begin, also after they were stopped.
func (s *senders) goOn() {
	s.stopping.Store(false)
	for i := range s.many {
		s.working.Go(func() {
			for !s.stopping.Load() {
				s.deliver(i, s.batch())
				time.Sleep(time.Millisecond)
			}
		})
	}
}

// stop waits until everything that was begun is acknowledged, and nothing more begins.
func (s *senders) stop() {
	s.stopping.Store(true)
	s.working.Wait()
	s.http.CloseIdleConnections()
}

// until waits for so many more customers to be acknowledged.
func (s *senders) more(customers int64) {
	for until := s.acknowledged.Load() + customers; s.acknowledged.Load() < until && !s.stopping.Load(); {
		time.Sleep(time.Millisecond)
	}
}

func (s *senders) batch() []byte {
	var batch []map[string]any
	for range perBatch {
		who := fmt.Sprint("customer ", s.next.Add(1))
		batch = append(batch,
			map[string]any{"type": "track", "event": "Tea Seen", "userId": who, "messageId": who + " seen", "timestamp": "2026-01-01T10:00:00Z"},
			map[string]any{"type": "track", "event": "Tea Bought", "userId": who, "messageId": who + " bought", "timestamp": "2026-01-01T11:00:00Z"})
	}
	text, err := json.Marshal(map[string]any{"batch": batch})
	if err != nil {
		panic(err) // texts always marshal
	}
	return text
}

// deliver sends a batch until it is acknowledged.
func (s *senders) deliver(first int, batch []byte) {
	for try := first; ; try++ {
		switch status, err := s.post(s.nodes[try%len(s.nodes)], batch); {
		case err != nil:
			s.broken.Add(1)
		case status == http.StatusOK:
			s.acknowledged.Add(perBatch)
			return
		case status == http.StatusServiceUnavailable:
			s.refused.Add(1)
		default:
			s.t.Errorf("an answer of %d", status)
			return
		}
		time.Sleep(again)
	}
}

func (s *senders) post(to *node, batch []byte) (int, error) {
	req, err := http.NewRequest(http.MethodPost, to.url("/v1/batch"), bytes.NewReader(batch))
	if err != nil {
		return 0, err
	}
	req.SetBasicAuth(writeKey, "")
	req.Header.Set("Content-Type", "application/json")
	resp, err := s.http.Do(req)
	if err != nil {
		return 0, err
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		return 0, err
	}
	if resp.StatusCode == http.StatusServiceUnavailable {
		var said struct{ Key string }
		if err := json.Unmarshal(text, &said); err != nil || resp.Header.Get("Retry-After") == "" {
			s.t.Errorf("a refusal does not say why, or when to come again: %s", text)
		}
		s.reason.Store(said.Key)
	}
	return resp.StatusCode, nil
}

// answer is what a node measures: of how many customers it knows that they looked at
// tea, how many of them bought some, and of how many events.
type answer struct{ entered, bought, events int64 }

// ask asks a node; problem is the status and the text of what it answers instead.
func (n *node) ask(t *testing.T) (a answer, problem string) {
	t.Helper()
	const question = `{"journey":{"kind":"Journey","id":"tea","stages":[
		{"id":"seen","steps":[{"id":"look","when":[{"event":"Tea Seen"}]}]},
		{"id":"bought","steps":[{"id":"pay","when":[{"event":"Tea Bought"}]}]}]},"asOf":"2026-02-01"}`
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, n.url("/api/v1/measure"), bytes.NewReader([]byte(question)))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+apiKey)
	req.Header.Set("Content-Type", "application/json")
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return a, err.Error()
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		return a, err.Error()
	}
	if resp.StatusCode != http.StatusOK {
		return a, fmt.Sprint(resp.StatusCode, " ", string(text))
	}
	var m struct {
		Entered int64
		Stages  []struct{ Reached int64 }
		Facts   struct{ Events int64 }
	}
	if err := json.Unmarshal(text, &m); err != nil || len(m.Stages) != 2 {
		t.Fatalf("an answer that cannot be read: %v\n%s", err, text)
	}
	return answer{m.Entered, m.Stages[1].Reached, m.Facts.Events}, ""
}

// settles waits until all that was acknowledged is in the store, and all nodes answer,
// and answer right: everybody, once. Events come to a node that did not take them in a
// moment later; an answer that has somebody twice never becomes right.
func (s *senders) settles(when string) {
	s.t.Helper()
	s.stop()
	all := s.acknowledged.Load()
	want := answer{all, all, 2 * all}
	deadline := time.Now().Add(patience)
	for _, n := range s.nodes {
		n.reports(s.t, "beichen_load_failing 0", "beichen_facts_waiting 0")
		for {
			got, problem := n.ask(s.t)
			if problem == "" && got == want {
				break
			}
			if time.Now().After(deadline) {
				s.t.Fatalf("%s: of %d customers a node answers %+v %s, and says\n%s", when, all, got, problem, n.log)
			}
			time.Sleep(again)
		}
	}
}
