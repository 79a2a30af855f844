package httpapi_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/url"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"beichen/internal/access"
	"beichen/internal/capture"
	"beichen/internal/event"
	"beichen/internal/journey"
	"beichen/internal/journey/stream"
)

// shop is a journey with an optional stage, alternatives, an exclusion and money.
const shop = `{"kind":"Journey","id":"shop","window":"5d","owner":["sales"],"description":"how tea is bought","stages":[
	{"id":"visit","steps":[{"id":"site","when":[{"event":"Page Viewed"}]},{"id":"store","when":[{"event":"Store Visited"}]}]},
	{"id":"taste","optional":true,"steps":[{"id":"cup","when":[{"event":"Cup Tasted"}]}]},
	{"id":"order","steps":[{"id":"paid","when":[{"event":"Order Paid"}],"times":1}]},
	{"id":"again","steps":[{"id":"second","when":[{"event":"Order Paid","where":{"properties.repeat":true}}]}]}],
	"exclude":[{"event":"Account Closed","between":["visit","order"]}]}`

// tea is what some people did in a tea shop: 60 customers, a month, every state of
// every stage.
func tea() []map[string]any {
	dice := rand.New(rand.NewPCG(7, 7))
	var all []map[string]any
	for i := range 60 {
		user := fmt.Sprintf("u%02d", i)
		at := day(1).Add(time.Duration(dice.IntN(28*24)) * time.Hour)
		channel := []string{"mail", "street", "web", ""}[dice.IntN(4)]
		all = append(all, identify(user, map[string]any{"name": "Guest " + user, "plan": []string{"free", "pro"}[i%2]}))
		for range 1 + dice.IntN(7) {
			name := []string{"Page Viewed", "Store Visited", "Cup Tasted", "Order Paid", "Order Paid", "Account Closed"}[dice.IntN(6)]
			m := track(user, name, at, map[string]any{"channel": channel, "repeat": dice.IntN(2) == 0, "value": 10 + dice.IntN(90), "currency": "TWD"})
			all = append(all, m)
			at = at.Add(time.Duration(dice.IntN(40)) * time.Hour)
		}
	}
	return all
}

// teaShop is a company with that shop, a few days after all that happened there:
// answers up to now do not hang on when the test runs.
func teaShop(t *testing.T) *company {
	t.Helper()
	opened := time.Now()
	c := openAs(t, false, func() time.Time { return day(35).Add(time.Since(opened)) })
	c.send(tea()...)
	c.admin.propose("shop", shop)
	return c
}

// asked gives an answer without what may differ between two ways to ask: how long
// it took, and the version, which a draft has not.
func asked(a answer) map[string]any {
	a.t.Helper()
	if a.StatusCode != http.StatusOK {
		a.t.Fatalf("%d %s", a.StatusCode, a.text)
	}
	var out map[string]any
	a.into(&out)
	delete(out, "elapsedMillis")
	delete(out["definition"].(map[string]any), "version")
	return out
}

