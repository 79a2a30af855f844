package path

import (
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"beichen/internal/event"
	"beichen/internal/journey/stream"
)

// remembered keeps the answers of a source, as a resident index does; questions
// with as many patterns are taken for the same.
type remembered struct {
	stream.Source
	answers map[int]*stream.Streams
}

func (r *remembered) Streams(ctx context.Context, q stream.Question) (*stream.Streams, error) {
	if r.answers[len(q.Patterns)] == nil {
		s, err := r.Source.Streams(ctx, q)
		if err != nil {
			return nil, err
		}
		r.answers[len(q.Patterns)] = s
	}
	return r.answers[len(q.Patterns)], nil
}

// BenchmarkPaths answers whole questions over a million events of 50,000
// customers, of 40 names as popular as the square of their number. Run it with
// -benchtime 20x.
func BenchmarkPaths(b *testing.B) {
	const events, customers, names = 1_000_000, 50_000, 40
	r := rand.New(rand.NewPCG(1, 2))
	messages := make([]*event.Message, events)
	for i := range messages {
		u := r.Float64()
		messages[i] = &event.Message{
			Type: event.Track, UserID: fmt.Sprint("u", i%customers), Name: fmt.Sprintf("E%02d", int(u*u*names)), Seq: uint64(i + 1),
			Time: time.UnixMicro(r.Int64N(540 * 24 * int64(time.Hour/time.Microsecond))),
		}
	}
	f := Finder{Source: &remembered{Source: stream.NewMemory(messages, events), answers: map[int]*stream.Streams{}}}
	common, rare := json.RawMessage(`{"when":[{"event":"E03"}]}`), json.RawMessage(`{"when":[{"event":"E39"}]}`)
	for _, c := range []struct {
		name string
		r    Request
	}{
		{"transitions", Request{Kind: Transitions}},
		{"transitions folded", Request{Kind: Transitions, Fold: true, Gap: "30d"}},
		{"after a common event", Request{Kind: After, Anchor: common, Fold: true}},
		{"after every common event", Request{Kind: After, Anchor: common, Occurrence: Every}},
		{"before a common event", Request{Kind: Before, Anchor: common}},
		{"between", Request{Kind: Between, Anchor: common, Until: rare, Within: "90d"}},
	} {
		b.Run(c.name, func(b *testing.B) {
			if _, err := f.Paths(context.Background(), c.r); err != nil { // fills what is remembered
				b.Fatal(err)
			}
			for b.Loop() {
				if _, err := f.Paths(context.Background(), c.r); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/events, "ns/event")
		})
	}
}
