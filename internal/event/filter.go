package event

// Root is the part of a fact that a where key starts from (journey.md §1).
type Root string

// The roots of where keys. Traits and account are of the person and the account
// as known now; the others are of the event itself.
const (
	Properties Root = "properties"
	Context    Root = "context"
	Traits     Root = "traits"
	Account    Root = "account"
	Channel    Root = "channel" // Channel, Source and Value have no path
	Source     Root = "source"
	Value      Root = "value"
)

// OfEvent reports whether keys with this root are read from the event itself,
// as against from who it happened to.
func (r Root) OfEvent() bool { return r != Traits && r != Account }

// Key is a parsed where key: properties.cart.total is {Properties, [cart total]}.
type Key struct {
	Root Root
	Path []string
}

// Op is an operator of a where condition.
type Op string

// The operators of journey.md §1.
const (
	Eq         Op = "eq"
	Ne         Op = "ne"
	In         Op = "in"
	NotIn      Op = "notIn"
	Contains   Op = "contains"
	StartsWith Op = "startsWith"
	Gt         Op = "gt"
	Gte        Op = "gte"
	Lt         Op = "lt"
	Lte        Op = "lte"
	Exists     Op = "exists"
)

// Condition is one key with one operator. Operands are JSON scalars: string,
// float64, bool or nil; In and NotIn take any number of them, the others one.
// Exists takes one bool.
type Condition struct {
	Key      Key
	Op       Op
	Operands []any
}

// Filter is a conjunction of conditions, in the order they were written; the
// empty filter matches everything.
type Filter []Condition

// Pattern matches events by name and filter: one alternative of a step's
// `when`, an exclusion, the start of a cohort. AnyName matches every event.
type Pattern struct {
	AnyName bool
	Name    string
	Where   Filter
}
