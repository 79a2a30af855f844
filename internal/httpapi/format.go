package httpapi

import (
	"io"
	"sync"

	"github.com/danielgtaylor/huma/v2"
)

// appendsJSON is a body that writes itself. encoding/json would read again what it
// wrote, which takes as long as the writing.
type appendsJSON interface {
	AppendJSON(text []byte) ([]byte, error)
}

var texts = sync.Pool{New: func() any { return new([]byte) }}

// jsonFormat is how bodies are written and read.
var jsonFormat = huma.Format{
	Marshal: func(w io.Writer, v any) error {
		body, ok := v.(appendsJSON)
		if !ok {
			return huma.DefaultJSONFormat.Marshal(w, v)
		}
		room := texts.Get().(*[]byte)
		defer texts.Put(room)
		text, err := body.AppendJSON((*room)[:0])
		if err != nil {
			return err
		}
		*room = append(text, '\n')
		_, err = w.Write(*room)
		return err
	},
	Unmarshal: huma.DefaultJSONFormat.Unmarshal,
}
