package httpapi

import (
	"context"
	"errors"
	"net/http"
	"regexp"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"beichen/internal/fault"
)

// requestProblem words what huma itself finds wrong with a request (JSON that
// does not parse, a field of another type, a missing parameter).
func requestProblem(ctx context.Context, statusCode int, errs []error) *Problem {
	req := requestOf(ctx)
	e := fault.New(fault.Invalid, "api.bad-request")
	switch statusCode {
	case http.StatusRequestEntityTooLarge:
		e = fault.New(fault.Limited, "api.too-large")
	case http.StatusRequestTimeout:
		e = fault.New(fault.Unavailable, "api.slow-request")
	case http.StatusUnsupportedMediaType:
		e = fault.New(fault.Invalid, "api.not-json")
	}
	var faults []fault.Detail
	for _, err := range errs {
		var d *huma.ErrorDetail
		if errors.As(err, &d) {
			faults = append(faults, inOurWords(d))
		} else if err != nil {
			faults = append(faults, fault.At("", 0, "api.field.other", "problem", err.Error()))
		}
	}
	return &Problem{
		Type: "urn:beichen:problem:" + e.Key, Title: e.Message(req.language), Detail: e.Hint(req.language),
		Status: statusCode, Kind: e.Kind, Key: e.Key, Faults: fault.Localize(faults, req.language), Request: req.id,
	}
}

// complaints are what huma says of a field, and the message that says it in the
// caller's language. A group of the pattern fills the place of that name.
func complaints() []complaint {
	return []complaint{
		{regexp.MustCompile(`^expected required property (?P<property>\S+) to be present$`), "api.field.required"},
		{regexp.MustCompile(`^required \w+ parameter is missing$|^request body is required$`), "api.field.required"},
		{regexp.MustCompile(`^unexpected property$|^unknown query parameter$`), "api.field.unknown"},
		{regexp.MustCompile(`^expected value to be one of "(?P<choices>.*)"$`), "api.field.choice"},
		{regexp.MustCompile(`^expected number >= (?P<bound>.+)$`), "api.field.least"},
		{regexp.MustCompile(`^expected number <= (?P<bound>.+)$`), "api.field.most"},
		{regexp.MustCompile(`^expected string$`), "api.field.text"},
		{regexp.MustCompile(`^expected number$|^invalid float`), "api.field.number"},
		{regexp.MustCompile(`^expected integer$|^invalid integer$`), "api.field.integer"},
		{regexp.MustCompile(`^expected boolean$|^invalid boolean$`), "api.field.boolean"},
		{regexp.MustCompile(`^expected array$`), "api.field.list"},
		{regexp.MustCompile(`^expected object$`), "api.field.object"},
		{regexp.MustCompile(`(?i)JSON|invalid character|unexpected EOF`), "api.field.json"},
		{regexp.MustCompile(`(?P<problem>.*)`), "api.field.other"},
	}
}

type complaint struct {
	pattern *regexp.Regexp
	key     string
}

// inOurWords is what huma found, under the path that faults of our own have: of
// a field of the body without the word body.
func inOurWords(d *huma.ErrorDetail) fault.Detail {
	path := d.Location
	for _, place := range []string{"body", "query", "path", "header"} {
		if rest, ok := strings.CutPrefix(path, place); ok && (rest == "" || rest[0] == '.' || rest[0] == '[') {
			path = strings.TrimPrefix(rest, ".")
			break
		}
	}
	for _, c := range complaints() {
		found := c.pattern.FindStringSubmatch(d.Message)
		if found == nil {
			continue
		}
		args := map[string]any{}
		for i, name := range c.pattern.SubexpNames() {
			if name != "" {
				args[name] = found[i]
			}
		}
		if property, ok := args["property"].(string); ok {
			path = strings.TrimPrefix(path+"."+property, ".")
		}
		return fault.Detail{Path: path, Key: c.key, Args: args}
	}
	return fault.At(path, 0, "api.field.other", "problem", d.Message)
}
