package journey

import (
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"regexp"
	"slices"
	"strings"

	"beichen/internal/event"
	"beichen/internal/fault"
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
	root, problem := readDocument(data)
	if problem != nil {
		return nil, fault.Many("journey.invalid", []fault.Detail{*problem}, "count", 1)
	}
	r := &reader{}
	j := r.journey(root)
	r.check(&j)
	if len(r.faults) > 0 {
		slices.SortStableFunc(r.faults, func(a, b fault.Detail) int { return a.Line - b.Line })
		return nil, fault.Many("journey.invalid", r.faults, "count", len(r.faults))
	}
	document, err := json.Marshal(root)
	if err != nil {
		return nil, fmt.Errorf("journey %s: %w", j.ID, err)
	}
	j.document = document
	return &j, nil
}

// reader turns a document into a Journey and collects what is wrong with it.
type reader struct {
	faults []fault.Detail
	lines  map[string]int // of what check speaks of
}

func (r *reader) fault(path string, line int, key string, args ...any) {
	r.faults = append(r.faults, fault.At(path, line, key, args...))
}

type fieldReaders map[string]func(n node, path string)

// object reads a mapping by the readers of its fields. null stands for a field
// that is not there.
func (r *reader) object(n node, path string, fields fieldReaders, required ...string) {
	members, ok := n.value.([]field)
	if !ok {
		r.fault(path, n.line, "journey.not-a-mapping")
		return
	}
	seen := map[string]bool{}
	for _, m := range members {
		inside := join(path, m.name)
		read, known := fields[m.name]
		switch {
		case !known:
			r.fault(inside, m.line, "journey.unknown-field", "field", m.name)
		case seen[m.name]:
			r.fault(inside, m.line, "journey.twice", "field", m.name)
		case m.value.value != nil:
			seen[m.name] = true
			read(node{line: m.line, value: m.value.value}, inside)
		}
	}
	for _, name := range required {
		if !seen[name] {
			r.fault(join(path, name), n.line, "journey.required", "field", name)
		}
	}
}

func join(path, name string) string {
	if path == "" {
		return name
	}
	return path + "." + name
}

func (r *reader) list(n node, path string, each func(n node, path string)) {
	items, ok := n.value.([]node)
	if !ok {
		r.fault(path, n.line, "journey.not-a-list")
		return
	}
	for i, item := range items {
		each(item, fmt.Sprintf("%s[%d]", path, i))
	}
}

func (r *reader) text(to *string) func(node, string) {
	return func(n node, path string) {
		text, ok := n.value.(string)
		if !ok {
			r.fault(path, n.line, "journey.not-a-text")
		}
		*to = text
	}
}

// name reads a text that must not be empty.
func (r *reader) name(to *string) func(node, string) {
	return func(n node, path string) {
		before := len(r.faults)
		r.text(to)(n, path)
		if len(r.faults) == before && strings.TrimSpace(*to) == "" {
			r.fault(path, n.line, "journey.empty")
		}
	}
}

func (r *reader) texts(to *[]string) func(node, string) {
	return func(n node, path string) {
		r.list(n, path, func(n node, path string) {
			var text string
			r.text(&text)(n, path)
			*to = append(*to, text)
		})
	}
}

// localized reads a text, or one for each locale.
func (r *reader) localized(to *Text) func(node, string) {
	return func(n node, path string) {
		fields, ok := n.value.([]field)
		if !ok {
			r.text(&to.Plain)(n, path)
			return
		}
		to.Locales = map[string]string{}
		for _, f := range fields {
			var text string
			r.text(&text)(node{f.line, f.value.value}, join(path, f.name))
			to.Locales[f.name] = text
		}
	}
}

func (r *reader) boolean(to *bool) func(node, string) {
	return func(n node, path string) {
		value, ok := n.value.(bool)
		if !ok {
			r.fault(path, n.line, "journey.bad-value", "value", show(n), "allowed", "true, false")
		}
		*to = value
	}
}

func (r *reader) number(to *float64, low, high float64, key string) func(node, string) {
	return func(n node, path string) {
		value, ok := n.value.(float64)
		if !ok || math.IsNaN(value) || value < low || value > high {
			r.fault(path, n.line, key, "value", show(n))
			return
		}
		*to = value
	}
}

