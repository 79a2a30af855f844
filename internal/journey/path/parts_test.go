package path

import (
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"beichen/internal/event"
	"beichen/internal/journey/stream"
	"beichen/internal/journey/stream/streamtest"
	"beichen/internal/warehouse/duckdb/duckdbtest"
)

// reread counts how often a source is read.
type reread struct {
	*stream.Live
	times int
}

func (r *reread) Parts(ctx context.Context, q stream.Question, yield func(*stream.Streams) error) (*stream.Streams, error) {
	r.times++
	return r.Live.Parts(ctx, q, yield)
}

// manyWays are customers who go ways of six events; if they are quicker, the later they
// came the quicker they go.
func manyWays(quicker bool) (facts []*event.Message) {
	const customers = 3000
	r := rand.New(rand.NewPCG(20261127, 1))
	for i := range customers {
		at := time.Unix(r.Int64N(1e6), 0)
		for range 6 {
			wait := time.Duration(r.Int64N(int64(time.Hour)))
			if quicker {
				wait += time.Duration(customers-i) * time.Hour
			}
			at = at.Add(wait.Truncate(time.Microsecond))
			n := len(facts)
			facts = append(facts, &event.Message{
				Type: event.Track, UserID: fmt.Sprint("u", i), Name: pick(r, "a", "b"), Time: at.UTC(), Seq: uint64(n + 1), MessageID: fmt.Sprint(n),
			})
		}
	}
	return facts
}

// TestMediansOfPartsAreExact asks a store part by part, with hardly any room for times: of
// customers who are all alike, whose medians the brackets catch, and of customers who are
// the quicker the later they came, whose medians take another reading.
func TestMediansOfPartsAreExact(t *testing.T) {
	for _, quicker := range []bool{false, true} {
		facts := manyWays(quicker)
		live := streamtest.Shared(t, duckdbtest.Open(t), facts, 1)[0]
		whole := Finder{Source: stream.NewMemory(facts, 1)}
		for kind, usual := range map[Kind]int{Transitions: 1, After: 2} {
			q := Request{Kind: kind}
			if kind == After {
				q.Anchor, q.Occurrence = json.RawMessage(`{"when":[{"event":"a"}]}`), Every
			}
			want, err := whole.Paths(t.Context(), q)
			if err != nil {
				t.Fatal(err)
			}
			source := &reread{Live: live}
			got, err := (&Finder{Source: source, limit: 1}).Paths(t.Context(), q)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(told(want), told(got)); diff != "" {
				t.Errorf("%s, the later the quicker: %t: %s", kind, quicker, diff)
			}
			if want.Facts.Events != got.Facts.Events || want.Facts.Customers != got.Facts.Customers {
				t.Errorf("%s: saw %+v in parts, %+v as a whole", kind, got.Facts, want.Facts)
			}
			if again := source.times > usual; again != quicker {
				t.Errorf("%s, the later the quicker: %t: read %d times", kind, quicker, source.times)
			}
		}
	}
}
