package stream

import (
	"context"
	"sync"
)

// bytesAnEvent is what an event takes in an index: nine of its word, its customer and
// its amounts, as measured, and nearly as much for the columns and lists that are asked for
// and for what is not yet where it belongs.
const bytesAnEvent = 16

// room tells whether indexes of all events have room in memory.
type room struct {
	mu     sync.Mutex
	events int64  // that the store had when it was asked last,
	at     uint64 // and up to which position
	none   bool   // there was none when somebody asked last
}

// Outgrown reports whether the last question was asked of the store, because an index
// has no room for all events.
func (l *Live) Outgrown() bool {
	l.room.mu.Lock()
	defer l.room.mu.Unlock()
	return l.room.none
}

// fits reports whether an index of all events has room. The store is asked how many
// there are once in a while; what came since is told by positions.
func (l *Live) fits(ctx context.Context) (bool, error) {
	if l.Room <= 0 {
		return true, nil
	}
	loaded, tail := l.tail.Tail()
	l.room.mu.Lock()
	defer l.room.mu.Unlock()
	if l.room.at == 0 || loaded-l.room.at > l.room.at/8 {
		stats, err := l.warehouse.Extent(ctx)
		if err != nil {
			return false, err
		}
		l.room.events, l.room.at = stats.Events, loaded
	}
	events := l.room.events + int64(loaded-l.room.at) + int64(len(tail))
	l.room.none = events*bytesAnEvent > l.Room
	return !l.room.none, nil
}
