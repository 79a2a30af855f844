package stream

import (
	"context"
	"math"
	"slices"

	"beichen/internal/event"
	"beichen/internal/identity"
	"beichen/internal/warehouse"
)

// advance brings an index from one moment to a later one.
type advance struct {
	*Index
	present
	from   *snapshot
	wanted []event.Key

	rows    rows
	columns []*column
	// forgotten are the customers that are read anew, refs all their ids.
	forgotten    []uint32
	forgottenSet map[uint32]bool
	refs         []identity.Number

	asked                                   []event.Key // of the store
	fromNames, fromCurrencies, fromSubjects translation // of its codes
}

// run gives the snapshot of the moment, nil where the facts do not fit into one.
func (a *advance) run(ctx context.Context) (*snapshot, error) {
	from := a.from
	if from != nil && from.through == a.through && from.version == a.view.Version && len(a.missing()) == 0 {
		return from, nil
	}
	s := &snapshot{number: 1, view: a.view, owners: a.view.Owners(), version: a.view.Version, through: a.through}
	if from != nil {
		s.number = from.number + 1
	}
	if from != nil && !a.findMoved() { // more has moved than is worth moving
		for _, c := range from.columns {
			if !slices.ContainsFunc(a.wanted, c.key.Equal) {
				a.wanted = append(a.wanted, c.key)
			}
		}
		a.from, from = nil, nil
	}
	a.startColumns()
	if err := a.read(ctx); err != nil {
		return nil, err
	}
	if !a.lay(s) {
		return nil, nil
	}
	m := merging{layout: s.Layout, rows: &a.rows, forgotten: a.forgotten}
	if len(a.forgotten) > 0 {
		m.forget = a.isForgotten
	}
	var blocks []*Block
	if from != nil {
		blocks = a.relaid(s.Layout)
	}
	var err error
	if s.blocks, err = m.into(ctx, blocks); err != nil {
		return nil, err
	}
	if err := a.attach(ctx, s); err != nil {
		return nil, err
	}
	a.seal(s)
	return s, nil
}

// missing are the wanted keys without a column.
func (a *advance) missing() []event.Key {
	var keys []event.Key
	for _, k := range a.wanted {
		if a.from == nil || a.from.column(k) < 0 {
			keys = append(keys, k)
		}
	}
	return keys
}

// startColumns takes over the columns there are. An index that is built from the
// start reads the wanted ones in the same pass.
func (a *advance) startColumns() {
	if a.from == nil {
		for _, k := range a.wanted {
			a.columns = append(a.columns, newColumn(k))
		}
	} else {
		for _, c := range a.from.columns {
			copied := *c
			a.columns = append(a.columns, &copied)
		}
	}
	a.carry(a.columns)
}

func newColumn(k event.Key) *column { return &column{key: k, dictionary: newDictionary[any]()} }

// carry makes the rows carry the codes of columns.
func (a *advance) carry(columns []*column) {
	a.rows = rows{keys: make([][]uint32, len(columns))}
	a.columns, a.asked = columns, nil
	for _, c := range columns {
		if !c.ofAccount() {
			a.asked = append(a.asked, c.key)
		}
	}
	if a.subject.Kind == ByKey {
		a.asked = append(a.asked, a.subject.Key)
	}
}

// read fills the rows: with all events, or with what came since and with all
// events of who is forgotten.
func (a *advance) read(ctx context.Context) error {
	if a.from == nil {
		stats, err := a.facts.warehouse.Stats(ctx)
		if err != nil {
			return err
		}
		a.rows.reserve(int(stats.Events) + len(a.tail))
		if err := a.scan(ctx, warehouse.Scan{MaxSeq: a.loaded}, nil); err != nil {
			return err
		}
		a.addTail(0, nil)
		return nil
	}
	if len(a.forgotten) > 0 {
		if err := a.scan(ctx, warehouse.Scan{MaxSeq: a.loaded, Customers: a.refs}, nil); err != nil {
			return err
		}
		a.addTail(a.loaded, a.isForgotten)
	}
	others := func(customer uint32) bool { return !a.isForgotten(customer) }
	if a.loaded > a.from.through {
		if err := a.scan(ctx, warehouse.Scan{After: a.from.through, MaxSeq: a.loaded}, others); err != nil {
			return err
		}
	}
	a.addTail(a.from.through, others)
	return nil
}

// findMoved finds the customers whose events are no longer those they had:
// whose ids were joined with others or parted from them. It is false where the
// index is better built anew.
func (a *advance) findMoved() bool {
	if a.subject.Kind == ByKey {
		return true
	}
	now := a.view
	if a.subject.Kind == Account {
		return !now.Regrouped(a.from.view)
	}
	a.forgottenSet = map[uint32]bool{}
	forget := func(person identity.Number) {
		if !a.forgottenSet[person] {
			a.forgottenSet[person] = true
			a.forgotten = append(a.forgotten, person)
			a.refs = append(a.refs, now.Numbers(person)...)
		}
	}
	for _, m := range now.Moved(a.from.owners) {
		forget(m.From)
		forget(m.To)
	}
	return len(a.refs) <= max(1000, now.Persons/20)
}

