package journey

import (
	"math"
	"math/bits"
	"slices"

	"beichen/internal/journey/stream"
)

// quick walks the customers of a journey whose every stage is required and passed
// by any one of its steps, done once. Most journeys are like that, and of those that
// are not only by their exclusions most customers are.
// It gives what chainWalk gives, in one look at each event for the chain that
// counts and a second one, from that chain's entry, for its steps.
type quick struct {
	plan   *plan
	cursor *stream.Cursor
	layout stream.Layout
	// stageOf tells by class the stage that its events can fill, severalStages or
	// slowly.
	stageOf []int8
	classes []quickClass
	// byName tells by the code of a name its stage, nothing, or unclear; nil where
	// the words of events do not tell.
	byName      []uint8
	stepByName  []int16 // the only step that its events can do; −1: there are several, or it does not tell
	classOfName []uint32
	entering    uint64 // names with which a chain can begin
	excluding   uint64 // names with which one can be tainted
	window      int64
	collect     bool // touches are wanted

	reached int // stages some chain has passed
	// newest is the newest entry of a chain that has passed so many stages, earliest
	// that of the chain which did so first.
	newest, earliest [places]int64
}

const (
	severalStages = -1
	slowly        = -2 // chainWalk has to judge the customer

	// places is more than there are stages, and a power of two.
	places  = 2 * maxStages
	nothing = places - 3 // the stage of events that are none: before it nobody ever comes
	unclear = places - 1 // the name alone does not tell the stage

	noEntry  = math.MinInt64 / 2 // so long ago that no window reaches it
	noWindow = math.MaxInt64 / 4
)

// quickClass is a class of events as the steps that they can do.
type quickClass struct {
	stages []int8  // descending
	first  []int16 // by stage of the class: the step that it fills
	fills  int16   // of the only stage: the step that it fills
	step   int16   // the only step; −1: there are several
	steps  stepSet
	// exclusions that its events make, a bit each.
	exclusions uint64
}

// newQuick is nil where the journey is not like that.
func newQuick(p *plan, s *stream.Streams, cursor *stream.Cursor, meanings []meaning) *quick {
	if !p.single || p.optional || p.historic || p.entry == First && p.order != Ordered {
		return nil
	}
	q := &quick{plan: p, cursor: cursor, layout: s.Layout, window: min(p.window.length(), noWindow)}
	for _, m := range meanings {
		c := quickClass{steps: m.steps, step: -1}
		for k := len(p.stages) - 1; k >= 0; k-- {
			if may := m.steps.and(p.stages[k].steps); !may.empty() {
				c.stages, c.first = append(c.stages, int8(k)), append(c.first, int16(may.next(0)))
			}
		}
		stage := int8(severalStages)
		if len(c.stages) == 1 {
			stage, c.fills = c.stages[0], c.first[0]
			if c.steps.next(int(c.fills)+1) < 0 {
				c.step = c.fills
			}
		}
		if c.exclusions = m.exclusions; c.exclusions != 0 {
			stage = nothing
			if len(c.stages) > 0 || p.order == AnyOrder {
				stage = slowly
			}
		}
		q.stageOf, q.classes = append(q.stageOf, stage), append(q.classes, c)
	}
	q.readNames(s)
	return q
}

// readNames works out what the names of events tell.
func (q *quick) readNames(s *stream.Streams) {
	q.entering = s.NamesOf(func(class uint32) bool {
		return q.fills(class, 0) || q.plan.order == AnyOrder && len(q.classes[class].stages) > 0
	})
	q.excluding = s.NamesOf(func(class uint32) bool { return q.classes[class].exclusions != 0 })
	classes, ok := s.ClassesOfNames()
	if !ok || q.plan.order != Ordered || q.plan.entry != Latest {
		return
	}
	q.classOfName = classes
	q.byName = make([]uint8, 1<<s.NameBits) // as many as a word can name
	q.stepByName = slices.Repeat([]int16{-1}, len(q.byName))
	for n, class := range classes {
		switch {
		case class == 0:
			q.byName[n] = nothing
		case class == stream.Conditional || q.stageOf[class] < 0:
			q.byName[n] = unclear
		default:
			q.byName[n], q.stepByName[n] = uint8(q.stageOf[class]), q.classes[class].step
		}
	}
}

