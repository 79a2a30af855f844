package retention

import (
	"beichen/internal/fault"
	"beichen/internal/journey"
)

// Words says in a language who is counted as coming back, and how.
func (d *Definition) Words(l fault.Language) string {
	period := fault.Text("retention.words."+string(d.Period), l)
	sentences := []string{fault.Text("retention.words.starts", l, "subject", journey.SubjectWords(l, d.Subject), "period", period,
		"start", journey.EventWords(l, d.Start), "return", journey.OftenWords(l, journey.EventWords(l, d.Return), d.MinOccurrences))}
	if d.Mode == Rolling24h {
		sentences = append(sentences, fault.Text("retention.words.rolling24h", l))
	}
	if d.Cumulative {
		sentences = append(sentences, fault.Text("retention.words.cumulative", l))
	}
	sentences = append(sentences, fault.Text("retention.words.intervals", l, "n", d.Intervals))
	return journey.Sentences(l, sentences...)
}
