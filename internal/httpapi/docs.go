package httpapi

import (
	"cmp"
	"fmt"
	"html/template"
	"maps"
	"net/http"
	"slices"
	"strings"

	"github.com/danielgtaylor/huma/v2"
)

// docsPage shows the OpenAPI description to a reader without any script, so it
// holds under the same content security policy as the screen.
var docsPage = template.Must(template.New("docs").Parse(`<!doctype html>
<html lang="en"><meta charset="utf-8"><title>Beichen API</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<style>
:root { color-scheme: light dark; --ink: #16213a; --paper: #f6f5f1; --card: #fff; --faint: #66708a }
@media (prefers-color-scheme: dark) { :root { --ink: #e8eaf0; --paper: #0d1526; --card: #16213a; --faint: #9aa5bd } }
body { font: 15px/1.6 system-ui, sans-serif; margin: 0 auto; padding: 2rem 1rem 6rem; max-width: 60rem; background: var(--paper); color: var(--ink) }
article { background: var(--card); border-radius: 8px; padding: .8rem 1rem; margin: .6rem 0 }
code, h3 { font-family: ui-monospace, monospace; font-size: .93rem } h3 { margin: 0 } p { margin: .3rem 0 }
td, th { text-align: left; padding: .1rem 1.2rem .1rem 0; vertical-align: top; font-weight: normal } .faint { color: var(--faint) }
@media (max-width: 640px) { td { padding-right: .6rem } td, h3, p { overflow-wrap: anywhere } }
</style>
<p><a href="/">← Beichen</a></p>
<h1>Beichen API</h1>
<p>Authorize with a session, or with <code>Authorization: Bearer KEY</code> (Settings → Keys).
Errors are RFC 9457 <code>application/problem+json</code>. For programs: <a href="/api/openapi.json">openapi.json</a>.</p>
{{range .}}<h2>{{.Name}}</h2>
{{range .Operations}}<article id="{{.ID}}"><h3>{{.Method}} {{.Path}}</h3><p>{{.Summary}}</p>{{with .Description}}<p class="faint">{{.}}</p>{{end}}
{{with .Parameters}}<table>{{range .}}<tr><td><code>{{.Name}}</code></td><td class="faint">{{.In}}{{with .Schema}}: {{if .Enum}}{{range $i, $v := .Enum}}{{if $i}} | {{end}}{{$v}}{{end}}{{else}}{{.Type}}{{end}}{{end}}{{if .Required}}, required{{end}}</td><td>{{.Description}}</td></tr>{{end}}</table>{{end}}
{{with .Body}}<p class="faint">Body</p>{{template "fields" .}}{{end}}{{with .Answer}}<p class="faint">Answer</p>{{template "fields" .}}{{end}}</article>
{{end}}{{end}}
{{define "fields"}}<table>{{range .}}<tr><td><code>{{.Name}}</code></td><td class="faint">{{.Type}}{{if .Required}}, required{{end}}</td><td>{{.Doc}}</td></tr>{{end}}</table>{{end}}`))

type docsGroup struct {
	Name       string
	Operations []docsOperation
}

type docsOperation struct {
	ID, Method, Path, Summary, Description string
	Parameters                             []*huma.Param
	Body, Answer                           []docsField
}

// docsField is a member of a JSON object.
type docsField struct {
	Name, Type, Doc string
	Required        bool
}

// docs answers GET /api/docs.
func docs(api huma.API) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		_ = docsPage.Execute(w, describe(api.OpenAPI())) // the reader has gone
	}
}

func describe(doc *huma.OpenAPI) []docsGroup {
	byTag := map[string][]docsOperation{}
	for path, item := range doc.Paths {
		for method, op := range map[string]*huma.Operation{
			"GET": item.Get, "POST": item.Post, "PUT": item.Put, "PATCH": item.Patch, "DELETE": item.Delete,
		} {
			if op == nil {
				continue
			}
			d := docsOperation{ID: op.OperationID, Method: method, Path: path, Summary: op.Summary,
				Description: op.Description, Parameters: op.Parameters}
			if op.RequestBody != nil {
				d.Body = fields(doc, op.RequestBody.Content)
			}
			if ok := op.Responses["200"]; ok != nil {
				d.Answer = fields(doc, ok.Content)
				for i := range d.Answer {
					d.Answer[i].Required = false // it says nothing of an answer
				}
			}
			tag := "Other"
			if len(op.Tags) > 0 {
				tag = op.Tags[0]
			}
			byTag[tag] = append(byTag[tag], d)
		}
	}
	groups := make([]docsGroup, 0, len(byTag))
	for tag, operations := range byTag {
		slices.SortFunc(operations, func(a, b docsOperation) int {
			return cmp.Or(cmp.Compare(a.Path, b.Path), cmp.Compare(a.Method, b.Method))
		})
		groups = append(groups, docsGroup{tag, operations})
	}
	slices.SortFunc(groups, func(a, b docsGroup) int { return cmp.Compare(a.Name, b.Name) })
	return groups
}

// fields are the members of a body's object, sorted by name.
func fields(doc *huma.OpenAPI, content map[string]*huma.MediaType) []docsField {
	var out []docsField
	for _, media := range content {
		schema := resolve(doc, media.Schema)
		if schema == nil {
			continue
		}
		for name, member := range schema.Properties {
			out = append(out, docsField{name, typeName(doc, member), member.Description, slices.Contains(schema.Required, name)})
		}
	}
	slices.SortFunc(out, func(a, b docsField) int { return cmp.Compare(a.Name, b.Name) })
	return out
}

func resolve(doc *huma.OpenAPI, schema *huma.Schema) *huma.Schema {
	if schema != nil && schema.Ref != "" {
		return doc.Components.Schemas.SchemaFromRef(schema.Ref)
	}
	return schema
}

// typeName says in a few words what a member holds; of an object the names of
// its own members.
func typeName(doc *huma.OpenAPI, schema *huma.Schema) string {
	schema = resolve(doc, schema)
	switch {
	case schema == nil:
		return "any"
	case schema.Type == huma.TypeArray:
		return "list of " + typeName(doc, schema.Items)
	case len(schema.Enum) > 0:
		var values []string
		for _, value := range schema.Enum {
			values = append(values, fmt.Sprint(value))
		}
		return strings.Join(values, " | ")
	case len(schema.Properties) > 0:
		return "{" + strings.Join(slices.Sorted(maps.Keys(schema.Properties)), ", ") + "}"
	case schema.Type == "":
		return "any"
	}
	return schema.Type
}
