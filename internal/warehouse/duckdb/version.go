package duckdb

import (
	"context"
	"database/sql"
	"fmt"
	"strings"
)

// Version names the engine that is linked in: "DuckDB 1.5.6".
func Version(ctx context.Context) (string, error) {
	db, err := sql.Open("duckdb", "")
	if err != nil {
		return "", fmt.Errorf("open an empty database: %w", err)
	}
	defer db.Close()
	var version string
	if err := db.QueryRowContext(ctx, `SELECT version()`).Scan(&version); err != nil {
		return "", fmt.Errorf("ask for the version: %w", err)
	}
	return "DuckDB " + strings.TrimPrefix(version, "v"), nil
}
