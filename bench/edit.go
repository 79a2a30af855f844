package main

import (
	"context"
	"fmt"
	"time"

	"beichen/bench/history"
)

// stepChangedWithin is how long the board may take after one step was changed.
const stepChangedWithin = 50 * time.Millisecond

// oneStepChanged asks for the board, then for the board with one step bound to
// another event, as somebody does who edits it.
func (s *suite) oneStepChanged(ctx context.Context) error {
	s.say("changing a step of the board")
	return s.served(ctx, s.events, func(b *beichen) error { return s.changing(ctx, b) })
}

func (s *suite) changing(ctx context.Context, b *beichen) error {
	for _, part := range []struct {
		work        string
		first, last int    // stages that a step is changed of
		only        string // is asked for of the changed board
	}{
		{"board, one step changed, through HTTP", 0, history.Stages - 1, ""},
		{"the same, counts alone, as while the hand moves", 0, history.Stages - 1, onlyCounts},
		{"board, one step of the last third changed, through HTTP", history.Stages - 3, history.Stages - 1, ""},
		{"the same of the last third, counts alone", history.Stages - 3, history.Stages - 1, onlyCounts},
	} {
		var whole, edited question
		var answered []byte // to edited
		turn := 0
		first := contender{"first answer", func(ctx context.Context) (func() (counts, error), error) {
			whole = b.fresh(board(), "channel")
			_, err := b.measure(ctx, whole)
			return nothingCounted, err
		}}
		again := contender{"changed", func(ctx context.Context) (func() (counts, error), error) {
			edited = whole
			edited.Only = part.only
			stages := part.last - part.first + 1
			edited.Journey = changed(part.first+turn%stages, turn/stages).definition()
			turn++
			var err error
			answered, err = b.measure(ctx, edited)
			return nothingCounted, err
		}}
		medians, err := contest(ctx, s.rounds, first, again)
		if err != nil {
			return err
		}
		if err := s.sameAfresh(ctx, b, edited, answered); err != nil {
			return err
		}
		l := within(part.work, "the first answer", medians[again.name], medians[first.name], 1.0/3)
		if part.first == 0 {
			l = atMost(part.work, "the first answer", medians[again.name], stepChangedWithin)
			l.peer, l.ratio = millis(medians[first.name]), times1(medians[again.name].Seconds()/medians[first.name].Seconds())
		} else {
			l.reach = "≤ a third"
		}
		s.add(l)
	}
	return nil
}

// sameAfresh holds the answer to a draft against that to the same draft from
// another instant on, of which nothing can be kept.
func (s *suite) sameAfresh(ctx context.Context, b *beichen, q question, answered []byte) error {
	kept, err := countsOf(answered)
	if err != nil {
		return err
	}
	q.From = b.fresh(board()).From
	text, err := b.measure(ctx, q)
	if err != nil {
		return err
	}
	afresh, err := countsOf(text)
	if err != nil {
		return err
	}
	if err := agree(afresh, kept); err != nil {
		return fmt.Errorf("a draft is answered otherwise than afresh: %w", err)
	}
	return nil
}

// nothingCounted is for work that no other engine does.
func nothingCounted() (counts, error) { return counts{"done": 1}, nil }