func (a *advance) isForgotten(customer uint32) bool { return a.forgottenSet[customer] }

// scan adds what the store has, of the customers that keep wants (nil: of all).
func (a *advance) scan(ctx context.Context, s warehouse.Scan, keep func(customer uint32) bool) error {
	s.Keys = a.asked
	a.fromNames, a.fromCurrencies, a.fromSubjects = nil, nil, nil // dictionaries are of one scan
	for _, c := range a.columns {
		c.fromStore = nil
	}
	return a.facts.warehouse.Scan(ctx, s, func(batch *warehouse.Batch) error {
		a.translate(batch)
		a.addBatch(batch, keep)
		return nil
	})
}

// translate learns the values that are new in a batch's dictionaries.
func (a *advance) translate(batch *warehouse.Batch) {
	a.fromNames = extend(a.fromNames, batch.Names, a.names)
	a.fromCurrencies = extend(a.fromCurrencies, batch.Currencies, a.currencies)
	next := 0
	for _, c := range a.columns {
		if c.ofAccount() {
			continue
		}
		for _, value := range batch.Values[next][len(c.fromStore):] {
			c.fromStore = append(c.fromStore, c.dictionary.code(comparableValue(value)))
		}
		next++
	}
	if a.subject.Kind == ByKey {
		for _, value := range batch.Values[next][len(a.fromSubjects):] {
			a.fromSubjects = append(a.fromSubjects, a.subjects.code(scalarOf(comparableValue(value))))
		}
	}
}

func (a *advance) addBatch(batch *warehouse.Batch, keep func(customer uint32) bool) {
	first := a.rows.len()
	for i := range batch.Len {
		a.rows.customer = append(a.rows.customer, a.customerOf(batch, i))
	}
	if keep != nil && slices.ContainsFunc(a.rows.customer[first:], func(c uint32) bool { return !keep(c) }) {
		a.addSome(batch, first, keep)
		return
	}
	a.rows.time = append(a.rows.time, batch.Time[:batch.Len]...)
	a.rows.name = appendTranslated(a.rows.name, batch.Name[:batch.Len], a.fromNames)
	a.rows.addAmounts(batch.Value[:batch.Len], batch.Cost[:batch.Len], func(i int) uint16 { return uint16(a.fromCurrencies[batch.Currency[i]]) })
	next := 0
	for k, c := range a.columns {
		if c.ofAccount() {
			a.rows.keys[k] = append(a.rows.keys[k], batch.Account[:batch.Len]...)
			continue
		}
		a.rows.keys[k] = appendTranslated(a.rows.keys[k], batch.Keys[next][:batch.Len], c.fromStore)
		next++
	}
}

// addSome adds the rows of a batch whose customers are wanted, row by row.
func (a *advance) addSome(batch *warehouse.Batch, first int, keep func(customer uint32) bool) {
	customers := slices.Clone(a.rows.customer[first:])
	a.rows.customer = a.rows.customer[:first]
	for i, customer := range customers {
		if !keep(customer) {
			continue
		}
		a.rows.customer = append(a.rows.customer, customer)
		a.rows.time = append(a.rows.time, batch.Time[i])
		a.rows.name = append(a.rows.name, a.fromNames[batch.Name[i]])
		a.rows.addAmounts(batch.Value[i:i+1], batch.Cost[i:i+1], func(int) uint16 { return uint16(a.fromCurrencies[batch.Currency[i]]) })
		next := 0
		for k, c := range a.columns {
			if c.ofAccount() {
				a.rows.keys[k] = append(a.rows.keys[k], batch.Account[i])
				continue
			}
			a.rows.keys[k] = append(a.rows.keys[k], c.fromStore[batch.Keys[next][i]])
			next++
		}
	}
}

func (a *advance) customerOf(batch *warehouse.Batch, i int) uint32 {
	switch a.subject.Kind {
	case Account:
		return a.account(batch.Customer[i], batch.Account[i])
	case ByKey:
		return a.fromSubjects[batch.Keys[len(a.asked)-1][i]]
	}
	return a.view.Person(batch.Customer[i])
}

// account is an event's own account, or its person's.
func (a *advance) account(customer, own identity.Number) identity.Number {
	if own != 0 {
		return own
	}
	return a.view.AccountOf(a.view.Person(customer))
}

