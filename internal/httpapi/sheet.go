package httpapi

import (
	"bytes"
	"context"
	"reflect"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/negotiation"

	"beichen/internal/sheet"
)

// sheetFormat is how a metric's numbers are written.
type sheetFormat string

const (
	asJSON    sheetFormat = "json"
	asCSV     sheetFormat = "csv"
	asParquet sheetFormat = "parquet"
)

// mediaTypes are those of the sheets.
var mediaTypes = map[sheetFormat]string{
	asCSV:     "text/csv",
	asParquet: "application/vnd.apache.parquet",
}

// acceptedFormat is what an Accept header asks for; JSON where it asks for nothing
// that there is.
func acceptedFormat(accept string) sheetFormat {
	best := negotiation.SelectQValue(accept, []string{"application/json", mediaTypes[asCSV], mediaTypes[asParquet]})
	for format, media := range mediaTypes {
		if media == best {
			return format
		}
	}
	return asJSON
}

// measuredSheet is a metric's answer, or the same as a sheet.
type measuredSheet struct {
	ContentType string `header:"Content-Type" hidden:"true"`
	Disposition string `header:"Content-Disposition" hidden:"true"`
	Body        any
}

func sheetOf(ctx context.Context, a measuredMetric, breakdown []string, format sheetFormat) (*measuredSheet, error) {
	media, isSheet := mediaTypes[format]
	if !isSheet {
		return &measuredSheet{Body: a}, nil
	}
	lines, err := sheet.Of(breakdown, a.Answer)
	if err != nil {
		return nil, err
	}
	var out bytes.Buffer
	if format == asParquet {
		err = lines.WriteParquet(ctx, &out)
	} else {
		err = lines.WriteCSV(&out)
		media += "; charset=utf-8; header=present"
	}
	// An id is letters, digits and _: it needs no quoting in a file's name.
	return &measuredSheet{media, `attachment; filename="` + a.Definition.ID + "." + string(format) + `"`, out.Bytes()}, err
}

// describeSheet says what a route that answers with a measuredSheet gives.
func (s *Server) describeSheet(path string) {
	registry := s.api.OpenAPI().Components.Schemas
	content := map[string]*huma.MediaType{
		"application/json": {Schema: registry.Schema(reflect.TypeFor[measuredMetric](), true, "")},
	}
	for _, media := range mediaTypes {
		content[media] = &huma.MediaType{Schema: &huma.Schema{Type: huma.TypeString, Format: "binary"}}
	}
	s.api.OpenAPI().Paths[path].Get.Responses["200"].Content = content
}