// judge finds the chain of customer i of a block. ok is false where that is left
// to chainWalk, with the customer decoded; without a chain r.Level is 0.
func (q *quick) judge(b *stream.Block, i int, r *Result) (ok bool) {
	r.Level = 0
	if b.Has[i]&q.entering == 0 {
		return true
	}
	words := q.cursor.Turn(b, i)
	if len(words) == 0 {
		return true
	}
	if q.byName != nil {
		if entry, ok := q.glance(words); ok {
			if r.Level = q.reached; q.reached > 0 {
				q.followWords(r, words, entry)
			}
			if q.reached < 1 || b.Has[i]&q.excluding == 0 {
				return true
			}
			q.cursor.Decode()
			return !q.tainted(r)
		}
	}
	q.cursor.Decode()
	return q.judgeDecoded(r) && (r.Level == 0 || b.Has[i]&q.excluding == 0 || !q.tainted(r))
}

// tainted reports whether an exclusion hit the chain (rule 6). If none did, the chain
// counts as if there were no exclusions: of two that got as far the clean one does.
func (q *quick) tainted(r *Result) bool {
	if q.plan.order == AnyOrder {
		return false
	}
	c := q.cursor
	since := func(stage int) int64 {
		if stage < r.Level {
			return r.At[stage]
		}
		return never
	}
	for i, at := range c.At {
		kinds := q.classes[c.Class[i]].exclusions
		if kinds == 0 || at <= r.Entry || at > r.End || slices.Contains(r.At, at) {
			continue
		}
		for ; kinds != 0; kinds &= kinds - 1 {
			watched := q.plan.exclusions[bits.TrailingZeros64(kinds)]
			if at > since(watched.from) && at < since(watched.to) {
				return true
			}
		}
	}
	return false
}

func (q *quick) judgeDecoded(r *Result) (ok bool) {
	var entry int64
	switch {
	case q.plan.order == AnyOrder:
		entry, ok = q.densest()
	case q.plan.order == Strict:
		entry, ok = q.unbroken()
	case q.plan.entry == First:
		entry, ok = q.oldest()
	default:
		entry, ok = q.best()
	}
	if !ok {
		return false
	}
	if r.Level = q.reached; q.reached == 0 {
		return true
	}
	c := q.cursor
	from, _ := slices.BinarySearch(c.At, entry)
	if q.plan.order == AnyOrder {
		q.followAny(r, from, entry)
		return true
	}
	for !q.fills(c.Class[from], 0) {
		from++
	}
	q.follow(r, from, entry)
	return true
}

// glance finds the entry of the chain that counts (rule 1): of those that get
// furthest the one that does so first, and of several with the same last event
// that with the newest entry. A chain is as good as its furthest stage and its
// entry, so for every stage the newest entry that came so far is all there is to
// remember. ok is false where that needs a closer look: events share an instant,
// or can fill one of several stages.
func (q *quick) glance(words []uint64) (entry int64, ok bool) {
	stages := len(q.plan.stages)
	for k := 0; k <= stages; k++ {
		q.newest[k], q.earliest[k] = noEntry, noEntry
	}
	q.newest[nothing], q.newest[nothing+1], q.earliest[nothing+1] = noEntry, noEntry, noEntry
	for i, before := 0, int64(-1); ; i++ {
		i, before = q.run(words, i, before)
		if i == len(words) {
			break
		}
		at := int64(words[i] >> q.layout.NameBits)
		stage, ok := q.lookCloser(words[i], i)
		if !ok || at == before {
			return 0, false
		}
		before = at
		q.extend(at, stage)
	}
	q.reached = stages
	for q.reached > 0 && q.earliest[q.reached] == noEntry {
		q.reached--
	}
	return q.layout.Base + q.earliest[q.reached], true
}

