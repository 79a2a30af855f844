package warehouse

import "errors"

// ErrOutOfStep refuses a chunk that does not follow the stored position.
var ErrOutOfStep = errors.New("the chunk does not follow the stored position")

// ErrNoCopy refuses CopyTo where facts lie on several machines, whose own tools
// back them up.
var ErrNoCopy = errors.New("facts on several machines are not copied into a folder")
