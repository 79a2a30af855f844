package mcpserver

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"net/url"
	"strings"

	"github.com/google/jsonschema-go/jsonschema"

	"beichen/internal/fault"
	"beichen/internal/journey"
)

// localized is a text, or texts by locale.
type localized = journey.Text

type listArguments struct {
	Kind string `json:"kind,omitempty" jsonschema:"Only definitions of this kind"`
}

// entry is a definition as answers of the API tell it.
type entry struct {
	Kind    string    `json:"kind"`
	ID      string    `json:"id"`
	Name    localized `json:"name" jsonschema:"A text, or texts by locale"`
	Meaning localized `json:"meaning" jsonschema:"Its meaning or description"`
	Unit    *string   `json:"unit" jsonschema:"Of a metric; empty is a share or a pure number"`
	Owner   []string  `json:"owner"`
	Version int       `json:"version"`
	Hash    string    `json:"hash"`
	Status  string    `json:"status" jsonschema:"proposed or approved"`
}

type listAnswer struct {
	Items []entry `json:"items"`
}

var listSchema = schemasOf[listArguments, listAnswer](func(in map[string]*jsonschema.Schema) { in["kind"].Enum = choices(toldKinds...) })

// list names what there is to ask about.
func (c Config) list(ctx context.Context, in listArguments) (*answer, error) {
	query := url.Values{}
	if in.Kind != "" {
		query.Set("kind", in.Kind)
	}
	raw, err := c.API.Get(ctx, "/catalogue", query)
	if err != nil {
		return nil, err
	}
	var found listAnswer
	if err := json.Unmarshal(raw, &found); err != nil {
		return nil, err
	}
	lines := []string{c.say("listed", "count", len(found.Items))}
	for _, e := range found.Items {
		lines = append(lines, "- "+c.line(e))
	}
	return &answer{strings.Join(lines, "\n"), raw}, nil
}

// say is a sentence in the caller's language.
func (c Config) say(key string, args ...any) string { return c.word("mcp.said."+key, args...) }

// word is any text in the caller's language.
func (c Config) word(key string, args ...any) string { return fault.Text(key, c.API.Language, args...) }

// line is a definition in one line.
func (c Config) line(e entry) string {
	text := fmt.Sprintf("%s %s: %s", e.Kind, e.ID, e.Name.In(string(c.API.Language)))
	if e.Unit != nil && *e.Unit != "" {
		text += " (" + *e.Unit + ")"
	}
	if meaning := e.Meaning.In(string(c.API.Language)); meaning != "" {
		text += " – " + meaning
	}
	return text + " " + c.say("state", "version", e.Version, "status", c.say(e.Status), "owner", cmp.Or(strings.Join(e.Owner, ", "), "–"))
}
