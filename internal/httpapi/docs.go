package httpapi

import (
	"cmp"
	"html/template"
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
</style>
<h1>Beichen API</h1>
<p>Authorize with a session, or with <code>Authorization: Bearer KEY</code> (Settings → Keys).
Errors are RFC 9457 <code>application/problem+json</code>. For programs: <a href="/api/openapi.json">openapi.json</a>.</p>
{{range .}}<h2>{{.Name}}</h2>
{{range .Operations}}<article id="{{.ID}}"><h3>{{.Method}} {{.Path}}</h3><p>{{.Summary}}</p>{{with .Description}}<p class="faint">{{.}}</p>{{end}}
{{with .Parameters}}<table>{{range .}}<tr><td><code>{{.Name}}</code></td><td class="faint">{{.In}}{{if .Required}}, required{{end}}</td><td>{{.Description}}</td></tr>{{end}}</table>{{end}}
{{with .Body}}<p class="faint">Body: <code>{{.}}</code></p>{{end}}{{with .Answer}}<p class="faint">Answer: <code>{{.}}</code></p>{{end}}</article>
{{end}}{{end}}`))

type docsGroup struct {
	Name       string
	Operations []docsOperation
}

type docsOperation struct {
	ID, Method, Path, Summary, Description, Body, Answer string
	Parameters                                           []*huma.Param
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
				d.Body = schemaName(op.RequestBody.Content)
			}
			if ok := op.Responses["200"]; ok != nil {
				d.Answer = schemaName(ok.Content)
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

func schemaName(content map[string]*huma.MediaType) string {
	for _, media := range content {
		if media.Schema != nil && media.Schema.Ref != "" {
			return media.Schema.Ref[strings.LastIndexByte(media.Schema.Ref, '/')+1:]
		}
	}
	return ""
}
