package duckdb

import (
	"context"
	"database/sql"
	"io"
	"os"
	"time"
)

// copyFile copies to a new file and makes that durable.
func copyFile(ctx context.Context, source io.Reader, to string) error {
	target, err := os.OpenFile(to, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	defer target.Close()
	for {
		if err := ctx.Err(); err != nil {
			return err
		}
		_, err := io.CopyN(target, source, 16<<20)
		if err == io.EOF {
			break
		}
		if err != nil {
			return err
		}
	}
	if err := target.Sync(); err != nil {
		return err
	}
	return target.Close()
}

func utc(t sql.NullTime) time.Time {
	if !t.Valid {
		return time.Time{}
	}
	return t.Time.UTC()
}