// oneOf reads one of a few words.
func oneOf[T ~string](r *reader, to *T, allowed ...T) func(node, string) {
	return func(n node, path string) {
		text, ok := n.value.(string)
		if !ok || !slices.Contains(allowed, T(text)) {
			words := make([]string, len(allowed))
			for i, a := range allowed {
				words[i] = string(a)
			}
			r.fault(path, n.line, "journey.bad-value", "value", show(n), "allowed", strings.Join(words, ", "))
			return
		}
		*to = T(text)
	}
}

func (r *reader) window(to *Window, noneAllowed bool) func(node, string) {
	return func(n node, path string) {
		text, _ := n.value.(string)
		parsed, ok := parseWindow(text, noneAllowed)
		if !ok {
			r.fault(path, n.line, "journey.bad-duration", "value", show(n))
		}
		*to = parsed
	}
}

// show is a value as a fault's message quotes it.
func show(n node) string {
	if text, ok := n.value.(string); ok {
		return text
	}
	raw, err := json.Marshal(n)
	if err != nil {
		return "?"
	}
	return string(raw)
}

func (r *reader) journey(n node) Journey {
	j := Journey{Stages: []Stage{}}
	r.lines = map[string]int{}
	r.object(n, "", fieldReaders{
		"kind":        func(n node, path string) { oneOf(r, &j.Kind, "Journey")(n, path) },
		"id":          r.name(&j.ID),
		"name":        r.localized(&j.Name),
		"description": r.localized(&j.Description),
		"owner":       r.texts(&j.Owner),
		"subject": func(n node, path string) {
			r.text(&j.Subject)(n, path)
			if j.Subject == "person" || j.Subject == "account" {
				return
			}
			if _, err := event.ParseKey(j.Subject); err != nil {
				r.fault(path, n.line, "journey.bad-subject", "value", show(n))
			}
		},
		"window":   r.window(&j.Window, true),
		"order":    func(n node, path string) { oneOf(r, &j.Order, Ordered, Strict, AnyOrder)(n, path) },
		"entry":    func(n node, path string) { oneOf(r, &j.Entry, Latest, First)(n, path) },
		"excluded": func(n node, path string) { oneOf(r, &j.Excluded, Remove, Keep)(n, path) },
		"stages": func(n node, path string) {
			r.list(n, path, func(n node, path string) { j.Stages = append(j.Stages, r.stage(n, path)) })
			if len(j.Stages) > maxStages {
				r.fault(path, n.line, "journey.too-many", "limit", maxStages)
			}
		},
		"exclude": func(n node, path string) {
			r.list(n, path, func(n node, path string) { j.Exclude = append(j.Exclude, r.exclusion(n, path)) })
			if len(j.Exclude) > maxExclusions {
				r.fault(path, n.line, "journey.too-many", "limit", maxExclusions)
			}
		},
	}, "kind", "id", "stages")
	return j
}

func (r *reader) stage(n node, path string) Stage {
	s := Stage{Steps: []Step{}}
	r.lines[path] = n.line
	r.object(n, path, fieldReaders{
		"id": func(n node, path string) {
			r.lines[path] = n.line
			r.name(&s.ID)(n, path)
		},
		"name":     r.localized(&s.Name),
		"pass":     func(n node, path string) { oneOf(r, &s.Pass, PassAny, PassAll, PassSequence)(n, path) },
		"optional": r.boolean(&s.Optional),
		"folded":   r.boolean(&s.Folded),
		"steps": func(n node, path string) {
			r.list(n, path, func(n node, path string) { s.Steps = append(s.Steps, r.step(n, path)) })
		},
	}, "id", "steps")
	return s
}

