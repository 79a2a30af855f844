package customer

import (
	"cmp"
	"context"
	"encoding/json"
	"slices"
	"strings"

	"beichen/internal/event"
	"beichen/internal/identity"
	"beichen/internal/warehouse"
)

// nameKeys are the traits a customer's name is read from.
func nameKeys() []string {
	return []string{"name", "firstName", "lastName", "company", "email", "first_name", "last_name"}
}

// nameOf makes a name of traits: the name, else first and last name, else the
// company, else the e-mail address; nil where none is known. Han names are
// written family name first, without a space.
func nameOf(trait func(key string) string) *string {
	first := cmp.Or(trait("firstName"), trait("first_name"))
	last := cmp.Or(trait("lastName"), trait("last_name"))
	full := strings.TrimSpace(first + " " + last)
	if isHan(first) || isHan(last) {
		full = last + first
	}
	name := cmp.Or(trait("name"), full, trait("company"), trait("email"))
	if name == "" {
		return nil
	}
	return &name
}

func isHan(text string) bool {
	return strings.ContainsFunc(text, func(r rune) bool { return r >= 0x3400 && r <= 0x9fff })
}

func traitText(traits []warehouse.Trait, key string) string {
	for _, t := range traits {
		if t.Key == key {
			var text string
			if json.Unmarshal(t.Value, &text) == nil {
				return text
			}
		}
	}
	return ""
}

// latest is a trait's value with what decides between the values that several
// ids of one person have.
type latest struct {
	text string
	time int64
	seq  uint64
}

func (l latest) before(v warehouse.TraitValue) bool {
	return cmp.Or(cmp.Compare(l.time, v.Time), cmp.Compare(l.seq, v.Seq)) < 0
}

// Names gives the names of persons or accounts of a View by their number; those
// without any are left out.
func (b Book) Names(ctx context.Context, view *identity.View, of Of, customers []identity.Number) (map[identity.Number]string, error) {
	var numbers []identity.Number
	owner := map[identity.Number]identity.Number{}
	for _, c := range customers {
		own := []identity.Number{c}
		if of == Person {
			own = view.Numbers(c)
		}
		for _, n := range own {
			owner[n] = c
			numbers = append(numbers, n)
		}
	}
	traits := map[identity.Number]map[string]latest{}
	err := b.Warehouse.TraitsAmong(ctx, of.root(), nameKeys(), numbers, func(key string, v warehouse.TraitValue) error {
		mine := traits[owner[v.Of]]
		if mine == nil {
			mine = map[string]latest{}
			traits[owner[v.Of]] = mine
		}
		if old, known := mine[key]; !known || old.before(v) {
			text, _ := v.Value.(string)
			mine[key] = latest{text, v.Time, v.Seq}
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	names := make(map[identity.Number]string, len(traits))
	for c, mine := range traits {
		if name := nameOf(func(key string) string { return mine[key].text }); name != nil {
			names[c] = *name
		}
	}
	return names, nil
}

// NamesByID is Names for customers as answers list them, by their shown id.
func (b Book) NamesByID(ctx context.Context, of Of, ids []string) (map[string]string, error) {
	graph, err := b.People.Whole(ctx)
	if err != nil {
		return nil, err
	}
	view := graph.View()
	byNumber := map[identity.Number]string{}
	numbers := make([]identity.Number, 0, len(ids))
	for _, id := range ids {
		n, ok := view.Find(id)
		if of == Account {
			n, ok = view.FindAccount(id)
		}
		if ok {
			byNumber[n] = id
			numbers = append(numbers, n)
		}
	}
	names, err := b.Names(ctx, view, of, numbers)
	if err != nil {
		return nil, err
	}
	out := make(map[string]string, len(names))
	for n, name := range names {
		out[byNumber[n]] = name
	}
	return out, nil
}

// Search finds customers by a part of an id or a name, those last active first;
// all of them for an empty text. Limit is 1 … 200; 0 is 50.
func (b Book) Search(ctx context.Context, of Of, text string, limit int) ([]Label, error) {
	if limit <= 0 {
		limit = 50
	}
	limit = min(limit, 200)
	// Several ids may be one person, so more are asked for than are shown.
	found, err := b.Warehouse.Search(ctx, of.root(), strings.TrimSpace(text), nameKeys(), 4*limit)
	if err != nil {
		return nil, err
	}
	graph, err := b.People.Whole(ctx)
	if err != nil {
		return nil, err
	}
	view := graph.View()
	var customers []identity.Number
	seen := map[identity.Number]bool{}
	for _, f := range found {
		c, id := f.Of, view.AccountID(f.Of)
		if of == Person {
			c = view.Person(f.Of)
			id = view.ID(c)
		}
		// Of facts that other nodes load, the store may have more than this one knows of yet.
		if known := id != ""; known && !seen[c] && len(customers) < limit {
			seen[c] = true
			customers = append(customers, c)
		}
	}
	return b.labels(ctx, view, of, customers)
}

// labels gives customers their names and how active they were, in the order given.
func (b Book) labels(ctx context.Context, view *identity.View, of Of, customers []identity.Number) ([]Label, error) {
	names, err := b.Names(ctx, view, of, customers)
	if err != nil {
		return nil, err
	}
	var all []identity.Number
	own := make([][]identity.Number, len(customers))
	for i, c := range customers {
		own[i] = []identity.Number{c}
		if of == Person {
			own[i] = view.Numbers(c)
		}
		all = append(all, own[i]...)
	}
	activity, err := b.Warehouse.Activity(ctx, of.root(), all)
	if err != nil {
		return nil, err
	}
	labels := make([]Label, len(customers))
	for i, c := range customers {
		did := sum(activity, own[i])
		labels[i] = Label{Of: of, ID: view.AccountID(c), Events: did.Events, Last: did.Last}
		if of == Person {
			labels[i].ID = view.ID(c)
		}
		if name, known := names[c]; known {
			labels[i].Name = &name
		}
	}
	return labels, nil
}

// sum is what one customer did under all of their ids.
func sum(activity map[identity.Number]warehouse.Activity, numbers []identity.Number) warehouse.Activity {
	var total warehouse.Activity
	for _, n := range numbers {
		a, some := activity[n]
		if !some || a.Events == 0 {
			continue
		}
		if total.Events == 0 || a.First.Before(total.First) {
			total.First = a.First
		}
		if a.Last.After(total.Last) {
			total.Last = a.Last
		}
		total.Events += a.Events
	}
	return total
}

func sortByEvents(labels []Label) {
	slices.SortStableFunc(labels, func(a, b Label) int { return cmp.Compare(b.Events, a.Events) })
}

// EventsOf counts the events of all given refs together.
func (b Book) EventsOf(ctx context.Context, refs []event.Ref) (int64, error) {
	graph, err := b.People.Whole(ctx)
	if err != nil {
		return 0, err
	}
	var numbers []identity.Number
	for _, ref := range refs {
		if n, known := graph.Lookup(ref); known {
			numbers = append(numbers, n)
		}
	}
	activity, err := b.Warehouse.Activity(ctx, Person.root(), numbers)
	return sum(activity, numbers).Events, err
}
