package tree

import (
	"fmt"
	"math"
	"slices"
	"time"

	"beichen/internal/journey"
	"beichen/internal/journey/document"
	"beichen/internal/vanity"
)

// What one tree may hold: more than anybody looks at.
const (
	maxTier  = 3
	maxLag   = 8
	maxItems = 200

	fewestInputs, mostInputs = 3, 6
)

// Parse reads a tree from YAML or JSON and checks it. Every fault is collected: the
// error is an Invalid fault tree.invalid with the path and the line of each. What
// other definitions have to say to it is checked by Check.
func Parse(data []byte) (*Definition, error) {
	d, written, err := document.Parse(data, "tree.invalid", func(root document.Node) (Definition, error) {
		r := &reader{lines: map[string]int{}}
		d := r.definition(root)
		d.lines = r.lines
		r.agree(&d)
		return d, r.Err("tree.invalid")
	})
	if err != nil {
		return nil, err
	}
	d.document = written
	return &d, nil
}

// reader reads a Definition and what it is made of.
type reader struct {
	document.Reader
	lines map[string]int
}

// name reads an id and notes its line: others may have something to say to it.
func (r *reader) name(to *string) func(document.Node, string) {
	return func(n document.Node, path string) {
		r.lines[path] = n.Line
		r.Name(to)(n, path)
	}
}

// each reads a list of mappings or ids.
func each[T any](r *reader, to *[]T, read func(*T) func(document.Node, string)) func(document.Node, string) {
	return func(n document.Node, path string) {
		r.lines[path] = n.Line
		r.List(n, path, func(n document.Node, path string) {
			var item T
			r.lines[path] = n.Line
			read(&item)(n, path)
			*to = append(*to, item)
		})
		if len(*to) > maxItems {
			r.Fault(path, n.Line, "tree.too-many", "limit", maxItems)
		}
	}
}

// object makes a reader of mappings.
func object[T any](r *reader, fields func(*T) document.Fields, required ...string) func(*T) func(document.Node, string) {
	return func(to *T) func(document.Node, string) {
		return func(n document.Node, path string) { r.Object(n, path, fields(to), required...) }
	}
}

func (r *reader) definition(root document.Node) Definition {
	var d Definition
	target := object(r, r.target, "metric", "from", "to", "value")
	strategy := object(r, r.strategy, "id")
	objective := object(r, func(o *Objective) document.Fields {
		return document.Fields{
			"id": r.name(&o.ID), "name": journey.ReadText(&r.Reader, &o.Name), "owner": r.Texts(&o.Owner),
			"targets": each(r, &o.Targets, target), "strategies": each(r, &o.Strategies, strategy),
		}
	}, "id")
	r.Object(root, "", document.Fields{
		"kind":          document.OneOf(&r.Reader, &d.Kind, Kind),
		"id":            r.Name(&d.ID),
		"name":          journey.ReadText(&r.Reader, &d.Name),
		"description":   journey.ReadText(&r.Reader, &d.Description),
		"model":         document.OneOf(&r.Reader, &d.Model, Models...),
		"stars":         each(r, &d.Stars, object(r, r.star, "metric")),
		"constellation": each(r, &d.Constellation, r.name),
		"guardrails":    each(r, &d.Guardrails, object(r, r.guardrail, "metric", "tier")),
		"counters":      each(r, &d.Counters, r.name),
		"value": func(n document.Node, path string) {
			d.Value = &Value{}
			fields := journey.PatternFields(&r.Reader, &d.Value.Pattern)
			fields["within"] = r.span(&d.Value.Within)
			r.Object(n, path, fields, "event", "within")
		},
		"outcomes":   each(r, &d.Outcomes, r.name),
		"spend":      each(r, &d.Spend, r.name),
		"objectives": each(r, &d.Objectives, objective),
		"targets":    each(r, &d.Targets, target),
		"influences": each(r, &d.Influences, object(r, r.influence, "from", "to", "sign")),
		"waivers":    each(r, &d.Waivers, object(r, r.waiver, "metric", "verdict", "by", "at", "reason")),
		"layout":     r.layout(&d.Layout),
	}, "kind", "id", "stars")
	return d
}

func (r *reader) star(s *Star) document.Fields {
	return document.Fields{
		"metric":    r.name(&s.Metric),
		"since":     r.day(&s.Since),
		"lifeCycle": document.OneOf(&r.Reader, &s.LifeCycle, Start, Growth, Maturity, Renewal),
		"reason":    journey.ReadText(&r.Reader, &s.Reason),
		"checklist": func(n document.Node, path string) {
			c := &s.Checklist
			r.Object(n, path, document.Fields{
				"value": journey.ReadText(&r.Reader, &c.Value), "strategy": journey.ReadText(&r.Reader, &c.Strategy),
				"leading": journey.ReadText(&r.Reader, &c.Leading), "actionable": journey.ReadText(&r.Reader, &c.Actionable),
				"understandable": journey.ReadText(&r.Reader, &c.Understandable), "measurable": journey.ReadText(&r.Reader, &c.Measurable),
				"notVanity": journey.ReadText(&r.Reader, &c.NotVanity),
			})
		},
	}
}

func (r *reader) guardrail(g *Guardrail) document.Fields {
	return document.Fields{
		"metric": r.name(&g.Metric), "tier": r.Count(&g.Tier, maxTier, "tree.bad-tier"), "limit": r.optional(&g.Limit),
	}
}

func (r *reader) strategy(s *Strategy) document.Fields {
	step := object(r, func(s *Step) document.Fields {
		return document.Fields{"journey": r.name(&s.Journey), "stage": r.name(&s.Stage), "step": r.name(&s.Step)}
	}, "journey", "stage")
	measure := object(r, func(m *Measure) document.Fields {
		m.Role = KPI
		return document.Fields{"metric": r.name(&m.Metric), "role": document.OneOf(&r.Reader, &m.Role, KPI, TargetRole)}
	}, "metric")
	return document.Fields{
		"id": r.name(&s.ID), "name": journey.ReadText(&r.Reader, &s.Name), "owner": r.Texts(&s.Owner),
		"steps": each(r, &s.Steps, step), "measures": each(r, &s.Measures, measure),
	}
}

func (r *reader) target(t *Target) document.Fields {
	part := object(r, func(p *Part) document.Fields {
		return document.Fields{
			"metric": r.name(&p.Metric), "objective": r.name(&p.Objective), "value": r.optional(&p.Value),
			"share": func(n document.Node, path string) {
				p.Share = new(0.0)
				r.Number(p.Share, 0, 1, "tree.bad-share")(n, path)
			},
		}
	})
	return document.Fields{
		"metric": r.name(&t.Metric), "from": r.day(&t.From), "to": r.day(&t.To), "value": r.number(&t.Value), "basis": r.optional(&t.Basis),
		"reads": func(n document.Node, path string) {
			r.lines[path] = n.Line
			document.OneOf(&r.Reader, &t.Reads, Total, Level)(n, path)
		},
		"reason": journey.ReadText(&r.Reader, &t.Reason), "parts": each(r, &t.Parts, part),
	}
}

func (r *reader) influence(i *Influence) document.Fields {
	return document.Fields{
		"from": r.name(&i.From), "to": r.name(&i.To), "sign": document.OneOf(&r.Reader, &i.Sign, Rises, Falls),
		"lag": func(n document.Node, path string) {
			value, ok := n.Value.(float64)
			if !ok || value != math.Trunc(value) || value < 0 || value > maxLag {
				r.Fault(path, n.Line, "tree.bad-lag", "value", document.Show(n), "limit", maxLag)
				return
			}
			i.Lag = new(int(value))
		},
		"reason": journey.ReadText(&r.Reader, &i.Reason), "experiment": r.Name(&i.Experiment),
	}
}

func (r *reader) waiver(w *Waiver) document.Fields {
	return document.Fields{
		"metric": r.name(&w.Metric), "verdict": document.OneOf(&r.Reader, &w.Verdict, string(vanity.Sound), string(vanity.Vain)),
		"by": r.Name(&w.By), "at": r.day(&w.At), "reason": r.Name(&w.Reason),
	}
}

func (r *reader) layout(to *map[string]Place) func(document.Node, string) {
	return func(n document.Node, path string) {
		*to = map[string]Place{}
		fields := document.Fields{}
		members, _ := n.Value.([]document.Field)
		for _, m := range members {
			fields[m.Name] = func(n document.Node, path string) {
				var p Place
				r.Object(n, path, document.Fields{"x": r.number(&p.X), "y": r.number(&p.Y)}, "x", "y")
				(*to)[m.Name] = p
			}
		}
		r.Object(n, path, fields)
	}
}

func (r *reader) number(to *float64) func(document.Node, string) {
	return r.Number(to, -math.MaxFloat64, math.MaxFloat64, "tree.bad-number")
}

func (r *reader) optional(to **float64) func(document.Node, string) {
	return func(n document.Node, path string) {
		*to = new(0.0)
		r.number(*to)(n, path)
	}
}

// day reads a day of the calendar.
func (r *reader) day(to *string) func(document.Node, string) {
	return func(n document.Node, path string) {
		r.lines[path] = n.Line
		text, _ := n.Value.(string)
		if _, err := time.Parse(time.DateOnly, text); err != nil {
			r.Fault(path, n.Line, "tree.bad-day", "value", document.Show(n))
			return
		}
		*to = text
	}
}