func TestADraftAStoredJourneyAnAddressAndAFileGiveTheSameNumbers(t *testing.T) {
	c := teaShop(t)
	question := map[string]any{"from": "2026-11-03", "to": "2026-11-26", "asOf": "2026-11-24T08:00:00Z", "timezone": "Asia/Taipei",
		"breakdown": []string{"channel", "traits.plan"}, "attribution": "last", "timeBetween": []string{"visit", "order"},
		"bins": 4, "customers": true, "segment": map[string]any{"value": map[string]any{"gte": 15}}}
	with := func(key string, value any) map[string]any {
		q := map[string]any{key: value}
		for k, v := range question {
			q[k] = v
		}
		return q
	}
	stored := asked(c.admin.ok("POST", "/api/v1/measure", with("journeyId", "shop")))
	if stored["entered"].(float64) < 20 || len(stored["breakdown"].([]any)) < 4 || len(stored["customers"].([]any)) < 20 {
		t.Fatalf("too little to compare: %v", stored)
	}
	draft := asked(c.admin.ok("POST", "/api/v1/measure", with("journey", json.RawMessage(shop))))
	if diff := cmp.Diff(stored, draft); diff != "" {
		t.Errorf("a draft differs (-stored +draft):\n%s", diff)
	}
	again := with("journeyId", "shop")
	again["journey"], again["version"] = nil, 1
	if diff := cmp.Diff(stored, asked(c.admin.ok("POST", "/api/v1/measure", again))); diff != "" {
		t.Errorf("a version differs (-stored +version 1):\n%s", diff)
	}
	for _, separately := range []bool{true, false} {
		query := url.Values{"from": {"2026-11-03"}, "to": {"2026-11-26"}, "asOf": {"2026-11-24T08:00:00Z"}, "timezone": {"Asia/Taipei"},
			"breakdown": {"channel", "traits.plan"}, "attribution": {"last"}, "timeBetween": {"visit", "order"}, "bins": {"4"},
			"customers": {"true"}, "segment": {`{"value":{"gte":15}}`}}
		if !separately {
			query["breakdown"], query["timeBetween"] = []string{"channel,traits.plan"}, []string{"visit,order"}
		}
		address := asked(c.admin.ok("GET", "/api/v1/journeys/shop/measure?"+query.Encode(), nil))
		if diff := cmp.Diff(stored, address); diff != "" {
			t.Errorf("the address differs (-stored +address):\n%s", diff)
		}
	}
	file := measuredInMemory(t, question)
	stored["facts"].(map[string]any)["through"], file["facts"].(map[string]any)["through"] = nil, nil // log position, and line
	if diff := cmp.Diff(stored, file); diff != "" {
		t.Errorf("a file differs (-stored +file):\n%s", diff)
	}
}

// TestCountsAloneAreAskedInABodyAndInAnAddress leaves the times and the money out, and
// tells what else cannot be left out.
func TestCountsAloneAreAskedInABodyAndInAnAddress(t *testing.T) {
	const asOf = "2026-11-24T08:00:00Z"
	c := teaShop(t)
	whole := asked(c.admin.ok("POST", "/api/v1/measure", map[string]any{"journeyId": "shop", "asOf": asOf}))
	inBody := asked(c.admin.ok("POST", "/api/v1/measure", map[string]any{"journeyId": "shop", "asOf": asOf, "only": "counts"}))
	if diff := cmp.Diff(inBody, asked(c.admin.ok("GET", "/api/v1/journeys/shop/measure?only=counts&asOf="+asOf, nil))); diff != "" {
		t.Errorf("the address differs (-body +address):\n%s", diff)
	}
	last := func(a map[string]any) map[string]any {
		stages := a["stages"].([]any)
		return stages[len(stages)-1].(map[string]any)
	}
	if last(whole)["time"] == nil || last(inBody)["time"] != nil || last(inBody)["value"] != nil || last(inBody)["reached"] != last(whole)["reached"] {
		t.Errorf("whole: %v\ncounts: %v", last(whole), last(inBody))
	}
	c.admin.refused(http.StatusUnprocessableEntity, "journey.invalid-question", "POST", "/api/v1/measure", map[string]any{"journeyId": "shop", "only": "times"})
}

// measuredInMemory asks as `beichen measure` does: of the messages of a file, in
// memory, with no server.
func measuredInMemory(t *testing.T, question map[string]any) map[string]any {
	t.Helper()
	var file bytes.Buffer
	for _, m := range tea() {
		if err := json.NewEncoder(&file).Encode(m); err != nil {
			t.Fatal(err)
		}
	}
	var messages []*event.Message
	for line, err := range capture.ReadMessages(&file, day(30)) {
		if err != nil {
			t.Fatal(err)
		}
		messages = append(messages, &line.Message)
	}
	memory := stream.NewMemory(messages, uint64(len(messages)))
	text, err := json.Marshal(question)
	if err != nil {
		t.Fatal(err)
	}
	var r journey.Request
	if err := json.Unmarshal(text, &r); err != nil {
		t.Fatal(err)
	}
	if r.Journey, err = journey.Parse([]byte(shop)); err != nil {
		t.Fatal(err)
	}
	a, err := (&journey.Measurer{Source: memory}).Measure(t.Context(), r)
	if err != nil {
		t.Fatal(err)
	}
	if text, err = json.Marshal(a); err != nil {
		t.Fatal(err)
	}
	var out map[string]any
	if err := json.Unmarshal(text, &out); err != nil {
		t.Fatal(err)
	}
	delete(out["definition"].(map[string]any), "version")
	return out
}

