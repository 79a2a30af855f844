package main

import (
	"context"
	"encoding/json"
	"text/tabwriter"

	"beichen/internal/app"
	"beichen/internal/doctor"
)

// DoctorCmd examines a workspace.
type DoctorCmd struct {
	Data string `required:"" placeholder:"DIR" env:"BEICHEN_DATA" help:"The workspace's folder; its server may run."`
	Stores
	JSON bool `name:"json" help:"Print the findings as JSON."`
}

// Run prints the findings; a fault among them is exit code 1.
func (d *DoctorCmd) Run(ctx context.Context, c *console) error {
	report, err := app.Doctor(ctx, d.of(c.options(d.Data)), version, c.Language)
	if err != nil {
		return err
	}
	if d.JSON {
		err = json.NewEncoder(c.Out).Encode(report)
	} else {
		table := tabwriter.NewWriter(c.Out, 0, 0, 2, ' ', 0)
		if err = report.Print(table, c.Language); err == nil {
			err = table.Flush()
		}
	}
	if err == nil && report.State == doctor.Fault {
		return &reportedError{exitFailed}
	}
	return err
}
