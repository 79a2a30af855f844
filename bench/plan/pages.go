package plan

import (
	"fmt"
	"regexp"
	"strings"
)

// Tables are those of the pages of docs/operator, by the name that stands in the page:
// <!-- plan:NAME --> before a table and <!-- plan --> after it.
func (m Measured) Tables() (map[string]string, error) {
	all := map[string]string{"machine": "> " + m.Machine + "\n", "bytes": m.bytes(), "columns": m.columns(), "loading": m.loading(), "rates": m.rates()}
	for name, make := range map[string]func() (string, error){
		"sizes": m.sizes, "stores": m.stores, "limits": m.limits, "answers": m.answers,
	} {
		text, err := make()
		if err != nil {
			return nil, err
		}
		all[name] = text
	}
	return all, nil
}

var marked = regexp.MustCompile(`(?s)(<!-- plan:(\w+) -->\n).*?(<!-- plan -->\n)`)

// Fill puts the tables into the places that a page has for them. A place without a table
// is an error.
func Fill(page string, tables map[string]string) (string, error) {
	var err error
	filled := marked.ReplaceAllStringFunc(page, func(place string) string {
		parts := marked.FindStringSubmatch(place)
		text, known := tables[parts[2]]
		if !known {
			err = fmt.Errorf("there is no table %q", parts[2])
		}
		return parts[1] + text + parts[3]
	})
	return filled, err
}

// bytes of an event, wherever it lies.
func (m Measured) bytes() string {
	rows := [][]string{{"bytes an event"}, {"sent, as JSON in a batch"}, {"in the log, until it is loaded"}, {"in `facts.duckdb`"}, {"in ClickHouse, merged, one replica"}, {"an id, in ClickHouse"}}
	for _, k := range m.Kinds {
		sent := "–"
		if k.SentBytes > 0 {
			sent = digits(k.SentBytes)
		}
		for i, cell := range []string{k.Name, sent, digits(k.LogBytes), digits(k.DuckDBBytes), digits(k.ClickHouseBytes), digits(k.StoredIDBytes)} {
			rows[i] = append(rows[i], cell)
		}
	}
	return table(rows...)
}

// columns of ClickHouse's table of events, those of a tenth of a byte and more.
func (m Measured) columns() string {
	const least = 0.1
	rows := [][]string{{"column", "bytes an event"}}
	for _, k := range m.Kinds {
		if k.Name != BrowserEvents {
			continue
		}
		rest := k.ClickHouseBytes
		for _, c := range k.Columns {
			if c.Bytes >= least {
				rows = append(rows, []string{"`" + strings.Replace(c.Name, "projection ", "", 1) + "`", digits(c.Bytes)})
				rest -= c.Bytes
			}
		}
		rows = append(rows, []string{"all others, indexes and marks", digits(max(0, rest))})
	}
	return table(rows...)
}

func micro(nanos float64) string { return digits(nanos/1000) + " µs" }

// loading is what an event takes of one core on its way into a store, and back.
func (m Measured) loading() string {
	rows := [][]string{{"of one core, an event"}, {"into DuckDB"}, {"into ClickHouse: the node"}, {"the shards, to store it"}, {"the shards, to merge it once"},
		{"back for the index, where none is saved: the node"}, {"the shards"}}
	for _, k := range m.Kinds {
		for i, cell := range []string{k.Name, micro(k.DuckDBNanos), micro(k.NodeNanos), micro(k.StoreNanos), micro(k.MergeNanos), micro(k.ReadNanos), micro(k.ServeNanos)} {
			rows[i] = append(rows[i], cell)
		}
	}
	return table(rows...)
}

// rates are what other work takes of one core.
func (m Measured) rates() string {
	nano := func(nanos float64) string { return digits(nanos) + " ns" }
	return table(
		[]string{"work", "of one core", "for"},
		[]string{"capture in batches of 100, loaded into DuckDB", micro(m.CaptureNanos), "an event"},
		[]string{"capture of events sent one by one, likewise", micro(m.SingleNanos), "an event"},
		[]string{"a board of 10 stages and 30 steps, from the index", nano(m.BoardNanos), "an event of the index"},
		[]string{"a funnel of 6 steps, from the index", nano(m.FunnelNanos), "an event of the index"},
		[]string{"ClickHouse passes over an event", nano(m.PassNanos), "an event stored"},
		[]string{"ClickHouse gathers it with its customer's, in their order", nano(m.GatherNanos), "an event that matches"},
		[]string{"who is who is worked out anew, after a link", nano(m.ViewNanos), "an id"})
}

// sizes is the table that an operator looks up.
func (m Measured) sizes() (string, error) {
	rows := [][]string{{"events a day", "kept of two years", "comes in, busiest second", "memory: the index", "memory: who is who", "disk: `facts.duckdb`", "or ClickHouse, one replica", "capture, busiest second, of a core", "a board, of one core"}}
	for _, perDay := range []float64{1e4, 1e5, 1e6, 1e7, 1e8} {
		l := Usual(perDay, 730)
		n, err := m.Of(l)
		if err != nil {
			return "", err
		}
		rows = append(rows, []string{count(perDay), count(l.Events()), size(n.NetworkIn) + "/s", size(n.Index), size(n.People), size(n.DuckDB), size(n.ClickHouse), percent(n.CaptureCores), seconds(n.BoardSeconds)})
	}
	return table(rows...), nil
}

