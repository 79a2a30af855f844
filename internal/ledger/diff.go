package ledger

import (
	"context"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"

	"beichen/internal/fault"
)

// Op says what happened to the value at a path.
type Op string

// The ops of a Change.
const (
	Added   Op = "added"
	Removed Op = "removed"
	Changed Op = "changed"
	Moved   Op = "moved" // From and To are the old and the new path
)

// Change is one difference between two bodies. The path and the label are those
// in the newer body, of something removed those in the older one.
type Change struct {
	Path  string          `json:"path"`  // stages[2].steps[0].when
	Label []string        `json:"label"` // the path in names: 簽約, 簽下合約, when
	Op    Op              `json:"op"`
	From  json.RawMessage `json:"from,omitempty"`
	To    json.RawMessage `json:"to,omitempty"`
}

// Difference is what changed between two revisions.
type Difference struct {
	From    Revision `json:"from"`
	To      Revision `json:"to"`
	Changes []Change `json:"changes"`
}

// Diff compares two versions of a definition; names in labels are in the
// language, where the definition has them.
func (l *Ledger) Diff(ctx context.Context, kind Kind, id string, from, to int, language fault.Language) (Difference, error) {
	older, err := l.At(ctx, kind, id, from)
	if err != nil {
		return Difference{}, err
	}
	newer, err := l.At(ctx, kind, id, to)
	if err != nil {
		return Difference{}, err
	}
	changes, err := Diff(older.Body, newer.Body, language)
	return Difference{From: older, To: newer, Changes: changes}, err
}

// Diff lists what changed between two JSON values, in the order of the newer
// one. Elements of lists whose elements all have their own `id` are compared by
// it, so that one that moved, within its list or to a list of the same name
// elsewhere, is moved and not removed and added; other lists go by position.
func Diff(from, to json.RawMessage, language fault.Language) ([]Change, error) {
	older, err := decodeOrdered(from)
	if err != nil {
		return nil, fmt.Errorf("older body: %w", err)
	}
	newer, err := decodeOrdered(to)
	if err != nil {
		return nil, fmt.Errorf("newer body: %w", err)
	}
	d := differ{language: language}
	d.values(place{}, place{}, older, newer)
	d.joinMoves()
	changes := make([]Change, len(d.found))
	for i, f := range d.found {
		changes[i] = f.Change
	}
	return changes, nil
}

// place is where a value stands in a body.
type place struct {
	path  string
	label []string
}

func (p place) key(key string) place {
	path := key
	switch {
	case key == "" || strings.ContainsAny(key, ".[]\""):
		path = p.path + "[" + strconv.Quote(key) + "]"
	case p.path != "":
		path = p.path + "." + key
	}
	return place{path: path, label: p.with(key)}
}

func (p place) element(i int, value any, l fault.Language) place {
	// The list's own key says nothing beside the element's name: 簽約, not stages, 簽約.
	at := p.index(i)
	if name := nameOf(value, l); name != "" && len(p.label) > 0 {
		at.label = append(append([]string{}, p.label[:len(p.label)-1]...), name)
	}
	return at
}

func (p place) index(i int) place {
	return place{path: fmt.Sprintf("%s[%d]", p.path, i), label: p.with(strconv.Itoa(i + 1))}
}

func (p place) with(part string) []string { return append(append([]string{}, p.label...), part) }

// nameOf is what people call an element: its name in the language or another
// one, else its id, else nothing.
func nameOf(value any, l fault.Language) string {
	o, ok := value.(*object)
	if !ok {
		return ""
	}
	switch name := o.values["name"].(type) {
	case string:
		if name != "" {
			return name
		}
	case *object:
		for _, key := range append([]string{string(l), string(fault.TraditionalChinese), string(fault.English)}, name.keys...) {
			if text, ok := name.values[key].(string); ok && text != "" {
				return text
			}
		}
	}
	id, _ := o.values["id"].(string)
	return id
}

// finding is a change, and for an element with an id what is needed to see that
// it left one list and came into another.
type finding struct {
	Change
	at    place
	list  string // the key of the list; "" for anything but an element with an id
	id    string
	value any
}

type differ struct {
	language fault.Language
	found    []*finding
}

func (d *differ) add(at place, op Op, from, to any) *finding {
	f := &finding{at: at, Change: Change{Path: at.path, Label: at.label, Op: op}}
	if f.Label == nil {
		f.Label = []string{}
	}
	if op != Added {
		f.From = encode(from)
	}
	if op != Removed {
		f.To = encode(to)
	}
	d.found = append(d.found, f)
	return f
}