func (r *reader) span(to *journey.Window) func(document.Node, string) {
	return func(n document.Node, path string) {
		text, _ := n.Value.(string)
		parsed, ok := journey.ParseWindow(text, false)
		if !ok {
			r.Fault(path, n.Line, "journey.bad-duration", "value", document.Show(n))
		}
		*to = parsed
	}
}

// agree checks what the parts of a tree have to say to each other.
func (r *reader) agree(d *Definition) {
	r.succession(d)
	if n := len(d.Constellation); r.lines["constellation"] > 0 && (n < fewestInputs || n > mostInputs) {
		r.Fault("constellation", r.lines["constellation"], "tree.inputs", "count", n, "fewest", fewestInputs, "most", mostInputs)
	}
	for i, id := range d.Constellation {
		if s := d.Stars; len(s) > 0 && id != "" && id == s[len(s)-1].Metric {
			r.at(at("constellation", i), "tree.star-is-no-input", "metric", id)
		}
	}
	itself := func(s string) string { return s }
	unique(r, "constellation", "", d.Constellation, itself)
	unique(r, "counters", "", d.Counters, itself)
	unique(r, "outcomes", "", d.Outcomes, itself)
	unique(r, "spend", "", d.Spend, itself)
	unique(r, "guardrails", "metric", d.Guardrails, func(g Guardrail) string { return g.Metric })
	unique(r, "influences", "to", d.Influences, func(i Influence) string { return i.From + " → " + i.To })
	for i, in := range d.Influences {
		if in.From != "" && in.From == in.To {
			r.at(document.Join(at("influences", i), "to"), "tree.influences-itself", "metric", in.To)
		}
	}
	r.apportioned(d, "targets", d.Targets)
	unique(r, "objectives", "id", d.Objectives, func(o Objective) string { return o.ID })
	for i, o := range d.Objectives {
		path := at("objectives", i)
		r.apportioned(d, document.Join(path, "targets"), o.Targets)
		unique(r, document.Join(path, "strategies"), "id", o.Strategies, func(s Strategy) string { return s.ID })
		for k, s := range o.Strategies {
			of := at(document.Join(path, "strategies"), k)
			unique(r, document.Join(of, "steps"), "stage", s.Steps, func(s Step) string { return s.Journey + ": " + s.Stage + " " + s.Step })
			unique(r, document.Join(of, "measures"), "metric", s.Measures, func(m Measure) string { return m.Metric })
		}
	}
}

// succession checks that stars follow each other, each with its day and its reason.
func (r *reader) succession(d *Definition) {
	if line, there := r.lines["stars"]; there && len(d.Stars) == 0 {
		r.Fault("stars", line, "tree.no-star")
	}
	for i, s := range d.Stars {
		path := at("stars", i)
		if i == 0 {
			continue
		}
		since := document.Join(path, "since")
		switch before := d.Stars[i-1].Since; {
		case s.Since == "" && r.lines[since] == 0:
			r.at(path, "tree.star-without-day")
		case s.Since != "" && before != "" && s.Since <= before:
			r.at(since, "tree.stars-not-in-order", "since", s.Since, "before", before)
		}
		if s.Reason.IsZero() {
			r.at(path, "tree.star-without-reason")
		}
	}
}

// apportioned checks targets and what they ask of others.
func (r *reader) apportioned(d *Definition, path string, targets []Target) {
	for i, t := range targets {
		of := at(path, i)
		if t.From != "" && t.To != "" && t.From > t.To {
			r.at(document.Join(of, "to"), "tree.target-reversed", "from", t.From, "to", t.To)
		}
		parts := document.Join(of, "parts")
		for k, p := range t.Parts {
			place := at(parts, k)
			if (p.Metric == "") == (p.Objective == "") {
				r.at(place, "tree.part-of-what")
			}
			if (p.Value == nil) == (p.Share == nil) {
				r.at(place, "tree.part-how-much")
			}
			isThere := slices.ContainsFunc(d.Objectives, func(o Objective) bool { return o.ID == p.Objective })
			if p.Objective != "" && !isThere {
				r.at(document.Join(place, "objective"), "tree.no-objective", "objective", p.Objective)
			}
		}
		unique(r, parts, "", t.Parts, func(p Part) string { return p.Metric + p.Objective })
	}
}

// unique refuses what stands in a list twice.
func unique[T any](r *reader, path, field string, items []T, key func(T) string) {
	seen := map[string]bool{}
	for i, item := range items {
		name := key(item)
		if seen[name] && name != "" {
			place := at(path, i)
			if field != "" {
				place = document.Join(place, field)
			}
			r.at(place, "tree.twice", "what", name)
		}
		seen[name] = true
	}
}

// at is the path of an item of a list.
func at(path string, i int) string { return fmt.Sprintf("%s[%d]", path, i) }

// at adds a fault at a path that was noted.
func (r *reader) at(path, key string, args ...any) { r.Fault(path, r.lines[path], key, args...) }
