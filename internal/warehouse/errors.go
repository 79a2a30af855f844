package warehouse

import "errors"

// ErrOutOfStep refuses a chunk that does not follow the stored position.
var ErrOutOfStep = errors.New("the chunk does not follow the stored position")

// ErrNoCopy refuses CopyTo where facts lie on several machines, whose own tools
// back them up.
var ErrNoCopy = errors.New("facts on several machines are not copied into a folder")

// ErrReplaced says that a load which was taken in does not count: its node had lost the
// turn, and another one stored something else in its place.
var ErrReplaced = errors.New("facts that were taken in do not count any more")
