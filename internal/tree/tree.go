// Package tree holds the one tree that all metrics of a company hang in: the North
// Star and those that ruled before it, the inputs that move it, objectives with
// their strategies and measures, bound to the steps of journeys, guardrails,
// targets, and what people believe to influence what. The format is told in
// docs/analyst/trees.md.
//
// The way of a question: Parse reads a Definition; the metrics that it names, and
// those that their formulas name, are measured by package metric, each once; every
// statement about them (their change, their targets, whether they are vain, what
// influences what, why one moved) is computed from these measurements.
package tree

import (
	"encoding/json"
	"fmt"

	"beichen/internal/event"
	"beichen/internal/journey"
)

// Kind is the kind of these definitions, as the files name it.
const Kind = "Tree"

// Definition is a tree that people agreed on.
type Definition struct {
	Kind        string       `json:"kind"` // Tree
	ID          string       `json:"id"`
	Name        journey.Text `json:"name,omitzero"`
	Description journey.Text `json:"description,omitzero"`
	Model       Model        `json:"model,omitempty"`
	// Stars are the North Stars in succession, the oldest first.
	Stars []Star `json:"stars"`
	// Constellation are the metrics that move the star.
	Constellation []string    `json:"constellation,omitempty"`
	Guardrails    []Guardrail `json:"guardrails,omitempty"`
	Counters      []string    `json:"counters,omitempty"` // what may get worse by getting better
	Value         *Value      `json:"value,omitempty"`
	Outcomes      []string    `json:"outcomes,omitempty"` // what foresight is of
	Spend         []string    `json:"spend,omitempty"`
	Objectives    []Objective `json:"objectives,omitempty"`
	Targets       []Target    `json:"targets,omitempty"`
	Influences    []Influence `json:"influences,omitempty"`
	Waivers       []Waiver    `json:"waivers,omitempty"`
	// Layout is where metrics stand on the canvas, by id.
	Layout map[string]Place `json:"layout,omitempty"`

	document json.RawMessage // as it was written, as JSON: what is hashed
	lines    map[string]int  // of what Check speaks of
}

// Model is how a company lives.
type Model string

// The models: by the time that people spend, by what they buy, by the work that
// they get done, by subscriptions of companies, by goods that dealers sell.
const (
	Attention     Model = "attention"
	Transaction   Model = "transaction"
	Productivity  Model = "productivity"
	SaaS          Model = "saas"
	Manufacturing Model = "manufacturing"
)

// Models lists them.
var Models = []Model{Attention, Transaction, Productivity, SaaS, Manufacturing}

// Star is a North Star for as long as it rules.
type Star struct {
	Metric    string       `json:"metric"`
	Since     string       `json:"since,omitempty"` // a day in the workspace's zone
	LifeCycle LifeCycle    `json:"lifeCycle,omitempty"`
	Reason    journey.Text `json:"reason,omitzero"` // why this one, and no longer the one before
	Checklist Checklist    `json:"checklist,omitzero"`
}

// LifeCycle is where the product stands in its life.
type LifeCycle string

// The parts of a product's life.
const (
	Start    LifeCycle = "start"
	Growth   LifeCycle = "growth"
	Maturity LifeCycle = "maturity"
	Renewal  LifeCycle = "renewal"
)

// Checklist says in a sentence each why a metric is fit to be a North Star: the
// seven questions of J. Cutler and J. Scherschligt, The North Star Playbook
// (Amplitude), chapter "The North Star checklist".
type Checklist struct {
	Value          journey.Text `json:"value,omitzero"`    // it expresses value to customers
	Strategy       journey.Text `json:"strategy,omitzero"` // it stands for vision and strategy
	Leading        journey.Text `json:"leading,omitzero"`  // it runs ahead of business results
	Actionable     journey.Text `json:"actionable,omitzero"`
	Understandable journey.Text `json:"understandable,omitzero"`
	Measurable     journey.Text `json:"measurable,omitzero"`
	NotVanity      journey.Text `json:"notVanity,omitzero"`
}

// IsZero reports whether no sentence was written.
func (c Checklist) IsZero() bool { return len(c.open()) == len(c.questions()) }

// question is one of the checklist's, with its sentence.
type question struct {
	name     string
	sentence journey.Text
}

func (c Checklist) questions() []question {
	return []question{
		{"value", c.Value},
		{"strategy", c.Strategy},
		{"leading", c.Leading},
		{"actionable", c.Actionable},
		{"understandable", c.Understandable},
		{"measurable", c.Measurable},
		{"notVanity", c.NotVanity},
	}
}

// open lists the questions without a sentence.
func (c Checklist) open() []string {
	out := []string{}
	for _, q := range c.questions() {
		if q.sentence.IsZero() {
			out = append(out, q.name)
		}
	}
	return out
}

