package app

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"time"

	"beichen/internal/capture"
	"beichen/internal/importer"
)

// OpenImport opens a workspace's folder for an import. Its ledger and its facts are at
// addresses, or, if those are empty, in the folder. Closing it waits until the warehouse has everything.
func OpenImport(ledger, facts string) importer.Open {
	return func(ctx context.Context, dir string) (importer.Sink, func() error, error) {
		w, err := Open(ctx, Options{Dir: dir, Ledger: ledger, Facts: facts, Now: time.Now, Log: slog.Default()})
		if err != nil {
			return nil, nil, err
		}
		closing := func() error {
			flushing, cancel := context.WithTimeout(context.WithoutCancel(ctx), flushTimeout)
			defer cancel()
			return errors.Join(w.Intake.Flush(flushing), w.Close())
		}
		return sink{w}, closing, nil
	}
}

// flushTimeout bounds the wait for the warehouse after an import; what is not
// loaded by then is in the log, and loaded when the folder is opened next.
const flushTimeout = 5 * time.Minute

// sink takes an import into the workspace of this process.
type sink struct{ *Workspace }

// Accept implements importer.Sink. The rows that the import refused go into the
// quarantine; they are the import's own to count.
func (s sink) Accept(ctx context.Context, b importer.Batch) (importer.Counts, error) {
	env := capture.Envelope{ReceivedAt: s.Now(), Source: b.Source, Imported: true}
	in := make([]capture.Incoming, len(b.Messages))
	for i, raw := range b.Messages {
		in[i] = capture.Receive(bytes.Clone(raw), env) // a message keeps slices of it, a batch is not ours to keep
	}
	receipt, err := s.takeIn(ctx, in)
	if err != nil {
		return importer.Counts{}, err
	}
	refused := make([]capture.Incoming, len(b.Refused))
	for i, r := range b.Refused {
		refused[i] = capture.Refusal{MessageID: r.ID, Reason: r.Reason, Args: r.Args, Source: b.Source, Raw: r.Raw}.Incoming(env)
	}
	if _, err := s.takeIn(ctx, refused); err != nil {
		return importer.Counts{}, err
	}
	return importer.Counts{Stored: receipt.Stored, Duplicate: receipt.Duplicate, Quarantined: receipt.Quarantined, Expired: receipt.Expired}, nil
}