// scales are the sizes of the plan, with the cluster for each.
var scales = []struct {
	events  float64
	cluster Cluster
}{
	{1e9, Cluster{Shards: 2, ShardCores: 16, Nodes: 2, NodeCores: 16, Network: 1.25e9}},
	{1e10, Cluster{Shards: 6, ShardCores: 32, Nodes: 3, NodeCores: 32, Network: 1.25e9}},
	{1e11, Cluster{Shards: 24, ShardCores: 32, Nodes: 6, NodeCores: 32, Network: 3.1e9}},
}

// stores is what the scales of the plan take.
func (m Measured) stores() (string, error) {
	rows := [][]string{{"events kept"}, {"customers, ids"}, {"comes in: mean, busiest second"}, {"capture, busiest second"}, {"shards × replicas, cores each"}, {"disk of a shard's replica"}, {"storing and merging, of a shard's cores"}, {"Beichen nodes, cores each"}, {"each node's memory for who is who"}, {"each node's memory for the index, if it were held"}, {"a board from that index"}}
	for _, s := range scales {
		l := Usual(s.events/730, 730)
		n, err := m.Of(l)
		if err != nil {
			return "", err
		}
		c := s.cluster
		for i, cell := range []string{
			count(s.events), count(l.Customers()) + ", " + count(l.IDs()), count(l.PeakRate()/l.Peak) + "/s, " + count(l.PeakRate()) + "/s",
			percent(n.CaptureCores) + " of a core, " + size(n.NetworkIn) + "/s", fmt.Sprintf("%d × 2, %d", c.Shards, c.ShardCores), size(n.ClickHouse / float64(c.Shards)),
			percent(n.StoreCores / float64(c.Shards*c.ShardCores)), fmt.Sprintf("%d, %d", c.Nodes, c.NodeCores), size(n.People), size(n.Index), seconds(n.BoardSeconds / float64(c.NodeCores)),
		} {
			rows[i] = append(rows[i], cell)
		}
	}
	return table(rows...), nil
}

// limits is what breaks, in its order.
func (m Measured) limits() (string, error) {
	limits, err := m.Limits(Usual(1e11/730, 730))
	if err != nil {
		return "", err
	}
	rows := [][]string{{"what ends", "at", "which is, in events kept", "what happens then"}}
	for _, l := range limits {
		rows = append(rows, []string{l.What, l.Ends, count(l.Events), l.Then})
	}
	return table(rows...), nil
}

// answers are the simulated ones.
func (m Measured) answers() (string, error) {
	rows := [][]string{{"events kept", "questions a minute", "load of the shards", "of the nodes", "half of the answers within", "95 % within"}}
	for _, s := range scales {
		for _, perMinute := range []float64{1, 10, 60} {
			a := m.Simulate(s.events, s.cluster, UsualQuestions(perMinute), 1)
			cells := []string{count(s.events), digits(perMinute), percent(a.ShardBusy), percent(a.NodeBusy), seconds(a.Median), seconds(a.P95)}
			if a.Overrun {
				cells[4], cells[5] = "too many questions", "the queue grows without end"
			}
			rows = append(rows, cells)
		}
	}
	return table(rows...), nil
}

// Tell is one load on one cluster, whole.
func (m Measured) Tell(l Load, c Cluster, q Questions, seed uint64) (string, error) {
	n, err := m.Of(l)
	if err != nil {
		return "", err
	}
	limits, err := m.Limits(l)
	if err != nil {
		return "", err
	}
	a := m.Simulate(l.Events(), c, q, seed)
	var b strings.Builder
	say := func(what, value string) { fmt.Fprintf(&b, "%-44s %s\n", what, value) }
	say("events kept", count(l.Events()))
	say("customers, ids", count(l.Customers())+", "+count(l.IDs()))
	say("comes in, busiest second", count(l.PeakRate())+", "+size(n.NetworkIn)+"/s")
	say("capture, busiest second", digits(n.CaptureCores)+" cores")
	say("disk of facts.duckdb", size(n.DuckDB))
	say("disk of a shard's replica", size(n.ClickHouse/float64(c.Shards)))
	say("storing and merging, of a shard's cores", percent(n.StoreCores/float64(c.Shards*c.ShardCores)))
	say("memory of each node: who is who", size(n.People))
	say("memory of each node: the index", size(n.Index))
	say("a board from the index", seconds(n.BoardSeconds/float64(c.NodeCores)))
	say("a question next to the data, half within", seconds(a.Median))
	say("… 95 % within", seconds(a.P95))
	say("load of the shards, of the nodes", percent(a.ShardBusy)+", "+percent(a.NodeBusy))
	if a.Overrun {
		say("", "more is asked than is answered: the queue grows without end")
	}
	b.WriteString("\nwhat ends first, in events kept:\n")
	for _, limit := range limits {
		say("  "+count(limit.Events), limit.What)
	}
	return b.String(), nil
}