func (r *reader) step(n node, path string) Step {
	var s Step
	r.object(n, path, fieldReaders{
		"id": func(n node, path string) {
			r.lines[path] = n.line
			r.name(&s.ID)(n, path)
		},
		"name":    r.localized(&s.Name),
		"meaning": r.localized(&s.Meaning),
		"when": func(n node, path string) {
			r.list(n, path, func(n node, path string) { s.When = append(s.When, r.pattern(n, path)) })
		},
		"times": func(n node, path string) {
			times, ok := n.value.(float64)
			if !ok || times != math.Trunc(times) || times < 1 || times > maxTimes {
				r.fault(path, n.line, "journey.bad-times", "value", show(n), "limit", maxTimes)
				return
			}
			s.Times = int(times)
		},
		"within": func(n node, path string) {
			r.lines[path] = n.line
			r.window(&s.Within, false)(n, path)
		},
		"firstEver": func(n node, path string) {
			r.lines[path] = n.line
			switch n.value {
			case true:
				s.FirstEver = FirstMatch
			case "name":
				s.FirstEver = FirstOfName
			case false:
			default:
				r.fault(path, n.line, "journey.bad-value", "value", show(n), "allowed", "true, false, name")
			}
		},
		"owner":      r.texts(&s.Owner),
		"channel":    r.text(&s.Channel),
		"touchpoint": r.text(&s.Touchpoint),
		"belief": func(n node, path string) {
			s.Belief = &Belief{}
			r.object(n, path, fieldReaders{
				"feeling": r.number(&s.Belief.Feeling, -2, 2, "journey.bad-feeling"),
				"note":    r.text(&s.Belief.Note),
			}, "feeling")
		},
		"cost": func(n node, path string) {
			s.Cost = &Cost{}
			r.object(n, path, fieldReaders{
				"perTouch": r.number(&s.Cost.PerTouch, 0, math.MaxFloat64, "journey.bad-cost"),
				"currency": func(n node, path string) {
					r.text(&s.Cost.Currency)(n, path)
					if !currency.MatchString(s.Cost.Currency) {
						r.fault(path, n.line, "journey.bad-currency", "value", show(n))
					}
				},
			}, "perTouch", "currency")
		},
		"thoughts":      r.texts(&s.Thoughts),
		"pains":         r.texts(&s.Pains),
		"opportunities": r.texts(&s.Opportunities),
		"evidence":      r.texts(&s.Evidence),
		"backstage":     r.texts(&s.Backstage),
	}, "id")
	return s
}

// currency is a code of ISO 4217.
var currency = regexp.MustCompile(`^[A-Z]{3}$`)

// patternFields are the readers of what a step's alternatives and exclusions share.
func (r *reader) patternFields(to *Pattern) fieldReaders {
	return fieldReaders{
		"event": func(n node, path string) {
			var name string
			r.name(&name)(n, path)
			to.Event = &name
		},
		"where": func(n node, path string) { to.Where = r.where(n, path) },
	}
}

func (r *reader) pattern(n node, path string) Pattern {
	var p Pattern
	r.object(n, path, r.patternFields(&p))
	return p
}

func (r *reader) where(n node, path string) event.Filter {
	members, ok := n.value.([]field)
	if !ok {
		r.fault(path, n.line, "journey.not-a-mapping")
		return nil
	}
	var filter event.Filter
	seen := map[string]bool{}
	for _, m := range members {
		inside := join(path, m.name)
		if seen[m.name] {
			r.fault(inside, m.line, "journey.twice", "field", m.name)
			continue
		}
		seen[m.name] = true
		key, err := event.ParseKey(m.name)
		if err != nil {
			r.note(inside, m.line, err)
			continue
		}
		operators, several := m.value.value.([]field)
		if !several {
			operators = []field{{name: string(event.Eq), line: m.line, value: m.value}}
		}
		for _, operator := range operators {
			operand, ok := operator.value.plain()
			if !ok {
				operand = map[string]any{} // of no operator
			}
			condition, err := event.NewCondition(key, event.Op(operator.name), operand)
			if err != nil {
				r.note(inside, operator.line, err)
				continue
			}
			filter = append(filter, condition)
		}
	}
	return filter
}

// note takes a fault of a where key or condition over, with its place.
func (r *reader) note(path string, line int, err error) {
	if f, ok := errors.AsType[*fault.Error](err); ok {
		r.faults = append(r.faults, fault.Detail{Path: path, Line: line, Key: f.Key, Args: f.Args})
	}
}

func (r *reader) exclusion(n node, path string) Exclusion {
	var x Exclusion
	fields := r.patternFields(&x.Pattern)
	fields["between"] = func(n node, path string) {
		r.lines[path] = n.line
		var ids []string
		r.texts(&ids)(n, path)
		if len(ids) != 2 {
			r.fault(path, n.line, "journey.bad-between")
			return
		}
		x.Between = [2]string{ids[0], ids[1]}
	}
	r.object(n, path, fields, "between")
	return x
}
