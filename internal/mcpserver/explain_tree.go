package mcpserver

import (
	"context"
	"encoding/json"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"beichen/internal/metric"
	"beichen/internal/tree"
	"beichen/internal/vanity"
)

// explainTree measures a tree whole and says it in short: the North Star, what moves
// it, what must not get worse, what the company wants, and what only flatters.
func (c Config) explainTree(ctx context.Context, id string, version int) (lines []string, raw json.RawMessage, err error) {
	if raw, err = c.API.Get(ctx, "/trees/"+url.PathEscape(id)+"/measure", versionOf(version)); err != nil {
		return nil, nil, err
	}
	var a tree.Answer
	if err := json.Unmarshal(raw, &a); err != nil {
		return nil, nil, err
	}
	for _, role := range []struct {
		is  tree.Role
		key string
	}{{tree.RulingStar, "tree-star"}, {tree.Input, "tree-inputs"}, {tree.Guarding, "tree-guardrails"}} {
		var of []string
		for _, n := range a.Nodes {
			if slices.Contains(n.Roles, role.is) {
				of = append(of, "- "+c.node(n))
			}
		}
		if len(of) > 0 {
			lines = append(append(lines, c.say(role.key)), of...)
		}
	}
	lines = append(append(lines, c.objectives(&a)...), c.verdicts(&a)...)
	at := a.AsOf
	if zone, err := time.LoadLocation(a.Timezone); err == nil {
		at = at.In(zone)
	}
	return append(lines, c.say("tree-as-of", "asOf", at.Format("2006-01-02 15:04:05"), "timezone", a.Timezone,
		"grain", c.grain(a.Grain), "through", a.Facts.Through)), raw, nil
}

// node is a metric of a tree in one line, with its last settled number.
func (c Config) node(n *tree.Node) string {
	text := c.called(n.Name, n.Metric) + ": "
	switch {
	case n.Problem != nil:
		return text + *n.Problem
	case n.Value == nil:
		return text + c.say("unknown")
	}
	from, _, _ := strings.Cut(n.Value.From, "T")
	told := number{Of: ofPeriod, Value: n.Value.Value, Unit: n.Unit, Numerator: n.Value.Numerator}
	text += c.number(told) + c.interval(n.Value.Low, n.Value.High, told.isShare()) + " (" + from + ", n = " + strconv.Itoa(n.Value.N)
	if n.Change != nil {
		change := number{Of: ofPeriod, Value: &n.Change.Absolute, Unit: n.Unit, Numerator: n.Value.Numerator}
		text += ", " + c.say("tree-"+string(n.Change.Is), "change", signed(n.Change.Absolute, c.number(change)))
	}
	text += ")"
	if g := n.Guardrail; g != nil && g.Limit != nil && g.Broken != nil {
		key := "tree-kept"
		if *g.Broken {
			key = "tree-broken"
		}
		text += " " + c.say(key, "limit", c.number(number{Of: ofPeriod, Value: g.Limit, Unit: n.Unit, Numerator: n.Value.Numerator}))
	}
	return text
}

// signed writes a change with its sign.
func signed(change float64, text string) string {
	if change > 0 {
		return "+" + text
	}
	return text
}

// called is a name with the id to ask on by.
func (c Config) called(name localized, id string) string {
	text := name.In(string(c.API.Language))
	if text == "" || text == id {
		return id
	}
	return text + " (" + id + ")"
}

func (c Config) grain(grain string) string {
	if grain == string(metric.Whole) {
		return grain
	}
	return c.word("metric.words." + grain)
}

// objectives are what the company wants, with how the targets stand.
func (c Config) objectives(a *tree.Answer) (lines []string) {
	if len(a.Objectives) == 0 {
		return nil
	}
	lines = []string{c.say("tree-objectives")}
	for _, o := range a.Objectives {
		line := "- " + c.called(o.Name, o.ID) + ": " + c.say("tree-strategies", "count", len(o.Strategies))
		targets := slices.Clone(o.Targets)
		for _, t := range append(targets, a.Targets...) {
			mine := t.Objective == o.ID || slices.ContainsFunc(t.Parts, func(p tree.Part) bool { return p.Objective == o.ID })
			if mine && t.OnTrack != nil {
				key := "tree-behind"
				if *t.OnTrack {
					key = "tree-on-track"
				}
				line += "; " + c.say(key, "metric", t.Metric, "value", plain(t.Value), "until", t.To)
			}
		}
		lines = append(lines, line)
	}
	return lines
}

// verdicts tell which metrics flatter, are sound, or cannot be told yet.
func (c Config) verdicts(a *tree.Answer) (lines []string) {
	for _, j := range []vanity.Judgement{vanity.Vain, vanity.Sound, vanity.Undecided} {
		var names []string
		for _, n := range a.Nodes {
			if n.Vanity != nil && n.Vanity.Standing == j {
				names = append(names, c.called(n.Name, n.Metric))
			}
		}
		if len(names) > 0 {
			lines = append(lines, c.say("tree-"+string(j)+"-verdict", "list", strings.Join(names, ", ")))
		}
	}
	return lines
}
