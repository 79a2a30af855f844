package duckdb

/*
#include <stdint.h>

// Of DuckDB's C interface, "Threading Information", which the driver leaves out.
void duckdb_execute_tasks(void *database, uint64_t max_tasks);
*/
import "C"

import "sync/atomic"

// The engine has no threads of its own (the setting external_threads): a
// statement is carried out by who calls it, and by those who help. That is for
// the loader's sake. Its inserts are one task after another; a thread of the
// engine would take one of them, and the caller meanwhile asks without a pause
// whether it is done, which costs half of what the loading itself does.

// help lends a question the processors that its caller does not have, until the
// returned function is called. Nobody waits for helpers to leave, who may be in
// the middle of a task of somebody else.
func (r *reader) help() (enough func()) {
	var over atomic.Bool
	for range r.threads - 1 {
		r.running.Go(func() {
			for !over.Load() {
				C.duckdb_execute_tasks(r.db.Ptr, 1) // waits 5 ms for one
			}
		})
	}
	return func() { over.Store(true) }
}
