package mcpserver

import (
	"context"
	"encoding/json"
	"fmt"
	"net/url"
	"strings"
	"time"

	"github.com/google/jsonschema-go/jsonschema"
)

type explainArguments struct {
	Kind    string `json:"kind" jsonschema:"What it is"`
	ID      string `json:"id" jsonschema:"Its id, as list tells it"`
	Version int    `json:"version,omitempty" jsonschema:"An older version; nothing is the current one"`
}

// explained is a definition whole, as the API explains it.
type explained struct {
	entry
	Rule       string     `json:"rule" jsonschema:"How it is counted, in words"`
	MadeOf     []relation `json:"madeOf" jsonschema:"The definitions that it speaks of"`
	SpokenOfBy []relation `json:"spokenOfBy" jsonschema:"The definitions that speak of it"`
	History    []revision `json:"history" jsonschema:"All revisions, the newest first"`
	Body       object     `json:"body" jsonschema:"The definition as it was written"`
	Tree       *object    `json:"tree,omitempty" jsonschema:"Of a tree: all of it as it was measured now, as the API answers it"`
}

type relation struct {
	Kind    string    `json:"kind"`
	ID      string    `json:"id"`
	Name    localized `json:"name"`
	Version *int      `json:"version" jsonschema:"null: it is not there"`
}

type revision struct {
	Version        int       `json:"version"`
	Status         string    `json:"status"`
	Author         string    `json:"author"`
	Reason         string    `json:"reason"`
	At             time.Time `json:"at"`
	Deleted        bool      `json:"deleted"`
	ApprovedBy     string    `json:"approvedBy,omitempty"`
	ApprovalReason string    `json:"approvalReason,omitempty"`
}

var explainSchema = schemasOf[explainArguments, explained](func(in map[string]*jsonschema.Schema) { in["kind"].Enum = choices(toldKinds...) })

// explain tells a definition whole.
func (c Config) explain(ctx context.Context, in explainArguments) (*answer, error) {
	if err := oneOf("kind", in.Kind, toldKinds); err != nil {
		return nil, err
	}
	raw, err := c.API.Get(ctx, "/definitions/"+in.Kind+"/"+url.PathEscape(in.ID)+"/explanation", versionOf(in.Version))
	if err != nil {
		return nil, err
	}
	var found explained
	if err := json.Unmarshal(raw, &found); err != nil {
		return nil, err
	}
	lines := []string{c.line(found.entry)}
	if found.Rule != "" {
		lines = append(lines, found.Rule)
	}
	structured := any(raw)
	if in.Kind == treeKind {
		told, measured, err := c.explainTree(ctx, in.ID, in.Version)
		if err != nil {
			return nil, err
		}
		members := map[string]json.RawMessage{}
		if err := json.Unmarshal(raw, &members); err != nil {
			return nil, err
		}
		members["tree"] = measured
		lines, structured = append(lines, told...), members
	}
	if len(found.MadeOf) > 0 {
		lines = append(lines, c.say("made-of", "list", c.named(found.MadeOf)))
	}
	if len(found.SpokenOfBy) > 0 {
		lines = append(lines, c.say("spoken-of-by", "list", c.named(found.SpokenOfBy)))
	}
	lines = append(lines, c.say("history"))
	for _, r := range found.History {
		lines = append(lines, "- "+c.revised(r))
	}
	return &answer{strings.Join(lines, "\n"), structured}, nil
}

func (c Config) named(list []relation) string {
	names := make([]string, len(list))
	for i, of := range list {
		names[i] = of.Kind + " " + of.ID
		if name := of.Name.In(string(c.API.Language)); name != of.ID {
			names[i] += " (" + name + ")"
		}
		if of.Version == nil {
			names[i] += " (" + c.say("gone") + ")"
		}
	}
	return strings.Join(names, ", ")
}

func (c Config) revised(r revision) string {
	key := "revised"
	if r.Deleted {
		key = "deleted"
	}
	text := c.say(key, "version", r.Version, "at", r.At.Format(time.DateOnly), "author", r.Author, "reason", r.Reason)
	if r.ApprovedBy != "" {
		text += " " + c.say("approved-by", "name", r.ApprovedBy, "reason", r.ApprovalReason)
	}
	return text
}

func versionOf(version int) url.Values {
	if version == 0 {
		return nil
	}
	return url.Values{"version": {fmt.Sprint(version)}}
}
