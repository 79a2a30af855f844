package importer

import (
	"fmt"
	"io"
	"strings"

	"beichen/internal/fault"
)

// Bar draws the progress of an import on one line of a terminal.
type Bar struct {
	out      io.Writer
	language fault.Language
	drawn    string
}

// NewBar draws on out, which must be a terminal.
func NewBar(out io.Writer, l fault.Language) *Bar { return &Bar{out: out, language: l} }

// Show draws how far the import is, if that looks different from before.
func (b *Bar) Show(p Progress) {
	const width = 30
	percent := int64(100)
	if p.Total > 0 {
		percent = p.Done * 100 / p.Total
	}
	full := int(percent * width / 100)
	stage := fault.New(fault.Invalid, "import.stage-"+p.Stage, "message", p.Message+1).Message(b.language)
	line := fmt.Sprintf("%s%s %3d %% %s", strings.Repeat("█", full), strings.Repeat("░", width-full), percent, stage)
	if line != b.drawn {
		b.drawn = line
		fmt.Fprint(b.out, "\r\x1b[K"+line)
	}
}

// Clear takes the bar off the terminal.
func (b *Bar) Clear() {
	if b.drawn != "" {
		fmt.Fprint(b.out, "\r\x1b[K")
		b.drawn = ""
	}
}
