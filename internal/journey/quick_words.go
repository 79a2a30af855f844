package journey

import "beichen/internal/journey/stream"

// The quick walk of an ordered journey reads the words of events as they are: once for
// the chain that counts, if that is the latest, and once more from its entry to the
// end of its window for the stages and steps.

// Entries are kept as the words of their events with the place among the customer's
// words, modulo 1 << entryBits, where the name was. So the time from an entry to a
// word whose name is taken off is at most the window just where their difference is,
// for a word has eight bits for the name at least; and the entry need not be searched.
const entryBits = 8

// latestWord keeps differences of words from running over.
const latestWord = 1<<62 - 1

// span is the window as a difference of words.
func (q *quick) span() int64 {
	bits := q.layout.NameBits
	return min(q.window, latestWord>>bits) << bits
}

// glance finds the entry of the chain that counts (rule 1): of those that get
// furthest the one that does so first, and of several with the same last event
// that with the newest entry. A chain is as good as its furthest stage and its
// entry, so for every stage the newest entry that came so far is all there is to
// remember. It is false where that needs a closer look: events share an instant,
// or can fill one of several stages.
func (q *quick) glance(words []uint64) bool {
	for k := range q.nothing + 2 {
		q.newest[k%places] = noEntry
	}
	q.best = noEntry
	complete := &q.newest[len(q.plan.stages)]
	for i, before := 0, int64(-1); i < len(words); {
		end := min(i+atOnce, len(words))
		if i, before = q.run(words[:end], i, before); i < end {
			at := q.timeOf(words[i])
			stage, ok := q.lookCloser(words[i], i)
			if !ok || at == before {
				return false
			}
			before = at
			q.extend(at, i, stage)
			i++
		} else if *complete != noEntry && (i == len(words) || q.timeOf(words[i]) != before) {
			break // no later chain is better than the first that is complete
		}
	}
	return true
}

// atOnce is how many words are looked at before it is asked whether that is enough.
const atOnce = 32

// timeOf is a word without its name.
func (q *quick) timeOf(word uint64) int64 { return int64(word &^ (1<<q.layout.NameBits - 1)) }

// run lets the events from i on extend the chains, up to one that needs a closer
// look: its name does not tell its stage, or it shares the instant of the one
// before it. It returns where that is, and the instant before it.
//
// This loop sees every event there is. It has no branch that hangs on what the
// event is, since a wrong guess would cost more than all the rest, and calls
// nothing, so that all it needs stays in registers.
func (q *quick) run(words []uint64, i int, before int64) (int, int64) {
	newest, best, span := &q.newest, q.best, q.span()
	names, name := q.byName, uint64(len(q.byName)-1)
	time := ^name
	for ; i < len(words); i++ {
		word := words[i]
		at, stage := int64(word&time), names[word&name]
		if stage == unclear || at == before {
			break
		}
		before = at
		newest[0] = at + int64(uint8(i))
		from, to := newest[stage%places], newest[(stage+1)%places]
		first := best
		if to < 0 { // nobody has passed the stage before
			first = from
		}
		if at-from <= span {
			best = first
		}
		if at-from <= span {
			to = from
		}
		newest[(stage+1)%places] = to
	}
	q.best = best
	return i, before
}

// extend is a step of run.
func (q *quick) extend(at int64, i int, stage uint8) {
	q.newest[0] = at + int64(uint8(i))
	from, to := q.newest[stage%places], &q.newest[(stage+1)%places]
	if at-from > q.span() {
		return
	}
	if *to == noEntry {
		q.best = from
	}
	*to = from
}

// lookCloser is the stage of an event whose name alone does not tell it.
func (q *quick) lookCloser(word uint64, i int) (stage uint8, ok bool) {
	class := q.classOf(word, q.cursor.First()+uint32(i))
	if class == 0 {
		return q.nothing, true
	}
	return uint8(q.stageOf[class]), q.stageOf[class] >= 0
}