func (d *differ) values(was, is place, older, newer any) {
	if equal(older, newer) {
		return
	}
	switch newer := newer.(type) {
	case *object:
		if older, ok := older.(*object); ok {
			d.objects(was, is, older, newer)
			return
		}
	case []any:
		if older, ok := older.([]any); ok {
			d.lists(was, is, older, newer)
			return
		}
	}
	d.add(is, Changed, older, newer)
}

func (d *differ) objects(was, is place, older, newer *object) {
	for _, key := range newer.keys {
		value, existed := older.values[key]
		if !existed {
			d.add(is.key(key), Added, nil, newer.values[key])
			continue
		}
		d.values(was.key(key), is.key(key), value, newer.values[key])
	}
	for _, key := range older.keys {
		if _, exists := newer.values[key]; !exists {
			d.add(was.key(key), Removed, older.values[key], nil)
		}
	}
}

func (d *differ) lists(was, is place, older, newer []any) {
	olderIDs, ok := ids(older)
	newerIDs, also := ids(newer)
	if ok && also && len(older)+len(newer) > 0 {
		d.byID(was, is, older, newer, olderIDs, newerIDs)
		return
	}
	for i := range newer {
		at := is.element(i, newer[i], d.language)
		if i < len(older) {
			d.values(was.element(i, older[i], d.language), at, older[i], newer[i])
		} else {
			d.add(at, Added, nil, newer[i])
		}
	}
	for i := len(newer); i < len(older); i++ {
		d.add(was.element(i, older[i], d.language), Removed, older[i], nil)
	}
}

// ids maps the ids of a list's elements to their positions; false if one has
// none, or two share one.
func ids(list []any) (map[string]int, bool) {
	found := make(map[string]int, len(list))
	for i, item := range list {
		o, ok := item.(*object)
		if !ok {
			return nil, false
		}
		id, ok := o.values["id"].(string)
		if !ok {
			return nil, false
		}
		if _, twice := found[id]; twice {
			return nil, false
		}
		found[id] = i
	}
	return found, true
}

func idOf(item any) string { return item.(*object).values["id"].(string) }

func (d *differ) byID(was, is place, older, newer []any, olderIDs, newerIDs map[string]int) {
	var positions []int // in the older list, of what is in both, in the newer order
	for _, item := range newer {
		if i, existed := olderIDs[idOf(item)]; existed {
			positions = append(positions, i)
		}
	}
	stayed := longestRise(positions)
	for i, item := range newer {
		at := is.element(i, item, d.language)
		j, existed := olderIDs[idOf(item)]
		if !existed {
			d.element(at, Added, is, item)
			continue
		}
		from := was.element(j, older[j], d.language)
		if !stayed[j] {
			d.add(at, Moved, from.path, at.path)
		}
		d.values(from, at, older[j], item)
	}
	for j, item := range older {
		if _, exists := newerIDs[idOf(item)]; !exists {
			d.element(was.element(j, item, d.language), Removed, was, item)
		}
	}
}

// element adds a change of a whole element of a list by ids.
func (d *differ) element(at place, op Op, list place, item any) {
	f := d.add(at, op, item, item)
	f.list, f.id, f.value = list.path[strings.LastIndexByte(list.path, '.')+1:], idOf(item), item
}

// joinMoves makes one move of an element that was removed from a list and added
// to another of the same name: a step dragged to the next stage.
func (d *differ) joinMoves() {
	type identity struct{ list, id string }
	gone := map[identity][]*finding{}
	came := map[identity][]*finding{}
	for _, f := range d.found {
		if f.list == "" {
			continue
		}
		who := identity{f.list, f.id}
		if f.Op == Removed {
			gone[who] = append(gone[who], f)
		} else {
			came[who] = append(came[who], f)
		}
	}
	all := d.found
	d.found = nil
	for _, f := range all {
		who := identity{f.list, f.id}
		if f.list == "" || len(gone[who]) != 1 || len(came[who]) != 1 {
			d.found = append(d.found, f)
			continue
		}
		if f.Op == Removed {
			continue
		}
		from := gone[who][0]
		d.add(f.at, Moved, from.at.path, f.at.path)
		d.values(from.at, f.at, from.value, f.value)
	}
}

// longestRise tells which of the numbers, all different, belong to a longest
// rising subsequence: the elements that can be said to have stayed, so that the
// fewest moved.
func longestRise(numbers []int) map[int]bool {
	length := make([]int, len(numbers)) // of the longest rise that ends here
	before := make([]int, len(numbers))
	last := -1
	for i, n := range numbers {
		length[i], before[i] = 1, -1
		for j := range i {
			if numbers[j] < n && length[j] >= length[i] {
				length[i], before[i] = length[j]+1, j
			}
		}
		if last < 0 || length[i] > length[last] {
			last = i
		}
	}
	rise := make(map[int]bool, len(numbers))
	for i := last; i >= 0; i = before[i] {
		rise[numbers[i]] = true
	}
	return rise
}