// Guardrail is a metric that must not get worse while others get better.
type Guardrail struct {
	Metric string `json:"metric"`
	Tier   int    `json:"tier"` // 1 blocks, 2 asks for a justification, 3 informs
	// Limit is the last value that is still good enough; beyond it, in the direction
	// that is bad, the guardrail is broken.
	Limit *float64 `json:"limit,omitempty"`
}

// Value is the event by which a customer has value, and how long after they first
// did what a metric counts it tells for that metric.
type Value struct {
	journey.Pattern
	Within journey.Window `json:"within"`
}

// Objective is what the company wants.
type Objective struct {
	ID         string       `json:"id"`
	Name       journey.Text `json:"name,omitzero"`
	Owner      []string     `json:"owner,omitempty"`
	Targets    []Target     `json:"targets,omitempty"`
	Strategies []Strategy   `json:"strategies,omitempty"`
}

// Strategy is how an objective is to be reached: on which steps it acts, and by
// what one sees whether it does.
type Strategy struct {
	ID       string       `json:"id"`
	Name     journey.Text `json:"name,omitzero"`
	Owner    []string     `json:"owner,omitempty"`
	Steps    []Step       `json:"steps,omitempty"`
	Measures []Measure    `json:"measures,omitempty"`
}

// Step is a step of a journey, or a whole stage of it.
type Step struct {
	Journey string `json:"journey"`
	Stage   string `json:"stage"`
	Step    string `json:"step,omitempty"`
}

// Measure is a metric of a strategy.
type Measure struct {
	Metric string `json:"metric"`
	Role   Role   `json:"role,omitempty"` // kpi (default) or target
}

// Role is what a metric is in the tree.
type Role string

// The roles. A measure is a KPI, which tells whether its strategy works, or one
// with a target.
const (
	RulingStar Role = "star"
	OtherStar  Role = "otherStar" // one that ruled before, or will
	Input      Role = "input"     // of the constellation
	KPI        Role = "kpi"
	TargetRole Role = "target"
	Guarding   Role = "guardrail"
	Counter    Role = "counter"
	Outcome    Role = "outcome"
	Spending   Role = "spend"
	Influenced Role = "influence" // an influence begins or ends there
	Component  Role = "component" // a formula names it
)

// Target is a number to be reached.
type Target struct {
	Metric string   `json:"metric"`
	From   string   `json:"from"` // days in the workspace's zone, both included
	To     string   `json:"to"`
	Value  float64  `json:"value"`
	Basis  *float64 `json:"basis,omitempty"` // where it started from
	// Reads says what number Value is; if empty, a total of what adds up over time and
	// else a level. Of a product that is a sum in the end, as orders × their average, it
	// has to be said.
	Reads  TargetReads  `json:"reads,omitempty"`
	Reason journey.Text `json:"reason,omitzero"`
	Parts  []Part       `json:"parts,omitempty"`
}

// Part is what a target asks of a metric or of an objective below it: a value of
// the metric, or a share of the target.
type Part struct {
	Metric    string   `json:"metric,omitempty"`
	Objective string   `json:"objective,omitempty"`
	Value     *float64 `json:"value,omitempty"`
	Share     *float64 `json:"share,omitempty"` // of 1
}

// Influence is what people believe to move something else.
type Influence struct {
	From       string       `json:"from"`
	To         string       `json:"to"`
	Sign       Sign         `json:"sign"`
	Lag        *int         `json:"lag,omitempty"` // periods until it shows
	Reason     journey.Text `json:"reason,omitzero"`
	Experiment string       `json:"experiment,omitempty"` // the id of one that tested it
}

// Sign says what becomes of the one when the other rises.
type Sign string

// It rises too, or it falls.
const (
	Rises Sign = "+"
	Falls Sign = "-"
)

// Waiver is a judgement that somebody signed against the computed one.
type Waiver struct {
	Metric  string `json:"metric"`
	Verdict string `json:"verdict"` // sound or vain
	By      string `json:"by"`
	At      string `json:"at"` // a day in the workspace's zone
	Reason  string `json:"reason"`
}

// Place is where something stands on the canvas.
type Place struct {
	X float64 `json:"x"`
	Y float64 `json:"y"`
}

// UnmarshalJSON reads and checks a definition as Parse does.
func (d *Definition) UnmarshalJSON(raw []byte) error {
	parsed, err := Parse(raw)
	if err != nil {
		return err
	}
	*d = *parsed
	return nil
}

// Hash is "sha256:" and the hash of the definition's canonical JSON, as it was
// written: the hash under which the ledger keeps it.
func (d *Definition) Hash() (string, error) {
	if d.document == nil {
		return "", fmt.Errorf("tree %s was not read by Parse", d.ID)
	}
	return event.Hash(d.document)
}
