package vanity

import (
	"strings"
	"time"

	"beichen/internal/fault"
)

// Judgement is what the nine tests come to.
type Judgement string

// The judgements.
const (
	Vain      Judgement = "vain"
	Sound     Judgement = "sound"
	Undecided Judgement = "unknown"
)

// Rule names why a judgement was reached; the package's page has the rules of Vain
// in words.
type Rule string

// The rules.
const (
	RunningTotal Rule = "runningTotal" // vain
	TwoOfValue   Rule = "twoOfValue"
	FormAndValue Rule = "formAndValue"
	RisesBlindly Rule = "risesBlindly"
	OfNoUse      Rule = "ofNoUse"
	ValueShown   Rule = "valueShown"   // sound
	Contradicted Rule = "contradicted" // unknown: a test of value fails, and no rule makes that vain
	NotShown     Rule = "notShown"     // unknown: neither foresight nor nearness to value is shown
)

// Reason is a rule that held, and the tests it held by.
type Reason struct {
	Rule  Rule   `json:"rule"`
	Tests []Test `json:"tests"`
}

// Verdict is what was computed of a metric, and what somebody signed against it.
type Verdict struct {
	Metric    string    `json:"metric"`
	Judgement Judgement `json:"judgement"` // as computed, whatever was signed
	Reasons   []Reason  `json:"reasons"`
	Tests     []Result  `json:"tests"` // all nine
	Override  *Override `json:"override,omitempty"`
}

// Override is a judgement that a person puts beside the computed one.
type Override struct {
	Judgement Judgement `json:"judgement"` // vain or sound
	Over      Judgement `json:"over"`      // what was computed when it was signed
	By        string    `json:"by"`
	At        time.Time `json:"at"`
	Why       string    `json:"why"`
}

// Sign puts a person's judgement beside the computed one, which stays. It returns
// an Invalid fault unless the override says vain or sound, who, when and why.
func (v Verdict) Sign(o Override) (Verdict, error) {
	var faults []fault.Detail
	if o.Judgement != Vain && o.Judgement != Sound {
		faults = append(faults, fault.At("judgement", 0, "vanity.no-judgement", "value", o.Judgement))
	}
	if strings.TrimSpace(o.By) == "" {
		faults = append(faults, fault.At("by", 0, "vanity.who"))
	}
	if o.At.IsZero() {
		faults = append(faults, fault.At("at", 0, "vanity.when"))
	}
	if strings.TrimSpace(o.Why) == "" {
		faults = append(faults, fault.At("why", 0, "vanity.why"))
	}
	if err := fault.Many("vanity.unsigned", faults); err != nil {
		return v, err
	}
	if o.Over == "" {
		o.Over = v.Judgement
	}
	v.Override = &o
	return v, nil
}

// Standing is the judgement that counts: the signed one where there is one.
func (v Verdict) Standing() Judgement {
	if v.Override != nil {
		return v.Override.Judgement
	}
	return v.Judgement
}

// weigh makes one judgement of nine results, by the rules of the package's page.
func weigh(results []Result, runningTotal bool) (Judgement, []Reason) {
	outcomes := map[Test]Outcome{}
	for _, r := range results {
		outcomes[r.Test] = r.Outcome
	}
	with := func(outcome Outcome, tests ...Test) (found []Test) {
		for _, t := range tests {
			if outcomes[t] == outcome {
				found = append(found, t)
			}
		}
		return found
	}
	form := with(Fail, Ratchet, NoDenominator)
	value := with(Fail, Bought, FarFromValue, NoForesight, Divergence)
	against := with(Fail, Bought, FarFromValue, Divergence) // evidence, not its absence
	use := with(Fail, NoHandle, NotAuditable, SoWhat)
	shown := with(Pass, FarFromValue, NoForesight)

	var reasons []Reason
	hold := func(rule Rule, tests ...Test) { reasons = append(reasons, Reason{rule, tests}) }
	if runningTotal {
		hold(RunningTotal, Ratchet)
	}
	if len(shown) < 2 {
		if len(value) >= 2 {
			hold(TwoOfValue, value...)
		}
		if len(form) > 0 && len(against) > 0 {
			hold(FormAndValue, append(form, against...)...)
		}
	}
	if len(form) == 2 && outcomes[NoForesight] == Fail && outcomes[FarFromValue] != Pass {
		hold(RisesBlindly, append(form, NoForesight)...)
	}
	if len(use) == 3 {
		hold(OfNoUse, use...)
	}
	switch {
	case len(reasons) > 0:
		return Vain, reasons
	case len(value) > 0:
		hold(Contradicted, value...)
		return Undecided, reasons
	case len(shown) == 0:
		hold(NotShown, FarFromValue, NoForesight)
		return Undecided, reasons
	}
	hold(ValueShown, shown...)
	return Sound, reasons
}
