// Package survival holds what a workspace survives, as tests: real processes on
// loopback are killed, cut off, filled up and told the wrong time while events come
// in. Every time, no event that was acknowledged may be lost and none may count
// twice, an answer is right or says which part is missing, and all goes on without
// hands once the fault is over. The tests print what was survived.
package survival
