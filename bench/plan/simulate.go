package plan

import (
	"cmp"
	"math"
	"math/rand/v2"
	"slices"
)

// Cluster is what questions go to that are answered next to the data: each shard
// gathers the events of a question by customer and sorts them, and sends them to a node,
// which walks along each customer's.
type Cluster struct {
	Shards, ShardCores int // of the replica that is asked
	Nodes, NodeCores   int
	Network            float64 // bytes a second of each machine
}

// Questions are what is asked. Each is about a span of the history and about some of
// the events in it.
type Questions struct {
	PerMinute float64
	Spans     []Span
	Least     float64 // share of a span's events that match, from …
	Most      float64 // … to, the logarithm evenly
	Bytes     float64 // an event on its way from a shard to a node: its time and its name
}

// Span is a part of the history, and how many questions are about it.
type Span struct{ OfHistory, OfQuestions float64 }

// UsualQuestions are those of the pages: half are about a month of two years.
func UsualQuestions(perMinute float64) Questions {
	return Questions{
		PerMinute: perMinute, Spans: []Span{{1. / 24, 0.5}, {3. / 24, 0.3}, {12. / 24, 0.15}, {1, 0.05}},
		Least: 0.005, Most: 0.1, Bytes: 10,
	}
}

// Answers are how long questions took, in seconds, and what part of the time the machines
// had to work, which is more than all of it where more is asked than is answered.
type Answers struct {
	Mean, Median, P95   float64
	ShardBusy, NodeBusy float64
	Overrun             bool // more is asked than is answered: waiting has no end
}

// spread is the standard deviation of the logarithm of how long equal work takes on
// equal shards: merges, other questions of the operator, customers who are dealt out
// unevenly.
const spread = 0.25

// efficiency is what of a machine's cores a single question keeps busy.
const efficiency = 0.8

// asked is how many questions a simulation answers.
const asked = 20_000

// Simulate answers questions one after the other as they come, by chance (Poisson), on
// machines that each do one thing at a time and everything in the order of its coming:
// a queue of a fork into all shards and a join, followed by a queue for a node. There is
// no closed form for its quantiles; with one shard and no node it is M/G/1, whose mean
// wait is that of Pollaczek (1930) and Khinchine (1932), to which a test holds it. The
// same seed gives the same answers.
func (m Measured) Simulate(events float64, c Cluster, q Questions, seed uint64) Answers {
	const nanos = 1e-9
	random := rand.New(rand.NewPCG(seed, 0))
	shards, nodes := make([]queue, c.Shards), make([]queue, c.Nodes)
	var took []float64
	now := 0.0
	for range asked {
		now += random.ExpFloat64() * 60 / q.PerMinute
		span := events * q.span(random.Float64())
		matching := span * q.Least * math.Pow(q.Most/q.Least, random.Float64())
		gathered := 0.0
		for i := range shards {
			work := (span*m.PassNanos + matching*m.GatherNanos) / float64(c.Shards) * nanos / (float64(c.ShardCores) * efficiency)
			work *= math.Exp(spread*random.NormFloat64() - spread*spread/2)
			work += matching / float64(c.Shards) * q.Bytes / c.Network
			gathered = max(gathered, shards[i].serve(now, work))
		}
		if len(nodes) > 0 {
			free := slices.MinFunc(nodes, func(a, b queue) int { return cmp.Compare(a.free, b.free) })
			node := slices.Index(nodes, free)
			walk := matching * m.BoardNanos * nanos / float64(c.NodeCores)
			gathered = nodes[node].serve(gathered, max(walk, matching*q.Bytes/c.Network))
		}
		took = append(took, gathered-now)
	}
	a := Answers{ShardBusy: busy(shards, now), NodeBusy: busy(nodes, now)}
	const most = 0.95
	a.Overrun = a.ShardBusy > most || a.NodeBusy > most
	for _, s := range took {
		a.Mean += s / float64(len(took))
	}
	slices.Sort(took)
	a.Median, a.P95 = took[len(took)/2], took[len(took)*95/100]
	return a
}

func (q Questions) span(chance float64) float64 {
	for _, s := range q.Spans {
		if chance -= s.OfQuestions; chance < 0 {
			return s.OfHistory
		}
	}
	return q.Spans[len(q.Spans)-1].OfHistory
}

// queue is a machine that does one thing after the other.
type queue struct{ free, worked float64 }

// serve does some work that comes at an instant, and tells when it is done.
func (q *queue) serve(at, work float64) (done float64) {
	q.free = max(q.free, at) + work
	q.worked += work
	return q.free
}

func busy(all []queue, until float64) float64 {
	var sum float64
	for _, q := range all {
		sum += q.worked / until
	}
	return sum / max(1, float64(len(all)))
}
