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
// counts and a second one, from that chain's entry, for its steps. Who can be read
// from the words of their events goes into the crowd, others into a Result.
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
	stepByName  []uint8 // the only step that its events can do, or unclear
	classOfName []uint32
	resolving   *resolving // nil: no value of an event has a say, or not alone
	words       []uint64   // of the customer in hand
	nothing     uint8      // the stage of events that are none: before it nobody ever comes
	entering    uint64     // names with which a chain can begin
	excluding   uint64     // names with which one can be tainted
	window      int64
	collect     bool // touches are wanted
	// brief: how far a chain came is all that is asked of it, as long as nobody asks more.
	brief bool
	// unfollowed is where among the words the chain of the next customer of the crowd
	// begins, if it was not followed; −1: it was.
	unfollowed int
	crowd      *crowd // takes the customers of whom words tell all

	reached int // stages some chain has passed
	// newest is the newest entry of a chain that has passed so many stages; best, where
	// words are read, that of the chain which came furthest, the first of those.
	newest [places]int64
	best   int64
}

const (
	severalStages = -1
	slowly        = -2 // chainWalk has to judge the customer

	// places is more than there are stages, and a power of two.
	places  = 2 * maxStages
	unclear = math.MaxUint8 // the name alone does not tell

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
func newQuick(p *plan, s *stream.Streams, cursor *stream.Cursor, meanings []meaning, crowd *crowd, brief bool) *quick {
	if !p.single || p.optional || p.historic || p.entry == First && p.order != Ordered {
		return nil
	}
	q := &quick{
		plan: p, cursor: cursor, crowd: crowd, layout: s.Layout,
		window: min(p.window.length(), noWindow), nothing: uint8(len(p.stages) + 1), brief: brief, unfollowed: -1,
	}
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
			stage = int8(q.nothing)
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
	if !ok || !q.plan.simple || s.Floor(s.Last.UnixMicro()) > latestWord {
		return
	}
	if q.resolving = newResolving(s, classes); q.resolving != nil {
		classes = q.resolving.classes
	}
	q.classOfName = classes
	q.byName = make([]uint8, 1<<s.NameBits) // as many as a word can name
	q.stepByName = slices.Repeat([]uint8{unclear}, len(q.byName))
	for n, class := range classes {
		switch {
		case class == 0 || class != stream.Conditional && q.stageOf[class] == int8(q.nothing):
			q.byName[n], q.stepByName[n] = q.nothing, noStep
		case class == stream.Conditional || q.stageOf[class] < 0:
			q.byName[n] = unclear
		default:
			q.byName[n] = uint8(q.stageOf[class])
			if step := q.classes[class].step; step >= 0 {
				q.stepByName[n] = uint8(step)
			}
		}
	}
}

// finding says where the chain of a customer was put.
type finding uint8

const (
	noChainFound finding = iota
	inCrowd              // in the next place of the crowd
	inResult
	leftToWalk // nowhere: chainWalk has to find it; the customer is decoded
)

// judge finds the chain of customer i of a block, and puts it into the crowd or r.
func (q *quick) judge(b *stream.Block, i int, r *Result) finding {
	if b.Has[i]&q.entering == 0 {
		return noChainFound
	}
	words := q.cursor.Turn(b, i)
	if len(words) == 0 {
		return noChainFound
	}
	if q.resolving != nil && b.Has[i]&q.resolving.names != 0 {
		words = q.resolving.resolve(b, q.cursor.First(), words)
	}
	q.words = words
	found := q.judgeWords(words, r)
	if found == leftToWalk {
		q.cursor.Decode()
		found = q.judgeDecoded(words, r)
	}
	if found == noChainFound || found == leftToWalk || b.Has[i]&q.excluding == 0 {
		return found
	}
	if found == inCrowd {
		q.followNext()
		q.crowd.show(q.plan, q.cursor, r)
		q.cursor.Decode()
	}
	if !q.tainted(r) {
		return found
	}
	if found == inCrowd {
		q.crowd.drop()
	}
	return leftToWalk
}

// judgeWords is judge for whom their words tell all.
func (q *quick) judgeWords(words []uint64, r *Result) finding {
	if q.byName == nil || q.plan.entry == First || !q.glance(words) {
		return leftToWalk
	}
	if q.best == noEntry {
		return noChainFound
	}
	from := q.placeOf(words, q.best)
	if !q.collect && !q.brief {
		q.followWords(words, from)
		return inCrowd
	}
	q.reached = 0
	for _, entry := range q.newest[1 : len(q.plan.stages)+1] {
		q.reached += int(1 + entry>>63) // without a guess: only noEntry is negative
	}
	if q.brief {
		q.enter(words, from)
		return inCrowd
	}
	q.cursor.Decode()
	q.followFrom(r, q.layout.Time(words[from]))
	return inResult
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

// judgeDecoded is judge for a customer that is decoded.
func (q *quick) judgeDecoded(words []uint64, r *Result) finding {
	var entry int64
	var ok bool
	switch {
	case q.plan.order == AnyOrder:
		entry, ok = q.densest()
	case q.plan.order == Strict:
		entry, ok = q.unbroken()
	case q.plan.entry == First:
		entry, ok = q.oldest()
	default:
		entry, ok = q.furthest()
	}
	switch {
	case !ok:
		return leftToWalk
	case q.reached == 0:
		return noChainFound
	case q.plan.entry == First && q.byName != nil && !q.collect && q.wordsApart(words):
		n, _ := slices.BinarySearch(q.cursor.At, entry)
		q.followWords(words, int(q.cursor.Event[n]-q.cursor.First()))
		return inCrowd
	}
	q.followFrom(r, entry)
	return inResult
}

// furthest is glance for a customer that is decoded.
func (q *quick) furthest() (entry int64, ok bool) {
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

// followFrom walks the chain that begins at an instant to the end of its window and
// fills r: a stage takes the earliest event that can fill it, and a step counts every
// event after the stage before was passed (rule 11).
func (q *quick) followFrom(r *Result, entry int64) {
	c := q.cursor
	from, _ := slices.BinarySearch(c.At, entry)
	r.Level = q.reached
	if q.plan.order == AnyOrder {
		q.followAny(r, from, entry)
		return
	}
	for !q.fills(c.Class[from], 0) {
		from++
	}
	q.follow(r, from, entry)
}

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
	r.tellUpTo(level)
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
