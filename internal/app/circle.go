package app

import (
	"context"
	"net/url"
	"strings"
	"time"

	"beichen/internal/fault"
	"beichen/internal/journey"
	"beichen/internal/journey/path"
	"beichen/internal/journey/retention"
	"beichen/internal/ledger/sqlstore"
	"beichen/internal/metric"
	"beichen/internal/nodes"
)

// newCircle is who counts questions with this node: nobody, until it is seen among others.
func (w *Workspace) newCircle() *nodes.Circle {
	return &nodes.Circle{Counters: map[string]nodes.Counter{
		journey.Divided: w.Measurer.Count, journey.DividedFlow: w.Measurer.CountFlow, journey.DividedCustomers: w.Measurer.CountCustomers,
		retention.Divided: w.Retention.Count, retention.DividedCustomers: w.Retention.CountCustomers,
		path.Divided:   (&path.Finder{Source: w.streams}).Count,
		metric.Divided: w.Metric.Count,
	}, Log: w.Log}
}

// checkAdvertised refuses what is no address that other nodes could reach a node by.
func checkAdvertised(address string) error {
	at, err := url.Parse(address)
	switch {
	case address == "":
		return nil
	case err != nil, at.Scheme != "http" && at.Scheme != "https", at.Hostname() == "", at.User != nil,
		strings.Trim(at.Path, "/") != "", at.RawQuery != "", at.Fragment != "":
		return fault.New(fault.Invalid, "app.advertise", "address", address)
	}
	return nil
}

// beSeen says again and again to the nodes that share the ledger that this one is there,
// and keeps the circle that of the others, until the context ends.
func (w *Workspace) beSeen(ctx context.Context, s Serving) error {
	if !w.store.Shared() {
		return nil
	}
	self, err := w.self(s)
	if err != nil {
		return err
	}
	defer w.circle.Know(nodes.State{})
	for lost := false; ctx.Err() == nil; {
		state, err := w.seen(ctx, self)
		if err != nil && !lost && ctx.Err() == nil {
			w.Log.WarnContext(ctx, "this node cannot say that it is there, and counts alone until it can", "error", err)
		}
		lost = err != nil
		w.circle.Know(state)
		select {
		case <-ctx.Done():
		case <-time.After(sqlstore.SeenEvery):
		}
	}
	// Who stops says so; one that is killed is missed after some seconds.
	leaving, cancel := context.WithTimeout(context.WithoutCancel(ctx), leaveWithin)
	defer cancel()
	if err := w.store.Leave(leaving, self.ID); err != nil {
		w.Log.WarnContext(ctx, "this node could not say that it goes", "error", err)
	}
	return nil
}

const leaveWithin = 2 * time.Second

// self is this node as others see it.
func (w *Workspace) self(s Serving) (sqlstore.Node, error) {
	id, err := readNode(w.Dir)
	if err != nil {
		return sqlstore.Node{}, err
	}
	facts, err := readSign(factsSign(w.Dir))
	return sqlstore.Node{ID: id.ID, Address: strings.TrimRight(s.Advertise, "/"), Version: s.Version, Facts: facts.ClickHouse}, err
}

// seen says that this node is there, and finds the others that can count with it: those
// with the same program and the same facts.
func (w *Workspace) seen(ctx context.Context, self sqlstore.Node) (nodes.State, error) {
	if err := w.store.See(ctx, self); err != nil {
		return nodes.State{}, err
	}
	secret, err := w.store.NodesSecret(ctx)
	if err != nil {
		return nodes.State{}, err
	}
	all, err := w.store.Nodes(ctx)
	if err != nil {
		return nodes.State{}, err
	}
	state := nodes.State{Version: self.Version, Secret: secret}
	for _, n := range all {
		if n.ID != self.ID && n.Address != "" && n.Version == self.Version && n.Facts != "" && n.Facts == self.Facts {
			state.Others = append(state.Others, nodes.Node{ID: n.ID, Address: n.Address})
		}
	}
	return state, nil
}

// aloneOnLedger is nil where no other node serves the ledger: a store that others use
// would be moved away under them.
func (w *Workspace) aloneOnLedger(ctx context.Context) error {
	if !w.store.Shared() {
		return nil
	}
	self, err := readNode(w.Dir)
	if err != nil {
		return err
	}
	all, err := w.store.Nodes(ctx)
	if err != nil {
		return err
	}
	var others []string
	for _, n := range all {
		if n.ID != self.ID {
			others = append(others, nameOf(n))
		}
	}
	if len(others) > 0 {
		return fault.New(fault.Conflict, "move.others", "nodes", strings.Join(others, ", "))
	}
	return nil
}

// nameOf is a node for people: its address, or its id where it has none, and what it runs.
func nameOf(n sqlstore.Node) string {
	name := n.Address
	if name == "" {
		name = n.ID
	}
	return name + " (" + n.Version + ")"
}
