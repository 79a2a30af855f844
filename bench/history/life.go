package history

import (
	"math/rand/v2"
	"slices"
)

// life makes up customers one after the other.
type life struct {
	plan     Plan
	customer uint32
	source   *rand.PCG
	random   *rand.Rand
	habit    [Stages]uint8 // the step by which the customer passes each stage
	events   []uint64      // of the customer in hand, packed
}

func newLife(p Plan) *life {
	source := rand.NewPCG(0, 0)
	return &life{plan: p, source: source, random: rand.New(source)}
}

// An event is packed into a word that sorts by time: milliseconds since First,
// name, channel, tier, cents.
const (
	centsBits, tierBits, channelBits, nameBits = 14, 3, 4, 7

	tierShift    = centsBits
	channelShift = tierShift + tierBits
	nameShift    = channelShift + channelBits
	timeShift    = nameShift + nameBits
)

const day = 24 * 60 * 60 * 1000 // milliseconds

// live makes up the next customer, who has so many events.
func (l *life) live(activity int, into *Events) {
	l.customer++
	l.source.Seed(l.plan.Seed, uint64(l.customer))
	r := l.random
	span := Last.Sub(First).Milliseconds()
	// Customers come one after the other over the whole span.
	begin := int64((float64(l.customer-1) + r.Float64()) / float64(l.plan.Customers()) * float64(span))
	for stage := range l.habit {
		l.habit[stage] = Step(stage, r.IntN(StepsPerStage))
	}
	home, tier := skewed(r, len(Channels)), uint8(r.IntN(len(Tiers)))

	l.events = l.events[:0]
	add := func(at int64, name uint8) {
		channel := home
		if name >= firstOther {
			channel = skewed(r, len(Channels))
		}
		now := tier
		if r.IntN(20) == 0 {
			now = uint8(r.IntN(len(Tiers)))
		}
		var cents uint64
		if name >= Step(Stages-1, 0) && name < FunnelStep(0) || name == FunnelStep(FunnelSteps-1) {
			cents = 100 + uint64(r.IntN(1<<centsBits-100))
		}
		l.events = append(l.events, uint64(at)<<timeShift|uint64(name)<<nameShift|uint64(channel)<<channelShift|
			uint64(now)<<tierShift|cents)
	}
	for len(l.events) < activity {
		at := begin + r.Int64N(span-begin+1)
		switch kind := r.IntN(20); {
		case kind < 7:
			l.walk(at, span, activity, 0.75, FunnelSteps, FunnelStep, add)
		case kind < 12:
			l.walk(at, span, activity, 0.85, Stages, func(stage int) uint8 { return l.habit[stage] }, add)
		default:
			add(at, l.any())
		}
	}
	l.write(into)
}

// walk goes through the steps of a journey in their order, from the first, until
// the customer gives up. Most take hours from one step to the next, some days,
// so that some windows close.
func (l *life) walk(at, end int64, activity int, goOn float64, steps int, name func(int) uint8, add func(int64, uint8)) {
	for step := range steps {
		add(at, name(step))
		mean := float64(day) / 4
		if l.random.IntN(8) == 0 {
			mean = 5 * day
		}
		at += 1 + int64(l.random.ExpFloat64()*mean)
		if at > end || len(l.events) == activity || l.random.Float64() >= goOn {
			return
		}
	}
}

// any is a name at random, as the customer's habits allow; half of them belong
// to no journey.
func (l *life) any() uint8 {
	if l.random.IntN(2) == 0 {
		return firstOther + skewed(l.random, len(Names)-firstOther)
	}
	if name := l.random.IntN(Stages + FunnelSteps); name < Stages {
		return l.habit[name]
	} else {
		return FunnelStep(name - Stages)
	}
}

// skewed is a number below n, small ones far more often.
func skewed(r *rand.Rand, n int) uint8 {
	f := r.Float64()
	return uint8(f * f * float64(n))
}

// write sorts the customer's events, moves those of one millisecond apart, and
// unpacks them.
func (l *life) write(into *Events) {
	slices.Sort(l.events)
	last := int64(-1)
	for i, e := range l.events {
		last = max(last+1, int64(e>>timeShift))
		into.Customer = append(into.Customer, l.customer)
		into.Ordinal = append(into.Ordinal, uint32(i))
		into.Time = append(into.Time, First.UnixMilli()+last)
		into.Name = append(into.Name, uint8(e>>nameShift&(1<<nameBits-1)))
		into.Channel = append(into.Channel, uint8(e>>channelShift&(1<<channelBits-1)))
		into.Tier = append(into.Tier, uint8(e>>tierShift&(1<<tierBits-1)))
		into.Cents = append(into.Cents, uint32(e&(1<<centsBits-1)))
	}
}
