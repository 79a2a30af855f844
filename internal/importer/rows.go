package importer

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"

	"beichen/internal/fault"
)

// pageRows is how many rows are in memory at a time, and in a batch.
const pageRows = 10_000

// read asks a plan and gives its messages and refusals to emit, a page at a time.
func (im *Import) read(ctx context.Context, p *plan, emit func(*plan, Batch) error) error {
	db := im.engine.db
	if _, err := db.ExecContext(ctx, "CREATE OR REPLACE TABLE "+resultTable+" AS "+p.query()); err != nil {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		return fault.Many("import.bad-mapping", []fault.Detail{
			fault.At(p.message.Path, p.message.Line, "import.sql", "reason", reason(err)),
		}, "file", im.name)
	}
	var total int64
	if err := db.QueryRowContext(ctx, "SELECT count(*) FROM "+resultTable).Scan(&total); err != nil {
		return err
	}
	var last row
	for from := int64(0); from < total; from += pageRows {
		rows, err := im.page(ctx, p, from)
		if err != nil {
			return err
		}
		for i := range rows {
			r := &rows[i]
			r.ordinal = 0
			if (from > 0 || i > 0) && last.number == r.number && last.content == r.content {
				r.ordinal = last.ordinal + 1
			}
			last = *r
		}
		b, err := im.batch(ctx, p, rows, from)
		if err != nil {
			return err
		}
		if err := emit(p, b); err != nil {
			return err
		}
		im.tell(Progress{Stage: "rows", Message: p.index, Done: min(from+pageRows, total), Total: total})
	}
	_, err := db.ExecContext(ctx, "DROP TABLE "+resultTable)
	return err
}

// page reads rows of the answer, in its order.
func (im *Import) page(ctx context.Context, p *plan, from int64) ([]row, error) {
	columns := []string{"beichen_row", "beichen_content", "beichen_failed"}
	for i := range p.slots {
		columns = append(columns, "c"+strconv.Itoa(i))
	}
	answer, err := im.engine.db.QueryContext(ctx, fmt.Sprintf("SELECT %s FROM %s WHERE rowid >= %d AND rowid < %d ORDER BY rowid",
		strings.Join(columns, ", "), resultTable, from, from+pageRows))
	if err != nil {
		return nil, err
	}
	defer answer.Close()
	var out []row
	var number, failed sql.NullInt64
	var content string
	texts, numbers, micros := make([]sql.NullString, len(p.slots)), make([]sql.NullFloat64, len(p.slots)), make([]sql.NullInt64, len(p.slots))
	into := []any{&number, &content, &failed}
	for i, s := range p.slots {
		switch s.read {
		case readNumber:
			into = append(into, &numbers[i])
		case readWall, readInstant:
			into = append(into, &micros[i])
		default:
			into = append(into, &texts[i])
		}
	}
	for answer.Next() {
		if err := answer.Scan(into...); err != nil {
			return nil, err
		}
		n := len(p.slots)
		r := row{number: -1, content: content, failed: nothingFailed,
			texts: make([]string, n), numbers: make([]float64, n), micros: make([]int64, n), present: make([]bool, n)}
		if number.Valid {
			r.number = number.Int64
		}
		if failed.Valid {
			r.failed = int(failed.Int64)
		}
		for i := range p.slots {
			r.texts[i], r.numbers[i], r.micros[i] = texts[i].String, numbers[i].Float64, micros[i].Int64
			r.present[i] = texts[i].Valid || numbers[i].Valid || micros[i].Valid
		}
		out = append(out, r)
	}
	return out, answer.Err()
}

// batch makes messages of a page; from is the number of its first row in the
// answer, from 0.
func (im *Import) batch(ctx context.Context, p *plan, rows []row, from int64) (Batch, error) {
	b := Batch{Source: im.mapping.ID}
	var refusedRows []int64
	for i := range rows {
		r := &rows[i]
		at := place{}
		if r.number >= 0 && p.from.first != nil {
			at = p.from.first.places.of(r.number)
		}
		r.messageID = messageIDFor(im.mapping.ID, p.index, at, r)
		message, name, refused := p.build(r, im.mapping.ID, im.mapping.Timezone)
		if refused == nil {
			b.Messages, b.names = append(b.Messages, message), append(b.names, name)
			continue
		}
		if at.file == "" { // computed rows have a place in the answer only
			at = place{file: p.message.From.Path, line: from + int64(i) + 1}
		}
		b.Refused = append(b.Refused, refusal(r.messageID, refused.Key, refused.Args, at))
		refusedRows = append(refusedRows, r.number)
	}
	if p.from.first == nil {
		return b, nil
	}
	raw, err := im.raw(ctx, p.from.first, refusedRows)
	if err != nil {
		return b, err
	}
	for i, n := range refusedRows {
		b.Refused[i].Raw = raw[n]
	}
	return b, nil
}

func refusal(id, key string, args map[string]any, at place) Refusal {
	all := map[string]any{"file": at.file, "line": at.line}
	for k, v := range args {
		all[k] = v
	}
	return Refusal{ID: id, Reason: key, Args: all}
}

// raw gives rows of a source as JSON objects.
func (im *Import) raw(ctx context.Context, t *table, numbers []int64) (map[int64]json.RawMessage, error) {
	if len(numbers) == 0 {
		return nil, nil
	}
	list := make([]string, len(numbers))
	for i, n := range numbers {
		list[i] = strconv.FormatInt(n, 10)
	}
	answer, err := im.engine.db.QueryContext(ctx, fmt.Sprintf(
		`SELECT rowid, CAST(json_merge_patch('{}', to_json(beichen_t)) AS VARCHAR) FROM %s AS beichen_t WHERE rowid IN (%s)`,
		quoted(t.source.As), strings.Join(list, ", ")))
	if err != nil {
		return nil, err
	}
	defer answer.Close()
	out := map[int64]json.RawMessage{}
	for answer.Next() {
		var n int64
		var text string
		if err := answer.Scan(&n, &text); err != nil {
			return nil, err
		}
		if json.Valid([]byte(text)) {
			out[n] = json.RawMessage(text)
		}
	}
	return out, answer.Err()
}

// refusedOf gives the rows of a source that could not be read, a page at a time.
func (im *Import) refusedOf(ctx context.Context, t *table, emit func(Batch) error) error {
	for from := int64(0); from < t.refused; from += pageRows {
		b := Batch{Source: im.mapping.ID}
		answer, err := im.engine.db.QueryContext(ctx, fmt.Sprintf(
			`SELECT file, row, line, reason, args, raw FROM (SELECT *, row_number() OVER (ORDER BY rowid) AS n FROM %s) WHERE n > %d AND n <= %d ORDER BY n`,
			quoted(t.refusedName()), from, from+pageRows))
		if err != nil {
			return err
		}
		for answer.Next() {
			var at place
			var key, args, raw string
			if err := answer.Scan(&at.file, &at.row, &at.line, &key, &args, &raw); err != nil {
				answer.Close()
				return err
			}
			var values map[string]any
			if err := json.Unmarshal([]byte(args), &values); err != nil {
				answer.Close()
				return err
			}
			r := refusal(messageIDFor(im.mapping.ID, -1, at, &row{content: t.source.As}), key, values, at)
			r.Raw = json.RawMessage(raw)
			b.Refused = append(b.Refused, r)
		}
		if err := answer.Err(); err != nil {
			return err
		}
		if err := emit(b); err != nil {
			return err
		}
	}
	return nil
}
