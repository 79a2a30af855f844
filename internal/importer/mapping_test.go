package importer

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"beichen/internal/fault"
)

func faultsOf(err error) []string {
	var f *fault.Error
	if !errors.As(err, &f) {
		return []string{fmt.Sprint(err)}
	}
	var out []string
	for _, d := range f.Faults {
		out = append(out, fmt.Sprintf("%d %s %s", d.Line, d.Path, d.Key))
	}
	return out
}

func TestEveryFaultOfAMappingIsNamedWithItsPathAndLine(t *testing.T) {
	_, err := Parse("m.yaml", []byte(`kind: Journey
timezone: Mars/Base
colour: red
sources:
  - { as: 1st, file: x.doc }
  - as: deals
    file: deals.csv
    types: { amount: MONEY }
  - { as: DEALS, file: [a] }
  - { as: s1, file: a.csv, header: no, delimiter: "::" }
  - { as: s2, file: a.tsv, header: [true], delimiter: '"' }
  - { as: s3, file: a.jsonl, header: false, delimiter: ";" }
  - { as: s4, file: a.csv, delimiter: "·" }
  - { as: s5, file: a.txt, delimiter: "" }
messages:
  - from: deals
    type: tracked
  - type: track
    from: deals
    userId: id
    timestamp: at
    previousId: other
    propertys: {}
  - { type: group, from: deals, userId: id, timestamp: at, value: 1 }
  - { type: alias, from: deals, anonymousId: id }
  - { type: page, from: deals, timestamp: at, userId: id, properties: [x], groupId: g, context: { groupId: h } }
`))
	want := []string{
		"1 kind import.bad-kind",
		"3 colour import.unknown-key",
		"1 id import.missing",
		"2 timezone import.bad-timezone",
		"5 sources[0].as import.bad-source-name",
		"5 sources[0].file import.unknown-format",
		"8 sources[1].types.amount import.unknown-column-type",
		"9 sources[2].file import.not-text",
		"9 sources[2].as import.repeated-source",
		"10 sources[3].header import.not-boolean",
		"10 sources[3].delimiter import.bad-delimiter",
		"11 sources[4].header import.not-text",
		"11 sources[4].delimiter import.bad-delimiter",
		"12 sources[5].header import.only-separated",
		"12 sources[5].delimiter import.only-separated",
		"13 sources[6].delimiter import.bad-delimiter",
		"14 sources[7].delimiter import.bad-delimiter",
		"16 messages[0].timestamp import.missing",
		"17 messages[0].type import.bad-type",
		"23 messages[1].propertys import.unknown-key",
		"18 messages[1].event import.missing",
		"22 messages[1].previousId import.not-for-type",
		"24 messages[2].groupId import.missing",
		"24 messages[2].value import.not-for-type",
		"25 messages[3].timestamp import.missing",
		"25 messages[3].userId import.missing",
		"25 messages[3].previousId import.missing",
		"26 messages[4].properties import.not-map",
		"26 messages[4].context.groupId import.set-twice",
	}
	if d := cmp.Diff(sorted(want), sorted(faultsOf(err))); d != "" {
		t.Errorf("faults (-want +got):\n%s", d)
	}
	if fault.KindOf(err) != fault.Invalid {
		t.Errorf("kind %s, want invalid", fault.KindOf(err))
	}
}

func TestWhatIsNoYAMLIsOneFaultWithItsLine(t *testing.T) {
	for _, text := range []string{"kind: Import\nid: [", "", "kind: Import\nkind: Import\n", "a: *b\n"} {
		_, err := Parse("m.yaml", []byte(text))
		if err == nil || len(faultsOf(err)) == 0 {
			t.Errorf("%q: no fault", text)
		}
	}
}

func TestExpressionsMayBeSharedByAnchors(t *testing.T) {
	m, err := Parse("m.yaml", []byte(mappingOf("t.csv", "properties: &p { a: x }")+`  - from: t
    type: track
    event: "'Again'"
    userId: who
    timestamp: at
    properties: *p
`))
	if err != nil {
		t.Fatal(err)
	}
	if got := m.Messages[1].Properties[0].SQL; got != "x" {
		t.Errorf("shared property %q, want x", got)
	}
}

func TestFaultsOfSQLStandAtTheirPlaceInTheMapping(t *testing.T) {
	dir := folder(t, map[string]string{"t.csv": "who,at,n\na,2024-01-01,1\n"})
	_, err := tryInto(t, &memory{}, dir, mappingOf("t.csv",
		"where: n >",
		"channel: lower(nn)",
		"value: at",
		"cost: n) , (n",
		"properties: { ok: n, bad: \"no_such_function(n)\", file: \"(SELECT count(*) FROM read_csv('/etc/passwd'))\" }",
	)+`  - from: t join u using (who)
    type: track
    event: "'X'"
    userId: who
    timestamp: n
  - from: t
    type: track
    event: "'X'"
    userId: who
    timestamp: n
`)
	want := []string{
		"12 messages[0].where import.sql", "13 messages[0].channel import.sql", "14 messages[0].value import.not-number",
		"15 messages[0].cost import.sql", "16 messages[0].properties.bad import.sql", "16 messages[0].properties.file import.sql",
		"17 messages[1].from import.sql", "26 messages[2].timestamp import.not-time",
	}
	if d := cmp.Diff(sorted(want), sorted(faultsOf(err))); d != "" {
		t.Errorf("faults (-want +got):\n%s", d)
	}
}

func TestMissingFilesAreFaultsOfTheirSources(t *testing.T) {
	_, err := tryInto(t, &memory{}, t.TempDir(), mappingOf("none-*.csv"))
	if d := cmp.Diff([]string{"5 sources[0].file import.no-file"}, faultsOf(err)); d != "" {
		t.Error(d)
	}
}

func TestEveryTextOfTheImportIsThereInThreeLanguages(t *testing.T) {
	n := 0
	for _, key := range fault.Keys() {
		if !strings.HasPrefix(key, "import.") {
			continue
		}
		n++
		for _, l := range []fault.Language{fault.English, fault.TraditionalChinese, fault.SimplifiedChinese} {
			if strings.TrimSpace(fault.New(fault.Invalid, key).Message(l)) == "" {
				t.Errorf("%s has no text in %s", key, l)
			}
		}
	}
	if n < 50 {
		t.Errorf("%d texts of the import, want all of them", n)
	}
}
