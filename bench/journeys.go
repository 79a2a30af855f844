package main

import (
	"fmt"
	"strings"

	"beichen/bench/history"
)

// windowDays is the window of all journeys.
const windowDays = 14

// windowMillis is the window in the unit of the peers' times.
const windowMillis = windowDays * 24 * 60 * 60 * 1000

// drawing is a journey as every engine understands it: stages of steps, each
// step one event name, some with a filter on the property "plan".
type drawing struct {
	id     string
	stages [][]drawnStep
}

type drawnStep struct {
	name  string
	tiers []string // of which "plan" must be one; none: no filter
}

// board is the journey of ten stages with three steps each.
func board() drawing {
	d := drawing{id: "board"}
	for stage := range history.Stages {
		var steps []drawnStep
		for step := range history.StepsPerStage {
			steps = append(steps, drawnStep{name: history.Names[history.Step(stage, step)]})
		}
		d.stages = append(d.stages, steps)
	}
	return d
}

// funnel is the journey of six stages with a step each.
func funnel() drawing {
	d := drawing{id: "funnel"}
	for step := range history.FunnelSteps {
		d.stages = append(d.stages, []drawnStep{{name: history.Names[history.FunnelStep(step)]}})
	}
	return d
}

// filtered is the funnel with a filter on its third and its fifth step.
func filtered() drawing {
	d := funnel()
	d.id = "filtered"
	for _, stage := range []int{2, 4} {
		d.stages[stage][0].tiers = history.Tiers[1:4]
	}
	return d
}

// long is a journey of so many steps, three to a stage, over the names of the
// board and the funnel again and again.
func long(steps int) drawing {
	d := drawing{id: fmt.Sprintf("long-%d", steps)}
	for n := range steps {
		if n%history.StepsPerStage == 0 {
			d.stages = append(d.stages, nil)
		}
		last := len(d.stages) - 1
		d.stages[last] = append(d.stages[last], drawnStep{name: history.Names[n%(int(history.FunnelStep(history.FunnelSteps)))]})
	}
	return d
}

// changed is the board with one step of a stage bound to an event that belongs
// to no stage: what is measured while somebody edits. Different serials give
// different drafts, as long as they are below 12 for a stage.
func changed(stage, serial int) drawing {
	d := board()
	others := history.Names[history.FunnelStep(history.FunnelSteps):]
	d.stages[stage][serial%history.StepsPerStage].name = others[serial/history.StepsPerStage%len(others)]
	return d
}

// definition is the drawing as Beichen's API takes it.
func (d drawing) definition() map[string]any {
	stages := []any{}
	for s, steps := range d.stages {
		drawn := []any{}
		for n, step := range steps {
			when := map[string]any{"event": step.name}
			if len(step.tiers) > 0 {
				when["where"] = map[string]any{"properties.plan": map[string]any{"in": step.tiers}}
			}
			drawn = append(drawn, map[string]any{"id": fmt.Sprintf("step-%d-%d", s+1, n+1), "when": []any{when}})
		}
		stages = append(stages, map[string]any{"id": fmt.Sprintf("stage-%d", s+1), "steps": drawn})
	}
	return map[string]any{"kind": "Journey", "id": d.id, "window": fmt.Sprintf("%dd", windowDays), "stages": stages}
}

// names lists the event names of the first so many stages.
func (d drawing) names(stages int) []string {
	var names []string
	for _, steps := range d.stages[:stages] {
		for _, step := range steps {
			names = append(names, step.name)
		}
	}
	return names
}

// What is counted, as the engines' counts are keyed; an empty channel is all.
func stageKey(stage int, channel string) string {
	return keyOf(fmt.Sprintf("stage %d", stage+1), channel)
}
func stepKey(stage, step int, channel string) string {
	return keyOf(fmt.Sprintf("step %d.%d", stage+1, step+1), channel)
}

// medianOf is the key of the median time to what a key counts, from the entry.
func medianOf(key string) string { return "median time to " + key }

func isMedian(key string) bool { return strings.HasPrefix(key, medianOf("")) }

func keyOf(what, channel string) string {
	if channel == "" {
		return what
	}
	return what + " · " + channel
}
