package httpapi

import (
	"cmp"
	"reflect"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"beichen/internal/access"
	"beichen/internal/calendar"
	"beichen/internal/customer"
	"beichen/internal/decompose"
	"beichen/internal/event"
	"beichen/internal/fault"
	"beichen/internal/identity"
	"beichen/internal/journey"
	"beichen/internal/journey/path"
	"beichen/internal/journey/retention"
	"beichen/internal/ledger"
	"beichen/internal/metric"
	"beichen/internal/tree"
	"beichen/internal/vanity"
	"beichen/internal/warehouse"
)

// precise completes the description with what Go types do not say: which words a
// named text may be, what may be null, and the shape of values of several types.
// Requests are held to the same schemas.
func precise(doc *huma.OpenAPI) {
	registry := doc.Components.Schemas
	words, shapes := words(), shapes()
	for name, schema := range registry.Map() {
		of := registry.TypeFromRef("#/components/schemas/" + name)
		if of == nil { // of several types
			continue
		}
		eachField(of, func(property string, f reflect.StructField) {
			s := schema.Properties[property]
			if s == nil {
				return
			}
			canBeNull := f.Tag.Get("nullable") == "true"
			listsAreLists(s, canBeNull)
			if f.Type == reflect.TypeFor[journey.Text]() {
				s = &huma.Schema{AnyOf: []*huma.Schema{{Type: huma.TypeString}, {Type: huma.TypeObject, AdditionalProperties: &huma.Schema{Type: huma.TypeString}}},
					Description: cmp.Or(s.Description, "A text, or texts by locale")}
				schema.Properties[property] = s
			} else if choices, ok := words[f.Type]; ok {
				s.Enum = choices
			} else if f.Type.Kind() == reflect.Pointer {
				s.Enum = append(s.Enum, words[f.Type.Elem()]...)
			}
			if shape, ok := shapes[name+"."+property]; ok {
				shape.Description = s.Description
				s, schema.Properties[property] = shape, shape
			}
			if isAbsentRatherThanNull := strings.Contains(f.Tag.Get("json"), ",omit"); s.Ref != "" &&
				f.Type.Kind() == reflect.Pointer && !isAbsentRatherThanNull {
				schema.Properties[property] = &huma.Schema{AnyOf: []*huma.Schema{{Ref: s.Ref}, null()}, Description: s.Description}
			}
			s.PrecomputeMessages()
		})
	}
	delete(registry.Map(), "Text") // the inside of a journey.Text, which is no JSON
	for _, item := range doc.Paths {
		for _, op := range []*huma.Operation{item.Get, item.Post, item.Put, item.Patch, item.Delete} {
			if op == nil {
				continue
			}
			for _, parameter := range op.Parameters {
				listsAreLists(parameter.Schema, false)
			}
		}
	}
}

// schemaName is a type's name in the description. Retention, metrics, trees and what
// is said of them have words in common with journeys, and other things behind them.
func schemaName(t reflect.Type, hint string) string {
	name := huma.DefaultSchemaNamer(t, hint)
	for t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	switch t.PkgPath() {
	case reflect.TypeFor[retention.Answer]().PkgPath():
		return "Retention" + name
	case reflect.TypeFor[metric.Answer]().PkgPath():
		return "Metric" + name
	case reflect.TypeFor[tree.Answer]().PkgPath():
		return "Tree" + name
	case reflect.TypeFor[vanity.Verdict]().PkgPath():
		return "Vanity" + name
	case reflect.TypeFor[decompose.Amount]().PkgPath():
		return "Move" + name
	}
	return name
}

// eachField yields the JSON members of a struct, also of embedded ones.
func eachField(t reflect.Type, yield func(property string, f reflect.StructField)) {
	for _, f := range reflect.VisibleFields(t) {
		property, _, _ := strings.Cut(f.Tag.Get("json"), ",")
		if f.IsExported() && property != "" && property != "-" {
			yield(property, f)
		}
	}
}

