// Package udf is the state machine as a function of ClickHouse: an executable UDF that
// a server keeps running, which is given each customer's events as arrays and gives how
// far they came. Blocks go in and out in ClickHouse's Native format: it alone sends a text
// that repeats, such as the journey or an event's name, once a block.
package udf

import (
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/ClickHouse/ch-go/proto"

	"beichen/internal/journey"
)

// Name is what the function is called in SQL:
//
//	beichen_journey(journey, time, name, properties)
//
// where journey is a definition as YAML or JSON, and the others are arrays of a
// customer's events in any order that they all have: microseconds since 1970 UTC, names,
// and properties as JSON objects, which may be an empty array where no condition asks
// for any. It gives a tuple, Type.
const Name = "beichen_journey"

// Type is that of the function's result: the place of the furthest stage passed, from 1
// (0: the journey was not begun), whether it was completed, whether an exclusion took the
// customer out, and when the first and each of the stages was passed.
const Type = "Tuple(level UInt8, complete Bool, excluded Bool, entry Nullable(Int64), at Array(Nullable(Int64)))"

// Serve answers block after block until there are no more.
func Serve(ctx context.Context, in io.Reader, out io.Writer) error {
	s := server{journeys: map[string]*journey.Journey{}, reader: proto.NewReader(in), question: newQuestion()}
	for {
		b, err := s.read()
		switch {
		case errors.Is(err, io.EOF) && b.Columns == 0:
			return nil
		case err != nil:
			return fmt.Errorf("read a block: %w", err)
		case b.Rows == 0:
			continue
		}
		if err := s.answer(ctx, b.Rows); err != nil {
			return err
		}
		if _, err := out.Write(s.out.Buf); err != nil {
			return err
		}
	}
}

// server answers blocks, and keeps its memory from one to the next.
type server struct {
	question
	reader   *proto.Reader
	out      proto.Buffer
	journeys map[string]*journey.Journey // by text
}

// read reads a block into the question.
func (s *server) read() (b proto.Block, err error) {
	err = b.DecodeRawBlock(s.reader, 0, s.columns())
	return b, err
}

// answer writes the answer to the question: for each of its journeys, of which there is
// mostly one, the machine walks its rows.
func (s *server) answer(ctx context.Context, rows int) error {
	events, err := s.arrays(rows)
	if err != nil {
		return err
	}
	places := make([]journey.Place, rows)
	end := events.End
	for definition := range s.texts.Rows() {
		events.End = append([]int(nil), events.First...)
		asked := false
		for row := range rows {
			if s.journey.place(row) == uint64(definition) {
				events.End[row], asked = end[row], true
			}
		}
		if !asked {
			continue
		}
		j, err := s.journeyOf(s.texts.Row(definition))
		if err != nil {
			return err
		}
		found, err := journey.Places(ctx, j, events)
		if err != nil {
			return err
		}
		for row := range rows {
			if s.journey.place(row) == uint64(definition) {
				places[row] = found[row]
			}
		}
	}
	return s.write(places)
}

// journeyOf reads a definition, once.
func (s *server) journeyOf(text string) (*journey.Journey, error) {
	if j, known := s.journeys[text]; known {
		return j, nil
	}
	j, err := journey.Parse([]byte(text))
	if err != nil {
		return nil, err
	}
	if err := answerable(j); err != nil {
		return nil, err
	}
	s.journeys[text] = j
	return j, nil
}

// write writes places as a block.
func (s *server) write(places []journey.Place) error {
	var level proto.ColUInt8
	var complete, excluded proto.ColBool
	entry, at := proto.NewColNullable[int64](new(proto.ColInt64)), proto.NewArray(proto.NewColNullable[int64](new(proto.ColInt64)))
	for i := range places {
		p := &places[i]
		level, complete, excluded = append(level, uint8(p.Level)), append(complete, p.Complete), append(excluded, p.Excluded)
		begun := p.Level > 0 || p.Excluded
		entry.Append(proto.Nullable[int64]{Value: p.Entry, Set: begun})
		stages := make([]proto.Nullable[int64], len(p.At))
		for k, passed := range p.At {
			if passed != journey.NotPassed {
				stages[k] = proto.NewNullable(passed)
			}
		}
		at.Append(stages)
	}
	result := proto.ColTuple{
		proto.Named(&level, "level"), proto.Named(&complete, "complete"), proto.Named(&excluded, "excluded"), proto.Named(entry, "entry"), proto.Named(at, "at"),
	}
	s.out.Reset()
	return proto.Block{Columns: 1, Rows: len(places)}.EncodeRawBlock(&s.out, 0, []proto.InputColumn{{Name: "result", Data: result}})
}
