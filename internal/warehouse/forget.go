package warehouse

import (
	"bytes"
	"encoding/json"
	"strings"
	"unicode"
	"unicode/utf8"
)

// A message of type event.Forget takes out of the store, for the refs with its
// numbers,
//
//   - the messages of these refs with a smaller Seq, and aliases of others whose
//     previous id is the id of one of them;
//   - the anonymous id of others' messages with a smaller Seq, where it is one of
//     theirs: who else used the device keeps what they did and were;
//   - entries of the quarantine, received up to then, that carry one of their ids;
//   - the ids: a ref keeps its number and has no text.

// Forgotten is what a forget took out.
type Forgotten struct {
	Messages    int64 `json:"messages"`
	IDs         int   `json:"ids"`
	Quarantined int64 `json:"quarantined"`
}

// Carries reports whether the raw text of an entry of the quarantine has one of some
// ids: as a value at its top level where it is a JSON object, whatever the key, since
// the rows of files name their columns as they like; else as a word.
func Carries(raw json.RawMessage, ids []string) bool {
	var members map[string]json.RawMessage
	if json.Unmarshal(raw, &members) == nil {
		for _, value := range members {
			var text string
			if json.Unmarshal(value, &text) != nil {
				text = string(bytes.TrimSpace(value)) // a number, as it is written
			}
			for _, id := range ids {
				if text == id {
					return true
				}
			}
		}
		return false
	}
	var text string
	if json.Unmarshal(raw, &text) != nil {
		text = string(raw)
	}
	for _, id := range ids {
		if hasWord(text, id) {
			return true
		}
	}
	return false
}

// hasWord reports whether a word stands in a text between characters that are no
// letters and no digits.
func hasWord(text, word string) bool {
	for word != "" {
		at := strings.Index(text, word)
		if at < 0 {
			return false
		}
		before, _ := utf8.DecodeLastRuneInString(text[:at])
		after, _ := utf8.DecodeRuneInString(text[at+len(word):])
		if !inWord(before) && !inWord(after) {
			return true
		}
		text = text[at+len(word):]
	}
	return false
}

func inWord(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }
