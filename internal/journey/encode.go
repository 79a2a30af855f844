package journey

import (
	"encoding/json"
	"math"
	"strconv"
)

// An answer with a breakdown is tens of thousands of numbers. Written by
// reflection it takes longer than counting them, so these few types write
// themselves: the very bytes that encoding/json would write of their fields.

// MarshalJSON writes the answer.
func (a *Answer) MarshalJSON() ([]byte, error) { return a.AppendJSON(nil) }

// AppendJSON appends the answer as MarshalJSON writes it.
func (a *Answer) AppendJSON(b []byte) ([]byte, error) {
	var err error
	field := func(name string, value any) {
		raw, failed := json.Marshal(value)
		if err == nil {
			err = failed
		}
		b = append(appendName(b, name), raw...)
	}
	b = append(b, '{')
	field("definition", a.Definition)
	field("asOf", a.AsOf)
	field("timezone", a.Timezone)
	field("from", a.From)
	field("to", a.To)
	field("rule", a.Rule)
	field("facts", a.Facts)
	b = appendCount(appendName(b, "entered"), a.Entered)
	b = appendCount(appendName(b, "excluded"), a.Excluded)
	b = appendInt(appendName(b, "unattributed"), a.Unattributed)
	b = appendList(appendName(b, "stages"), a.Stages, appendStage)
	if a.TimeBetween != nil {
		field("timeBetween", a.TimeBetween)
	}
	if a.Breakdown != nil {
		b = appendList(appendName(b, "breakdown"), a.Breakdown, func(b []byte, r *Row) []byte {
			b = append(append(appendName(append(b, '{'), "value"), jsonOf(r.Value)...), `,"entered":`...)
			b = append(appendInt(b, r.Entered), `,"excluded":`...)
			b = append(appendInt(b, r.Excluded), `,"stages":`...)
			return append(appendList(b, r.Stages, appendStage), '}')
		})
	}
	if a.Customers != nil {
		field("customers", a.Customers)
	}
	return append(b, '}'), err
}

// appendName begins a member; the first of an object has no comma before it.
func appendName(b []byte, name string) []byte {
	if b[len(b)-1] != '{' {
		b = append(b, ',')
	}
	return append(append(append(b, '"'), name...), '"', ':')
}

func appendList[T any](b []byte, list []T, one func([]byte, *T) []byte) []byte {
	if list == nil {
		return append(b, "null"...)
	}
	b = append(b, '[')
	for i := range list {
		if i > 0 {
			b = append(b, ',')
		}
		b = one(b, &list[i])
	}
	return append(b, ']')
}

func appendStage(b []byte, s *StageAnswer) []byte {
	b = s.Numbers.append(append(b, '{'))
	return append(appendList(appendName(b, "steps"), s.Steps, appendStep), '}')
}

func appendStep(b []byte, s *StepAnswer) []byte {
	b = s.Numbers.append(append(b, '{'))
	b = appendCount(appendName(b, "events"), s.Events)
	return append(appendFloat(appendName(b, "lift"), s.Lift), '}')
}

func (n *Numbers) append(b []byte) []byte {
	b = append(appendName(b, "id"), jsonOf(n.ID)...)
	b = appendCount(appendName(b, "reached"), n.Reached)
	b = appendCount(appendName(b, "pending"), n.Pending)
	b = n.OfPrevious.append(appendName(b, "ofPrevious"))
	b = n.OfStart.append(appendName(b, "ofStart"))
	b = appendName(b, "eventual")
	if n.Eventual == nil {
		b = append(b, "null"...)
	} else {
		b = append(appendFloat(append(b, `{"rate":`...), &n.Eventual.Rate), '}')
	}
	b = n.Time.append(appendName(b, "time"))
	b = n.TimeFromEntry.append(appendName(b, "timeFromEntry"))
	b = appendName(b, "left")
	if n.Left == nil {
		b = append(b, "null"...)
	} else {
		b = appendInt(append(b, `{"n":`...), n.Left.N)
		b = append(appendFloat(append(b, `,"medianDwellSeconds":`...), n.Left.MedianDwellSeconds), '}')
	}
	b = appendName(b, "sentiment")
	if n.Sentiment == (Sentiment{}) {
		b = append(b, `{"said":null,"heard":null,"behaved":null}`...)
	} else {
		b = append(b, jsonOf(n.Sentiment)...)
	}
	b = appendList(appendName(b, "cost"), n.Cost, appendMoney)
	return appendList(appendName(b, "value"), n.Value, appendMoney)
}

func (r *Rate) append(b []byte) []byte {
	if r == nil {
		return append(b, "null"...)
	}
	b = appendFloat(append(b, `{"rate":`...), r.Rate)
	b = appendFloat(append(b, `,"low":`...), r.Low)
	b = appendFloat(append(b, `,"high":`...), r.High)
	return append(appendInt(append(b, `,"n":`...), r.N), '}')
}

func (t *Times) append(b []byte) []byte {
	if t == nil {
		return append(b, "null"...)
	}
	b = appendInt(append(b, `{"n":`...), t.N)
	b = appendFloat(append(b, `,"medianSeconds":`...), t.MedianSeconds)
	b = appendFloat(append(b, `,"meanSeconds":`...), t.MeanSeconds)
	b = appendFloat(append(b, `,"p90Seconds":`...), t.P90Seconds)
	if t.Histogram != nil {
		b = appendList(append(b, `,"histogram":`...), t.Histogram, func(b []byte, bin *[2]float64) []byte {
			b = append(appendFloat(append(b, '['), &bin[0]), ',')
			return append(appendFloat(b, &bin[1]), ']')
		})
	}
	return append(b, '}')
}

func appendMoney(b []byte, m *Money) []byte {
	b = append(append(b, `{"currency":`...), jsonOf(m.Currency)...)
	b = appendFloat(append(b, `,"total":`...), &m.Total)
	return append(appendFloat(append(b, `,"perCustomer":`...), m.PerCustomer), '}')
}

func appendInt(b []byte, n int) []byte { return strconv.AppendInt(b, int64(n), 10) }

func appendCount(b []byte, n *int) []byte {
	if n == nil {
		return append(b, "null"...)
	}
	return appendInt(b, *n)
}

// appendFloat writes a number as encoding/json does: as ES6 would, with an
// exponent only where it is very large or very small.
func appendFloat(b []byte, v *float64) []byte {
	switch {
	case v == nil:
		return append(b, "null"...)
	case *v == math.Trunc(*v) && math.Abs(*v) < 1<<53 && (*v != 0 || !math.Signbit(*v)):
		return strconv.AppendInt(b, int64(*v), 10)
	}
	format := byte('f')
	if abs := math.Abs(*v); abs != 0 && (abs < 1e-6 || abs >= 1e21) {
		format = 'e'
	}
	b = strconv.AppendFloat(b, *v, format, -1, 64)
	if n := len(b); format == 'e' && n >= 4 && b[n-4] == 'e' && b[n-3] == '-' && b[n-2] == '0' { // e-09 to e-9
		b[n-2] = b[n-1]
		b = b[:n-1]
	}
	return b
}
