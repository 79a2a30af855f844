package importer

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

func mustZone(t *testing.T, name string) *time.Location {
	t.Helper()
	zone, err := time.LoadLocation(name)
	if err != nil {
		t.Fatal(err)
	}
	return zone
}

func TestTimesWithoutAZoneAreInTheMappingsAlsoWhereClocksChange(t *testing.T) {
	for _, c := range []struct{ zone, wall, want string }{
		{"Europe/London", "2024-01-15 09:00:00", "2024-01-15T09:00:00Z"},
		{"Europe/London", "2024-07-15 09:00:00", "2024-07-15T08:00:00Z"},
		{"Europe/London", "2024-03-31 00:59:59", "2024-03-31T00:59:59Z"},
		{"Europe/London", "2024-03-31 01:30:00", "2024-03-31T01:30:00Z"}, // never came: on by the gap, 02:30 summer time
		{"Europe/London", "2024-03-31 02:00:00", "2024-03-31T01:00:00Z"},
		{"Europe/London", "2024-10-27 01:30:00", "2024-10-27T00:30:00Z"}, // came twice: its first coming
		{"Europe/London", "2024-10-27 02:00:00", "2024-10-27T02:00:00Z"},
		{"America/New_York", "2024-03-10 02:30:00", "2024-03-10T07:30:00Z"},
		{"Pacific/Apia", "2011-12-30 12:00:00", "2011-12-30T22:00:00Z"}, // a day that Samoa left out
		{"Asia/Taipei", "2024-05-01", "2024-04-30T16:00:00Z"},
	} {
		wall, k := parseMoment(c.wall)
		if k == text {
			t.Fatalf("%s is no time", c.wall)
		}
		if got := inZone(wall, mustZone(t, c.zone)).UTC().Format(time.RFC3339); got != c.want {
			t.Errorf("%s in %s is %s, want %s", c.wall, c.zone, got, c.want)
		}
	}
}

func TestAWallTimeThatCameOnceIsReadBack(t *testing.T) {
	zones := []*time.Location{mustZone(t, "Europe/London"), mustZone(t, "America/Sao_Paulo"), mustZone(t, "Australia/Lord_Howe"), mustZone(t, "Asia/Taipei")}
	rapid.Check(t, func(t *rapid.T) {
		zone := zones[rapid.IntRange(0, len(zones)-1).Draw(t, "zone")]
		at := time.Unix(rapid.Int64Range(0, 2_000_000_000).Draw(t, "seconds"), 0).UTC()
		local := at.In(zone)
		wall := time.Date(local.Year(), local.Month(), local.Day(), local.Hour(), local.Minute(), local.Second(), 0, time.UTC)
		got := inZone(wall, zone)
		if again := got.In(zone); again.Format("2006-01-02 15:04:05") != wall.Format("2006-01-02 15:04:05") {
			t.Fatalf("%s shows %s, not %s", got, again, wall)
		}
		if got.After(at) {
			t.Fatalf("%s is after %s: not the first coming", got, at)
		}
	})
}

func TestTimesOfAllKindsBecomeTheRightInstant(t *testing.T) {
	dir := folder(t, map[string]string{"t.csv": "who,at,zoned,text,micro\n" +
		"a,2024-07-01 12:00:00,2024-07-01T12:00:00+08:00,2024/7/1 12:00 Z,1719835200000000\n"})
	for expr, want := range map[string]string{
		"at":                             "2024-07-01T11:00:00Z", // London's summer
		"t.at::DATE":                     "2024-06-30T23:00:00Z",
		"t.at::TIMESTAMPTZ":              "2024-07-01T11:00:00Z",
		"zoned":                          "2024-07-01T04:00:00Z",
		"zoned::VARCHAR":                 "2024-07-01T04:00:00Z",
		"text":                           "2024-07-01T12:00:00Z",
		"'2024-07-01 12:00:00'":          "2024-07-01T11:00:00Z",
		"make_timestamp(micro)":          "2024-07-01T11:00:00Z",
		"to_timestamp(micro/1e6)":        "2024-07-01T12:00:00Z",
		"t.at AT TIME ZONE 'Asia/Tokyo'": "2024-07-01T03:00:00Z",
	} {
		var got memory
		into(t, &got, dir, `
kind: Import
id: test
timezone: Europe/London
sources: [{ as: t, file: t.csv }]
messages:
  - { from: t, type: identify, userId: who, timestamp: "`+expr+`" }
`)
		if d := cmp.Diff([]any{want}, got.field("timestamp")); d != "" {
			t.Errorf("%s (-want +got):\n%s", expr, d)
		}
	}
}

func TestMomentsAreReadAsGoReadsThem(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		at := time.UnixMicro(rapid.Int64Range(-2_000_000_000_000_000, 9_000_000_000_000_000).Draw(t, "micros")).UTC()
		zone := time.FixedZone("", rapid.IntRange(-14*60, 14*60).Draw(t, "minutes")*60)
		got, k := parseMoment(at.In(zone).Format("2006-01-02T15:04:05.999999Z07:00"))
		if k != instant || !got.Equal(at) {
			t.Fatalf("read %s (%d), want %s", got, k, at)
		}
	})
	for _, bad := range []string{"2024-02-30", "2024-13-01", "2024-1", "2024-01-01 24:00:00", "2024-01-01T10", "20240101", "2024-01/01", "2024-01-01 10:00:00+8", "2024-01-01 10:00:00.", "2024-01-01x", "0000-00-00"} {
		if at, k := parseMoment(bad); k != text {
			t.Errorf("%s was read as %s", bad, at)
		}
	}
}

func FuzzClassify(f *testing.F) {
	for _, s := range []string{"", "1", "-1.5e-3", "2024-01-01 10:00:00Z", "TRUE", "-", ".", "007", "12E45"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		k := classify(s)
		column := column{kind: k}
		if k == nested {
			t.Fatalf("%q is nested", s)
		}
		if _, ok := column.store(cell{k, s}, time.UTC); !ok && !(k == number) { // 1e+999 looks like a number and is none
			t.Fatalf("%q is of kind %d, which cannot hold it", s, k)
		}
	})
}
