package warehouse

import "errors"

// ErrOutOfStep refuses a chunk that does not follow the stored position.
var ErrOutOfStep = errors.New("the chunk does not follow the stored position")
