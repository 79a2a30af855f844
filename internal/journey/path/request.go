package path

import (
	"cmp"
	"encoding/json"
	"math"
	"slices"
	"strings"
	"time"

	"beichen/internal/event"
	"beichen/internal/fault"
	"beichen/internal/journey"
	"beichen/internal/journey/document"
	"beichen/internal/journey/stream"
)

const (
	maxSteps     = 10
	defaultSteps = 4
	defaultGap   = "none"
	defaultSpan  = "14d" // as of a journey

	maxPairs, defaultPairs = 200, 20
	maxNames, defaultNames = 20, 8
)

// question is a request that was understood.
type question struct {
	Request
	location       *time.Location
	from, to, asOf time.Time // zero: no bound
	within, gap    journey.Window
	anchor, until  []journey.Pattern
	nameless       bool // the answer names no customer
	faults         []fault.Detail
}

func (q *question) wrong(path, key string, args ...any) {
	q.faults = append(q.faults, fault.At(path, 0, key, args...))
}

// understand checks a request and fills its defaults in. The error is an Invalid
// fault with the path of everything that is wrong with it.
func (r Request) understand() (*question, error) {
	q := &question{Request: r, location: time.UTC}
	if q.Journey != nil {
		q.Subject = cmp.Or(q.Subject, q.Journey.Subject)
	}
	q.Subject = cmp.Or(q.Subject, "person")
	if q.Subject != "person" && q.Subject != "account" {
		if _, err := event.ParseKey(q.Subject); err != nil {
			q.wrong("subject", "journey.bad-subject", "value", q.Subject)
		}
	}
	if !slices.Contains([]Kind{Transitions, After, Before, Between}, q.Kind) {
		q.wrong("kind", "journey.bad-value", "value", string(q.Kind), "allowed", "transitions, after, before, between")
	}
	q.bounds()
	q.gap = q.span("gap", q.Gap, defaultGap)
	q.anchors()
	q.sizes()
	return q, fault.Many("journey.invalid-question", q.faults)
}

func (q *question) bounds() {
	q.location, q.from, q.to, q.asOf = journey.ReadDates(q.From, q.To, q.Timezone, q.AsOf, q.wrong)
}

func (q *question) span(path, text, otherwise string) journey.Window {
	w, ok := journey.ParseWindow(cmp.Or(text, otherwise), true)
	if !ok {
		q.wrong(path, "journey.bad-duration", "value", text)
	}
	return w
}

// anchors reads what paths are held by. What the kind does not ask must not be
// there: it would seem to be heard.
func (q *question) anchors() {
	anchored := q.Kind == After || q.Kind == Before || q.Kind == Between
	if anchored {
		q.anchor = q.patterns("anchor", q.Anchor)
	} else {
		q.none("anchor", len(q.Anchor) > 0)
		q.none("steps", q.Steps != 0)
		q.none("occurrence", q.Occurrence != "")
	}
	if q.Kind != Between {
		q.none("until", len(q.Until) > 0)
		q.none("within", q.Within != "")
		return
	}
	q.until = q.patterns("until", q.Until)
	otherwise := defaultSpan
	if q.Journey != nil && !q.Journey.Window.IsZero() {
		otherwise = q.Journey.Window.String()
	}
	q.within = q.span("within", q.Within, otherwise)
}

func (q *question) none(path string, given bool) {
	if given {
		q.wrong(path, "path.not-asked", "field", path, "kind", string(q.Kind))
	}
}

// patterns reads an anchor. Several patterns are alternatives.
func (q *question) patterns(path string, text json.RawMessage) []journey.Pattern {
	if len(text) == 0 {
		q.wrong(path, "journey.required", "field", path)
		return nil
	}
	root, problem := document.Read(text)
	if problem != nil {
		q.wrong(path, problem.Key, "problem", problem.Args["problem"])
		return nil
	}
	r := &document.Reader{}
	var when []journey.Pattern
	stage := ""
	r.Object(root, path, document.Fields{
		"when": func(n document.Node, path string) {
			r.List(n, path, func(n document.Node, path string) {
				var p journey.Pattern
				journey.ReadPattern(r, &p)(n, path)
				when = append(when, p)
			})
		},
		"stage": r.Name(&stage),
	})
	for _, f := range r.Faults {
		f.Line = 0 // of a text that nobody sees
		q.faults = append(q.faults, f)
	}
	switch {
	case len(r.Faults) > 0:
	case stage != "" && len(when) > 0:
		q.wrong(path, "path.two-anchors")
	case stage != "":
		when = q.stage(path+".stage", stage)
	case len(when) == 0:
		q.wrong(path+".when", "journey.required", "field", "when")
	}
	return when
}

