package udf

import (
	"fmt"

	"github.com/ClickHouse/ch-go/proto"

	"beichen/internal/event"
	"beichen/internal/fault"
	"beichen/internal/journey"
	"beichen/internal/journey/stream"
)

// question is a block of arguments: a row for each customer.
type question struct {
	texts, names, properties *proto.ColStr
	time                     *proto.ColInt64
	name                     *dictionary

	journey                        *dictionary
	timesOf, namesOf, propertiesOf *arrays
}

func newQuestion() question {
	q := question{texts: new(proto.ColStr), names: new(proto.ColStr), properties: new(proto.ColStr), time: new(proto.ColInt64)}
	q.journey, q.name = newDictionary(q.texts), newDictionary(q.names)
	q.timesOf, q.namesOf, q.propertiesOf = &arrays{of: q.time}, &arrays{of: q.name}, &arrays{of: q.properties}
	return q
}

func (q *question) columns() proto.Results {
	return proto.Results{{Data: q.journey}, {Data: q.timesOf}, {Data: q.namesOf}, {Data: q.propertiesOf}}
}

// arrays are the events of the block's customers.
func (q *question) arrays(rows int) (*stream.Arrays, error) {
	a := &stream.Arrays{First: make([]int, rows), End: make([]int, rows), Time: *q.time, Name: make([]uint32, q.name.Rows())}
	for e := range a.Name {
		a.Name[e] = uint32(q.name.place(e))
	}
	for i := range q.names.Rows() {
		a.Names = append(a.Names, q.names.Row(i))
	}
	if n := q.properties.Rows(); n > 0 {
		a.Properties = make([]string, len(a.Time))
	}
	for row := range rows {
		first, end := q.timesOf.span(row)
		if f, e := q.namesOf.span(row); e-f != end-first {
			return nil, fault.New(fault.Invalid, "udf.lengths", "times", end-first, "names", e-f)
		}
		f, e := q.propertiesOf.span(row)
		if e > f && e-f != end-first {
			return nil, fault.New(fault.Invalid, "udf.lengths", "times", end-first, "names", e-f)
		}
		for i := range e - f {
			a.Properties[first+i] = q.properties.Row(f + i)
		}
		a.First[row], a.End[row] = first, end
	}
	return a, nil
}

// answerable refuses a journey with conditions on what the function is not given.
func answerable(j *journey.Journey) error {
	var keys []event.Key
	for _, s := range j.Stages {
		for _, step := range s.Steps {
			for _, p := range step.When {
				for _, c := range p.Where {
					keys = append(keys, c.Key)
				}
			}
		}
	}
	for _, x := range j.Exclude {
		for _, c := range x.Where {
			keys = append(keys, c.Key)
		}
	}
	for _, k := range keys {
		if k.Root != event.Properties {
			return fault.New(fault.Invalid, "udf.key", "key", fmt.Sprint(k))
		}
	}
	return nil
}

// dictionary is a column of texts that repeat: a row is a place in the texts.
type dictionary struct{ proto.ColLowCardinalityRaw }

func newDictionary(texts *proto.ColStr) *dictionary {
	return &dictionary{proto.ColLowCardinalityRaw{Index: texts}}
}

func (d *dictionary) place(row int) uint64 {
	switch d.Key {
	case proto.KeyUInt8:
		return uint64(d.Keys8[row])
	case proto.KeyUInt16:
		return uint64(d.Keys16[row])
	case proto.KeyUInt32:
		return uint64(d.Keys32[row])
	}
	return d.Keys64[row]
}

// arrays is a column of arrays.
type arrays struct {
	offsets proto.ColUInt64
	of      proto.ColResult
}

// span are the elements of a row: from first on and before end.
func (a *arrays) span(row int) (first, end int) {
	if row > 0 {
		first = int(a.offsets[row-1])
	}
	return first, int(a.offsets[row])
}

// Type implements proto.ColResult.
func (a *arrays) Type() proto.ColumnType { return proto.ColumnTypeArray.Sub(a.of.Type()) }

// Rows implements proto.ColResult.
func (a *arrays) Rows() int { return a.offsets.Rows() }

// Reset implements proto.ColResult.
func (a *arrays) Reset() {
	a.offsets.Reset()
	a.of.Reset()
}

// DecodeState implements proto.StateDecoder.
func (a *arrays) DecodeState(r *proto.Reader) error {
	if s, ok := a.of.(proto.StateDecoder); ok {
		return s.DecodeState(r)
	}
	return nil
}

// DecodeColumn implements proto.ColResult.
func (a *arrays) DecodeColumn(r *proto.Reader, rows int) error {
	if err := a.offsets.DecodeColumn(r, rows); err != nil {
		return err
	}
	elements := 0
	if rows > 0 {
		elements = int(a.offsets[rows-1])
	}
	return a.of.DecodeColumn(r, elements)
}
