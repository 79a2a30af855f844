package vanity

import (
	"crypto/sha256"
	"encoding/json"

	lru "github.com/hashicorp/golang-lru/v2"
)

// Known are verdicts by the evidence they were reached on, those asked for last: a
// verdict hangs on nothing else, and the forecasts behind it take longer than the
// numbers do. It is safe for concurrent use.
type Known struct {
	verdicts *lru.Cache[[sha256.Size]byte, Verdict]
}

const mostKnown = 1 << 10 // of some ten thousand bytes

// NewKnown knows no verdict yet.
func NewKnown() *Known {
	verdicts, err := lru.New[[sha256.Size]byte, Verdict](mostKnown)
	if err != nil {
		panic(err) // of a size below 1
	}
	return &Known{verdicts}
}

// Judge is the verdict of the package's Judge, which is for reading; of nil it is
// computed at every call. Errors are the same.
func (k *Known) Judge(e Evidence, t Thresholds) (Verdict, error) {
	if k == nil {
		return Judge(e, t)
	}
	raw, err := json.Marshal(struct {
		Evidence
		Thresholds Thresholds
	}{e, t})
	if err != nil { // a number that JSON does not have, of which Judge tells the place
		return Judge(e, t)
	}
	key := sha256.Sum256(raw)
	if v, ok := k.verdicts.Get(key); ok {
		return v, nil
	}
	v, err := Judge(e, t)
	if err == nil {
		k.verdicts.Add(key, v)
	}
	return v, err
}
