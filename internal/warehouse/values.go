package warehouse

import (
	"encoding/json"

	"beichen/internal/event"
)

// Values gives the values of one where key codes, by the text that an engine gives for
// them: JSON, or the text itself of channel and source. Several texts may stand for
// one value (7 and 7.0). The zero Values is not usable.
type Values struct {
	All []any // by code, as in Batch.Values

	root    event.Root
	byText  map[string]uint32
	byValue map[any]uint32
}

// jsonText is an object or a list as the key of a map.
type jsonText string

// NewValues knows null alone, by the empty text.
func NewValues(key event.Key) *Values {
	return &Values{All: []any{nil}, root: key.Root, byText: map[string]uint32{"": 0}, byValue: map[any]uint32{nil: 0}}
}

// Find is the code of a text that has one.
func (v *Values) Find(text string) (code uint32, known bool) {
	code, known = v.byText[text]
	return code, known
}

// Code is the code of a text, given where it has none yet; the text is kept then.
func (v *Values) Code(text string) uint32 {
	if code, known := v.byText[text]; known {
		return code
	}
	value := v.parse(text)
	same := value
	if raw, isJSON := value.(json.RawMessage); isJSON {
		same = jsonText(raw)
	}
	code, known := v.byValue[same]
	if !known {
		code = uint32(len(v.All))
		v.byValue[same] = code
		v.All = append(v.All, value)
	}
	v.byText[text] = code
	return code
}

func (v *Values) parse(text string) any {
	if v.root == event.Channel || v.root == event.Source {
		return text
	}
	return event.Lookup(json.RawMessage(text), nil)
}
