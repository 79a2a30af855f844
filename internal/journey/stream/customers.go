package stream

import (
	"strconv"

	"beichen/internal/event"
	"beichen/internal/identity"
	"beichen/internal/warehouse"
)

// customers holds the values that traits and accounts have now, for the keys
// that a question asks about.
type customers struct {
	view   *identity.View
	keys   []event.Key
	latest []map[identity.Number]warehouse.TraitValue // by key; of persons, or of accounts
}

// traitSource yields values of one trait, any number for one ref or account;
// warehouse.Warehouse.TraitValues is one.
type traitSource func(root event.Root, path []string, yield func(warehouse.TraitValue) error) error

// newCustomers reads the values of keys from sources. A person has the latest
// value, by time and then by position, over all ids.
func newCustomers(view *identity.View, keys []event.Key, sources ...traitSource) (*customers, error) {
	c := &customers{view: view, keys: keys}
	for _, key := range keys {
		latest := map[identity.Number]warehouse.TraitValue{}
		keep := func(v warehouse.TraitValue) error {
			who := v.Of
			if key.Root == event.Traits {
				if who = view.Person(v.Of); view.Forgotten(v.Of) {
					return nil
				}
			}
			if old, ok := latest[who]; !ok || v.Time > old.Time || v.Time == old.Time && v.Seq >= old.Seq {
				latest[who] = v
			}
			return nil
		}
		for _, source := range sources {
			if err := source(key.Root, key.Path, keep); err != nil {
				return nil, err
			}
		}
		c.latest = append(c.latest, latest)
	}
	return c, nil
}

// value is what a key on traits or account has for an event's person and account.
func (c *customers) value(key event.Key, person, account identity.Number) any {
	who := account
	if key.Root == event.Traits {
		who = person
	}
	for i := range c.keys {
		if c.keys[i].Equal(key) {
			return c.latest[i][who].Value
		}
	}
	return nil
}

// judge makes a test of a filter on traits and account which remembers its
// verdicts: there are many events to a customer.
func (c *customers) judge(filter event.Filter) func(person, account identity.Number) bool {
	var ofTraits, ofAccount event.Filter
	for _, condition := range filter {
		if condition.Key.Root == event.Traits {
			ofTraits = append(ofTraits, condition)
		} else {
			ofAccount = append(ofAccount, condition)
		}
	}
	persons, accounts := c.remember(ofTraits), c.remember(ofAccount)
	return func(person, account identity.Number) bool { return persons(person) && accounts(account) }
}

func (c *customers) remember(filter event.Filter) func(identity.Number) bool {
	if len(filter) == 0 {
		return func(identity.Number) bool { return true }
	}
	verdicts := map[identity.Number]bool{}
	return func(who identity.Number) bool {
		verdict, ok := verdicts[who]
		if !ok {
			verdict = filter.MatchesFor(&event.Message{}, func(key event.Key) any { return c.value(key, who, who) })
			verdicts[who] = verdict
		}
		return verdict
	}
}

// verdicts judges a condition on traits or account for everybody who has the
// trait, by number; beyond is what holds of the others.
func (c *customers) verdicts(condition *event.Condition) (holds []bool, beyond bool) {
	beyond = condition.Holds(nil)
	for who, v := range c.of(condition.Key) {
		holds = grown(holds, int(who), beyond)
		holds[who] = condition.Holds(v.Value)
	}
	return holds, beyond
}

// codes numbers the values of a key on traits or account, by whose they are.
func (c *customers) codes(key event.Key) (codes []uint32, values []any) {
	d := newDictionary[any]()
	for who, v := range c.of(key) {
		codes = grown(codes, int(who), 0)
		codes[who] = d.code(event.Scalar(v.Value))
	}
	return codes, d.values
}

func (c *customers) of(key event.Key) map[identity.Number]warehouse.TraitValue {
	for i := range c.keys {
		if c.keys[i].Equal(key) {
			return c.latest[i]
		}
	}
	return nil
}

func grown[T any](list []T, place int, with T) []T {
	for len(list) <= place {
		list = append(list, with)
	}
	return list
}

// traitsOf reads a trait from messages that are at hand: identify messages say
// it of their person, group messages of their account.
func traitsOf(messages []warehouse.Stored) traitSource {
	return func(root event.Root, path []string, yield func(warehouse.TraitValue) error) error {
		for _, m := range messages {
			of := m.Customer
			if root == event.Account {
				of = m.Account
			}
			if m.Type != sayer(root) || of == 0 || !has(m.Traits, path) {
				continue
			}
			v := warehouse.TraitValue{Of: of, Value: event.Lookup(m.Traits, path), Time: m.Micros(), Seq: m.Seq}
			if err := yield(v); err != nil {
				return err
			}
		}
		return nil
	}
}

func sayer(root event.Root) event.Type {
	if root == event.Account {
		return event.Group
	}
	return event.Identify
}

// has reports whether traits set the trait that a path starts with, be it to null.
func has(traits []byte, path []string) bool {
	return len(path) > 0 && event.Has(traits, path[0])
}

// text writes a key's value as the id of the customer it stands for.
func text(value any) string {
	switch v := value.(type) {
	case string:
		return v
	case float64:
		return strconv.FormatFloat(v, 'f', -1, 64)
	case bool:
		return strconv.FormatBool(v)
	}
	return ""
}
