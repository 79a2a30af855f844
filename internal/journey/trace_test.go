package journey

import (
	"context"
	"encoding/json"
	"fmt"
	"strconv"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"beichen/bench/history"
	"beichen/internal/event"
	"beichen/internal/fault"
	"beichen/internal/journey/stream"
)

// shop is three stages, the second optional, and what five customers did.
func shop(t *testing.T) (*Measurer, Request) {
	t.Helper()
	c := testCase{Journey: map[string]any{
		"kind": "Journey", "id": "shop", "window": "10h",
		"exclude": []any{map[string]any{"event": "Closed", "between": []any{"seen", "paid"}}},
		"stages": []any{
			map[string]any{"id": "seen", "steps": []any{map[string]any{"id": "s", "when": []any{map[string]any{"event": "Seen"}}}}},
			map[string]any{"id": "tried", "optional": true, "steps": []any{map[string]any{"id": "t", "when": []any{map[string]any{"event": "Tried"}}}}},
			map[string]any{"id": "paid", "steps": []any{
				map[string]any{"id": "card", "when": []any{map[string]any{"event": "Card"}}},
				map[string]any{"id": "cash", "when": []any{map[string]any{"event": "Cash"}}},
			}},
		},
	}}
	on := func(customer string, hour int, name string) {
		c.Events = append(c.Events, []any{customer, fmt.Sprintf("2024-01-01T%02d:00:00Z", hour), name})
	}
	on("ann", 1, "Seen")
	on("ann", 2, "Tried")
	on("ann", 4, "Card")
	on("ann", 5, "Other")
	on("ann", 6, "Cash")
	on("bob", 1, "Seen")
	on("bob", 3, "Card")
	on("cem", 1, "Seen")
	on("cem", 2, "Help")
	on("dee", 1, "Seen")
	on("dee", 2, "Closed")
	on("eve", 12, "Seen")
	on("fay", 1, "Seen")
	var j Journey
	if err := reencode(t, c.Journey, &j); err != nil {
		t.Fatal(err)
	}
	messages := c.messagesOf(t)
	m := &Measurer{Source: stream.NewMemory(messages, uint64(len(messages)))}
	return m, Request{Journey: &j, AsOf: "2024-01-01T13:00:00Z"}
}

func TestATraceNamesTheEventsThatWereCounted(t *testing.T) {
	m, r := shop(t)
	trace, err := m.Trace(context.Background(), TraceRequest{Request: r, Customer: "ann"})
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, e := range trace.Events {
		got = append(got, fmt.Sprintf("%d %s %s/%s %v", e.Seq, e.Event, e.Stage, *e.Step, e.Filled))
	}
	want := []string{"1 Seen seen/s true", "2 Tried tried/t true", "3 Card paid/card true", "5 Cash paid/cash false"}
	if diff := cmp.Diff(want, got); diff != "" || trace.Level != 3 || trace.Excluded {
		t.Errorf("%+v %s", trace, diff)
	}
	if trace, err = m.Trace(context.Background(), TraceRequest{Request: r, Customer: "dee"}); err != nil || !trace.Excluded {
		t.Errorf("%+v %v", trace, err)
	}
	if _, err = m.Trace(context.Background(), TraceRequest{Request: r, Customer: "nobody"}); !fault.Is(err, fault.NotFound) {
		t.Error(err)
	}
}

func TestAFlowLosesNobody(t *testing.T) {
	m, r := shop(t)
	flow, err := m.Flow(context.Background(), r)
	if err != nil {
		t.Fatal(err)
	}
	nodes, links := map[string]int{}, map[string]any{}
	for _, n := range flow.Nodes {
		nodes[n.ID] = n.Customers
	}
	for _, l := range flow.Links {
		links[l.From+" → "+l.To] = []any{l.Customers, l.MedianSeconds}
	}
	wantNodes := map[string]int{"stage:seen": 5, "stage:tried": 1, "stage:paid": 2, "left:seen": 2, "pending:seen": 1, "next:Help": 1}
	wantLinks := map[string]any{
		"stage:seen → stage:tried":  []any{1, 3600.0},
		"stage:seen → stage:paid":   []any{1, 7200.0},
		"stage:tried → stage:paid":  []any{1, 7200.0},
		"stage:seen → left:seen":    []any{2, nil},
		"stage:seen → pending:seen": []any{1, nil},
		"left:seen → next:Help":     []any{1, 3600.0},
	}
	if diff := cmp.Diff(wantNodes, nodes); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff(plain(wantLinks), plain(links)); diff != "" {
		t.Error(diff)
	}
}

