package importer

import "sort"

// places knows where each row of a table was read: as runs of rows that follow
// each other in their file, so that a clean file of any length is one run.
type places struct {
	files []string
	runs  []run
}

// run says that the table's rows from first on are the file's rows and lines
// from row and line on, one each.
type run struct {
	first     int64
	file      int
	row, line int64
}

// place is where a row was read: its number in its file from 1, and its line.
// Of a Parquet file, which has no lines, the line is the number of the row.
type place struct {
	file      string
	row, line int64
}

// add notes the table's next row.
func (p *places) add(rowid int64, file int, row, line int64) {
	if n := len(p.runs); n > 0 {
		last := p.runs[n-1]
		d := rowid - last.first
		if last.file == file && last.row+d == row && last.line+d == line {
			return
		}
	}
	p.runs = append(p.runs, run{rowid, file, row, line})
}

// of is the place of a row of the table.
func (p *places) of(rowid int64) place {
	i := sort.Search(len(p.runs), func(i int) bool { return p.runs[i].first > rowid }) - 1
	if i < 0 {
		return place{}
	}
	r := p.runs[i]
	return place{p.files[r.file], r.row + rowid - r.first, r.line + rowid - r.first}
}
