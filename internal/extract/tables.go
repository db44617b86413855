package extract

import (
	"path/filepath"
	"slices"
	"strings"

	"github.com/railtwin/digitaltwin/internal/extract/types"
)

// Table is a source table of the file.
type Table struct {
	Name    string
	Format  string        // json, csv or raw
	Columns []types.Field // that are read from a record
}

// Tables returns the source tables in the order of the file.
func (p *Program) Tables() []Table { return p.tables }

// TablesOf is the function [TablesOf] for the tables of p.
func (p *Program) TablesOf(file string) []int { return TablesOf(p.tables, file) }

// TablesOf returns the tables, by their numbers, that read a file of records: in an extractor with several
// tables a file belongs to the table that it is called after (stations.ndjson to stations), and to all of
// them where it is called otherwise, like a stream that they share.
func TablesOf(tables []Table, file string) []int {
	base, _, _ := strings.Cut(filepath.Base(file), ".")
	if i := slices.IndexFunc(tables, func(t Table) bool { return t.Name == base }); i >= 0 {
		return []int{i}
	}
	return allOf(tables)
}

// allOf returns the numbers of tables.
func allOf(tables []Table) []int {
	all := make([]int, len(tables))
	for i := range all {
		all[i] = i
	}
	return all
}
