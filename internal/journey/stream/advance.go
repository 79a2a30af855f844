package stream

import (
	"context"
	"slices"
	"sync"

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
	rest   *rest // of work that nobody waits for; nil: somebody does

	rows    rows
	columns []*column
	// forgotten are the customers that are read anew, refs all their ids.
	forgotten    []uint32
	forgottenSet map[uint32]bool
	refs         []identity.Number
	gone         []uint32 // those of them who had ids that nobody has any more

	asked    []event.Key // of the store
	learning sync.Mutex  // of the dictionaries, where several scans fill them
}

// run gives the snapshot of the moment, nil where the facts do not fit into one.
func (a *advance) run(ctx context.Context) (*snapshot, error) {
	from := a.from
	if from != nil && from.view != nil && !a.view.SameGraph(from.view) {
		// Facts were taken back, and with them who has which number.
		a.renew()
		from = nil
	}
	if from != nil && from.through == a.through && from.version == a.view.Version && len(a.missing()) == 0 {
		return from, nil
	}
	s := &snapshot{number: a.facts.numbers.Add(1), view: a.view, owners: a.view.Owners(), version: a.view.Version, through: a.through, cut: a.view.Horizon()}
	if from != nil && len(a.newlyForgotten()) > 0 {
		a.unsave()
	}
	if from != nil && !a.findMoved() { // more has moved than is worth moving
		a.renew()
		from = nil
	}
	a.startColumns()
	bring := a.extend
	if from == nil {
		bring = a.fill
	}
	if ok, err := bring(ctx, s); err != nil || !ok {
		return nil, err
	}
	a.seal(s)
	return s, nil
}

// renew leaves the earlier moment behind, but for what was asked of it.
func (a *advance) renew() {
	for _, c := range a.from.columns {
		if !slices.ContainsFunc(a.wanted, c.key.Equal) {
			a.wanted = append(a.wanted, c.key)
		}
	}
	a.from = nil
}

// fill makes the snapshot of all events. It is not ok where they do not fit.
func (a *advance) fill(ctx context.Context, s *snapshot) (ok bool, err error) {
	built, ok, err := a.build(ctx)
	if err != nil || !ok {
		return false, err
	}
	s.built, s.columns, s.since = built, a.columns, since{built: s.number}
	s.kept, err = a.facts.kept(ctx, &a.present)
	return err == nil, err
}

// extend makes the snapshot of the earlier one and what came since. It is not ok
// where the two do not fit together.
func (a *advance) extend(ctx context.Context, s *snapshot) (ok bool, err error) {
	if err := a.read(ctx); err != nil {
		return false, err
	}
	if !a.lay(s) {
		return false, nil
	}
	s.kept = max(a.from.kept, s.cut)
	if len(a.forgotten) > 0 { // whose events were all read
		kept, err := a.facts.kept(ctx, &a.present)
		if err != nil {
			return false, err
		}
		s.kept = max(s.kept, kept)
	}
	s.since = a.from.since.with(slices.Concat(a.vanished(), a.expired(), a.rows.time), s.number)
	m := merging{layout: s.Layout, rows: &a.rows, forgotten: a.forgotten, rest: a.rest}
	a.cutOff(&m)
	if len(a.forgotten) > 0 {
		m.forget = a.isForgotten
	}
	if s.blocks, err = m.into(ctx, a.relaid(s.Layout)); err != nil {
		return false, err
	}
	if len(a.gone) > 0 || m.from > 0 {
		s.bounds()
	}
	return a.attach(ctx, s)
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

// byChannel is what is asked for most: an index has the column from the start.
var byChannel = event.Key{Root: event.Channel}

// startColumns takes over the columns there are. An index that is built from the
// start reads the wanted ones in the same pass.
func (a *advance) startColumns() {
	if a.from != nil {
		for _, c := range a.from.columns {
			copied := *c
			a.columns = append(a.columns, &copied)
		}
	} else {
		keys := a.wanted
		if !slices.ContainsFunc(keys, byChannel.Equal) && !slices.ContainsFunc(a.refused, byChannel.Equal) {
			keys = append(slices.Clip(keys), byChannel)
		}
		for _, k := range keys {
			a.columns = append(a.columns, newColumn(k))
		}
	}
	a.carry(a.columns)
}

func newColumn(k event.Key) *column { return &column{key: k, dictionary: newDictionary[any]()} }

// carry makes what is read carry the codes of columns.
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

// read fills the rows with what came since and with all events of who is forgotten.
func (a *advance) read(ctx context.Context) error {
	if len(a.forgotten) > 0 {
		if err := a.scanRows(ctx, warehouse.Scan{MaxSeq: a.loaded, Customers: a.refs}, nil); err != nil {
			return err
		}
		a.eachOfTail(a.loaded, a.isForgotten, a.addMessage)
	}
	others := func(customer uint32) bool { return !a.isForgotten(customer) }
	if a.loaded > a.from.through {
		if err := a.scanRows(ctx, warehouse.Scan{After: a.from.through, MaxSeq: a.loaded}, others); err != nil {
			return err
		}
	}
	a.eachOfTail(a.from.through, others, a.addMessage)
	return nil
}

// findMoved finds the customers whose events are no longer those they had:
// whose ids were joined with others, parted from them, or forgotten. It is false where
// the index is better built anew.
func (a *advance) findMoved() bool {
	forgotten := a.newlyForgotten()
	if a.subject.Kind == ByKey {
		return len(forgotten) == 0
	}
	now := a.view
	if a.subject.Kind == Account {
		return len(forgotten) == 0 && !now.Regrouped(a.from.view)
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
	for _, n := range forgotten {
		if int(n) < len(a.from.owners) {
			forget(a.from.owners[n])
			a.gone = append(a.gone, a.from.owners[n])
		}
	}
	return len(a.refs) <= max(1000, now.Persons/20)
}

func (a *advance) isForgotten(customer uint32) bool { return a.forgottenSet[customer] }

// lay chooses the layout of the snapshot's words: the one there is, where the
// new rows fit into it. It is false where nothing would fit.
func (a *advance) lay(s *snapshot) bool {
	s.Layout, s.first, s.last = a.from.Layout, a.from.first, a.from.last
	for _, at := range a.rows.time {
		s.first, s.last = min(s.first, at), max(s.last, at)
	}
	if s.first > s.last {
		return true // nothing has happened
	}
	names := len(a.names.values)
	if len(a.from.blocks) > 0 && s.fits(s.first, s.last, names) {
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
func (a *advance) attach(ctx context.Context, s *snapshot) (ok bool, err error) {
	s.columns = a.columns
	var added []*column
	for _, k := range a.wanted {
		if s.column(k) < 0 {
			added = append(added, newColumn(k))
		}
	}
	if len(added) == 0 {
		return true, nil
	}
	a.carry(added)
	fresh, ok, err := a.build(ctx)
	if err != nil || !ok || !s.sameEvents(fresh.blocks) {
		return false, err
	}
	s.rearrange(a.keep(s, len(added)), added, fresh.blocks)
	return true, nil
}

// sameEvents reports whether blocks have as many events as the snapshot's. They have not
// where the store is ahead of what is known here: the next question finds both alike.
func (s *snapshot) sameEvents(blocks []*Block) bool {
	events := func(of []*Block, i int) int {
		if i >= len(of) || of[i] == nil {
			return 0
		}
		return len(of[i].Event)
	}
	for i := range max(len(s.blocks), len(blocks)) {
		if events(s.blocks, i) != events(blocks, i) {
			return false
		}
	}
	return true
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
