package mcpserver

import (
	"encoding/json"
	"reflect"
	"sync"

	"github.com/google/jsonschema-go/jsonschema"
)

// schemas are those of a tool's arguments and of what it answers.
type schemas struct{ in, out *jsonschema.Schema }

// schemasOf makes them of two types, once for all servers. Arguments that are not
// known are refused; answers may have more members than are described, as the API's
// description (/api/openapi.json) has all of them.
func schemasOf[In, Out any](complete func(in map[string]*jsonschema.Schema)) func() schemas {
	return sync.OnceValue(func() schemas {
		s := schemas{schemaFor[In](), schemaFor[Out]()}
		complete(s.in.Properties)
		open(s.out)
		return s
	})
}

func schemaFor[T any]() *jsonschema.Schema {
	s, err := jsonschema.For[T](&jsonschema.ForOptions{TypeSchemas: map[reflect.Type]*jsonschema.Schema{
		reflect.TypeFor[json.RawMessage](): {},
		reflect.TypeFor[object]():          {Type: "object"},
		reflect.TypeFor[localized]():       {Types: []string{"string", "object"}},
	}})
	if err != nil {
		panic(err) // of types of this package
	}
	return s
}

// object is a JSON object that is passed on as it is.
type object json.RawMessage

// MarshalJSON writes it as it was.
func (o object) MarshalJSON() ([]byte, error) { return json.RawMessage(o).MarshalJSON() }

// UnmarshalJSON keeps it.
func (o *object) UnmarshalJSON(raw []byte) error {
	var members map[string]json.RawMessage
	if err := json.Unmarshal(raw, &members); err != nil {
		return err
	}
	*o = append((*o)[:0], raw...)
	return nil
}

func open(s *jsonschema.Schema) {
	if s == nil {
		return
	}
	if s.Properties != nil {
		s.AdditionalProperties = nil
	}
	for _, p := range s.Properties {
		open(p)
	}
	open(s.Items)
}

// choices are the words that an argument may be.
func choices(words ...string) []any {
	out := make([]any, len(words))
	for i, w := range words {
		out[i] = w
	}
	return out
}
