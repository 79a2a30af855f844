package clickhouse

import (
	"context"
	"errors"
	"fmt"
	"sync"

	"github.com/ClickHouse/ch-go"
)

// readers are connections that read columns as they are sent and wait for the next
// question: to be let in anew by every shard takes as long as a small answer.
type readers struct {
	mu   sync.Mutex
	idle map[int][]*ch.Client // by shard
	over bool
}

// mostIdle bounds how many wait for each shard.
const mostIdle = 4

// take gives one that waited, nil where there is none that still answers.
func (r *readers) take(ctx context.Context, shard int) *ch.Client {
	for {
		r.mu.Lock()
		waiting := r.idle[shard]
		if len(waiting) == 0 {
			r.mu.Unlock()
			return nil
		}
		last := len(waiting) - 1
		conn := waiting[last]
		r.idle[shard] = waiting[:last]
		r.mu.Unlock()
		answering, stop := context.WithTimeout(ctx, dialIn)
		err := conn.Ping(answering)
		if stop(); err == nil {
			return conn
		}
		_ = conn.Close() // it was of no use any more
	}
}

// give takes back one whose question was answered.
func (r *readers) give(shard int, conn *ch.Client) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.over || len(r.idle[shard]) == mostIdle {
		_ = conn.Close() // nothing is left to be read
		return
	}
	if r.idle == nil {
		r.idle = map[int][]*ch.Client{}
	}
	r.idle[shard] = append(r.idle[shard], conn)
}

func (r *readers) close() error {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.over = true
	var errs []error
	for _, waiting := range r.idle {
		for _, conn := range waiting {
			errs = append(errs, conn.Close())
		}
	}
	r.idle = nil
	return errors.Join(errs...)
}

// reader is a connection to the first replica of a shard that answers.
func (w *Warehouse) reader(ctx context.Context, shard int) (*ch.Client, error) {
	if conn := w.readers.take(ctx, shard); conn != nil {
		return conn, nil
	}
	var failed []error
	for _, address := range w.options.Shards[shard] {
		conn, err := w.dial(ctx, address)
		if err == nil {
			var reader *ch.Client
			if reader, err = ch.Connect(ctx, conn, w.readerOptions(address)); err == nil {
				return reader, nil
			}
			err = errors.Join(err, conn.Close())
		}
		failed = append(failed, err)
	}
	return nil, errors.Join(failed...)
}

// readerOptions are those of a connection that reads columns as they are sent.
func (w *Warehouse) readerOptions(address string) ch.Options {
	o := ch.Options{
		Address: address, Database: w.options.Database, User: w.options.User, Password: w.options.Password,
		Compression: ch.CompressionLZ4, DialTimeout: dialIn, ReadTimeout: readIn,
	}
	for name, value := range w.settings() {
		o.Settings = append(o.Settings, ch.Setting{Key: name, Value: fmt.Sprint(value), Important: true})
	}
	return o
}
