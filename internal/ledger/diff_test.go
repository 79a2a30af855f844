package ledger_test

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"beichen/internal/event"
	"beichen/internal/fault"
	"beichen/internal/ledger"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

func diff(t testing.TB, from, to string) []string {
	t.Helper()
	changes, err := ledger.Diff(json.RawMessage(from), json.RawMessage(to), fault.TraditionalChinese)
	if err != nil {
		t.Fatal(err)
	}
	var lines []string
	for _, c := range changes {
		lines = append(lines, strings.TrimSpace(fmt.Sprintf("%s %s [%s] %s → %s", c.Op, c.Path, strings.Join(c.Label, " › "), c.From, c.To)))
	}
	return lines
}

func TestDiffNamesWhatChangedAsPeopleDo(t *testing.T) {
	const was = `{"id":"tea","window":"14d","stages":[
		{"id":"s1","name":{"en":"Signed","zh-Hant":"簽約"},"steps":[{"id":"a","name":"簽下合約","when":[{"event":"Won"}]},{"id":"b"}]},
		{"id":"s2","name":"成長","steps":[]},
		{"id":"s3","steps":[{"id":"c","owner":["sales"]}]}]}`
	cases := []struct {
		rule, to string
		want     []string
	}{
		{"nothing changed, keys and numbers written otherwise",
			`{"stages":[{"name":{"zh-Hant":"簽約","en":"Signed"},"id":"s1","steps":[{"id":"a","name":"簽下合約","when":[{"event":"Won"}]},{"id":"b"}]},{"id":"s2","name":"成長","steps":[]},{"id":"s3","steps":[{"id":"c","owner":["sales"]}]}],"window":"14d","id":"tea"}`,
			nil},
		{"a value is changed, one is added, one is removed",
			`{"id":"tea","order":"strict","stages":[{"id":"s1","name":{"en":"Signed","zh-Hant":"簽約"},"steps":[{"id":"a","name":"簽下合約","when":[{"event":"Deal Won","where":{"properties.plan":"pro"}}]},{"id":"b"}]},{"id":"s2","name":"成長","steps":[]},{"id":"s3","steps":[{"id":"c","owner":["sales","service"]}]}]}`,
			[]string{
				`added order [order]  → "strict"`,
				`changed stages[0].steps[0].when[0].event [簽約 › 簽下合約 › when › 1 › event] "Won" → "Deal Won"`,
				`added stages[0].steps[0].when[0].where [簽約 › 簽下合約 › when › 1 › where]  → {"properties.plan":"pro"}`,
				`added stages[2].steps[0].owner[1] [s3 › c › owner › 2]  → "service"`,
				`removed window [window] "14d" →`,
			}},
		{"stages change places: the fewest are said to have moved",
			`{"id":"tea","window":"14d","stages":[{"id":"s3","steps":[{"id":"c","owner":["sales"]}]},{"id":"s1","name":{"en":"Signed","zh-Hant":"簽約"},"steps":[{"id":"a","name":"簽下合約","when":[{"event":"Won"}]},{"id":"b"}]},{"id":"s2","name":"成長","steps":[]}]}`,
			[]string{`moved stages[0] [s3] "stages[2]" → "stages[0]"`}},
		{"a step dragged to another stage moves, with what else changed in it",
			`{"id":"tea","window":"14d","stages":[{"id":"s1","name":{"en":"Signed","zh-Hant":"簽約"},"steps":[{"id":"b"}]},{"id":"s2","name":"成長","steps":[{"id":"a","name":"簽了","when":[{"event":"Won"}]}]},{"id":"s3","steps":[{"id":"c","owner":["sales"]}]}]}`,
			[]string{
				`moved stages[1].steps[0] [成長 › 簽了] "stages[0].steps[0]" → "stages[1].steps[0]"`,
				`changed stages[1].steps[0].name [成長 › 簽了 › name] "簽下合約" → "簽了"`,
			}},
		{"a stage is removed with all that is in it",
			`{"id":"tea","window":"14d","stages":[{"id":"s1","name":{"en":"Signed","zh-Hant":"簽約"},"steps":[{"id":"a","name":"簽下合約","when":[{"event":"Won"}]},{"id":"b"}]},{"id":"s2","name":"成長","steps":[]}]}`,
			[]string{`removed stages[2] [s3] {"id":"s3","steps":[{"id":"c","owner":["sales"]}]} →`}},
	}
	for _, c := range cases {
		t.Run(c.rule, func(t *testing.T) {
			if d := cmp.Diff(c.want, diff(t, was, c.to)); d != "" {
				t.Error(d)
			}
		})
	}
}

