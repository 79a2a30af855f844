package clickhousetest

import (
	"fmt"
	"runtime"
	"syscall"
	"unsafe"

	"github.com/ebitengine/purego"
)

// serve runs the library's own command line, which is that of clickhouse-local.
// Through the library's ordinary connections the listeners refuse to start.
func serve(library string, args []string) error {
	handle, err := purego.Dlopen(library, purego.RTLD_NOW|purego.RTLD_LOCAL)
	if err != nil {
		return fmt.Errorf("open the ClickHouse library: %w", err)
	}
	var handleSignals func(on bool)
	var run func(count int32, args unsafe.Pointer) (result uintptr)
	var errorOf func(result uintptr) string
	purego.RegisterLibFunc(&handleSignals, handle, "chdb_set_signal_handlers_enabled")
	purego.RegisterLibFunc(&run, handle, "chdb_query_cmdline")
	purego.RegisterLibFunc(&errorOf, handle, "chdb_result_error")

	handleSignals(false) // they are the Go runtime's
	var pinned runtime.Pinner
	defer pinned.Unpin()
	texts := make([]*byte, len(args)+1) // ends with a null pointer, as C has it
	for i, arg := range args {
		text := append([]byte(arg), 0)
		texts[i] = &text[0]
		pinned.Pin(texts[i])
	}
	pinned.Pin(&texts[0])
	result := run(int32(len(args)), unsafe.Pointer(&texts[0]))
	if result == 0 {
		return fmt.Errorf("ClickHouse did not run")
	}
	if said := errorOf(result); said != "" {
		return fmt.Errorf("ClickHouse: %s", said)
	}
	return nil
}

// inMemory is a folder whose files take memory and no disk, if one has that much
// room; otherwise "".
func inMemory(bytes uint64) string {
	const shared = "/dev/shm"
	var s syscall.Statfs_t
	if err := syscall.Statfs(shared, &s); err != nil || s.Bavail*uint64(s.Bsize) < bytes {
		return ""
	}
	return shared
}
