package journey

import (
	"cmp"
	"encoding/json"
	"strings"

	"beichen/internal/event"
	"beichen/internal/fault"
)

// The words for parts of definitions, which definitions of other kinds share.

// Sentences joins sentences as a language does.
func Sentences(l fault.Language, sentences ...string) string {
	if l == fault.English {
		return strings.Join(sentences, " ")
	}
	return strings.Join(sentences, "")
}

// SubjectWords says who or what is counted.
func SubjectWords(l fault.Language, subject string) string {
	switch subject {
	case "", "person", "account":
		return fault.Text("journey.words."+cmp.Or(subject, "person"), l)
	}
	return fault.Text("journey.words.key", l, "key", subject)
}

// SpanWords says how long a span is; it has a length.
func SpanWords(l fault.Language, w Window) string {
	n, unit := w.text[:len(w.text)-1], w.text[len(w.text)-1:]
	return fault.Text("journey.words.span."+unit, l, "n", n)
}

// EventWords says which events are meant: of several patterns one is enough.
func EventWords(l fault.Language, when ...Pattern) string {
	words := make([]string, len(when))
	for i, p := range when {
		words[i] = fault.Text("journey.words.any-event", l)
		if p.Event != nil {
			words[i] = fault.Text("journey.words.event", l, "name", *p.Event)
		}
		if len(p.Where) > 0 {
			words[i] = fault.Text("journey.words.where", l, "event", words[i], "filter", FilterWords(l, p.Where))
		}
	}
	return chained(l, "journey.words.or", words)
}

// OftenWords says that events have to happen so many times; once goes without saying.
func OftenWords(l fault.Language, events string, least int) string {
	if least <= 1 {
		return events
	}
	return fault.Text("journey.words.at-least", l, "events", events, "n", least)
}

// FilterWords says what must hold.
func FilterWords(l fault.Language, filter event.Filter) string {
	words := make([]string, len(filter))
	for i, c := range filter {
		operator, value := string(c.Op), any(c.Operands)
		switch {
		case c.Op == event.Exists && c.Operands[0] == false:
			operator = "missing"
		case c.Op != event.In && c.Op != event.NotIn:
			value = c.Operands[0]
		}
		words[i] = fault.Text("journey.words."+operator, l, "key", c.Key, "value", operandWords(value))
	}
	return chained(l, "journey.words.and", words)
}

// operandWords writes operands as definitions do.
func operandWords(value any) string {
	var out strings.Builder
	encoder := json.NewEncoder(&out)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(value); err != nil {
		panic(err) // scalars always encode
	}
	return strings.TrimSpace(out.String())
}

// chained joins words by a message with the places first and second.
func chained(l fault.Language, key string, words []string) string {
	out := words[0]
	for _, w := range words[1:] {
		out = fault.Text(key, l, "first", out, "second", w)
	}
	return out
}

// Words says in a language how a journey is counted: the rule, its stages with the
// events that pass them, and what excludes.
func (j *Journey) Words(l fault.Language) string {
	window := fault.Text("journey.words.no-window", l)
	if w := j.ChainWindow(); w.micros > 0 {
		window = fault.Text("journey.words.window", l, "span", SpanWords(l, w))
	}
	word := func(key string) string { return fault.Text("journey.words."+key, l) }
	sentences := []string{fault.Text("journey.words.rule", l, "subject", SubjectWords(l, j.Subject),
		"entry", word(string(j.entry())), "window", window, "order", word(string(j.order())), "excluded", word(string(j.excluded())))}
	for i := range j.Stages {
		key := "journey.words.stage"
		if j.Stages[i].Optional {
			key = "journey.words.optional"
		}
		sentences = append(sentences, fault.Text(key, l, "n", i+1, "stage", j.Stages[i].title(l), "steps", j.Stages[i].words(l)))
	}
	for _, e := range j.Exclude {
		sentences = append(sentences, fault.Text("journey.words.exclusion", l,
			"events", EventWords(l, e.Pattern), "from", j.titleOf(e.Between[0], l), "to", j.titleOf(e.Between[1], l)))
	}
	return Sentences(l, sentences...)
}

func (s *Stage) title(l fault.Language) string { return cmp.Or(s.Name.In(string(l)), s.ID) }

func (j *Journey) titleOf(stage string, l fault.Language) string {
	for i := range j.Stages {
		if j.Stages[i].ID == stage {
			return j.Stages[i].title(l)
		}
	}
	return stage
}

// words are those of the steps that pass the stage.
func (s *Stage) words(l fault.Language) string {
	var steps []string
	for i := range s.Steps {
		if s.Steps[i].Bound() {
			steps = append(steps, s.Steps[i].words(l))
		}
	}
	if len(steps) == 0 {
		return fault.Text("journey.words.unbound", l)
	}
	switch {
	case len(steps) == 1:
		return steps[0]
	case s.Pass == PassAll:
		return fault.Text("journey.words.all-of", l, "steps", chained(l, "journey.words.list", steps))
	case s.Pass == PassSequence:
		return fault.Text("journey.words.sequence-of", l, "steps", chained(l, "journey.words.list", steps))
	}
	return chained(l, "journey.words.or", steps)
}

func (s *Step) words(l fault.Language) string {
	words := EventWords(l, s.When...)
	switch {
	case s.Times > 1 && !s.Within.IsZero():
		words = fault.Text("journey.words.times-within", l, "events", words, "n", s.Times, "span", SpanWords(l, s.Within))
	case s.Times > 1:
		words = fault.Text("journey.words.times", l, "events", words, "n", s.Times)
	}
	switch s.FirstEver {
	case FirstMatch:
		words = fault.Text("journey.words.first-match", l, "events", words)
	case FirstOfName:
		words = fault.Text("journey.words.first-of-name", l, "events", words)
	}
	return words
}
