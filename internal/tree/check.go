package tree

import (
	"cmp"
	"context"
	"slices"

	"beichen/internal/fault"
	"beichen/internal/journey"
	"beichen/internal/journey/document"
	"beichen/internal/metric"
)

// Reference is a definition that a tree speaks of.
type Reference struct{ Kind, ID string }

// mention is a place where a tree names a metric.
type mention struct {
	path, metric string
	role         Role
}

// mentions lists them: the stars first, then what is nearest to them.
func (d *Definition) mentions() (out []mention) {
	add := func(path, field, id string, role Role) {
		if field != "" {
			path = document.Join(path, field)
		}
		if id != "" {
			out = append(out, mention{path, id, role})
		}
	}
	list := func(path string, ids []string, role Role) {
		for i, id := range ids {
			add(at(path, i), "", id, role)
		}
	}
	targets := func(path string, targets []Target) {
		for i, t := range targets {
			add(at(path, i), "metric", t.Metric, TargetRole)
			for k, p := range t.Parts {
				add(at(document.Join(at(path, i), "parts"), k), "metric", p.Metric, TargetRole)
			}
		}
	}
	for i, s := range d.Stars {
		add(at("stars", i), "metric", s.Metric, OtherStar)
	}
	list("constellation", d.Constellation, Input)
	for i, o := range d.Objectives {
		path := at("objectives", i)
		for k, s := range o.Strategies {
			for m, measure := range s.Measures {
				add(at(document.Join(at(document.Join(path, "strategies"), k), "measures"), m), "metric", measure.Metric, measure.Role)
			}
		}
		targets(document.Join(path, "targets"), o.Targets)
	}
	targets("targets", d.Targets)
	for i, g := range d.Guardrails {
		add(at("guardrails", i), "metric", g.Metric, Guarding)
	}
	list("counters", d.Counters, Counter)
	list("outcomes", d.Outcomes, Outcome)
	list("spend", d.Spend, Spending)
	for i, in := range d.Influences {
		add(at("influences", i), "from", in.From, Influenced)
		add(at("influences", i), "to", in.To, Influenced)
	}
	for i, w := range d.Waivers {
		add(at("waivers", i), "metric", w.Metric, "")
	}
	return out
}

// eachStep yields the steps that strategies act on.
func (d *Definition) eachStep(yield func(path string, s Step)) {
	for i, o := range d.Objectives {
		for k, strategy := range o.Strategies {
			for n, s := range strategy.Steps {
				yield(at(document.Join(at(document.Join(at("objectives", i), "strategies"), k), "steps"), n), s)
			}
		}
	}
}

// eachTarget yields the targets of the tree and of its objectives.
func (d *Definition) eachTarget(yield func(path string, t Target)) {
	for i, t := range d.Targets {
		yield(at("targets", i), t)
	}
	for i, o := range d.Objectives {
		for k, t := range o.Targets {
			yield(at(document.Join(at("objectives", i), "targets"), k), t)
		}
	}
}

// totals reports whether what comes together of a metric from one day to another is
// a number that begins at nothing and grows: events, customers, amounts, and what
// formulas make of them.
func totals(d *metric.Definition) bool {
	return (d.Count != nil || d.Customers != nil || d.Sum != nil || d.Formula != "") && !d.Cumulative
}

// References lists what the tree speaks of, each once: metrics, and the journeys
// that its strategies act on.
func (d *Definition) References() (out []Reference) {
	add := func(of Reference) {
		if of.ID != "" && !slices.Contains(out, of) {
			out = append(out, of)
		}
	}
	for _, m := range d.mentions() {
		add(Reference{metric.Kind, m.metric})
	}
	d.eachStep(func(_ string, s Step) { add(Reference{"Journey", s.Journey}) })
	return out
}

// Check holds a tree to the definitions that it speaks of: that they exist, and
// that journeys have the stages and steps. The error is an Invalid fault
// tree.invalid with every fault, or an error of the book's.
func (d *Definition) Check(ctx context.Context, book metric.Book) error {
	var faults []fault.Detail
	var failed error
	wrong := func(path, key string, args ...any) {
		faults = append(faults, fault.At(path, d.lines[path], key, args...))
	}
	// missing tells of what is not there; any other error ends the check.
	missing := func(path, key, id string, err error) {
		if fault.Is(err, fault.NotFound) {
			wrong(path, key, "id", id)
		} else {
			failed = cmp.Or(failed, err)
		}
	}
	for _, m := range d.mentions() {
		if _, _, err := book.Metric(ctx, m.metric); err != nil {
			missing(m.path, "metric.unknown", m.metric, err)
		}
	}
	d.eachTarget(func(path string, t Target) {
		if of, _, err := book.Metric(ctx, t.Metric); err == nil && t.Reads == Total && !totals(of) {
			wrong(document.Join(path, "reads"), "tree.no-total", "metric", t.Metric)
		}
	})
	d.eachStep(func(path string, s Step) {
		j, _, err := book.Journey(ctx, s.Journey)
		if err != nil {
			missing(document.Join(path, "journey"), "metric.no-journey", s.Journey, err)
			return
		}
		stage := s.stageOf(j)
		if stage == nil {
			wrong(document.Join(path, "stage"), "metric.no-stage", "journey", s.Journey, "stage", s.Stage)
		} else if s.Step != "" && s.stepOf(stage) == nil {
			wrong(document.Join(path, "step"), "tree.no-step", "journey", s.Journey, "stage", s.Stage, "step", s.Step)
		}
	})
	if failed != nil {
		return failed
	}
	return fault.Many("tree.invalid", faults, "count", len(faults))
}

// stageOf is the stage of the journey, nil where it has none of that id.
func (s Step) stageOf(j *journey.Journey) *journey.Stage {
	i := slices.IndexFunc(j.Stages, func(of journey.Stage) bool { return of.ID == s.Stage })
	if i < 0 {
		return nil
	}
	return &j.Stages[i]
}

// stepOf is the step of the stage, nil where it has none of that id.
func (s Step) stepOf(stage *journey.Stage) *journey.Step {
	i := slices.IndexFunc(stage.Steps, func(of journey.Step) bool { return of.ID == s.Step })
	if i < 0 {
		return nil
	}
	return &stage.Steps[i]
}
