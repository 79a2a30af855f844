package nodes

import (
	"bufio"
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"sync"
	"time"

	"beichen/internal/warehouse"
)

const (
	patience = time.Second // where Circle says none
	// beginnings is how often a question is begun anew because somebody has taken in more
	// facts than the others know.
	beginnings = 3
)

// Count has a question counted by this node and all others that can, and hands what was
// counted of each share to take, one after the other, each share once. It returns the
// moment of the facts that it was counted at. Errors are those of this node's own
// counting, and of take where what it was given comes from here; what comes from others
// and take refuses is counted anew.
func (c *Circle) Count(ctx context.Context, q Question, take func([]byte) error) (warehouse.Moment, error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	own, others, err := c.begin(ctx, q)
	if err != nil {
		return warehouse.Moment{}, err
	}
	divide := c.Divide
	if divide == nil {
		divide = Evenly
	}
	w := newWork(divide(own.Refs(), 1+len(others)), take)
	var counting sync.WaitGroup
	for _, o := range others {
		counting.Go(func() { c.countThere(ctx, w, o) })
	}
	stop := context.AfterFunc(ctx, w.wake)
	err = c.countHere(ctx, w, own)
	stop()
	cancel() // what the others still count was counted here
	counting.Wait()
	return own.At(), err
}

// begin begins a question here and elsewhere at one moment. Where this node does not get
// to know in time what another one knows, it counts alone, at the moment that it does.
func (c *Circle) begin(ctx context.Context, q Question) (own Counting, others []*session, err error) {
	known := c.known()
	own, err = c.Counters[q.Kind](ctx, q.Body, warehouse.Moment{})
	if err != nil {
		return nil, nil, err
	}
	for n := 1; ; n++ {
		at := own.At()
		latest := at
		all := c.beginThere(ctx, q, known, at)
		others = nil
		for _, s := range all {
			if s.at.Load > latest.Load {
				latest = s.at
			}
			if s.at == at {
				others = append(others, s)
			}
		}
		if latest == at || n == beginnings {
			for _, s := range all {
				if s.at != at {
					s.end()
				}
			}
			return own, others, nil
		}
		for _, s := range all {
			s.end()
		}
		soon, cancel := context.WithTimeout(ctx, c.patience())
		later, err := c.Counters[q.Kind](soon, q.Body, latest)
		late := soon.Err() != nil && ctx.Err() == nil
		cancel()
		switch {
		case err == nil:
			own = later
		case late:
			return own, nil, nil
		default:
			return nil, nil, err
		}
	}
}

func (c *Circle) patience() time.Duration { return cmp.Or(c.Patience, patience) }

// beginThere begins a question on the other nodes, those that are ready soon.
func (c *Circle) beginThere(ctx context.Context, q Question, known State, at warehouse.Moment) (ready []*session) {
	begun := make(chan *session, len(known.Others))
	for _, node := range known.Others {
		go func() {
			s, err := beginSession(ctx, node, known, order{q.Kind, q.Body, at})
			if err != nil && ctx.Err() == nil {
				c.Log.InfoContext(ctx, "a node does not count with this one", "node", node.ID, "address", node.Address, "error", err)
			}
			begun <- s
		}()
	}
	soon := time.NewTimer(c.patience())
	defer soon.Stop()
	for left := len(known.Others); left > 0; left-- {
		select {
		case s := <-begun:
			if s != nil {
				ready = append(ready, s)
			}
			continue
		case <-soon.C:
		case <-ctx.Done():
		}
		go func() { // who comes late is sent away
			for range left {
				if s := <-begun; s != nil {
					s.end()
				}
			}
		}()
		return ready
	}
	return ready
}

// countHere counts shares until all are counted.
func (c *Circle) countHere(ctx context.Context, w *work, own Counting) error {
	for {
		share, ok := w.own(ctx)
		if !ok {
			return ctx.Err()
		}
		counting, cancel := context.WithCancel(ctx)
		began := time.Now()
		w.counting(share, cancel)
		counted, err := own.Count(counting, w.shares[share])
		cancel()
		switch {
		case w.isCounted(share): // somebody else was faster
		case err != nil:
			return err
		default:
			if err := w.deliver(share, counted); err != nil {
				return err
			}
			w.took(time.Since(began))
		}
	}
}

// countThere has another node count shares until there are none, or it fails.
func (c *Circle) countThere(ctx context.Context, w *work, s *session) {
	defer s.end()
	for {
		share, ok := w.next(ctx)
		if !ok {
			return
		}
		c.asked.Add(1)
		counted, err := s.count(w.shares[share])
		if err == nil {
			err = w.deliver(share, counted)
		}
		if err == nil {
			continue
		}
		if ctx.Err() == nil {
			c.fails.Add(1)
			c.Log.WarnContext(ctx, "a node did not count a share that it was asked for; it is counted elsewhere",
				"node", s.node.ID, "address", s.node.Address, "error", err)
			w.giveBack(share)
		}
		return
	}
}

// session is a question on its way to another node.
type session struct {
	node   Node
	at     warehouse.Moment
	orders *json.Encoder
	answer *bufio.Reader
	end    func()
}

// between is the way to other nodes: straight, and given up where nobody is.
var between = &http.Client{
	Transport: &http.Transport{
		DialContext: (&net.Dialer{Timeout: 5 * time.Second, KeepAliveConfig: net.KeepAliveConfig{
			Enable: true, Idle: 10 * time.Second, Interval: 5 * time.Second, Count: 4,
		}}).DialContext,
		DisableCompression: true, DisableKeepAlives: true, TLSHandshakeTimeout: 5 * time.Second,
	},
	CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
}

func beginSession(ctx context.Context, node Node, known State, o order) (_ *session, err error) {
	ctx, cancel := context.WithCancel(ctx)
	body, orders := io.Pipe()
	ended := func() {
		cancel()
		orders.CloseWithError(context.Canceled)
	}
	defer func() {
		if err != nil {
			ended()
		}
	}()
	first, err := json.Marshal(o)
	if err != nil {
		return nil, err
	}
	// Closed with the connection, the body lets go of whoever still wants to write.
	whole := struct {
		io.Reader
		io.Closer
	}{io.MultiReader(bytes.NewReader(first), body), body}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, node.Address+Path, whole)
	if err != nil {
		return nil, err
	}
	req.Header.Set("Authorization", "Bearer "+known.Secret)
	req.Header.Set(versionHeader, known.Version)
	resp, err := between.Do(req)
	if err != nil {
		return nil, err
	}
	s := &session{node: node, orders: json.NewEncoder(orders), answer: bufio.NewReaderSize(resp.Body, 1<<16)}
	s.end = func() {
		ended()
		_ = resp.Body.Close() // nothing more is read of it
	}
	if resp.StatusCode != http.StatusOK {
		said, _ := io.ReadAll(io.LimitReader(s.answer, 200)) // for the log
		s.end()
		return nil, fmt.Errorf("%s: %s", resp.Status, bytes.TrimSpace(said))
	}
	text, err := readFrame(s.answer)
	var b begun
	if err == nil {
		err = json.Unmarshal(text, &b)
	}
	if err != nil {
		s.end()
		return nil, err
	}
	s.at = b.At
	return s, nil
}

// count has a share counted. It fails when the session ends.
func (s *session) count(share warehouse.Range) ([]byte, error) {
	if err := s.orders.Encode(share); err != nil {
		return nil, err
	}
	return readFrame(s.answer)
}