// listsAreLists says that a list without elements is empty and not null.
func listsAreLists(s *huma.Schema, canBeNull bool) {
	if s.Type == huma.TypeArray {
		s.Nullable = canBeNull
		listsAreLists(s.Items, false)
	}
}

// words are the texts that a type of texts has.
func words() map[reflect.Type][]any {
	all := map[reflect.Type][]any{}
	add(all, access.Admin, access.Editor, access.Viewer)
	add(all, access.Active, access.Invited, access.Disabled)
	add(all, access.APIKeys, access.WriteKeys)
	add(all, holds, fails, unknown)
	add(all, customer.Person, customer.Account)
	add(all, event.Track, event.Page, event.Screen, event.Identify, event.Group, event.Alias, event.Unlink, event.Forget, event.Expire)
	add(all, fault.Invalid, fault.NotFound, fault.Conflict, fault.Denied, fault.Limited, fault.Unavailable, fault.Internal)
	add(all, identity.ByIdentify, identity.ByAlias, identity.ByGroup)
	add(all, journey.Latest, journey.First)
	add(all, journey.Remove, journey.Keep)
	add(all, journey.StageNode, journey.LeftNode, journey.PendingNode, journey.NextNode)
	add(all, journey.Ordered, journey.Strict, journey.AnyOrder)
	add(all, calendar.Hour, calendar.Day, calendar.Week, calendar.Month) // of a retention table
	add(all, calendar.Monday, calendar.Sunday)
	add(all, retention.Calendar, retention.Rolling24h)
	add(all, metric.Counted, metric.RateFrom, metric.RateOf, metric.OnStage)
	add(all, metric.Up, metric.Down, metric.Neither)
	add(all, path.Transitions, path.After, path.Before, path.Between)
	add(all, path.First, path.Last, path.Every)
	add(all, path.EventNode, path.OtherNode, path.AnchorNode, path.UntilNode, path.EndedNode, path.BeganNode, path.MoreNode)
	add(all, tree.Models...)
	add(all, tree.Start, tree.Growth, tree.Maturity, tree.Renewal)
	add(all, tree.RulingStar, tree.OtherStar, tree.Input, tree.KPI, tree.TargetRole, tree.Guarding, tree.Counter, tree.Outcome, tree.Spending,
		tree.Influenced, tree.Component)
	add(all, tree.Rises, tree.Falls)
	add(all, tree.Better, tree.Worse, tree.Same)
	add(all, tree.Upcoming, tree.Runs, tree.Over)
	add(all, tree.Total, tree.Level)
	add(all, tree.Arithmetic, tree.InfluenceEdge)
	add(all, tree.Plus, tree.Minus, tree.Times, tree.Divide)
	add(all, tree.Supported, tree.Contradicted, tree.Unclear, tree.Short)
	add(all, tree.NotAgreed, tree.Agreed, tree.Drifted, tree.NotKept)
	add(all, vanity.Vain, vanity.Sound, vanity.Undecided)
	add(all, vanity.Pass, vanity.Fail, vanity.Unknown)
	add(all, vanity.Below, vanity.AtMost, vanity.AtLeast, vanity.Above)
	add(all, vanity.Ratchet, vanity.NoDenominator, vanity.Bought, vanity.FarFromValue, vanity.NoForesight, vanity.NoHandle, vanity.Divergence,
		vanity.NotAuditable, vanity.SoWhat)
	add(all, vanity.RunningTotal, vanity.TwoOfValue, vanity.FormAndValue, vanity.RisesBlindly, vanity.OfNoUse, vanity.ValueShown, vanity.Contradicted,
		vanity.NotShown)
	add(all, vanity.LackPeriods, vanity.LackVariation, vanity.LackKind, vanity.LackSpend, vanity.LackValueRate, vanity.LackSubjects,
		vanity.LackOutcomes, vanity.LackAttempts, vanity.LackMeasured, vanity.LackOthers, vanity.LackList, vanity.LackSentences)
	add(all, decompose.OutsideNoise, decompose.InsideNoise, decompose.NoiseUnknown, decompose.Unmoved, decompose.UnknownMove)
	add(all, decompose.BySum, decompose.ByLogMean, decompose.ByLogMeanLimit, decompose.ByShapley)
	add(all, decompose.NotMeasured, decompose.DividedByZero, decompose.OutOfRange)
	add(all, ledger.Added, ledger.Removed, ledger.Changed, ledger.Moved)
	add(all, ledger.Proposed, ledger.Approved)
	add(all, warehouse.Open, warehouse.Replayed, warehouse.Discarded)
	return all
}

