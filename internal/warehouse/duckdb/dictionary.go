package duckdb

import (
	"context"
	"sync"
)

// dictionary gives texts codes that are stored with events: 0 for the empty
// text, the others from 1 in the order in which they were first loaded.
type dictionary struct {
	kind  uint8
	mu    sync.RWMutex
	codes map[string]uint32
	texts []string
	saved int // how many of texts are in the store
}

const (
	kindName     uint8 = 1
	kindCurrency uint8 = 2
)

func (w *Warehouse) readDictionary(ctx context.Context, kind uint8) (*dictionary, error) {
	d := &dictionary{kind: kind, codes: map[string]uint32{"": 0}, texts: []string{""}}
	rows, err := w.db.QueryContext(ctx, "SELECT text FROM words WHERE kind = ? ORDER BY code", kind)
	if err != nil {
		return nil, failed(ctx, err)
	}
	defer rows.Close()
	for rows.Next() {
		var text string
		if err := rows.Scan(&text); err != nil {
			return nil, failed(ctx, err)
		}
		d.code(text)
	}
	d.saved = len(d.texts)
	return d, failed(ctx, rows.Err())
}

// code gives a text its code, a new one where it has none.
func (d *dictionary) code(text string) uint32 {
	if code, ok := d.find(text); ok {
		return code
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	code := uint32(len(d.texts))
	d.codes[text] = code
	d.texts = append(d.texts, text)
	return code
}

func (d *dictionary) find(text string) (uint32, bool) {
	d.mu.RLock()
	defer d.mu.RUnlock()
	code, ok := d.codes[text]
	return code, ok
}

// all lists the texts by code. It is not changed afterwards.
func (d *dictionary) all() []string {
	d.mu.RLock()
	defer d.mu.RUnlock()
	return d.texts[:len(d.texts):len(d.texts)]
}