func (q *quick) classOf(word uint64, event uint32) uint32 {
	class := q.classOfName[q.layout.Name(word)]
	if class == stream.Conditional {
		class = q.cursor.ClassOf(event)
	}
	return class
}

// placeOf is where an entry is among the words.
func (q *quick) placeOf(words []uint64, entry int64) int {
	if len(words) <= 1<<entryBits {
		return int(uint8(entry))
	}
	return q.layout.Search(words, q.layout.Time(uint64(entry)))
}

// wordsApart reports whether no two events share an instant.
func (q *quick) wordsApart(words []uint64) bool {
	before := int64(-1)
	for _, word := range words {
		if q.timeOf(word) == before {
			return false
		}
		before = q.timeOf(word)
	}
	return true
}

// enter writes the customer into the crowd with no more than their entry and how far they
// came.
func (q *quick) enter(words []uint64, from int) {
	c := q.crowd
	q.unfollowed, c.level[c.taken], c.from = from, uint8(q.reached), q.cursor.First()+uint32(from)
	c.of(c.taken)[0].at = q.layout.Time(words[from])
}

// followNext follows the chain of the next customer of the crowd, if it was not yet.
func (q *quick) followNext() {
	if q.unfollowed >= 0 {
		q.followWords(q.words, q.unfollowed)
	}
}

// followWords is follow where no two events share an instant and each can fill
// one stage at most. It writes the customer into the crowd.
func (q *quick) followWords(words []uint64, from int) {
	q.unfollowed = -1
	c, name := q.crowd, uint64(len(q.stepByName)-1)
	end := words[from]&^name + uint64(q.span()) + name + 1
	level, n := uint(0), from
	for {
		level, n = q.walk(words, level, n, end)
		if n == len(words) || words[n] >= end {
			break
		}
		level = q.takeSlowly(level, words[n], q.cursor.First()+uint32(n))
		n++
	}
	c.level[c.taken], c.last = uint8(level), q.layout.Time(words[n-1])
	c.from, c.to = q.cursor.First()+uint32(from), q.cursor.First()+uint32(n)
}

// walk lets the events from n on pass stages and count for their steps, up to one that
// needs a closer look: its name does not tell its step, or its stage was passed by
// another one. Like run it has no branch that hangs on what the event is: all that
// could be told of an event is written, and overwritten by the next one unless it
// was true.
func (q *quick) walk(words []uint64, level uint, n int, end uint64) (uint, int) {
	of, stages := q.crowd.of(q.crowd.taken), &q.crowd.stageOf
	steps, name, shift, base := q.stepByName, uint64(len(q.stepByName)-1), q.layout.NameBits&63, q.layout.Base
	for ; n < len(words); n++ {
		word := words[n]
		step := steps[word&name]
		if word >= end || step == unclear {
			break
		}
		stage := uint(stages[step])
		of[level] = passing{at: base + int64(word>>shift), step: step}
		passed := &of[stage]
		counts, passes, other := uint32(0), uint(0), int(step^passed.step)
		if stage <= level {
			counts = 1
		}
		if stage == level {
			passes = 1
		}
		if stage > level {
			other = 0
		}
		if other != 0 {
			break
		}
		passed.times += counts
		level += passes
	}
	return level, n
}

// takeSlowly is walk for an event that needs a closer look. One that can fill several
// stages comes when all are passed, or glance would have seen it.
func (q *quick) takeSlowly(level uint, word uint64, event uint32) uint {
	c, of, at := q.crowd, &q.classes[q.classOf(word, event)], q.layout.Time(word)
	if len(of.stages) == 1 && uint(of.stages[0]) == level {
		c.of(c.taken)[level] = passing{at: at, step: uint8(of.fills)}
		level++
	}
	for _, stage := range of.stages {
		if uint(stage) >= level {
			continue
		}
		steps := of.steps.and(q.plan.stages[stage].steps)
		for step := steps.next(0); step >= 0; step = steps.next(step + 1) {
			c.touch(int(stage), step, at)
		}
	}
	return level
}
