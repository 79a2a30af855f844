package journey

import "fmt"

// check finds the faults that lie between parts of a definition.
func (r *reader) check(j *Journey) {
	places := map[string]int{}
	steps := 0
	for i := range j.Stages {
		s := &j.Stages[i]
		path := fmt.Sprintf("stages[%d]", i)
		if _, exists := places[s.ID]; exists {
			r.Fault(path+".id", r.lines[path+".id"], "journey.duplicate-id", "id", s.ID)
		} else if s.ID != "" {
			places[s.ID] = i
		}
		r.checkSteps(s, path)
		for k := range s.Steps {
			if s.Steps[k].Bound() {
				steps++
			}
		}
	}
	if steps > maxSteps {
		r.Fault("stages", r.lines["stages[0]"], "journey.too-many", "limit", maxSteps)
	}
	for i, x := range j.Exclude {
		path := fmt.Sprintf("exclude[%d].between", i)
		if line, written := r.lines[path]; written && x.Between[0] != "" {
			r.checkRange(j, places, x, path, line)
		}
	}
}

func (r *reader) checkSteps(s *Stage, path string) {
	seen := map[string]bool{}
	for k := range s.Steps {
		step := &s.Steps[k]
		at := fmt.Sprintf("%s.steps[%d]", path, k)
		if seen[step.ID] && step.ID != "" {
			r.Fault(at+".id", r.lines[at+".id"], "journey.duplicate-id", "id", step.ID)
		}
		seen[step.ID] = true
		if !step.Within.IsZero() && step.Times <= 1 {
			r.Fault(at+".within", r.lines[at+".within"], "journey.within-alone")
		}
		if step.FirstEver != NotFirst && step.Times > 1 {
			r.Fault(at+".firstEver", r.lines[at+".firstEver"], "journey.first-and-times")
		}
	}
}

// checkRange holds an exclusion to rule 6: from an earlier stage to a later
// one, and over the whole of a journey in any order.
func (r *reader) checkRange(j *Journey, places map[string]int, x Exclusion, path string, line int) {
	var at [2]int
	for side, id := range x.Between {
		place, known := places[id]
		if !known {
			r.Fault(fmt.Sprintf("%s[%d]", path, side), line, "journey.unknown-stage", "id", id)
			return
		}
		at[side] = place
	}
	switch {
	case at[0] >= at[1]:
		r.Fault(path, line, "journey.bad-range", "from", x.Between[0], "to", x.Between[1])
	case j.order() == AnyOrder && (at[0] != 0 || at[1] != len(j.Stages)-1):
		r.Fault(path, line, "journey.partial-range", "from", j.Stages[0].ID, "to", j.Stages[len(j.Stages)-1].ID)
	}
}