func TestEveryCountOpensToAsManyCustomers(t *testing.T) {
	c := teaShop(t)
	for _, attribution := range []string{"", "first", "last", "all", "step:order"} {
		question := map[string]any{"journeyId": "shop", "asOf": "2026-11-20T00:00:00Z"}
		if attribution != "" {
			question["breakdown"], question["attribution"] = []string{"channel"}, attribution
		}
		var a journey.Answer
		c.admin.ok("POST", "/api/v1/measure", question).into(&a)
		opened := 0
		open := func(what string, want *int, number map[string]any) {
			if want == nil {
				return
			}
			for k, v := range question {
				number[k] = v
			}
			number["limit"] = 1000
			var page journey.CustomersPage
			c.admin.ok("POST", "/api/v1/measure/customers", number).into(&page)
			if page.Total != *want || len(page.Items) != *want {
				t.Errorf("%s %s: counted %d, %d in the list that says %d", attribution, what, *want, len(page.Items), page.Total)
			}
			for _, item := range page.Items {
				if item.Name == nil || *item.Name != "Guest "+item.ID {
					t.Errorf("%s %s: %+v has no name", attribution, what, item)
				}
			}
			opened += len(page.Items)
		}
		stages := func(row string, list []journey.StageAnswer, excluded *int, more map[string]any) {
			number := func(fields ...any) map[string]any {
				n := map[string]any{}
				for k, v := range more {
					n[k] = v
				}
				for i := 0; i < len(fields); i += 2 {
					n[fields[i].(string)] = fields[i+1]
				}
				return n
			}
			for _, s := range list {
				left := 0
				if s.Left != nil {
					left = s.Left.N
				}
				open(row+s.ID+" reached", s.Reached, number("stage", s.ID, "state", "reached"))
				open(row+s.ID+" pending", s.Pending, number("stage", s.ID, "state", "pending"))
				open(row+s.ID+" left", &left, number("stage", s.ID, "state", "left"))
				for _, step := range s.Steps {
					open(row+s.ID+"/"+step.ID, step.Reached, number("stage", s.ID, "step", step.ID, "state", "reached"))
				}
			}
			open(row+"excluded", excluded, number("state", "excluded"))
		}
		stages("", a.Stages, a.Excluded, nil)
		for _, row := range a.Breakdown {
			stages(fmt.Sprintf("%v: ", row.Value), row.Stages, &row.Excluded, map[string]any{"breakdownValue": row.Value})
		}
		if opened < 100 {
			t.Errorf("%s: only %d customers were looked at", attribution, opened)
		}
	}
}

func TestPagesOfTheListGoOnWhereTheLastEnded(t *testing.T) {
	c := teaShop(t)
	question := map[string]any{"journeyId": "shop", "asOf": "2026-11-20T00:00:00Z", "stage": "visit", "state": "reached", "sort": "oldest", "limit": 7}
	var ids []string
	for {
		var page journey.CustomersPage
		question["offset"] = len(ids)
		c.admin.ok("POST", "/api/v1/measure/customers", question).into(&page)
		if len(page.Items) == 0 {
			if len(ids) != page.Total {
				t.Errorf("%d customers in pages, %d in all", len(ids), page.Total)
			}
			break
		}
		for _, item := range page.Items {
			ids = append(ids, item.ID)
		}
	}
	slices.Sort(ids)
	if len(slices.Compact(ids)) != len(ids) || len(ids) < 20 {
		t.Errorf("customers twice, or too few: %v", ids)
	}
}

