package app

import (
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
)

// measureItself registers what an operator watches: how facts come in and how
// far the warehouse is behind, and the process itself.
func (w *Workspace) measureItself() {
	gauge := func(name, help string, value func() float64) {
		w.Metrics.MustRegister(prometheus.NewGaugeFunc(prometheus.GaugeOpts{Namespace: "beichen", Name: name, Help: help}, value))
	}
	gauge("facts_durable_position", "Position of the last message that is durable in the log.",
		func() float64 { return float64(w.Intake.State().Through) })
	gauge("facts_loaded_position", "Position of the last message in the warehouse.",
		func() float64 { return float64(w.Intake.State().Loaded) })
	gauge("facts_waiting", "Messages in memory that the warehouse does not have yet.",
		func() float64 { return float64(w.Intake.State().Waiting) })
	gauge("log_bytes", "Bytes of the log on disk.",
		func() float64 { return float64(w.Intake.State().LogBytes) })
	gauge("log_bound_bytes", "Bytes of the log beyond which new events are refused.",
		func() float64 { return float64(w.Intake.State().LogBound) })
	gauge("load_failing", "1 while the last attempt to load the log into the warehouse failed.",
		func() float64 { return one(w.Intake.State().Err != nil) })
	gauge("facts_kept_since_seconds", "The instant from which on facts are kept, in seconds since 1970; 0: none has gone because of its age.",
		func() float64 { return float64(w.Intake.State().Horizon) / 1e6 })
	w.Metrics.MustRegister(prometheus.NewCounterFunc(prometheus.CounterOpts{Namespace: "beichen", Name: "facts_too_old_total",
		Help: "Messages that came to this node, were older than what is kept, and were acknowledged and not kept."},
		func() float64 { return float64(w.Intake.State().TooLate) }))
	gauge("index_events", "Events in the resident indexes.",
		func() float64 { events, _, _ := w.streams.Size(); return float64(events) })
	gauge("index_bytes", "Bytes of these events in memory, without properties and amounts.",
		func() float64 { _, bytes, _ := w.streams.Size(); return float64(bytes) })
	gauge("index_property_bytes", "Bytes of properties and amounts in the resident indexes.",
		func() float64 { _, _, asked := w.streams.Size(); return float64(asked) })
	gauge("index_outgrown", "1 while there are more events than the index may take, and the store is asked.",
		func() float64 {
			if w.streams.Outgrown() {
				return 1
			}
			return 0
		})
	if w.store.Shared() {
		gauge("ledger_following", "1 while news of the ledger's Postgres are heard.", func() float64 { return one(w.following.Load()) })
	}
	if w.Intake.State().Shared {
		gauge("facts_following", "1 while what the nodes load into the cluster is taken in.",
			func() float64 { return one(w.Intake.State().Behind == nil) })
		w.Metrics.MustRegister(prometheus.NewCounterFunc(prometheus.CounterOpts{Namespace: "beichen", Name: "facts_repeated_total",
			Help: "Messages that were left out of a load because another node had stored them already."},
			func() float64 { return float64(w.Intake.State().Repeated) }))
	}
	shares := func(name, help string, value func() uint64) {
		w.Metrics.MustRegister(prometheus.NewCounterFunc(prometheus.CounterOpts{Namespace: "beichen", Name: name, Help: help},
			func() float64 { return float64(value()) }))
	}
	if w.store.Shared() {
		shares("shares_asked_total", "Shares of questions that other nodes were asked to count.",
			func() uint64 { asked, _, _ := w.circle.Shares(); return asked })
		shares("shares_taken_total", "Shares of questions that were counted here for other nodes.",
			func() uint64 { _, taken, _ := w.circle.Shares(); return taken })
		shares("shares_failed_total", "Shares that other nodes were asked for and did not deliver; they were counted elsewhere.",
			func() uint64 { _, _, failed := w.circle.Shares(); return failed })
		gauge("nodes", "Other nodes that count questions with this one.", func() float64 { return float64(w.circle.Others()) })
	}
	w.Metrics.MustRegister(collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
}

// one is 1 for what is so, and 0 for what is not.
func one(so bool) float64 {
	if so {
		return 1
	}
	return 0
}
