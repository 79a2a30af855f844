package fault_test

import (
	"errors"
	"fmt"
	"testing"

	"beichen/internal/fault"
)

func TestTheKindOfAnErrorIsThatOfItsOutermostFault(t *testing.T) {
	inner := fault.New(fault.NotFound, "ledger.not-found", "kind", "Journey", "id", "tea")
	for _, c := range []struct {
		err  error
		want fault.Kind
	}{
		{inner, fault.NotFound},
		{fmt.Errorf("read: %w", inner), fault.NotFound},
		{fault.Wrap(inner, fault.Conflict, "ledger.stale"), fault.Conflict},
		{errors.New("disk"), fault.Internal},
	} {
		if got := fault.KindOf(c.err); got != c.want {
			t.Errorf("%v is %s", c.err, got)
		}
	}
	if fault.Is(nil, fault.Internal) {
		t.Error("no error is internal")
	}
}

func TestAFaultSaysWhereItIsAsCompilersDo(t *testing.T) {
	for _, c := range []struct {
		file, path string
		line       int
		want       string
	}{
		{"", "", 0, "must not be empty"},
		{"", "name", 0, "name: must not be empty"},
		{"", "name", 7, "7: name: must not be empty"},
		{"a.yaml", "name", 7, "a.yaml:7: name: must not be empty"},
		{"a.yaml", "", 0, "a.yaml: must not be empty"},
	} {
		d := fault.At(c.path, c.line, "access.empty")
		d.File = c.file
		if got := d.In(fault.English); got != c.want {
			t.Errorf("got %q, want %q", got, c.want)
		}
	}
}

func TestALanguageIsReadFromLocalesAndHeaders(t *testing.T) {
	for text, want := range map[string]fault.Language{
		"zh_TW.UTF-8": fault.TraditionalChinese, "zh-HK": fault.TraditionalChinese, "zh-Hant-TW": fault.TraditionalChinese,
		"zh": fault.TraditionalChinese, "zh_CN.UTF-8": fault.SimplifiedChinese, "zh-SG": fault.SimplifiedChinese,
		"zh-Hans-CN,zh;q=0.9": fault.SimplifiedChinese, "fr-FR,zh-TW;q=0.8,en;q=0.5": fault.TraditionalChinese,
		"en_US.UTF-8": fault.English, "C": fault.English, "": fault.English, "fr, de": fault.English,
	} {
		if got := fault.ParseLanguage(text); got != want {
			t.Errorf("%q is %s", text, got)
		}
	}
}

func TestAFaultIsToldInTheReadersLanguage(t *testing.T) {
	f := fault.New(fault.NotFound, "ledger.not-found", "kind", "Journey", "id", "tea")
	for language, want := range map[fault.Language]string{
		fault.English: "There is no Journey “tea”.", fault.TraditionalChinese: "找不到 Journey「tea」。", fault.SimplifiedChinese: "找不到 Journey“tea”。",
	} {
		if got := f.Message(language); got != want {
			t.Errorf("%s: %s", language, got)
		}
		if f.Hint(language) == "" {
			t.Errorf("%s: no hint", language)
		}
	}
}
