package importer

import (
	"context"
	"encoding/json"
	"errors"
	"strings"
)

// fromClause is what must be known of a FROM clause to number its rows.
type fromClause struct {
	first  *table   // the source that stands first; nil where something computed does
	rowID  string   // SQL of the first table's row number, NULL where there is none
	others []string // SQL of the row numbers of the other tables, for a fixed order of a row's matches
	single bool     // nothing is joined: each row of the first table comes once at most, in order
}

// tableRef is a node of DuckDB's own parse tree of a FROM clause.
type tableRef struct {
	Type      string    `json:"type"` // BASE_TABLE, JOIN, SUBQUERY, …
	Alias     string    `json:"alias"`
	TableName string    `json:"table_name"`
	Sample    any       `json:"sample"`
	JoinType  string    `json:"join_type"`
	Left      *tableRef `json:"left"`
	Right     *tableRef `json:"right"`
}

type parsedSQL struct {
	Error        bool   `json:"error"`
	ErrorMessage string `json:"error_message"`
	Statements   []struct {
		Node struct {
			Type       string            `json:"type"`
			SelectList []json.RawMessage `json:"select_list"`
			From       *tableRef         `json:"from_table"`
		} `json:"node"`
	} `json:"statements"`
}

// parse asks DuckDB for the tree of a SELECT.
func (e *engine) parse(ctx context.Context, query string) (*parsedSQL, error) {
	var text string
	if err := e.db.QueryRowContext(ctx, `SELECT CAST(json_serialize_sql(`+literal(query)+`) AS VARCHAR)`).Scan(&text); err != nil {
		return nil, err
	}
	var p parsedSQL
	if err := json.Unmarshal([]byte(text), &p); err != nil {
		return nil, err
	}
	if p.Error {
		return nil, errors.New(p.ErrorMessage)
	}
	if len(p.Statements) != 1 || p.Statements[0].Node.Type != "SELECT_NODE" {
		return nil, errors.New("not one FROM clause")
	}
	return &p, nil
}

// readFrom finds the tables of a FROM clause.
func (e *engine) readFrom(ctx context.Context, sql string, tables map[string]*table) (*fromClause, error) {
	p, err := e.parse(ctx, "SELECT 1 FROM "+sql)
	if err != nil {
		return nil, err
	}
	f := &fromClause{rowID: "CAST(NULL AS BIGINT)"}
	root := p.Statements[0].Node.From
	if root == nil {
		return f, nil
	}
	f.single = root.Type == "BASE_TABLE" && root.Sample == nil
	left := root
	for left.Type == "JOIN" && left.Left != nil {
		left = left.Left
	}
	if left.Type == "BASE_TABLE" {
		f.first = tables[strings.ToLower(left.TableName)]
	}
	if f.first != nil {
		f.rowID = left.rowID()
	}
	f.others = rowIDs(root, tables, left)
	return f, nil
}

func (t *tableRef) rowID() string {
	name := t.Alias
	if name == "" {
		name = t.TableName
	}
	return quoted(name) + ".rowid"
}

func rowIDs(t *tableRef, tables map[string]*table, first *tableRef) []string {
	switch {
	case t == nil || t == first:
		return nil
	case t.Type == "BASE_TABLE" && tables[strings.ToLower(t.TableName)] != nil:
		return []string{t.rowID()}
	case t.Type == "JOIN" && (t.JoinType == "SEMI" || t.JoinType == "ANTI"): // their right side is not seen
		return rowIDs(t.Left, tables, first)
	case t.Type == "JOIN":
		return append(rowIDs(t.Left, tables, first), rowIDs(t.Right, tables, first)...)
	}
	return nil
}