func TestAPathSaysWhichKeyHoldsADot(t *testing.T) {
	got := diff(t, `{"where":{"properties.plan":"pro","a":{"b":1}}}`, `{"where":{"properties.plan":"team","a":{"b":2}}}`)
	want := []string{
		`changed where["properties.plan"] [where › properties.plan] "pro" → "team"`,
		`changed where.a.b [where › a › b] 1 → 2`,
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
}

func TestDiffOfTwoVersionsCarriesBothRevisions(t *testing.T) {
	b := open(t)
	first, second := put(t, b, 0, journey), put(t, b, 1, `{"stages":[]}`)
	got, err := b.Diff(context.Background(), "Journey", "tea", 1, 2, fault.English)
	if err != nil {
		t.Fatal(err)
	}
	first.Current = false
	if d := cmp.Diff([]ledger.Revision{first, second}, []ledger.Revision{got.From, got.To}); d != "" {
		t.Error(d)
	}
	if len(got.Changes) != 2 {
		t.Errorf("changes %+v", got.Changes)
	}
	_, err = b.Diff(context.Background(), "Journey", "tea", 1, 9, fault.English)
	wantFault(t, err, fault.NotFound, "ledger.no-version")
}

// anyValue draws JSON values with lists of scalars, of objects, and of objects
// with ids from a small set, so that they meet.
func anyValue(depth int) *rapid.Generator[any] {
	scalar := rapid.OneOf(
		rapid.Just[any](nil),
		rapid.Map(rapid.Bool(), func(b bool) any { return b }),
		rapid.Map(rapid.IntRange(-3, 3), func(i int) any { return i }),
		rapid.Map(rapid.Float64(), func(f float64) any { return f }),
		rapid.Map(rapid.SampledFrom([]string{"", "180d", "yes", "null", "~", "1", "0x1F", "1e3", ".inf", "2024-01-01", "茶 機", " lead", "trail ", "a: b", "a #b", "- x", "line\nbreak", "tab\t", "\"quote\"", "'", "😀", "\u2028", "\u0007", "<&>", "!tag", "*star", "&and", "{", "[", "%", "@", "`", "|", ">", "?", ":", "-", "=", "<<"}), func(s string) any { return s }),
		rapid.Map(rapid.String(), func(s string) any { return strings.ToValidUTF8(s, "?") }),
	)
	if depth == 0 {
		return scalar
	}
	inner := rapid.Deferred(func() *rapid.Generator[any] { return anyValue(depth - 1) })
	key := rapid.SampledFrom([]string{"name", "id2", "a.b", "when", "steps", "", "茶", "null", "true", "1", "a b", "a: b", "<<", "#"})
	withID := rapid.Map(rapid.SliceOfNDistinct(rapid.SampledFrom([]string{"p", "q", "r", "s", "t"}), 0, 5, rapid.ID), func(ids []string) any {
		list := []any{}
		for i, id := range ids {
			list = append(list, map[string]any{"id": id, "n": i % 2})
		}
		return list
	})
	return rapid.OneOf(
		scalar,
		rapid.Map(rapid.SliceOfN(inner, 0, 3), func(s []any) any { return append([]any{}, s...) }),
		rapid.Map(rapid.MapOfN(key, inner, 0, 3), func(m map[string]any) any { return m }),
		withID,
	)
}

func drawBody(t *rapid.T, label string) json.RawMessage {
	fields := rapid.MapOfN(rapid.SampledFrom([]string{"name", "stages", "steps", "window", "exclude"}), anyValue(3), 0, 4).Draw(t, label)
	raw, err := json.Marshal(fields)
	if err != nil {
		t.Fatal(err)
	}
	return raw
}

func TestDiffIsEmptyExactlyWhenTheHashesAreEqual(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a, b := drawBody(t, "a"), drawBody(t, "b")
		changes, err := ledger.Diff(a, b, fault.English)
		if err != nil {
			t.Fatal(err)
		}
		hashA, _ := event.Hash(a)
		hashB, _ := event.Hash(b)
		if (len(changes) == 0) != (hashA == hashB) {
			t.Fatalf("%d changes between\n%s\n%s", len(changes), a, b)
		}
	})
}

