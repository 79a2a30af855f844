package journey

import (
	"math"
	"regexp"

	"beichen/internal/journey/document"
)

// What one journey may hold. The machine keeps a customer's progress in fixed
// arrays of these sizes; a wall has room for fewer.
const (
	maxStages     = 64
	maxSteps      = 128
	maxExclusions = 64
	maxTimes      = 100
)

// Parse reads a journey from YAML or JSON and checks it. Every fault of the
// definition is collected: the error is an Invalid fault journey.invalid with
// the path and the line of each.
func Parse(data []byte) (*Journey, error) {
	j, written, err := document.Parse(data, "journey.invalid", func(root document.Node) (Journey, error) {
		r := &reader{}
		j := r.journey(root)
		r.check(&j)
		return j, r.Err("journey.invalid")
	})
	if err != nil {
		return nil, err
	}
	j.document = written
	return &j, nil
}

// reader reads a Journey and what it is made of.
type reader struct {
	document.Reader
	lines map[string]int // of what check speaks of
}

func (r *reader) window(to *Window, noneAllowed bool) func(document.Node, string) {
	return func(n document.Node, path string) {
		text, _ := n.Value.(string)
		parsed, ok := ParseWindow(text, noneAllowed)
		if !ok {
			r.Fault(path, n.Line, "journey.bad-duration", "value", document.Show(n))
		}
		*to = parsed
	}
}

func (r *reader) journey(n document.Node) Journey {
	j := Journey{Stages: []Stage{}}
	r.lines = map[string]int{}
	r.Object(n, "", document.Fields{
		"kind":        document.OneOf(&r.Reader, &j.Kind, "Journey"),
		"id":          r.Name(&j.ID),
		"name":        ReadText(&r.Reader, &j.Name),
		"description": ReadText(&r.Reader, &j.Description),
		"owner":       r.Texts(&j.Owner),
		"subject":     ReadSubject(&r.Reader, &j.Subject),
		"window":      r.window(&j.Window, true),
		"order":       document.OneOf(&r.Reader, &j.Order, Ordered, Strict, AnyOrder),
		"entry":       document.OneOf(&r.Reader, &j.Entry, Latest, First),
		"excluded":    document.OneOf(&r.Reader, &j.Excluded, Remove, Keep),
		"stages": func(n document.Node, path string) {
			r.List(n, path, func(n document.Node, path string) { j.Stages = append(j.Stages, r.stage(n, path)) })
			if len(j.Stages) > maxStages {
				r.Fault(path, n.Line, "journey.too-many", "limit", maxStages)
			}
		},
		"exclude": func(n document.Node, path string) {
			r.List(n, path, func(n document.Node, path string) { j.Exclude = append(j.Exclude, r.exclusion(n, path)) })
			if len(j.Exclude) > maxExclusions {
				r.Fault(path, n.Line, "journey.too-many", "limit", maxExclusions)
			}
		},
	}, "kind", "id", "stages")
	return j
}

func (r *reader) stage(n document.Node, path string) Stage {
	s := Stage{Steps: []Step{}}
	r.lines[path] = n.Line
	r.Object(n, path, document.Fields{
		"id": func(n document.Node, path string) {
			r.lines[path] = n.Line
			r.Name(&s.ID)(n, path)
		},
		"name":     ReadText(&r.Reader, &s.Name),
		"pass":     document.OneOf(&r.Reader, &s.Pass, PassAny, PassAll, PassSequence),
		"optional": r.Boolean(&s.Optional),
		"folded":   r.Boolean(&s.Folded),
		"steps": func(n document.Node, path string) {
			r.List(n, path, func(n document.Node, path string) { s.Steps = append(s.Steps, r.step(n, path)) })
		},
	}, "id", "steps")
	return s
}

func (r *reader) step(n document.Node, path string) Step {
	var s Step
	r.Object(n, path, document.Fields{
		"id": func(n document.Node, path string) {
			r.lines[path] = n.Line
			r.Name(&s.ID)(n, path)
		},
		"name":    ReadText(&r.Reader, &s.Name),
		"meaning": ReadText(&r.Reader, &s.Meaning),
		"when": func(n document.Node, path string) {
			r.List(n, path, func(n document.Node, path string) {
				var p Pattern
				ReadPattern(&r.Reader, &p)(n, path)
				s.When = append(s.When, p)
			})
		},
		"times": r.Count(&s.Times, maxTimes, "journey.bad-times"),
		"within": func(n document.Node, path string) {
			r.lines[path] = n.Line
			r.window(&s.Within, false)(n, path)
		},
		"firstEver": func(n document.Node, path string) {
			r.lines[path] = n.Line
			switch n.Value {
			case true:
				s.FirstEver = FirstMatch
			case "name":
				s.FirstEver = FirstOfName
			case false:
			default:
				r.Fault(path, n.Line, "journey.bad-value", "value", document.Show(n), "allowed", "true, false, name")
			}
		},
		"owner":      r.Texts(&s.Owner),
		"channel":    r.Text(&s.Channel),
		"touchpoint": r.Text(&s.Touchpoint),
		"belief": func(n document.Node, path string) {
			s.Belief = &Belief{}
			r.Object(n, path, document.Fields{
				"feeling": r.Number(&s.Belief.Feeling, -2, 2, "journey.bad-feeling"),
				"note":    r.Text(&s.Belief.Note),
			}, "feeling")
		},
		"cost": func(n document.Node, path string) {
			s.Cost = &Cost{}
			r.Object(n, path, document.Fields{
				"perTouch": r.Number(&s.Cost.PerTouch, 0, math.MaxFloat64, "journey.bad-cost"),
				"currency": func(n document.Node, path string) {
					r.Text(&s.Cost.Currency)(n, path)
					if !currency.MatchString(s.Cost.Currency) {
						r.Fault(path, n.Line, "journey.bad-currency", "value", document.Show(n))
					}
				},
			}, "perTouch", "currency")
		},
		"thoughts":      r.Texts(&s.Thoughts),
		"pains":         r.Texts(&s.Pains),
		"opportunities": r.Texts(&s.Opportunities),
		"evidence":      r.Texts(&s.Evidence),
		"backstage":     r.Texts(&s.Backstage),
	}, "id")
	return s
}

// currency is a code of ISO 4217.
var currency = regexp.MustCompile(`^[A-Z]{3}$`)

func (r *reader) exclusion(n document.Node, path string) Exclusion {
	var x Exclusion
	fields := PatternFields(&r.Reader, &x.Pattern)
	fields["between"] = func(n document.Node, path string) {
		r.lines[path] = n.Line
		var ids []string
		r.Texts(&ids)(n, path)
		if len(ids) != 2 {
			r.Fault(path, n.Line, "journey.bad-between")
			return
		}
		x.Between = [2]string{ids[0], ids[1]}
	}
	r.Object(n, path, fields, "between")
	return x
}
