// Package doctor looks at a workspace and says what is well with it, what is not
// and what to do. It changes nothing that it looks at.
package doctor

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"maps"

	"beichen/internal/fault"
)

// State is how something fares.
type State string

// The states. A warning will become a fault, or may be meant; a fault keeps the
// workspace from working, or its facts from being safe.
const (
	OK      State = "ok"
	Warning State = "warning"
	Fault   State = "fault"
)

// Finding is what was found about one thing.
type Finding struct {
	Check string `json:"check"` // folder, disk, ledger, facts, kept, log, loading, quarantine, clock, zone, version, move, server
	State State  `json:"state"`
	Text  string `json:"text"`           // what is so; filled by NewReport
	Todo  string `json:"todo,omitempty"` // what to do; likewise, empty where nothing is to be done

	message *fault.Error
}

// A finding's words are those of a fault: a message, and a hint that says what
// to do.
func fine(check string, m *fault.Error) Finding { return Finding{Check: check, State: OK, message: m} }
func warning(check string, m *fault.Error) Finding {
	return Finding{Check: check, State: Warning, message: m}
}

// Failed is the finding that a check came to an error.
func Failed(check string, err error) Finding {
	var f *fault.Error
	if !errors.As(err, &f) {
		f = fault.New(fault.Internal, "doctor.failed", "reason", err)
	}
	return Finding{Check: check, State: Fault, message: f}
}

// Report is all findings, in words.
type Report struct {
	State State     `json:"state"` // the worst one
	Items []Finding `json:"items"`
}

// NewReport puts findings into words.
func NewReport(findings []Finding, l fault.Language) Report {
	r := Report{State: OK, Items: []Finding{}}
	severity := map[State]int{OK: 0, Warning: 1, Fault: 2}
	for _, f := range findings {
		m := inWords(f.message, l)
		f.Text, f.Todo = m.Message(l), m.Hint(l)
		r.Items = append(r.Items, f)
		if severity[f.State] > severity[r.State] {
			r.State = f.State
		}
	}
	return r
}

// reasonKey is an argument of a message that is itself said in words.
type reasonKey string

func inWords(m *fault.Error, l fault.Language) *fault.Error {
	args := maps.Clone(m.Args)
	for name, value := range args {
		switch v := value.(type) {
		case reasonKey:
			args[name] = fault.Title(string(v), l)
		case *fault.Error:
			args[name] = v.Message(l)
		}
	}
	return &fault.Error{Kind: m.Kind, Key: m.Key, Args: args}
}

// Print writes a report for people: one line a finding, and under it what to do.
func (r Report) Print(w io.Writer, l fault.Language) error {
	for _, f := range r.Items {
		state := fault.Text("doctor.state."+string(cmp.Or(f.State, Fault)), l)
		if _, err := fmt.Fprintf(w, "%s\t%s\t%s\n", state, f.Check, f.Text); err != nil {
			return err
		}
		if f.Todo == "" {
			continue
		}
		if _, err := fmt.Fprintf(w, "\t\t→ %s\n", f.Todo); err != nil {
			return err
		}
	}
	return nil
}