func TestTheCustomersBehindANumberAreSortedAndPaged(t *testing.T) {
	m, r := shop(t)
	ask := func(body string) []string {
		t.Helper()
		c := CustomersRequest{Request: r}
		if err := json.Unmarshal([]byte(body), &c); err != nil {
			t.Fatal(err)
		}
		page, err := m.Customers(context.Background(), c)
		if err != nil {
			t.Fatal(err)
		}
		out := []string{fmt.Sprint(page.Total)}
		for _, i := range page.Items {
			seconds := "–"
			if i.Seconds != nil {
				seconds = fmt.Sprint(*i.Seconds)
			}
			out = append(out, i.ID+" "+i.At.Format("15:04")+" "+seconds)
		}
		return out
	}
	for body, want := range map[string][]string{
		`{"stage":"paid","state":"reached"}`:                                                              {"2", "ann 04:00 10800", "bob 03:00 7200"},
		`{"stage":"paid","state":"reached","sort":"shortest","limit":1}`:                                  {"2", "bob 03:00 7200"},
		`{"stage":"paid","state":"reached","offset":1}`:                                                   {"2", "bob 03:00 7200"},
		`{"stage":"paid","step":"cash","state":"reached"}`:                                                {"1", "ann 06:00 18000"},
		`{"stage":"paid","state":"left","sort":"longest"}`:                                                {"2", "cem 01:00 3600", "fay 01:00 0"},
		`{"stage":"paid","state":"pending"}`:                                                              {"1", "eve 12:00 3600"},
		`{"stage":"paid","state":"excluded"}`:                                                             {"1", "dee 01:00 –"},
		`{"stage":"seen","state":"reached","search":"A","sort":"oldest"}`:                                 {"2", "ann 01:00 –", "fay 01:00 –"},
		`{"stage":"seen","state":"reached","breakdown":["properties.x"],"breakdownValue":null,"limit":1}`: {"5", "eve 12:00 –"},
	} {
		if diff := cmp.Diff(want, ask(body)); diff != "" {
			t.Errorf("%s: %s", body, diff)
		}
	}
}

func TestAQuestionNamesEverythingThatIsWrongWithIt(t *testing.T) {
	m, r := shop(t)
	r.From, r.To, r.AsOf, r.Timezone = "2024-13-01", "tomorrow", "now", "Moon"
	r.Breakdown, r.Attribution, r.TimeBetween, r.Bins = []string{"plan"}, "step:gone", []string{"paid", "seen"}, 91
	r.Only = "times"
	_, err := m.Measure(context.Background(), r)
	f, ok := err.(*fault.Error)
	if !ok || f.Kind != fault.Invalid {
		t.Fatal(err)
	}
	var got []string
	for _, d := range f.Faults {
		got = append(got, d.Path+" "+d.Key)
	}
	want := []string{
		"timezone journey.bad-timezone", "from journey.bad-date", "to journey.bad-date", "asOf journey.bad-date",
		"breakdown event.bad-key", "attribution journey.unknown-stage", "timeBetween journey.bad-time-between", "only journey.bad-only", "bins journey.bad-bins",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if _, err := m.Measure(context.Background(), Request{}); !fault.Is(err, fault.Invalid) {
		t.Error(err)
	}
}

func TestAMeasurementEndsWithItsContext(t *testing.T) {
	j := board(6, 1, "")
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	m := Measurer{Source: deaf{}}
	if _, err := m.Measure(ctx, Request{Journey: j}); err == nil {
		t.Error("it went on")
	}
}

// deaf is a source that does not hear of the context's end, so that the machine
// has to.
type deaf struct{}

func (deaf) Streams(ctx context.Context, q stream.Question) (*stream.Streams, error) {
	var messages []*event.Message
	for i := range 1000 {
		messages = append(messages, &event.Message{Type: event.Track, UserID: strconv.Itoa(i), Name: history.Names[history.FunnelStep(0)], Time: time.UnixMicro(int64(i))})
	}
	return stream.NewMemory(messages, 0).Streams(context.WithoutCancel(ctx), q)
}