func TestAnEventCountsInTheVeryNextQuestion(t *testing.T) {
	c := open(t)
	c.admin.propose("trial", trial)
	key := c.withKey(access.WriteKeys, access.ScopeCapture)
	for n := 1; n <= 5; n++ {
		key.ok("POST", "/v1/track?writeKey="+key.key, track(fmt.Sprint("u", n), "Signed Up", time.Now().Add(-time.Minute), nil))
		var a journey.Answer
		if c.admin.get("/api/v1/journeys/trial/measure", &a); *a.Entered != n {
			t.Fatalf("%d entered after %d events", *a.Entered, n)
		}
	}
}

func TestTheListOfJourneysShowsTheirNumbersAndWhatHoldsOfThem(t *testing.T) {
	c := teaShop(t)
	c.admin.propose("trial", trial)
	c.admin.propose("empty", `{"kind":"Journey","id":"empty","stages":[]}`)
	c.admin.ok("POST", "/api/v1/definitions/Journey/shop/approve", map[string]any{"version": 1, "reason": "agreed"})
	var list struct {
		Items []struct {
			ID, Subject, Status string
			Name                any
			Stages, Steps       int
			UnboundSteps        int
			Badges              map[string]string
			Headline            *struct{ Entered, Completed int }
		}
	}
	c.admin.get("/api/v1/journeys", &list)
	if len(list.Items) != 3 {
		t.Fatalf("%+v", list.Items)
	}
	empty, shop, trial := list.Items[0], list.Items[1], list.Items[2]
	if empty.Headline != nil || empty.Badges["measurable"] == "holds" {
		t.Errorf("nothing is measured: %+v", empty)
	}
	var a journey.Answer
	c.admin.get("/api/v1/journeys/shop/measure", &a)
	if shop.Headline == nil || shop.Headline.Entered != *a.Entered || shop.Headline.Completed != *a.Stages[3].Reached {
		t.Errorf("the list says %+v", shop.Headline)
	}
	want := map[string]string{"measurable": "holds", "traceable": "holds", "predictable": "unknown", "inheritable": "unknown"}
	if diff := cmp.Diff(want, shop.Badges); diff != "" || shop.Subject != "person" || shop.Status != "approved" || shop.Stages != 4 || shop.Steps != 5 {
		t.Errorf("%+v: badges (-want +got):\n%s", shop, diff)
	}
	want = map[string]string{"measurable": "fails", "traceable": "fails", "predictable": "unknown", "inheritable": "fails"}
	if diff := cmp.Diff(want, trial.Badges); diff != "" || trial.UnboundSteps != 1 {
		t.Errorf("%+v: badges (-want +got):\n%s", trial, diff)
	}
}

// waiting is a source that says when it is asked and when it is told to stop.
type waiting struct{ asked, stopped chan struct{} }

func (w waiting) Streams(ctx context.Context, _ stream.Question) (*stream.Streams, error) {
	close(w.asked)
	<-ctx.Done()
	close(w.stopped)
	return nil, ctx.Err()
}

func TestAQuestionThatNobodyWaitsForStops(t *testing.T) {
	c := open(t)
	source := waiting{make(chan struct{}), make(chan struct{})}
	c.Measurer.Source = source
	ctx, cancel := context.WithCancel(t.Context())
	go func() {
		<-source.asked
		cancel()
	}()
	body := bytes.NewReader([]byte(`{"journey":` + trial + `}`))
	r, err := http.NewRequestWithContext(ctx, "POST", c.server.URL+"/api/v1/measure", body)
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/json")
	if _, err := c.admin.http.Do(r); !errors.Is(err, context.Canceled) {
		t.Fatalf("%v", err)
	}
	select {
	case <-source.stopped:
	case <-time.After(10 * time.Second):
		t.Error("the question goes on after the asker has gone")
	}
}
