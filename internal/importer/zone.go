package importer

import "time"

// inZone is the instant at which clocks in a zone show the wall time that wall
// shows in UTC. A time that came twice (clocks went back) is its first coming; a
// time that never came (clocks went forward) is moved on by the gap, as a
// clock that nobody set would show it.
func inZone(wall time.Time, zone *time.Location) time.Time {
	before := offsetAt(wall.Add(-24*time.Hour), zone)
	after := offsetAt(wall.Add(24*time.Hour), zone)
	first := wall.Add(-before)
	if before == after || offsetAt(first, zone) == before {
		return first
	}
	if second := wall.Add(-after); offsetAt(second, zone) == after {
		return second
	}
	return first
}

func offsetAt(t time.Time, zone *time.Location) time.Duration {
	_, seconds := t.In(zone).Zone()
	return time.Duration(seconds) * time.Second
}
