// Package vanity judges whether a metric tells a company anything, or only
// flatters it: nine tests, each with its numbers, and one verdict, which is
// advice and can be overruled by a signed reason that never hides it.
//
// The idea of a vanity metric is that of E. Ries (2011), The Lean Startup, chapter
// 7 (a metric should be actionable, accessible, auditable), and of A. Croll and B.
// Yoskovitz (2013), Lean Analytics, chapter 2 (comparative, understandable, a
// ratio or rate, and changing what one does). The tests of it, and how nine make
// one, are ours:
//
//	of its form   ratchet, noDenominator
//	of value      bought, farFromValue, noForesight, divergence
//	of its use    noHandle, notAuditable, soWhat
//
// A metric is vain by any of these rules:
//
//   - runningTotal: it is defined as a total since the beginning. Such a number can
//     only rise, so nothing it does is news.
//   - twoOfValue: it fails two of the tests of value.
//   - formAndValue: it fails a test of its form, and is bought, far from value, or
//     rises while what matters falls: it is big, and not for a good reason.
//   - risesBlindly: it fails both tests of its form and foretells nothing, and it
//     is not known that most of those it counts reach the value event.
//   - ofNoUse: it fails all three tests of its use.
//
// The rules twoOfValue and formAndValue are silent where the metric both foretells
// an outcome and is near to value: that is what an input to the North Star is, and
// such a metric may be a plain count and may cost money. That noForesight fails is
// absence of evidence, and short histories find only strong leads; therefore it
// makes a metric vain only in company. No test of form or of use makes a metric
// vain by itself, since a rate, a sentence or an owner mend it.
//
// A metric is sound if no rule makes it vain, it fails no test of value, and it
// passes noForesight or farFromValue. Otherwise the verdict is unknown. Every
// test is judged from the evidence that there is, and says what is missing.
package vanity

// Test names one of the nine.
type Test string

// The nine, in the order in which a verdict lists them.
const (
	Ratchet       Test = "ratchet"       // it can only rise
	NoDenominator Test = "noDenominator" // a total with no rate beside it
	Bought        Test = "bought"        // it follows spending while value stays flat
	FarFromValue  Test = "farFromValue"  // few of those it counts reach the value event
	NoForesight   Test = "noForesight"   // it does not help to forecast an outcome
	NoHandle      Test = "noHandle"      // nothing that anyone did moved it
	Divergence    Test = "divergence"    // it rises while what matters falls
	NotAuditable  Test = "notAuditable"  // it does not open to a list
	SoWhat        Test = "soWhat"        // nobody would do anything about it
)

// Outcome is what a test says.
type Outcome string

// A metric passes a test, fails it, or the evidence does not say.
const (
	Pass    Outcome = "pass"
	Fail    Outcome = "fail"
	Unknown Outcome = "unknown"
)

// Number is a figure that a test was decided by, or that stands behind it.
type Number struct {
	Name  string   `json:"name"`            // e.g. share, rSquared, p
	Of    string   `json:"of,omitempty"`    // the other series it is about, by its id
	Value float64  `json:"value"`           // never NaN or infinite
	Low   *float64 `json:"low,omitempty"`   // of the 95 % interval, where there is one
	High  *float64 `json:"high,omitempty"`  //
	N     int      `json:"n"`               // what it was computed from: periods, steps, subjects, records
	Fails *Bound   `json:"fails,omitempty"` // the bound it was held against
}

// Bound says at which values of a number a metric fails.
type Bound struct {
	Is        Relation `json:"is"`
	Threshold float64  `json:"threshold"`
}

// Relation is how a number stands to a threshold.
type Relation string

// The relations.
const (
	Below   Relation = "below"
	AtMost  Relation = "atMost"
	AtLeast Relation = "atLeast"
	Above   Relation = "above"
)

// Method says how a test was computed: its name and the parameters it took.
type Method struct {
	Name       string             `json:"name"`
	Parameters map[string]float64 `json:"parameters"`
}

// Missing says what a test would need: that many of something, of which there
// are so many.
type Missing struct {
	What   Lack   `json:"what"`
	Of     string `json:"of,omitempty"` // the series it is missing of, by its id
	Needed int    `json:"needed"`
	There  int    `json:"there"`
}

// Lack names what can be missing.
type Lack string

// The lacks.
const (
	LackPeriods   Lack = "periods"   // unbroken periods, the latest, in which all series are known
	LackVariation Lack = "variation" // a series that moves, and not with another one only
	LackKind      Lack = "kind"
	LackSpend     Lack = "spend"
	LackValueRate Lack = "valueRate"
	LackSubjects  Lack = "subjects" // whose window has closed
	LackOutcomes  Lack = "outcomes"
	LackAttempts  Lack = "attempts"  // a record of what was tried
	LackMeasured  Lack = "measured"  // attempts whose effect was measured
	LackOthers    Lack = "others"    // the North Star, siblings or guardrails
	LackList      Lack = "list"      // whether it opens to one
	LackSentences Lack = "sentences" // what one would do
)

// Result is what one test says of a metric, with what it says it by.
type Result struct {
	Test    Test      `json:"test"`
	Outcome Outcome   `json:"outcome"`
	Numbers []Number  `json:"numbers"`
	Method  Method    `json:"method"`
	Missing []Missing `json:"missing"` // of an unknown one
}

// Judge computes the verdict on a metric from the evidence. It returns an Invalid
// fault that lists everything wrong with the evidence or the thresholds; evidence
// that is not there is no fault, it leaves tests unknown.
func Judge(e Evidence, t Thresholds) (Verdict, error) {
	if err := e.validate(); err != nil {
		return Verdict{}, err
	}
	if err := t.validate(); err != nil {
		return Verdict{}, err
	}
	v := Verdict{Metric: e.Metric}
	for _, test := range []func(Evidence, Thresholds) Result{
		ratchet, noDenominator, bought, farFromValue, noForesight, noHandle, divergence, notAuditable, soWhat,
	} {
		r := test(e, t)
		if r.Numbers == nil { // lists are lists in JSON, also empty ones
			r.Numbers = []Number{}
		}
		if r.Missing == nil {
			r.Missing = []Missing{}
		}
		v.Tests = append(v.Tests, r)
	}
	v.Judgement, v.Reasons = weigh(v.Tests, e.RunningTotal)
	return v, nil
}

// unknown is a result for want of something.
func unknown(r Result, missing ...Missing) Result {
	r.Outcome, r.Missing = Unknown, missing
	return r
}

// decided is a result that fails or passes.
func decided(r Result, fails bool) Result {
	r.Outcome = Pass
	if fails {
		r.Outcome = Fail
	}
	return r
}
