package vanity

import "beichen/internal/fault"

// The defaults: conventions, to be changed where a company knows better.
const (
	DefaultMinPeriods = 12   // a year of months
	DefaultRising     = 0.98 // of all steps: one of fifty may fall
	DefaultExplained  = 0.7  // of the variance, by spending
	DefaultSpendLags  = 2    // periods until spending shows
	DefaultFlat       = 0.10 // a rate that rises by less stayed flat
	DefaultValueShare = 0.20 // of those counted
	DefaultForesight  = 24   // periods: two years of months
	DefaultLead       = 3    // periods ahead
	DefaultLevel      = 0.05
	DefaultSiblings   = 2  // inputs that fall meanwhile
	DefaultAttempts   = 12 // periods without an attempt that moved it
	DefaultAlerts     = 3  // fewer are not judged
)

// Thresholds are what the tests hold their numbers against. Shares and levels are
// fractions of 1.
type Thresholds struct {
	// MinPeriods is how many periods ratchet, bought and divergence need.
	MinPeriods int `json:"minPeriods"`
	// Rising is the share of steps not falling from which a metric is a ratchet.
	Rising float64 `json:"rising"`
	// Explained is the R² on spending from which a metric is bought, with spending
	// of the same period and of SpendLags periods before.
	Explained float64 `json:"explained"`
	SpendLags int     `json:"spendLags"`
	// Flat is the relative rise of the value rate, from the first half of the time
	// to the second, below which it stayed flat.
	Flat float64 `json:"flat"`
	// ValueShare is the share that must reach the value event.
	ValueShare float64 `json:"valueShare"`
	// Foresight is how many periods noForesight needs; Lead is how many periods
	// ahead foresight is looked for.
	Foresight int `json:"foresight"`
	Lead      int `json:"lead"`
	// Level is the chance of a false finding that tests of hypotheses allow.
	Level float64 `json:"level"`
	// Siblings is how many other inputs must fall while the metric rises.
	Siblings int `json:"siblings"`
	// Attempts is how many periods back an attempt counts.
	Attempts int `json:"attempts"`
	// Alerts is from how many alerts on a decision must have come of one.
	Alerts int `json:"alerts"`
}

// Defaults gives the thresholds that hold where nobody chose others.
func Defaults() Thresholds {
	return Thresholds{
		MinPeriods: DefaultMinPeriods, Rising: DefaultRising,
		Explained: DefaultExplained, SpendLags: DefaultSpendLags, Flat: DefaultFlat,
		ValueShare: DefaultValueShare,
		Foresight:  DefaultForesight, Lead: DefaultLead, Level: DefaultLevel,
		Siblings: DefaultSiblings, Attempts: DefaultAttempts, Alerts: DefaultAlerts,
	}
}

// validate refuses thresholds with which a test would be decided by nothing: the
// least numbers of periods leave its regressions some freedom, twice differenced.
func (t Thresholds) validate() error {
	var faults []fault.Detail
	within := func(name string, value, low, high float64) {
		if !(low <= value && value <= high) {
			faults = append(faults, fault.At(name, 0, "vanity.out-of-range", "value", value, "low", low, "high", high))
		}
	}
	const many = 1000
	within("minPeriods", float64(t.MinPeriods), float64(max(10, 2*t.SpendLags+5)), many)
	within("rising", t.Rising, 0.5, 1)
	within("explained", t.Explained, 0, 1)
	within("spendLags", float64(t.SpendLags), 0, 12)
	within("flat", t.Flat, 0, 10)
	within("valueShare", t.ValueShare, 0, 1)
	within("lead", float64(t.Lead), 1, 12)
	within("foresight", float64(t.Foresight), float64(max(16, 8*t.Lead)), many)
	within("level", t.Level, 0, 0.5)
	within("siblings", float64(t.Siblings), 1, many)
	within("attempts", float64(t.Attempts), 1, many)
	within("alerts", float64(t.Alerts), 1, many)
	return fault.Many("vanity.bad-thresholds", faults, "count", len(faults))
}
