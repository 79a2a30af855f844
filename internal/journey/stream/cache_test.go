package stream

import "testing"

func answerOf(bytes int) *Streams { return &Streams{Time: make([]int64, bytes/8)} }

func TestACacheHoldsWhatFitsAndWhatWasUsedLast(t *testing.T) {
	c := cache{most: 300, answers: map[string]*answer{}}
	now := moment{through: 1}
	a, b, d := answerOf(100), answerOf(100), answerOf(160)
	c.put("a", now, a)
	c.put("b", now, b)
	if c.get("a", now) != a {
		t.Error("a is gone")
	}
	c.put("d", now, d)
	if c.get("b", now) != nil {
		t.Error("b was used longest ago and should make room")
	}
	if c.get("a", now) != a || c.get("d", now) != d {
		t.Error("a and d fit")
	}
	if c.get("a", moment{through: 2}) != nil || c.get("a", moment{through: 1, identity: 1}) != nil {
		t.Error("an answer was given for other facts than it is made of")
	}
	c.put("huge", now, answerOf(400))
	if c.get("huge", now) != nil || c.get("a", now) != a {
		t.Error("what never fits must not push others out")
	}
	c.put("a", moment{through: 2}, answerOf(80))
	if len(c.answers) != 2 {
		t.Errorf("%d answers: a newer one takes the place of the older", len(c.answers))
	}
	c.clear()
	if c.bytes != 0 || len(c.answers) != 0 {
		t.Errorf("%d bytes in %d answers after clear", c.bytes, len(c.answers))
	}
}

func TestAQuietSpellForgetsAnswers(t *testing.T) {
	l := NewLive(nil, nil, nil)
	l.idle = 1
	l.remember("a", moment{}, answerOf(8))
	l.rest()
	for l.recall("a", moment{}) != nil {
	}
	l.Close()
	l.remember("a", moment{}, answerOf(8))
	if l.recall("a", moment{}) != nil {
		t.Error("a closed source keeps answers")
	}
}
