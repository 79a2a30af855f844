package ledger

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"beichen/internal/fault"
)

// words are those that a printed plan uses.
type words struct {
	outcome map[Outcome]string
	skipped string // of a document: its kind is no kind of definition
	totals  string // created, changed, unchanged
	dryRun  string
}

func wordsOf(l fault.Language) words {
	switch l {
	case fault.TraditionalChinese:
		return words{
			outcome: map[Outcome]string{Created: "新增", Edited: "變更", Unchanged: "不變"},
			skipped: "略過", totals: "新增 %d 項，變更 %d 項，不變 %d 項。", dryRun: "這是試行，沒有寫入任何內容。",
		}
	case fault.SimplifiedChinese:
		return words{
			outcome: map[Outcome]string{Created: "新建", Edited: "变更", Unchanged: "不变"},
			skipped: "跳过", totals: "新建 %d 项，变更 %d 项，不变 %d 项。", dryRun: "这是试运行，没有写入任何内容。",
		}
	}
	return words{
		outcome: map[Outcome]string{Created: "created", Edited: "changed", Unchanged: "unchanged"},
		skipped: "skipped", totals: "%d created, %d changed, %d unchanged.", dryRun: "This was a dry run; nothing was written.",
	}
}

// Print writes a plan for people: one line a definition, below it what changes.
func (p *Plan) Print(out io.Writer, language fault.Language, dryRun bool) error {
	w := wordsOf(language)
	var text strings.Builder
	counts := map[Outcome]int{}
	for _, item := range p.Items {
		counts[item.Outcome]++
		fmt.Fprintf(&text, "%s  %s %s  (%s:%d)\n", w.outcome[item.Outcome], item.Kind, item.ID, item.File, item.Line)
		for _, c := range item.Changes {
			fmt.Fprintf(&text, "    %s\n", c)
		}
	}
	for _, s := range p.Skipped {
		fmt.Fprintf(&text, "%s  %s  (%s:%d)\n", w.skipped, s.Kind, s.File, s.Line)
	}
	fmt.Fprintf(&text, w.totals+"\n", counts[Created], counts[Edited], counts[Unchanged])
	if dryRun {
		text.WriteString(w.dryRun + "\n")
	}
	_, err := io.WriteString(out, text.String())
	return err
}

// String is a change in one line: ~ 簽約 › 簽下合約 › name: "a" → "b".
func (c Change) String() string {
	label := strings.Join(c.Label, " › ")
	switch c.Op {
	case Added:
		return fmt.Sprintf("+ %s: %s", label, brief(c.To))
	case Removed:
		return fmt.Sprintf("- %s: %s", label, brief(c.From))
	case Moved:
		return fmt.Sprintf("↕ %s: %s → %s", label, unquoted(c.From), unquoted(c.To))
	}
	return fmt.Sprintf("~ %s: %s → %s", label, brief(c.From), brief(c.To))
}

// brief cuts a value to what fits a line.
func brief(value json.RawMessage) string {
	const most = 100
	text := string(value)
	if utf8.RuneCountInString(text) <= most {
		return text
	}
	return string([]rune(text)[:most-1]) + "…"
}

func unquoted(value json.RawMessage) string {
	var text string
	if json.Unmarshal(value, &text) != nil {
		return string(value)
	}
	return text
}
