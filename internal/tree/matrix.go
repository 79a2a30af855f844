package tree

import (
	"context"
	"slices"

	"beichen/internal/fault"
	"beichen/internal/journey"
)

// ObjectiveTold is an objective with what its targets stand at.
type ObjectiveTold struct {
	ID         string         `json:"id"`
	Name       journey.Text   `json:"name"`
	Owner      []string       `json:"owner"`
	Targets    []Standing     `json:"targets"`
	Strategies []StrategyTold `json:"strategies"`
}

// StrategyTold is a strategy; the numbers of its measures are those of the nodes.
type StrategyTold struct {
	ID       string       `json:"id"`
	Name     journey.Text `json:"name"`
	Owner    []string     `json:"owner"`
	Steps    []StepTold   `json:"steps"`
	Measures []Measure    `json:"measures"`
}

// StepTold is a step that a strategy acts on, by the names that people know.
type StepTold struct {
	Step
	JourneyName journey.Text `json:"journeyName"`
	StageName   journey.Text `json:"stageName"`
	StepName    journey.Text `json:"stepName"`
	IsThere     bool         `json:"isThere"` // the journey has it
}

// Matrix is which objective acts on which stage of a journey.
type Matrix struct {
	Journey string       `json:"journey"`
	Name    journey.Text `json:"name"`
	Version int          `json:"version"`
	Stages  []StageHead  `json:"stages"`
	Rows    []MatrixRow  `json:"rows"`
}

// StageHead is the head of a column.
type StageHead struct {
	ID   string       `json:"id"`
	Name journey.Text `json:"name"`
}

// MatrixRow is an objective; it has a cell for each stage.
type MatrixRow struct {
	Objective string `json:"objective"`
	Cells     []Cell `json:"cells"`
}

// Cell is what an objective does at a stage.
type Cell struct {
	Stage      string   `json:"stage"`
	Strategies []string `json:"strategies"`
	Metrics    []string `json:"metrics"` // measures of these strategies
	Empty      bool     `json:"empty"`   // no metric tells whether anything is reached there
}

func (q *measuring) objectives(ctx context.Context) ([]ObjectiveTold, error) {
	out := []ObjectiveTold{}
	for _, o := range q.Tree.Objectives {
		targets, err := q.standings(ctx, o.Targets, o.ID)
		if err != nil {
			return nil, err
		}
		told := ObjectiveTold{ID: o.ID, Name: o.Name, Owner: listed(o.Owner), Targets: targets, Strategies: []StrategyTold{}}
		for _, s := range o.Strategies {
			strategy := StrategyTold{ID: s.ID, Name: s.Name, Owner: listed(s.Owner), Steps: []StepTold{}, Measures: listed(s.Measures)}
			for _, step := range s.Steps {
				named, err := q.step(ctx, step)
				if err != nil {
					return nil, err
				}
				strategy.Steps = append(strategy.Steps, named)
			}
			told.Strategies = append(told.Strategies, strategy)
		}
		out = append(out, told)
	}
	return out, nil
}

// listed is a list that is one also without elements.
func listed[T any](of []T) []T { return append([]T{}, of...) }

func (q *measuring) step(ctx context.Context, s Step) (StepTold, error) {
	told := StepTold{Step: s}
	j, _, err := q.journey(ctx, s.Journey)
	if j == nil {
		return told, err
	}
	told.JourneyName = j.Name
	stage := s.stageOf(j)
	if stage == nil {
		return told, nil
	}
	told.StageName, told.IsThere = stage.Name, s.Step == ""
	if step := s.stepOf(stage); step != nil {
		told.StepName, told.IsThere = step.Name, true
	}
	return told, nil
}

// journey is one that stands, nil where it does not.
func (q *measuring) journey(ctx context.Context, id string) (*journey.Journey, int, error) {
	j, version, err := q.metrics.Book.Journey(ctx, id)
	if fault.Is(err, fault.NotFound) {
		return nil, 0, nil
	}
	return j, version, err
}

// matrix has one for each journey that a strategy acts on.
func (q *measuring) matrix(ctx context.Context) ([]Matrix, error) {
	out := []Matrix{}
	var ids []string
	q.Tree.eachStep(func(_ string, s Step) {
		if !slices.Contains(ids, s.Journey) {
			ids = append(ids, s.Journey)
		}
	})
	for _, id := range ids {
		j, version, err := q.journey(ctx, id)
		if err != nil {
			return nil, err
		}
		if j == nil {
			continue // its steps say that it is not there
		}
		m := Matrix{Journey: id, Name: j.Name, Version: version, Rows: []MatrixRow{}}
		for _, s := range j.Stages {
			m.Stages = append(m.Stages, StageHead{s.ID, s.Name})
		}
		for _, o := range q.Tree.Objectives {
			row := MatrixRow{Objective: o.ID}
			for _, s := range j.Stages {
				row.Cells = append(row.Cells, o.cell(id, s.ID))
			}
			m.Rows = append(m.Rows, row)
		}
		out = append(out, m)
	}
	return out, nil
}

func (o *Objective) cell(journey, stage string) Cell {
	c := Cell{Stage: stage, Strategies: []string{}, Metrics: []string{}}
	for _, s := range o.Strategies {
		acts := slices.ContainsFunc(s.Steps, func(step Step) bool { return step.Journey == journey && step.Stage == stage })
		if !acts {
			continue
		}
		c.Strategies = append(c.Strategies, s.ID)
		for _, m := range s.Measures {
			if !slices.Contains(c.Metrics, m.Metric) {
				c.Metrics = append(c.Metrics, m.Metric)
			}
		}
	}
	c.Empty = len(c.Metrics) == 0
	return c
}