func TestDiffBackwardsIsTheMirrorOfDiffForwards(t *testing.T) {
	mirror := map[ledger.Op]ledger.Op{ledger.Added: ledger.Removed, ledger.Removed: ledger.Added, ledger.Changed: ledger.Changed, ledger.Moved: ledger.Moved}
	count := func(changes []ledger.Change, by func(ledger.Change) string) []string {
		var lines []string
		for _, c := range changes {
			if c.Op != ledger.Moved && c.Op != ledger.Changed { // which of two moved, and so the path, is a choice
				lines = append(lines, by(c))
			}
		}
		slices.Sort(lines)
		return lines
	}
	rapid.Check(t, func(t *rapid.T) {
		a, b := drawBody(t, "a"), drawBody(t, "b")
		forth, _ := ledger.Diff(a, b, fault.English)
		back, _ := ledger.Diff(b, a, fault.English)
		x := count(forth, func(c ledger.Change) string { return fmt.Sprint(c.Op, c.Path, string(c.From), string(c.To)) })
		y := count(back, func(c ledger.Change) string { return fmt.Sprint(mirror[c.Op], c.Path, string(c.To), string(c.From)) })
		if d := cmp.Diff(x, y); d != "" || len(forth) != len(back) {
			t.Fatalf("%d forth, %d back: %s", len(forth), len(back), d)
		}
	})
}

// The length of the longest rising subsequence is found here by trying all
// subsets, by no means as Diff does it.
func TestAReorderedListHasTheFewestMovesAndNothingElse(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		order := rapid.Permutation([]int{0, 1, 2, 3, 4, 5, 6}).Draw(t, "order")
		list := func(ids []int) json.RawMessage {
			var items []string
			for _, id := range ids {
				items = append(items, fmt.Sprintf(`{"id":"%d"}`, id))
			}
			return json.RawMessage(`{"stages":[` + strings.Join(items, ",") + `]}`)
		}
		longest := 0
		for subset := range 1 << len(order) {
			var chosen []int
			for i, id := range order {
				if subset&(1<<i) != 0 {
					chosen = append(chosen, id)
				}
			}
			if slices.IsSorted(chosen) {
				longest = max(longest, len(chosen))
			}
		}
		changes, err := ledger.Diff(list([]int{0, 1, 2, 3, 4, 5, 6}), list(order), fault.English)
		if err != nil {
			t.Fatal(err)
		}
		for _, c := range changes {
			if c.Op != ledger.Moved {
				t.Fatalf("%s %s", c.Op, c.Path)
			}
		}
		if len(changes) != len(order)-longest {
			t.Fatalf("%d moves for %v, %d are enough", len(changes), order, len(order)-longest)
		}
	})
}

func TestAnyHistoryCanBeRestoredToAnyOfItsVersions(t *testing.T) {
	b := open(t)
	ctx := context.Background()
	chain := 0
	rapid.Check(t, func(t *rapid.T) {
		chain++
		w := ledger.Write{Kind: "Metric", ID: fmt.Sprint("m", chain), Author: "Ada", Reason: "r"}
		var bodies []json.RawMessage
		for range rapid.IntRange(1, 5).Draw(t, "edits") {
			r, err := b.Put(ctx, w, drawBody(t, "body"))
			if err != nil {
				t.Fatal(err)
			}
			w.IfMatch = r.Version
			if r.Version > len(bodies) {
				bodies = append(bodies, r.Body)
			}
		}
		version := rapid.IntRange(1, len(bodies)).Draw(t, "version")
		if rapid.Bool().Draw(t, "deleted first") {
			r, err := b.Delete(ctx, w)
			if err != nil {
				t.Fatal(err)
			}
			w.IfMatch = r.Version
		}
		back, err := b.Restore(ctx, w, version)
		if err != nil {
			t.Fatal(err)
		}
		if changes, err := ledger.Diff(bodies[version-1], back.Body, fault.English); err != nil || len(changes) != 0 || back.Deleted {
			t.Fatalf("restored %d as %+v: %v %v", version, back, changes, err)
		}
		history, err := b.History(ctx, "Metric", w.ID)
		if err != nil {
			t.Fatal(err)
		}
		for i, body := range bodies {
			if old := history[len(history)-1-i]; string(old.Body) != string(body) {
				t.Fatalf("version %d was overwritten: %s, was %s", i+1, old.Body, body)
			}
		}
	})
}
