package main

import (
	"context"
	"encoding/json"
	"fmt"
	"net/url"

	"beichen/internal/app"
	"beichen/internal/fault"
	"beichen/internal/warehouse"
)

// asked says whose API a command of one question asks.
type asked struct {
	Data string `placeholder:"DIR" help:"The workspace's folder; its server may run."`
	Stores
	Server string `placeholder:"URL" help:"Ask this server …"`
	Key    string `env:"BEICHEN_API_KEY" help:"… with this API key, of the scope admin."`
}

func (a asked) client(c *console) app.ClientOptions {
	o := app.ClientOptions{Server: a.Server, Key: a.Key, Program: version, Language: c.Language}
	o.Options = a.of(c.options(a.Data))
	return o
}

// ForgetCmd forgets a person.
type ForgetCmd struct {
	ID        string `arg:"" help:"Any id of the person: a user id, or an anonymous id."`
	Reason    string `required:"" help:"Why; it is kept, and should name nobody."`
	Anonymous bool   `help:"The id is a visitor's, even if a user has the same."`
	asked
	JSON bool `name:"json" help:"Print what went as JSON."`
}

// Run comes back when no answer and no file has anything of the person.
func (f *ForgetCmd) Run(ctx context.Context, c *console) (err error) {
	api, closeAPI, err := app.OpenClient(ctx, f.client(c))
	if err != nil {
		return err
	}
	defer func() {
		if closed := closeAPI(); err == nil {
			err = closed
		}
	}()
	path := "/customers/" + url.PathEscape(f.ID) + "/forget"
	if f.Anonymous {
		path += "?anonymous=true"
	}
	text, err := api.Post(ctx, path, map[string]any{"reason": f.Reason, "erase": true})
	if err != nil {
		return err
	}
	if f.JSON {
		_, err = fmt.Fprintf(c.Out, "%s\n", text)
		return err
	}
	var gone warehouse.Forgotten
	if err := json.Unmarshal(text, &gone); err != nil {
		return err
	}
	_, err = fmt.Fprintln(c.Out, fault.Text("app.forgotten", c.Language, "messages", gone.Messages, "ids", gone.IDs, "quarantined", gone.Quarantined))
	return err
}

// ForgottenCmd prints who was forgotten.
type ForgottenCmd struct{ asked }

// Run prints the register as JSON, as restore takes it.
func (f *ForgottenCmd) Run(ctx context.Context, c *console) (err error) {
	api, closeAPI, err := app.OpenClient(ctx, f.client(c))
	if err != nil {
		return err
	}
	defer func() {
		if closed := closeAPI(); err == nil {
			err = closed
		}
	}()
	text, err := api.Get(ctx, "/forgotten", nil)
	if err == nil {
		_, err = fmt.Fprintf(c.Out, "%s\n", text)
	}
	return err
}