// run lets the events from i on extend the chains, up to one that needs a closer
// look: its name does not tell its stage, or it shares the instant of the one
// before it. It returns where that is, and the instant before it.
//
// This loop sees every event there is. It has no branch that hangs on what the
// event is, since a wrong guess would cost more than all the rest, and calls
// nothing, so that all it needs stays in registers.
func (q *quick) run(words []uint64, i int, before int64) (int, int64) {
	newest, earliest := &q.newest, &q.earliest
	names, mask, shift, window := q.byName, uint64(len(q.byName)-1), q.layout.NameBits&63, q.window
	for ; i < len(words); i++ {
		word := words[i]
		at, stage := int64(word>>shift), names[word&mask]
		if stage == unclear || at == before {
			return i, before
		}
		before = at
		newest[0] = at
		from, to := newest[stage%places], newest[(stage+1)%places]
		entry := to
		if at-from <= window {
			entry = from
		}
		entry = max(entry, to)
		first := earliest[(stage+1)%places]
		if to == noEntry {
			first = entry
		}
		newest[(stage+1)%places], earliest[(stage+1)%places] = entry, first
	}
	return i, before
}

// extend is a step of run.
func (q *quick) extend(at int64, stage uint8) {
	q.newest[0] = at
	from, to := q.newest[stage%places], q.newest[(stage+1)%places]
	entry := to
	if at-from <= q.window {
		entry = max(from, to)
	}
	if to == noEntry {
		q.earliest[(stage+1)%places] = entry
	}
	q.newest[(stage+1)%places] = entry
}

// lookCloser is the stage of an event whose name alone does not tell it.
func (q *quick) lookCloser(word uint64, i int) (stage uint8, ok bool) {
	class := q.classOfName[q.layout.Name(word)]
	if class == stream.Conditional {
		class = q.cursor.ClassOf(q.cursor.First() + uint32(i))
	}
	if class == 0 {
		return nothing, true
	}
	return uint8(q.stageOf[class]), q.stageOf[class] >= 0
}

// followWords is follow where no two events share an instant and each can fill
// one stage at most.
func (q *quick) followWords(r *Result, words []uint64, entry int64) {
	q.begin(r, entry)
	end := uint64(math.MaxUint64)
	if r.End < math.MaxInt64 {
		end = q.layout.Floor(r.End + 1)
	}
	first, level := q.cursor.First(), 0
	names, mask, shift, base := q.byName, uint64(len(q.byName)-1), q.layout.NameBits&63, q.layout.Base
	i := q.layout.Search(words, entry)
	for ; i < len(words) && words[i] < end; i++ {
		word := words[i]
		stage := int(names[word&mask])
		if stage > level && stage != unclear {
			continue
		}
		event, step := first+uint32(i), int(q.stepByName[word&mask])
		if step < 0 || q.collect {
			level = q.takeUnclear(r, level, word, event)
			continue
		}
		at := base + int64(word>>shift)
		switch {
		case stage == level:
			r.At[level], r.Event[level] = at, int32(event)
			r.Fills = append(r.Fills, Touch{Event: int32(event), Step: int16(step)})
			r.Steps.add(step)
			r.StepAt[step], r.Times[step] = at, 1
			level++
		case r.Steps.has(step):
			r.Times[step]++
		default:
			r.Steps.add(step)
			r.StepAt[step], r.Times[step] = at, 1
		}
	}
	r.Last = q.layout.Time(words[i-1])
	q.end(r, level)
}

func (q *quick) takeUnclear(r *Result, level int, word uint64, event uint32) int {
	class := q.classOfName[q.layout.Name(word)]
	if class == stream.Conditional {
		class = q.cursor.ClassOf(event)
	}
	if class == 0 {
		return level
	}
	return q.take(r, level, int(q.stageOf[class]), class, q.layout.Time(word), event)
}

// best is glance for a customer that is decoded.
func (q *quick) best() (entry int64, ok bool) {
	if !q.sortEquals() {
		return 0, false
	}
	c := q.cursor
	q.reached = 0
	for i, t := range c.At {
		for _, s := range q.classes[c.Class[i]].stages {
			stage := int(s)
			if stage > q.reached {
				continue
			}
			e := t
			if stage > 0 {
				if e = q.newest[stage]; t-e > q.window {
					continue
				}
			}
			if stage == q.reached {
				q.reached++
				q.newest[stage+1], entry = e, e
			} else if e > q.newest[stage+1] {
				q.newest[stage+1] = e
			}
		}
	}
	return entry, true
}

