package main

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"beichen/internal/access"
	"beichen/internal/app"
	"beichen/internal/fault"
	"beichen/internal/httpapi"
)

// KeepCmd says how long facts are kept, or changes it.
type KeepCmd struct {
	Keep string `arg:"" optional:"" help:"Keep facts for so long: 400d, 25mo, or forever. Without it nothing changes."`
	Yes  bool   `help:"Delete the events that are older, for good."`
	asked
	JSON bool `name:"json" help:"Print it as JSON."`
}

// Run comes back when no answer has an event that is older.
func (k *KeepCmd) Run(ctx context.Context, c *console) (err error) {
	api, closeAPI, err := app.OpenClient(ctx, k.client(c))
	if err != nil {
		return err
	}
	defer func() {
		if closed := closeAPI(); err == nil {
			err = closed
		}
	}()
	var text []byte
	if k.Keep == "" {
		text, err = api.Get(ctx, "/facts/kept", nil)
	} else {
		text, err = api.Put(ctx, "/facts/kept", 0, map[string]any{"keep": k.Keep, "confirm": k.Yes})
	}
	if err != nil {
		return err
	}
	if k.JSON {
		_, err = fmt.Fprintf(c.Out, "%s\n", text)
		return err
	}
	var kept httpapi.KeptFacts
	if err := json.Unmarshal(text, &kept); err != nil {
		return err
	}
	keep, err := access.ParseKeep(kept.Keep)
	if err != nil {
		return err
	}
	said := fault.Text("app.kept", c.Language, "keep", keep.Words(c.Language))
	if kept.From != nil {
		said += "\n" + fault.Text("app.kept-from", c.Language, "from", kept.From.Format(time.DateOnly), "gone", kept.Gone)
	}
	_, err = fmt.Fprintln(c.Out, said)
	return err
}