// stage gives what the bound steps of a stage ask for.
func (q *question) stage(path, id string) []journey.Pattern {
	if q.Journey == nil {
		q.wrong(path, "path.no-journey")
		return nil
	}
	i := slices.IndexFunc(q.Journey.Stages, func(s journey.Stage) bool { return s.ID == id })
	if i < 0 {
		q.wrong(path, "journey.unknown-stage", "id", id)
		return nil
	}
	var when []journey.Pattern
	for _, step := range q.Journey.Stages[i].Steps {
		when = append(when, step.When...)
	}
	if len(when) == 0 {
		q.wrong(path, "path.unbound-stage", "id", id)
	}
	return when
}

func (q *question) sizes() {
	if q.Steps = cmp.Or(q.Steps, defaultSteps); q.Steps < 1 || q.Steps > maxSteps {
		q.wrong("steps", "path.bad-count", "value", q.Steps, "limit", maxSteps)
	}
	limit, usual := maxNames, defaultNames
	if q.Kind == Transitions {
		limit, usual = maxPairs, defaultPairs
	}
	if q.Top = cmp.Or(q.Top, usual); q.Top < 1 || q.Top > limit {
		q.wrong("top", "path.bad-count", "value", q.Top, "limit", limit)
	}
	q.Occurrence = cmp.Or(q.Occurrence, First)
	if all := []Occurrence{First, Last, Every}; !slices.Contains(all, q.Occurrence) {
		q.wrong("occurrence", "journey.bad-value", "value", string(q.Occurrence), "allowed", "first, last, every")
	}
	for _, list := range []struct {
		path  string
		names []string
	}{{"only", q.Only}, {"except", q.Except}} {
		if slices.ContainsFunc(list.names, func(name string) bool { return strings.TrimSpace(name) == "" }) {
			q.wrong(list.path, "journey.empty")
		}
	}
}

// asked is a question with the events that it is about.
type asked struct {
	*question
	streams *stream.Streams
	asOf    time.Time
	// skipped says by code of a name whether its events are not looked at; nil:
	// all are.
	skipped []bool
	same    []uint32 // by code: the first code of the same name; nil: each has its own
	marks   []mark   // by class
	stride  int      // as in Finder
}

// mark says what an event is to a question.
type mark uint8

const (
	isAnchor mark = 1 << iota
	isUntil
)

// name finds which names are not looked at, and which codes have the same name.
func (a *asked) name() {
	if a.streams.Part {
		first := map[string]uint32{}
		for code, name := range a.streams.Names {
			if _, known := first[name]; !known {
				first[name] = uint32(code)
			}
			a.same = append(a.same, first[name])
		}
	}
	if len(a.Only) == 0 && len(a.Except) == 0 {
		return
	}
	a.skipped = make([]bool, len(a.streams.Names))
	for code, name := range a.streams.Names {
		a.skipped[code] = len(a.Only) > 0 && !slices.Contains(a.Only, name) || slices.Contains(a.Except, name)
	}
}

// mark finds what the events of a class are.
func (a *asked) mark() {
	a.marks = make([]mark, len(a.streams.Classes))
	for class, words := range a.streams.Classes {
		for p := range len(a.anchor) + len(a.until) {
			switch {
			case words[p>>6]>>(p&63)&1 == 0:
			case p < len(a.anchor):
				a.marks[class] |= isAnchor
			default:
				a.marks[class] |= isUntil
			}
		}
	}
}

// answer is an answer without its nodes and links.
func (a *asked) answer() *Answer {
	out := &Answer{
		Kind: a.Kind, AsOf: a.asOf.UTC(), Timezone: a.location.String(), From: orNull(a.From), To: orNull(a.To),
		Rule:  Terms{Subject: a.Subject, Fold: a.Fold, Gap: a.gap.String(), Only: orEmpty(a.Only), Except: orEmpty(a.Except), Top: a.Top},
		Facts: journey.FactsOf(a.streams, a.since()),
		Nodes: []Node{}, Links: []Edge{}, Unattributed: a.streams.Unattributed,
	}
	if a.Kind != Transitions {
		out.Rule.Steps, out.Rule.Occurrence = &a.Steps, &a.Occurrence
	}
	if a.Kind == Between {
		out.Rule.Within = new(a.within.String())
	}
	return out
}

// since is the first instant that counts.
func (q *question) since() int64 {
	if q.from.IsZero() {
		return math.MinInt64
	}
	return q.from.UnixMicro()
}

func orNull(text string) *string {
	if text == "" {
		return nil
	}
	return &text
}

func orEmpty(list []string) []string {
	if list == nil {
		return []string{}
	}
	return list
}
