package metric

import (
	"regexp"

	"beichen/internal/calendar"
	"beichen/internal/event"
	"beichen/internal/fault"
	"beichen/internal/formula"
	"beichen/internal/journey"
	"beichen/internal/journey/document"
)

const (
	maxOccurrences = 100
	maxInterval    = 192
	maxLevel       = 3
)

// currencyPattern is a code of ISO 4217.
var currencyPattern = regexp.MustCompile(`^[A-Z]{3}$`)

// Parse reads a definition from YAML or JSON and checks it. Every fault is
// collected: the error is an Invalid fault metric.invalid with the path and the
// line of each. What other definitions have to say to it (a formula's metrics and
// their units, the stages of a journey) is checked by Check.
func Parse(data []byte) (*Definition, error) {
	d, written, err := document.Parse(data, "metric.invalid", func(root document.Node) (Definition, error) {
		r := &reader{lines: map[string]int{}}
		d := r.definition(root)
		d.lines = r.lines
		return d, r.Err("metric.invalid")
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

// noting notes the line of a field that Check may speak of.
func (r *reader) noting(read func(document.Node, string)) func(document.Node, string) {
	return func(n document.Node, path string) {
		r.lines[path] = n.Line
		read(n, path)
	}
}

func (r *reader) definition(root document.Node) Definition {
	var d Definition
	measures, second := 0, 0 // how many there are; the line of the second
	// one wraps the reader of a measure: there must be exactly one.
	one := func(read func(document.Node, string)) func(document.Node, string) {
		return func(n document.Node, path string) {
			if measures++; measures == 2 {
				second = n.Line
			}
			read(n, path)
		}
	}
	cumulativeLine := 0
	r.Object(root, "", document.Fields{
		"kind": document.OneOf(&r.Reader, &d.Kind, Kind),
		"id": func(n document.Node, path string) {
			r.Text(&d.ID)(n, path)
			if d.ID != "" && !formula.IsID(d.ID) {
				r.Fault(path, n.Line, "metric.bad-id", "value", document.Show(n))
			}
		},
		"name":      journey.ReadText(&r.Reader, &d.Name),
		"meaning":   journey.ReadText(&r.Reader, &d.Meaning),
		"unit":      r.noting(r.unit(&d.Unit)),
		"good":      document.OneOf(&r.Reader, &d.Good, Up, Down, Neither),
		"owner":     r.Texts(&d.Owner),
		"level":     r.Count(&d.Level, maxLevel, "metric.bad-level"),
		"grain":     document.OneOf(&r.Reader, &d.Grain, calendar.Grains...),
		"weekStart": document.OneOf(&r.Reader, &d.WeekStart, calendar.Monday, calendar.Sunday),
		"subject":   journey.ReadSubject(&r.Reader, &d.Subject),
		"segment":   func(n document.Node, path string) { d.Segment = journey.ReadWhere(&r.Reader, n, path) },
		"cumulative": func(n document.Node, path string) {
			cumulativeLine = n.Line
			r.Boolean(&d.Cumulative)(n, path)
		},
		"count": one(func(n document.Node, path string) { d.Count = &Events{}; r.Object(n, path, r.events(d.Count)) }),
		"customers": one(func(n document.Node, path string) {
			d.Customers = &Customers{}
			r.Object(n, path, r.customers(d.Customers))
		}),
		"active":   one(func(n document.Node, path string) { d.Active = r.active(n, path) }),
		"sum":      one(func(n document.Node, path string) { d.Sum = r.amounts(n, path, nil, false) }),
		"average":  one(func(n document.Node, path string) { d.Average = r.amounts(n, path, nil, true) }),
		"quantile": one(func(n document.Node, path string) { d.Quantile = r.quantile(n, path) }),
		"rate":     one(func(n document.Node, path string) { d.Rate = r.rate(n, path) }),
		"conversion": one(func(n document.Node, path string) {
			d.Conversion = &Conversion{}
			r.Object(n, path, r.conversion(d.Conversion), "journey", "to")
		}),
		"time":      one(func(n document.Node, path string) { d.Time = r.time(n, path) }),
		"retention": one(func(n document.Node, path string) { d.Retention = r.retention(n, path) }),
		"formula":   one(r.noting(r.formula(&d.Formula))),
		"soWhat": func(n document.Node, path string) {
			d.SoWhat = &SoWhat{}
			r.Object(n, path, document.Fields{
				"up": journey.ReadText(&r.Reader, &d.SoWhat.Up), "down": journey.ReadText(&r.Reader, &d.SoWhat.Down),
			})
		},
	}, "kind", "id")
	switch {
	case measures == 0:
		r.Fault("", root.Line, "metric.no-measure")
	case measures > 1:
		r.Fault("", second, "metric.two-measures")
	}
	if d.Cumulative && d.Count == nil && d.Customers == nil && d.Sum == nil {
		r.Fault("cumulative", cumulativeLine, "metric.not-cumulative")
	}
	return d
}

func (r *reader) unit(to *string) func(document.Node, string) {
	return func(n document.Node, path string) {
		r.Text(to)(n, path)
		if _, problem := formula.ParseUnit(*to); problem != nil {
			r.Faults = append(r.Faults, formula.Within([]fault.Detail{*problem}, path, n.Line)...)
		}
	}
}

func (r *reader) formula(to *string) func(document.Node, string) {
	return func(n document.Node, path string) {
		before := len(r.Faults)
		r.Name(to)(n, path)
		if len(r.Faults) == before {
			_, faults := formula.Parse(*to)
			r.Faults = append(r.Faults, formula.Within(faults, path, n.Line)...)
		}
	}
}

// matching reads a text of a pattern; key is the fault of others.
func (r *reader) matching(to *string, pattern *regexp.Regexp, key string) func(document.Node, string) {
	return func(n document.Node, path string) {
		before := len(r.Faults)
		r.Text(to)(n, path)
		if len(r.Faults) == before && !pattern.MatchString(*to) {
			r.Fault(path, n.Line, key, "value", document.Show(n))
		}
	}
}

// events are the readers of the events that a measure is of: one pattern beside the
// other fields, or several under when.
func (r *reader) events(to *Events) document.Fields {
	to.When = make([]journey.Pattern, 1)
	single := false
	fields := journey.PatternFields(&r.Reader, &to.When[0])
	for name, read := range fields {
		fields[name] = func(n document.Node, path string) {
			single = true
			if len(to.When) != 1 {
				r.Fault(path, n.Line, "metric.when-and-event")
				return
			}
			read(n, path)
		}
	}
	fields["when"] = func(n document.Node, path string) {
		if single {
			r.Fault(path, n.Line, "metric.when-and-event")
			return
		}
		to.When = nil
		r.List(n, path, func(n document.Node, path string) {
			var p journey.Pattern
			journey.ReadPattern(&r.Reader, &p)(n, path)
			to.When = append(to.When, p)
		})
		if len(to.When) == 0 {
			r.Fault(path, n.Line, "journey.empty")
		} else if len(to.When) > maxAlternatives {
			r.Fault(path, n.Line, "journey.too-many", "limit", maxAlternatives)
		}
	}
	return fields
}

func (r *reader) customers(to *Customers) document.Fields {
	fields := r.events(&to.Events)
	fields["atLeast"] = r.Count(&to.AtLeast, maxOccurrences, "metric.bad-times")
	return fields
}

func (r *reader) active(n document.Node, path string) *Active {
	a := &Active{}
	fields := r.customers(&a.Customers)
	fields["window"] = r.span(&a.Window)
	r.Object(n, path, fields, "window")
	return a
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

// amounts reads amounts, with more fields than theirs where a measure has them.
func (r *reader) amounts(n document.Node, path string, more document.Fields, perAllowed bool) *Amounts {
	a := &Amounts{}
	ofLine := 0
	fields := r.events(&a.Events)
	fields["of"] = func(n document.Node, path string) {
		ofLine = n.Line
		r.amountKey(&a.Of)(n, path)
	}
	fields["currency"] = r.matching(&a.Currency, currencyPattern, "journey.bad-currency")
	if perAllowed {
		fields["per"] = document.OneOf(&r.Reader, &a.Per, PerEvent, PerCustomer)
	}
	for name, read := range more {
		fields[name] = read
	}
	r.Object(n, path, fields, "of")
	if money := a.isMoney(); money && a.Currency == "" {
		r.Fault(document.Join(path, "currency"), n.Line, "metric.no-currency", "of", a.Of.String())
	} else if !money && a.Currency != "" && a.Of.Root != "" {
		r.Fault(document.Join(path, "of"), ofLine, "metric.no-money", "of", a.Of.String())
	}
	return a
}

// costKey is the word for what an event cost, which no where key names.
const costKey = event.Root("cost")

// isMoney reports whether the amounts have a currency.
func (a *Amounts) isMoney() bool { return isMoney(a.Of) }

func isMoney(of event.Key) bool { return of.Root == event.Value || of.Root == costKey }

func (r *reader) amountKey(to *event.Key) func(document.Node, string) {
	return func(n document.Node, path string) {
		text, _ := n.Value.(string)
		if text == string(costKey) {
			*to = event.Key{Root: costKey}
			return
		}
		key, err := event.ParseKey(text)
		if err != nil || !key.Root.OfEvent() {
			r.Fault(path, n.Line, "metric.bad-amount", "value", document.Show(n))
			return
		}
		*to = key
	}
}

func (r *reader) quantile(n document.Node, path string) *Quantile {
	q := &Quantile{Q: 0.5}
	a := r.amounts(n, path, document.Fields{"q": r.Number(&q.Q, 0, 1, "metric.bad-quantile")}, true)
	q.Amounts = *a
	return q
}

func (r *reader) rate(n document.Node, path string) *Rate {
	rate := &Rate{}
	part := func(to *Events) func(document.Node, string) {
		return func(n document.Node, path string) { r.Object(n, path, r.events(to)) }
	}
	r.Object(n, path, document.Fields{"of": part(&rate.Of), "from": part(&rate.From), "within": r.span(&rate.Within)}, "of", "from")
	return rate
}

func (r *reader) conversion(to *Conversion) document.Fields {
	return document.Fields{"journey": r.noting(r.Name(&to.Journey)), "from": r.noting(r.Name(&to.From)), "to": r.noting(r.Name(&to.To))}
}

func (r *reader) time(n document.Node, path string) *Time {
	t := &Time{}
	fields := r.conversion(&t.Conversion)
	fields["q"] = func(n document.Node, path string) {
		t.Q = new(0.0)
		r.Number(t.Q, 0, 1, "metric.bad-quantile")(n, path)
	}
	r.Object(n, path, fields, "journey", "to")
	return t
}

func (r *reader) retention(n document.Node, path string) *Retention {
	of := &Retention{}
	r.Object(n, path, document.Fields{
		"table": r.noting(r.Name(&of.Table)), "interval": r.noting(r.Count(&of.Interval, maxInterval, "metric.bad-interval")),
	}, "table", "interval")
	return of
}
