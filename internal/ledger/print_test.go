package ledger_test

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"beichen/internal/fault"

	"github.com/google/go-cmp/cmp"
)

func TestAPrintedPlanSaysWhatChangesInThreeLanguages(t *testing.T) {
	b := open(t)
	dir := folder(t, "a.yaml", "kind: Journey\nid: tea\nstages:\n  - {id: s1, name: 看見}\n  - {id: s2, name: 購買}\n", "b.yaml", "kind: Import\nid: x\n")
	first, err := plan(t, b, dir)
	if err != nil {
		t.Fatal(err)
	}
	if err := first.Apply(context.Background(), b, "Ada", "r"); err != nil {
		t.Fatal(err)
	}
	edited := "kind: Journey\nid: tea\nwindow: 30d\nstages:\n  - {id: s2, name: 付款}\n  - {id: s1, name: 看見}\n---\nkind: Metric\nid: m\n"
	if err := os.WriteFile(filepath.Join(dir, "a.yaml"), []byte(edited), 0o644); err != nil {
		t.Fatal(err)
	}
	p, err := plan(t, b, dir)
	if err != nil {
		t.Fatal(err)
	}
	const changes = "    + window: \"30d\"\n    ~ 付款 › name: \"購買\" → \"付款\"\n    ↕ 看見: stages[0] → stages[1]\n"
	for language, want := range map[fault.Language]string{
		fault.English: "changed  Journey tea  (a.yaml:1)\n" + changes + "created  Metric m  (a.yaml:8)\nskipped  Import  (b.yaml:1)\n" +
			"1 created, 1 changed, 0 unchanged.\nThis was a dry run; nothing was written.\n",
		fault.TraditionalChinese: "變更  Journey tea  (a.yaml:1)\n" + changes + "新增  Metric m  (a.yaml:8)\n略過  Import  (b.yaml:1)\n" +
			"新增 1 項，變更 1 項，不變 0 項。\n這是試行，沒有寫入任何內容。\n",
		fault.SimplifiedChinese: "变更  Journey tea  (a.yaml:1)\n" + changes + "新建  Metric m  (a.yaml:8)\n跳过  Import  (b.yaml:1)\n" +
			"新建 1 项，变更 1 项，不变 0 项。\n这是试运行，没有写入任何内容。\n",
	} {
		var out strings.Builder
		if err := p.Print(&out, language, true); err != nil {
			t.Fatal(err)
		}
		if d := cmp.Diff(want, strings.ReplaceAll(out.String(), dir+"/", "")); d != "" {
			t.Errorf("%s: %s", language, d)
		}
	}
}