func add[T ~string](all map[reflect.Type][]any, words ...T) {
	for _, word := range words { // as strings, which is what a request is compared as
		all[reflect.TypeFor[T]()] = append(all[reflect.TypeFor[T]()], string(word))
	}
}

// shapes are those of members that hold JSON of several types, or a text of few
// words without a type of its own, by schema and member.
func shapes() map[string]*huma.Schema {
	text := func() *huma.Schema { return &huma.Schema{Type: huma.TypeString} }
	object := func() *huma.Schema { return &huma.Schema{Type: huma.TypeObject, AdditionalProperties: true} }
	choice := func(words ...any) *huma.Schema { return &huma.Schema{Type: huma.TypeString, Enum: words} }
	locale := func() *huma.Schema {
		return choice(string(fault.TraditionalChinese), string(fault.SimplifiedChinese), string(fault.English))
	}
	scalar := func() []*huma.Schema {
		return []*huma.Schema{text(), {Type: huma.TypeNumber}, {Type: huma.TypeBoolean}, null()}
	}
	scalars := func() *huma.Schema {
		list := &huma.Schema{Type: huma.TypeArray, Items: &huma.Schema{AnyOf: scalar()}}
		return &huma.Schema{AnyOf: append(scalar(), list)}
	}
	grain := func() *huma.Schema { return choice("hour", "day", "week", "month", "quarter", "year") }
	orNull := func(s *huma.Schema) *huma.Schema {
		s.Nullable = true
		return s
	}
	all := map[string]*huma.Schema{
		"Explanation.body": object(),
		"MetricRow.value":  scalars(), "MetricCustomersQuestion.breakdownValue": scalars(),
		"TreeSegmentMove.value": scalars(), "TreeCauseValue.value": scalars(),
		"MetricSummary.grain": grain(), "TreeNode.grain": grain(),
		"TreeStarterDefinition.body": object(),
		"TreeQuestion.tree":          orNull(object()), "TreeQuestion.segment": orNull(object()),
		"WhyQuestion.segment": orNull(object()),
		"ValueCount.value":    {AnyOf: scalar()},
		"Row.value":           scalars(),
		"Revision.body":       object(),
		"Write.body":          object(),
		"Member.locale":       locale(),
		"SetUp.locale":        locale(),
		"Workspace.locale":    locale(),
		"Workspace.weekStart": choice("monday", "sunday"), "Workspace.goodColors": choice("default", "redUp", "greenUp"),
		"BehindQuestion.breakdownValue": scalars(),
	}
	for _, part := range []string{"properties", "context", "traits"} {
		all["Event."+part] = orNull(object())
	}
	all["Anchor.when"] = &huma.Schema{Type: huma.TypeArray, Items: object(), Nullable: true}
	for _, question := range []string{"Question", "MeasureQuestion", "BehindQuestion", "TraceQuestion", "PathsQuestion", "PathsBehindQuestion"} {
		all[question+".journey"], all[question+".segment"] = orNull(object()), orNull(object())
	}
	for _, question := range []string{"MeasureQuestion", "RetentionQuestion", "CellQuestion"} {
		all[question+".retention"], all[question+".segment"] = orNull(object()), orNull(object())
	}
	for _, question := range []string{"MeasureQuestion", "MetricQuestion", "MetricCustomersQuestion", "MetricTraceQuestion"} {
		all[question+".metric"], all[question+".segment"] = orNull(object()), orNull(object())
	}
	return all
}

func null() *huma.Schema { return &huma.Schema{Type: "null"} }