// addTail adds what came after a position and may not be in the store, of the
// customers that keep wants (nil: of all).
func (a *advance) addTail(after uint64, keep func(customer uint32) bool) {
	for _, m := range a.tail {
		if m.Seq <= after || !m.Type.IsEvent() {
			continue
		}
		var customer uint32
		switch a.subject.Kind {
		case Person:
			customer = a.view.Person(m.Customer)
		case Account:
			customer = a.account(m.Customer, m.Account)
		case ByKey:
			customer = a.subjects.code(event.Scalar(a.subject.Key.Of(m.Message)))
		}
		if keep != nil && !keep(customer) {
			continue
		}
		a.rows.addMessage(m, customer, a.names.code(m.Name), uint16(a.currencies.code(m.Currency)))
		for k, c := range a.columns {
			if c.ofAccount() {
				a.rows.keys[k] = append(a.rows.keys[k], m.Account)
				continue
			}
			a.rows.keys[k] = append(a.rows.keys[k], c.dictionary.code(comparableValue(c.key.Of(m.Message))))
		}
	}
}

// lay chooses the layout of the snapshot's words: the one there is, where the
// new rows fit into it. It is false where nothing would fit.
func (a *advance) lay(s *snapshot) bool {
	s.first, s.last = int64(math.MaxInt64), int64(math.MinInt64)
	if a.from != nil {
		s.Layout, s.first, s.last = a.from.Layout, a.from.first, a.from.last
	}
	for _, at := range a.rows.time {
		s.first, s.last = min(s.first, at), max(s.last, at)
	}
	if s.first > s.last {
		return true // nothing has happened
	}
	names := len(a.names.values)
	if a.from != nil && len(a.from.blocks) > 0 && s.fits(s.first, s.last, names) {
		return true
	}
	var ok bool
	s.Layout, ok = layoutFor(s.first, s.last, names)
	return ok
}

// relaid are the earlier blocks in a layout.
func (a *advance) relaid(to Layout) []*Block {
	if a.from.Layout == to {
		return a.from.blocks
	}
	blocks := make([]*Block, len(a.from.blocks))
	for i, b := range a.from.blocks {
		if b != nil {
			blocks[i] = b.relaid(a.from.Layout, to)
		}
	}
	return blocks
}

// attach adds the wanted columns that are not there yet.
func (a *advance) attach(ctx context.Context, s *snapshot) error {
	s.columns = a.columns
	var added []*column
	for _, k := range a.wanted {
		if s.column(k) < 0 {
			added = append(added, newColumn(k))
		}
	}
	if len(added) == 0 {
		return nil
	}
	a.carry(added)
	if err := a.scan(ctx, warehouse.Scan{MaxSeq: a.loaded}, nil); err != nil {
		return err
	}
	a.addTail(a.loaded, nil)
	m := merging{layout: s.Layout, rows: &a.rows}
	fresh, err := m.into(ctx, nil)
	if err != nil {
		return err
	}
	s.rearrange(a.keep(s, len(added)), added, fresh)
	return nil
}

// rearrange leaves of the columns those in some places, and adds others that
// blocks made of the same events hold.
func (s *snapshot) rearrange(places []int, added []*column, from []*Block) {
	for i, b := range s.blocks {
		if b == nil {
			continue
		}
		with := *b
		with.columns = make([]codes, 0, len(places)+len(added))
		for _, k := range places {
			with.columns = append(with.columns, b.columns[k])
		}
		if len(added) > 0 {
			with.columns = append(with.columns, from[i].columns...)
		}
		s.blocks[i] = &with
	}
	columns := make([]*column, 0, len(places)+len(added))
	for _, k := range places {
		columns = append(columns, s.columns[k])
	}
	s.columns = append(columns, added...)
}

// keep chooses the columns that stay when some are added: those used last.
func (a *advance) keep(s *snapshot, added int) []int {
	places := make([]int, len(s.columns))
	for i := range places {
		places[i] = i
	}
	for len(places)+added > maxColumns {
		oldest := -1
		for i, p := range places {
			wanted := slices.ContainsFunc(a.wanted, s.columns[p].key.Equal)
			if !wanted && (oldest < 0 || s.columns[p].used < s.columns[places[oldest]].used) {
				oldest = i
			}
		}
		if oldest < 0 {
			break
		}
		places = slices.Delete(places, oldest, oldest+1)
	}
	return places
}

// seal lets columns go that have too many values, fixes what readers see of the
// dictionaries, and counts.
func (a *advance) seal(s *snapshot) {
	var kept []int
	for i, c := range s.columns {
		if len(c.dictionary.values) <= maxValues {
			kept = append(kept, i)
		} else {
			a.refused = append(a.refused, c.key)
		}
	}
	if len(kept) < len(s.columns) {
		s.rearrange(kept, nil, nil)
	}
	s.names, s.currencies, s.subjects = a.names.values, a.currencies.values, a.Index.subjects.values
	for _, c := range s.columns {
		c.values = c.dictionary.values
		c.fromStore = nil
	}
	for i, b := range s.blocks {
		if b == nil {
			continue
		}
		if i == 0 && b.Len() > 0 {
			s.unattributed = int(b.Start[1])
			s.events -= s.unattributed
		}
		s.events += len(b.Event)
		s.customers += b.customers
	}
}
