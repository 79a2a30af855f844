// Package journey is the heart of Beichen: what a journey is, whether it is
// written right, and what the facts say about each of its steps. The format,
// the counting rules and the answer are a contract; docs/analyst/counting-rules.md
// tells them rule by rule.
//
// The way of a question: Parse reads a Journey; compile turns it into the
// patterns a stream.Source is asked about and the machine that walks each
// customer's events; the machine gives one Result a customer; every number,
// list, trace and flow is read from those results.
package journey

import (
	"encoding/json"
	"slices"

	"beichen/internal/event"
)

// Journey is a definition: the drawn map, and how it is counted.
type Journey struct {
	Kind        string      `json:"kind"` // Journey
	ID          string      `json:"id"`
	Name        Text        `json:"name,omitzero"`
	Description Text        `json:"description,omitzero"`
	Owner       []string    `json:"owner,omitempty"`
	Subject     string      `json:"subject,omitempty"` // person (default), account or a where key
	Window      Window      `json:"window,omitzero"`   // default 14d
	Order       Order       `json:"order,omitempty"`   // default ordered
	Entry       Entry       `json:"entry,omitempty"`   // default latest
	Excluded    Excluded    `json:"excluded,omitempty"`
	Stages      []Stage     `json:"stages"`
	Exclude     []Exclusion `json:"exclude,omitempty"`

	// document is the definition as it was written, as JSON: what is hashed.
	document json.RawMessage
}

// Order says what may happen between stages.
type Order string

// The orders: others may come between, none may, and any sequence counts.
const (
	Ordered  Order = "ordered"
	Strict   Order = "strict"
	AnyOrder Order = "any"
)

// Entry says which of a customer's chains counts where several are as good.
type Entry string

// The entries.
const (
	Latest Entry = "latest"
	First  Entry = "first"
)

// Excluded says what an exclusion does to a customer.
type Excluded string

// What an exclusion does.
const (
	Remove Excluded = "remove"
	Keep   Excluded = "keep"
)

// Stage is a part of the journey that customers pass.
type Stage struct {
	ID       string `json:"id"`
	Name     Text   `json:"name,omitzero"`
	Pass     Pass   `json:"pass,omitempty"`
	Optional bool   `json:"optional,omitempty"`
	Folded   bool   `json:"folded,omitempty"`
	Steps    []Step `json:"steps"`
}

// Pass says which of its steps pass a stage.
type Pass string

// The pass rules.
const (
	PassAny      Pass = "any"
	PassAll      Pass = "all"
	PassSequence Pass = "sequence"
)

// Step is what a customer does, or what is done for them, bound to events by
// When; without When it is drawn and not measured.
type Step struct {
	ID            string    `json:"id"`
	Name          Text      `json:"name,omitzero"`
	Meaning       Text      `json:"meaning,omitzero"`
	When          []Pattern `json:"when,omitempty"` // alternatives
	Times         int       `json:"times,omitempty"`
	Within        Window    `json:"within,omitzero"`
	FirstEver     FirstEver `json:"firstEver,omitzero"`
	Owner         []string  `json:"owner,omitempty"`
	Channel       string    `json:"channel,omitempty"`
	Touchpoint    string    `json:"touchpoint,omitempty"`
	Belief        *Belief   `json:"belief,omitempty"`
	Cost          *Cost     `json:"cost,omitempty"`
	Thoughts      []string  `json:"thoughts,omitempty"`
	Pains         []string  `json:"pains,omitempty"`
	Opportunities []string  `json:"opportunities,omitempty"`
	Evidence      []string  `json:"evidence,omitempty"`
	Backstage     []string  `json:"backstage,omitempty"`
}

// Bound reports whether the step is measured.
func (s *Step) Bound() bool { return len(s.When) > 0 }

// Bound reports whether any step of the stage is measured.
func (s *Stage) Bound() bool {
	return slices.ContainsFunc(s.Steps, func(step Step) bool { return step.Bound() })
}

// Pattern asks for events by name and filter; a nil Event is any event.
type Pattern struct {
	Event *string      `json:"event,omitempty"`
	Where event.Filter `json:"where,omitempty"`
}

// Matcher is the pattern as sources are asked about it.
func (p Pattern) Matcher() event.Pattern {
	if p.Event == nil {
		return event.Pattern{AnyName: true, Where: p.Where}
	}
	return event.Pattern{Name: *p.Event, Where: p.Where}
}

// Exclusion taints a chain when it happens after the first of two stages was
// passed and before the second is.
type Exclusion struct {
	Pattern
	Between [2]string `json:"between"` // stage ids
}

// FirstEver narrows a step to a customer's first event in all history.
type FirstEver string

// What must be the first: nothing, the event that matches, the event of that name.
const (
	NotFirst    FirstEver = ""
	FirstMatch  FirstEver = "match" // written true
	FirstOfName FirstEver = "name"
)

// MarshalJSON writes true, false or "name".
func (f FirstEver) MarshalJSON() ([]byte, error) {
	if f == FirstOfName {
		return []byte(`"name"`), nil
	}
	return json.Marshal(f == FirstMatch)
}

// Belief is what the team believes customers feel, −2 … +2.
type Belief struct {
	Feeling float64 `json:"feeling"`
	Note    string  `json:"note,omitempty"`
}

// Cost is what one touch of a step costs.
type Cost struct {
	PerTouch float64 `json:"perTouch"`
	Currency string  `json:"currency"`
}

// UnmarshalJSON reads and checks a definition as Parse does.
func (j *Journey) UnmarshalJSON(raw []byte) error {
	parsed, err := Parse(raw)
	if err != nil {
		return err
	}
	*j = *parsed
	return nil
}

// Hash is "sha256:" and the hash of the definition's canonical JSON, as it was
// written: the hash under which the ledger keeps it.
func (j *Journey) Hash() (string, error) {
	document, err := j.asWritten()
	if err != nil {
		return "", err
	}
	return event.Hash(document)
}

// asWritten is the definition as it was written, as JSON.
func (j *Journey) asWritten() (json.RawMessage, error) {
	if j.document != nil {
		return j.document, nil
	}
	return json.Marshal(j)
}

// subject is who is counted, person where nothing is said.
func (j *Journey) subject() string { return orDefault(j.Subject, "person") }
func (j *Journey) order() Order    { return orDefault(j.Order, Ordered) }
func (j *Journey) entry() Entry    { return orDefault(j.Entry, Latest) }
func (j *Journey) excluded() Excluded {
	return orDefault(j.Excluded, Remove)
}

// ChainWindow is how long a chain may take, 14 days where nothing is said.
func (j *Journey) ChainWindow() Window {
	return orDefault(j.Window, Window{text: "14d", micros: 14 * day})
}

func orDefault[T comparable](value, otherwise T) T {
	var zero T
	if value == zero {
		return otherwise
	}
	return value
}
