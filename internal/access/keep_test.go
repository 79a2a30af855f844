package access

import (
	"testing"
	"time"
)

func TestHowLongFactsAreKeptIsWrittenInOneWay(t *testing.T) {
	for text, want := range map[string]Keep{
		"": {}, "forever": {}, "30d": {Days: 30}, "18250d": {Days: 18250}, "2mo": {Months: 2}, "600mo": {Months: 600},
	} {
		if k, err := ParseKeep(text); err != nil || k != want {
			t.Errorf("%s: %+v, %v", text, k, err)
		}
	}
	for _, text := range []string{"29d", "18251d", "1mo", "601mo", "400", "d", "-40d", "040d", "40 d", "2y", "1.5mo"} {
		if k, err := ParseKeep(text); err == nil {
			t.Errorf("%s is %+v", text, k)
		}
	}
}

func TestFactsAreKeptFromTheStartOfADay(t *testing.T) {
	for _, c := range []struct{ keep, zone, now, want string }{
		{"30d", "Asia/Taipei", "2026-03-31T15:00:00Z", "2026-03-01T00:00:00+08:00"},
		{"30d", "Asia/Taipei", "2026-03-31T17:00:00Z", "2026-03-02T00:00:00+08:00"}, // it is tomorrow there
		{"2mo", "UTC", "2026-04-30T12:00:00Z", "2026-02-28T00:00:00Z"},              // a day that the month has not
		{"2mo", "UTC", "2026-01-31T12:00:00Z", "2025-11-30T00:00:00Z"},
		{"30d", "America/Havana", "2026-04-07T12:00:00Z", "2026-03-08T01:00:00-04:00"}, // there is no midnight
	} {
		zone, err := time.LoadLocation(c.zone)
		if err != nil {
			t.Fatal(err)
		}
		now, err := time.Parse(time.RFC3339, c.now)
		if err != nil {
			t.Fatal(err)
		}
		keep, err := ParseKeep(c.keep)
		if err != nil {
			t.Fatal(err)
		}
		if got := keep.From(now, zone).Format(time.RFC3339); got != c.want {
			t.Errorf("%s in %s at %s: from %s, want %s", c.keep, c.zone, c.now, got, c.want)
		}
	}
	if from := (Keep{}).From(time.Now(), time.UTC); !from.IsZero() {
		t.Errorf("forever: from %v", from)
	}
}
