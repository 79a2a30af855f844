package sqlstore

import (
	"testing"
	"time"
)

// Impatient makes a silent server, or node, a lost one within seconds, for a test.
func Impatient(t *testing.T) {
	for _, wait := range []*time.Duration{&connectWithin, &answerWithin, &idleWithin, &quiet, &answerIn} {
		before := *wait
		*wait = time.Second
		t.Cleanup(func() { *wait = before })
	}
}

// AskAgain sets for a test how long a node waits for its turn before it asks anew.
func AskAgain(t *testing.T, after time.Duration) {
	before := askAgain
	askAgain = after
	t.Cleanup(func() { askAgain = before })
}
