package eventlog

import (
	"errors"
	"io"
	"maps"
	"math/rand/v2"
	"slices"
	"sync"
)

// errPower is what every operation returns once the power is cut.
var errPower = errors.New("no power")

// simulated is an FS in memory that keeps apart what was synced and what was
// only written. cut gives the disk as the next start finds it: of what was not
// synced, any part may be there, sector by sector and in any order.
type simulated struct {
	mu       sync.Mutex
	names    map[string]*content // as the running process sees them
	durable  map[string]*content // as of the last SyncDir
	cutAfter int                 // operations until the power goes; negative: never
	failSync bool                // the next syncs of files fail

	open int // files opened and not closed
}

type content struct {
	now, durable []byte
	pending      []change
}

// change is an unsynced write, or with data nil an unsynced Truncate to at.
type change struct {
	at   int64
	data []byte
}

const sector = 64 // small, so that even short records tear

func newDisk() *simulated {
	return &simulated{names: map[string]*content{}, durable: map[string]*content{}, cutAfter: -1}
}

// step counts one operation; the mutex is held.
func (d *simulated) step() error {
	if d.cutAfter == 0 {
		return errPower
	}
	if d.cutAfter > 0 {
		d.cutAfter--
	}
	return nil
}

func (d *simulated) cut(r *rand.Rand) *simulated {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.cutAfter = 0
	next := newDisk()
	names := maps.Clone(d.durable)
	for _, name := range slices.Sorted(maps.Keys(d.names)) {
		if names[name] != d.names[name] && r.IntN(2) == 0 {
			names[name] = d.names[name]
		}
	}
	for _, name := range slices.Sorted(maps.Keys(d.durable)) {
		if d.names[name] == nil && r.IntN(2) == 0 {
			delete(names, name)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(names)) {
		bytes := names[name].survive(r)
		next.names[name] = &content{now: bytes, durable: slices.Clone(bytes)}
	}
	next.durable = maps.Clone(next.names)
	return next
}

func (c *content) survive(r *rand.Rand) []byte {
	out := slices.Clone(c.durable)
	for _, p := range c.pending {
		if p.data == nil {
			if r.IntN(2) == 0 {
				out = resize(out, p.at)
			}
			continue
		}
		if r.IntN(4) == 0 { // the length reached the disk, the bytes perhaps not
			out = resize(out, max(int64(len(out)), p.at+int64(len(p.data))))
		}
		for i := 0; i < len(p.data); i += sector {
			if r.IntN(2) == 0 {
				part := p.data[i:min(i+sector, len(p.data))]
				at := p.at + int64(i)
				out = resize(out, max(int64(len(out)), at+int64(len(part))))
				copy(out[at:], part)
			}
		}
	}
	return out
}

func resize(b []byte, size int64) []byte {
	if int64(len(b)) >= size {
		return b[:size]
	}
	return append(b, make([]byte, size-int64(len(b)))...)
}

func (d *simulated) List() ([]string, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	return slices.Collect(maps.Keys(d.names)), d.step()
}

func (d *simulated) Size(name string) (int64, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	return int64(len(d.names[name].now)), d.step()
}

func (d *simulated) Create(name string) (File, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if err := d.step(); err != nil {
		return nil, err
	}
	d.names[name] = &content{}
	d.open++
	return &handle{d, d.names[name]}, nil
}

func (d *simulated) Open(name string) (File, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if err := d.step(); err != nil {
		return nil, err
	}
	d.open++
	return &handle{d, d.names[name]}, nil
}

func (d *simulated) Remove(name string) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	if err := d.step(); err != nil {
		return err
	}
	delete(d.names, name)
	return nil
}

func (d *simulated) SyncDir() error {
	d.mu.Lock()
	defer d.mu.Unlock()
	if err := d.step(); err != nil {
		return err
	}
	d.durable = maps.Clone(d.names)
	return nil
}

func (d *simulated) Close() error { return nil }

type handle struct {
	disk *simulated
	c    *content
}

func (h *handle) ReadAt(p []byte, at int64) (int, error) {
	h.disk.mu.Lock()
	defer h.disk.mu.Unlock()
	if at >= int64(len(h.c.now)) {
		return 0, io.EOF
	}
	n := copy(p, h.c.now[at:])
	if n < len(p) {
		return n, io.EOF
	}
	return n, nil
}

func (h *handle) WriteAt(p []byte, at int64) (int, error) {
	h.disk.mu.Lock()
	defer h.disk.mu.Unlock()
	h.c.now = resize(h.c.now, max(int64(len(h.c.now)), at+int64(len(p))))
	copy(h.c.now[at:], p)
	h.c.pending = append(h.c.pending, change{at, slices.Clone(p)})
	if err := h.disk.step(); err != nil {
		return 0, err
	}
	return len(p), nil
}

func (h *handle) Truncate(size int64) error {
	h.disk.mu.Lock()
	defer h.disk.mu.Unlock()
	if err := h.disk.step(); err != nil {
		return err
	}
	h.c.now = resize(h.c.now, size)
	h.c.pending = append(h.c.pending, change{at: size})
	return nil
}

func (h *handle) Sync() error {
	h.disk.mu.Lock()
	defer h.disk.mu.Unlock()
	if err := h.disk.step(); err != nil {
		return err
	}
	if h.disk.failSync {
		return errors.New("I/O error")
	}
	h.c.durable, h.c.pending = slices.Clone(h.c.now), nil
	return nil
}

func (h *handle) Close() error {
	h.disk.mu.Lock()
	defer h.disk.mu.Unlock()
	h.disk.open--
	return nil
}