func (q *quick) sortEquals() bool {
	c := q.cursor
	for i := range c.At {
		stage := q.stageOf[c.Class[i]]
		if stage == slowly {
			return false
		}
		if i == 0 || c.At[i] != c.At[i-1] {
			continue
		}
		if stage == severalStages || q.stageOf[c.Class[i-1]] == severalStages {
			return false
		}
		for j := i; j > 0 && c.At[j] == c.At[j-1] && q.stageOf[c.Class[j]] < q.stageOf[c.Class[j-1]]; j-- {
			c.Event[j], c.Event[j-1] = c.Event[j-1], c.Event[j]
			c.Class[j], c.Class[j-1] = c.Class[j-1], c.Class[j]
		}
	}
	return true
}

func (q *quick) fills(class uint32, stage int) bool {
	return slices.Contains(q.classes[class].stages, int8(stage))
}

// follow walks the chain from its entry to the end of its window and fills r: a
// stage takes the earliest event that can fill it, and a step counts every event
// after the stage before was passed (rule 11).
func (q *quick) follow(r *Result, from int, entry int64) {
	c := q.cursor
	q.begin(r, entry)
	level := 0
	for i := from; i < len(c.At) && c.At[i] <= r.End; i++ {
		switch stage := int(q.stageOf[c.Class[i]]); {
		case c.Class[i] == 0, stage == q.reached: // a strict journey may have ended before
		case stage == severalStages:
			level = q.followSeveral(r, i, level)
		default:
			level = q.take(r, level, stage, c.Class[i], c.At[i], c.Event[i])
		}
	}
	q.end(r, level)
	for i := 1; i < len(r.Fills); i++ { // those of one instant may have changed places
		for j := i; j > 0 && r.Fills[j].Event < r.Fills[j-1].Event; j-- {
			r.Fills[j], r.Fills[j-1] = r.Fills[j-1], r.Fills[j]
		}
	}
}

func (q *quick) begin(r *Result, entry int64) {
	r.Entry, r.End, r.Excluded, r.Steps = entry, q.plan.window.after(entry), false, stepSet{}
	r.Fills, r.Touches, r.Last = r.Fills[:0], r.Touches[:0], notReached
}

func (q *quick) end(r *Result, level int) {
	r.Complete = level == len(r.At)
	for k := level; k < r.told; k++ {
		r.At[k], r.Event[k] = notReached, -1
	}
	r.told = level
}

// take lets an event of one stage fill it, if it is the next one, and count for
// its steps if it was passed.
func (q *quick) take(r *Result, level, stage int, class uint32, at int64, event uint32) int {
	if stage > level {
		return level
	}
	of := &q.classes[class]
	if stage == level {
		r.At[level], r.Event[level] = at, int32(event)
		r.Fills = append(r.Fills, Touch{Event: int32(event), Step: of.fills})
		level++
	}
	if of.step < 0 {
		q.touchAll(r, of.steps, at, event)
		return level
	}
	q.touch(r, int(of.step), at, event)
	return level
}

// followSeveral is follow for an event that can fill one of several stages: the
// next one before all, and otherwise it counts for every stage passed.
func (q *quick) followSeveral(r *Result, i, level int) int {
	c := q.cursor
	at, event, of := c.At[i], c.Event[i], &q.classes[c.Class[i]]
	if place := slices.Index(of.stages, int8(level)); place >= 0 && level < len(r.At) {
		r.At[level], r.Event[level] = at, int32(event)
		r.Fills = append(r.Fills, Touch{Event: int32(event), Step: of.first[place]})
		q.touchAll(r, of.steps.and(q.plan.stages[level].steps), at, event)
		return level + 1
	}
	for _, stage := range of.stages {
		if int(stage) < level {
			q.touchAll(r, of.steps.and(q.plan.stages[stage].steps), at, event)
		}
	}
	return level
}

func (q *quick) touchAll(r *Result, steps stepSet, at int64, event uint32) {
	for word, rest := range steps {
		for ; rest != 0; rest &= rest - 1 {
			q.touch(r, word<<6+bits.TrailingZeros64(rest), at, event)
		}
	}
}

func (q *quick) touch(r *Result, step int, at int64, event uint32) {
	if r.Steps.has(step) {
		r.Times[step]++
	} else {
		r.Steps.add(step)
		r.StepAt[step], r.Times[step] = at, 1
	}
	if q.collect {
		r.Touches = append(r.Touches, Touch{Event: int32(event), Step: int16(step)})
	}
}
