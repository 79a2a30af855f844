package journey

// What the quick walk does where it is not the latest entry of an ordered journey
// that counts. Each finds the entry of the chain that counts and sets how far it
// came; ok is false where the customer is left to chainWalk: events share an
// instant, can fill one of several stages, or exclude.

// oldest is for entry: first. Chains follow each other, so that each event is
// looked at once.
func (q *quick) oldest() (entry int64, ok bool) {
	c, stages := q.cursor, len(q.plan.stages)
	if !q.apart() {
		return 0, false
	}
	q.reached = 0
	var soonest int64 // when that was reached
	for i := 0; i < len(c.At); {
		if q.stageOf[c.Class[i]] != 0 {
			i++
			continue
		}
		from, last, end, level := c.At[i], c.At[i], q.plan.window.after(c.At[i]), 1
		for i++; i < len(c.At) && c.At[i] <= end && level < stages; i++ {
			if int(q.stageOf[c.Class[i]]) == level {
				level++
				last = c.At[i]
			}
		}
		if level > q.reached || level == q.reached && last < soonest {
			q.reached, soonest, entry = level, last, from
		}
		if level == stages { // no later chain gets there sooner
			break
		}
	}
	return entry, true
}

// unbroken is for order: strict. Every event leaves one chain at most: the one
// that it advances, repeats the stage of, or begins.
func (q *quick) unbroken() (entry int64, ok bool) {
	c := q.cursor
	q.reached = 0
	stands, from := -1, int64(0) // at which stage, and the chain's entry
	for i, t := range c.At {
		class := c.Class[i]
		stage := int(q.stageOf[class])
		if class == 0 {
			stage = int(q.nothing)
		}
		switch {
		case stage < 0 || i > 0 && t == c.At[i-1]:
			return 0, false
		case stage == 0:
			stands, from = 0, t
		case stage == stands:
		case stage == stands+1 && stands >= 0 && t-from <= q.window:
			stands = stage
		default:
			stands = -1
		}
		if stands >= q.reached {
			q.reached, entry = stands+1, from
		}
	}
	return entry, true
}

// densest is for order: any. Of each event it looks how many stages there were
// inside the window up to it, each where it was last.
func (q *quick) densest() (entry int64, ok bool) {
	c, stages := q.cursor, len(q.plan.stages)
	if !q.apart() {
		return 0, false
	}
	q.reached = 0
	for k := range stages {
		q.newest[k] = noEntry
	}
	for i, t := range c.At {
		q.newest[q.stageOf[c.Class[i]]] = t
		level, from := 0, t
		for _, last := range q.newest[:stages] {
			if t-last <= q.window {
				level++
				from = min(from, last)
			}
		}
		if level > q.reached {
			q.reached, entry = level, from
		}
	}
	return entry, true
}

// apart reports whether each event can fill one stage, and none shares an instant.
func (q *quick) apart() bool {
	c := q.cursor
	for i, class := range c.Class {
		if q.stageOf[class] < 0 || i > 0 && c.At[i] == c.At[i-1] {
			return false
		}
	}
	return true
}

// followAny is follow for order: any. At and Event are those of the levels.
func (q *quick) followAny(r *Result, from int, entry int64) {
	c := q.cursor
	q.begin(r, entry)
	level, passed := 0, uint64(0)
	for i := from; i < len(c.At) && c.At[i] <= r.End; i++ {
		of := &q.classes[c.Class[i]]
		if stage := q.stageOf[c.Class[i]]; passed>>stage&1 == 0 {
			passed |= 1 << stage
			r.At[level], r.Event[level] = c.At[i], int32(c.Event[i])
			r.Fills = append(r.Fills, Touch{Event: int32(c.Event[i]), Step: of.fills})
			level++
		}
		q.touchAll(r, of.steps, c.At[i], c.Event[i])
	}
	q.end(r, level)
}
