package metric

import (
	"cmp"

	"beichen/internal/fault"
	"beichen/internal/journey"
)

// Words says in a language what is measured, and how.
func (d *Definition) Words(l fault.Language) string {
	sentences := []string{d.measureWords(l)}
	if d.amounts() != nil {
		sentences = append(sentences, fault.Text("metric.words.left-out", l))
	}
	if d.Cumulative {
		sentences = append(sentences, fault.Text("metric.words.cumulative", l))
	}
	if len(d.Segment) > 0 {
		sentences = append(sentences, fault.Text("metric.words.segment", l, "filter", journey.FilterWords(l, d.Segment)))
	}
	sentences = append(sentences, fault.Text("metric.words.grain", l, "grain", fault.Text("metric.words."+string(d.grain()), l)))
	return journey.Sentences(l, sentences...)
}

// amounts are those that are summed or compared; nil where none are.
func (d *Definition) amounts() *Amounts {
	switch {
	case d.Sum != nil:
		return d.Sum
	case d.Average != nil:
		return d.Average
	case d.Quantile != nil:
		return &d.Quantile.Amounts
	}
	return nil
}

func (d *Definition) measureWords(l fault.Language) string {
	subject := journey.SubjectWords(l, d.Subject)
	say := func(key string, args ...any) string {
		return fault.Text("metric.words."+key, l, append(args, "subject", subject)...)
	}
	events := func(e *Events) string { return journey.EventWords(l, e.When...) }
	switch {
	case d.Count != nil:
		return say("count", "events", events(d.Count))
	case d.Customers != nil:
		return say("customers", "events", journey.OftenWords(l, events(&d.Customers.Events), d.Customers.AtLeast))
	case d.Active != nil:
		return say("active", "events", journey.OftenWords(l, events(&d.Active.Events), d.Active.AtLeast), "span", journey.SpanWords(l, d.Active.Window))
	case d.Rate != nil && d.Rate.Within.IsZero():
		return say("rate", "from", events(&d.Rate.From), "of", events(&d.Rate.Of))
	case d.Rate != nil:
		return say("rate-within", "from", events(&d.Rate.From), "of", events(&d.Rate.Of), "span", journey.SpanWords(l, d.Rate.Within))
	case d.Conversion != nil:
		return say("conversion", "journey", d.Conversion.Journey, "from", d.Conversion.fromWords(l), "to", d.Conversion.To)
	case d.Time != nil:
		q := 0.5
		if d.Time.Q != nil {
			q = *d.Time.Q
		}
		return say("time", "journey", d.Time.Journey, "from", d.Time.fromWords(l), "to", d.Time.To, "q", q)
	case d.Retention != nil:
		return say("retention", "table", d.Retention.Table, "interval", d.Retention.Interval)
	case d.Formula != "":
		return say("formula", "formula", d.Formula)
	}
	a := d.amounts()
	amount := a.Of.String()
	if a.isMoney() {
		amount = fault.Text("metric.words.money", l, "of", amount, "currency", a.Currency)
	}
	key := "sum"
	if d.Average != nil {
		key = "average-" + string(cmp.Or(a.Per, PerEvent))
	} else if d.Quantile != nil {
		key = "quantile-" + string(cmp.Or(a.Per, PerEvent))
	}
	args := []any{"events", events(&a.Events), "amount", amount}
	if d.Quantile != nil {
		args = append(args, "q", d.Quantile.Q)
	}
	return say(key, args...)
}

func (c *Conversion) fromWords(l fault.Language) string {
	return cmp.Or(c.From, fault.Text("metric.words.first-stage", l))
}
