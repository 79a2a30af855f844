package fault

import (
	"embed"
	"encoding/json"
	"fmt"
	"io/fs"
	"maps"
	"slices"
	"strings"
	"sync"
)

// Language is one of the three that Beichen speaks.
type Language string

// The languages, by their BCP 47 tags.
const (
	TraditionalChinese Language = "zh-Hant"
	SimplifiedChinese  Language = "zh-Hans"
	English            Language = "en"
)

// messages/<area>.json holds {"area.key": {"en": …, "zh-Hant": …, "zh-Hans": …,
// "hint": {"en": …, …}}}: one file for each package that raises faults.
//
//go:embed messages/*.json
var files embed.FS

type entry struct {
	En     string            `json:"en"`
	ZhHant string            `json:"zh-Hant"`
	ZhHans string            `json:"zh-Hans"`
	Hint   map[string]string `json:"hint"`
}

var catalogue = sync.OnceValue(func() map[string]entry {
	all := map[string]entry{}
	names, err := fs.Glob(files, "messages/*.json")
	if err != nil {
		panic(err)
	}
	for _, name := range names {
		text, err := files.ReadFile(name)
		if err != nil {
			panic(err)
		}
		part := map[string]entry{}
		if err := json.Unmarshal(text, &part); err != nil {
			panic(fmt.Sprintf("%s: %v", name, err))
		}
		maps.Copy(all, part)
	}
	return all
})

// Keys lists the message keys of the catalogue, sorted.
func Keys() []string { return slices.Sorted(maps.Keys(catalogue())) }

// ParseLanguage reads a LANG value (zh_TW.UTF-8), a language tag or the first
// tag of an Accept-Language header that Beichen speaks; English otherwise.
func ParseLanguage(text string) Language {
	for part := range strings.SplitSeq(text, ",") {
		tag, _, _ := strings.Cut(strings.TrimSpace(part), ";")
		tag, _, _ = strings.Cut(tag, ".")
		tag = strings.ToLower(strings.ReplaceAll(tag, "_", "-"))
		switch {
		case strings.HasPrefix(tag, "zh-hans"), tag == "zh-cn", tag == "zh-sg", tag == "zh":
			if tag == "zh" {
				return TraditionalChinese
			}
			return SimplifiedChinese
		case strings.HasPrefix(tag, "zh"):
			return TraditionalChinese
		case strings.HasPrefix(tag, "en"):
			return English
		}
	}
	return English
}

// Message is the error's text in a language.
func (e *Error) Message(l Language) string { return render(e.Key, l, e.Args) }

// Hint says in a language what to do about the error; empty where the message
// already says it.
func (e *Error) Hint(l Language) string {
	return fill(catalogue()[e.Key].Hint[string(l)], e.Args)
}

// Text is a sentence of the catalogue that is no error, with args as name, value
// pairs.
func Text(key string, l Language, args ...any) string { return render(key, l, pairs(args)) }

// Title names a reason for which something was refused, without the particulars
// of one case: the message area.reason.x of the key area.x, or the key itself
// where there is none.
func Title(key string, l Language) string {
	area, rest, _ := strings.Cut(key, ".")
	title := area + ".reason." + rest
	if _, known := catalogue()[title]; !known {
		return key
	}
	return render(title, l, nil)
}

// In is the fault's text in a language, with its file, line and path before it,
// as compilers write them: shop.yaml:12: stages[2].when: …
func (d Detail) In(l Language) string {
	text := render(d.Key, l, d.Args)
	if d.Path != "" {
		text = d.Path + ": " + text
	}
	if d.Line > 0 {
		text = fmt.Sprintf("%d: %s", d.Line, text)
	}
	switch {
	case d.File != "" && d.Line > 0:
		text = d.File + ":" + text
	case d.File != "":
		text = d.File + ": " + text
	}
	return text
}

// Localize fills the Message of every fault in a language.
func Localize(details []Detail, l Language) []Detail {
	out := slices.Clone(details)
	for i := range out {
		out[i].Message = render(out[i].Key, l, out[i].Args)
	}
	return out
}

func render(key string, l Language, args map[string]any) string {
	e, ok := catalogue()[key]
	if !ok {
		return strings.TrimSpace(key + " " + fmt.Sprint(args))
	}
	text := e.En
	switch l {
	case TraditionalChinese:
		text = e.ZhHant
	case SimplifiedChinese:
		text = e.ZhHans
	}
	return fill(text, args)
}

func fill(text string, args map[string]any) string {
	for name, value := range args {
		text = strings.ReplaceAll(text, "{"+name+"}", fmt.Sprint(value))
	}
	return text
}
