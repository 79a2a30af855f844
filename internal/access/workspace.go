package access

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"beichen/internal/fault"
)

// Workspace is the settings that everybody shares.
type Workspace struct {
	Name       string `json:"name"`
	Timezone   string `json:"timezone"`   // IANA, the zone of days and of "as of"
	Locale     string `json:"locale"`     // for members who chose none
	WeekStart  string `json:"weekStart"`  // monday | sunday
	GoodColors string `json:"goodColors"` // default | redUp | greenUp
	// KeepFacts is how long facts are kept, as ParseKeep reads it; SetKeep alone changes it.
	KeepFacts string `json:"keepFacts,omitempty" readOnly:"true" doc:"How long facts are kept: 400d, 25mo, or forever. PUT /facts/kept changes it"`
}

func defaultWorkspace() Workspace {
	return Workspace{Timezone: "UTC", Locale: string(fault.TraditionalChinese), WeekStart: "monday", GoodColors: "default", KeepFacts: Forever}
}

// Workspace gives the settings, defaults where nobody has set any.
func (a *Access) Workspace(ctx context.Context) (Workspace, error) {
	return readWorkspace(ctx, a.db.Read())
}

// asker is a database or a transaction.
type asker interface {
	QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row
}

func readWorkspace(ctx context.Context, db asker) (Workspace, error) {
	w := defaultWorkspace()
	var text string
	err := db.QueryRowContext(ctx, `SELECT settings FROM workspace WHERE id = 1`).Scan(&text)
	if errors.Is(err, sql.ErrNoRows) {
		return w, nil
	}
	if err != nil {
		return w, fmt.Errorf("read the workspace's settings: %w", err)
	}
	if err := json.Unmarshal([]byte(text), &w); err != nil {
		return w, fmt.Errorf("read the workspace's settings: %w", err)
	}
	return w, nil
}

// SetWorkspace replaces the settings, but for how long facts are kept.
func (a *Access) SetWorkspace(ctx context.Context, w Workspace) (Workspace, error) {
	w.Name = strings.TrimSpace(w.Name)
	if err := invalid(w.faults()); err != nil {
		return Workspace{}, err
	}
	return w, a.db.Update(ctx, func(tx *sql.Tx) error {
		before, err := readWorkspace(ctx, tx)
		if err != nil {
			return err
		}
		w.KeepFacts = before.KeepFacts
		if err := putWorkspace(ctx, tx, w); err != nil {
			return err
		}
		return a.audit(ctx, tx, AuditEntry{Action: "workspace.changed", Subject: w.Name, Detail: map[string]any{
			"timezone": w.Timezone, "locale": w.Locale, "weekStart": w.WeekStart, "goodColors": w.GoodColors}})
	})
}

func putWorkspace(ctx context.Context, tx *sql.Tx, w Workspace) error {
	text, err := json.Marshal(w)
	if err != nil {
		return err
	}
	_, err = tx.ExecContext(ctx, `
		INSERT INTO workspace (id, settings) VALUES (1, $1)
		ON CONFLICT (id) DO UPDATE SET settings = excluded.settings`, string(text))
	return err
}

func (w Workspace) faults() []fault.Detail {
	var faults []fault.Detail
	if w.Name == "" {
		faults = append(faults, fault.At("name", 0, "access.empty"))
	}
	if _, err := time.LoadLocation(w.Timezone); err != nil || w.Timezone == "" || w.Timezone == "Local" {
		faults = append(faults, fault.At("timezone", 0, "access.timezone", "value", w.Timezone))
	}
	for _, choice := range []struct {
		path, value string
		of          []string
	}{
		{"locale", w.Locale, locales()},
		{"weekStart", w.WeekStart, []string{"monday", "sunday"}},
		{"goodColors", w.GoodColors, []string{"default", "redUp", "greenUp"}},
	} {
		faults = append(faults, oneOf(choice.path, choice.value, choice.of)...)
	}
	return faults
}

func locales() []string {
	return []string{string(fault.TraditionalChinese), string(fault.SimplifiedChinese), string(fault.English)}
}

func oneOf(path, value string, choices []string) []fault.Detail {
	if slices.Contains(choices, value) {
		return nil
	}
	return []fault.Detail{fault.At(path, 0, "access.choice", "value", value, "choices", strings.Join(choices, ", "))}
}
