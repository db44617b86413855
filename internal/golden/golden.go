// Package golden writes what an extractor makes of records in the form of the golden files of package extractors.
package golden

import (
	"fmt"

	"golang.org/x/tools/txtar"

	"github.com/railtwin/digitaltwin/internal/extract"
)

// Outcome writes what p makes of records, row by row: component, metric, value, unit and event time, with a heading for
// each record that tells how many rows were dropped for a NULL; and the rejects, with reason, column and offset.
func Outcome(p *extract.Program, records [][]byte) (changes, rejects []byte) {
	out := p.NewOutput()
	for i, r := range records {
		p.Run(r, out)
		changes = fmt.Appendf(changes, "# record %d", i+1)
		d := out.Dropped
		for _, n := range []struct {
			column string
			rows   int
		}{{"component", d.Component}, {"metric", d.Metric}, {"value", d.Value}, {"event_time", d.EventTime}} {
			if n.rows > 0 {
				changes = fmt.Appendf(changes, ", %d dropped: no %s", n.rows, n.column)
			}
		}
		changes = append(changes, '\n')
		for j := range out.Rows {
			row := &out.Rows[j]
			changes = fmt.Appendf(changes, "%s\t%s\t%s\t%s\t%s\n", row.Component, row.Metric, row.Value, row.Unit,
				row.EventTime)
		}
		for _, pr := range out.Problems {
			rejects = fmt.Appendf(rejects, "record %d\t%s\t%s\t%d\n", i+1, pr.Reason, pr.Column, pr.Offset)
		}
	}
	return changes, rejects
}

// File returns a golden file: the lines that name samples, and what p makes of their records.
func File(p *extract.Program, samples []string, records [][]byte) []byte {
	var list []byte
	for _, s := range samples {
		list = fmt.Appendln(list, s)
	}
	changes, rejects := Outcome(p, records)
	return txtar.Format(&txtar.Archive{Comment: []byte("The samples.\n"), Files: []txtar.File{
		{Name: "samples", Data: list}, {Name: "changes", Data: changes}, {Name: "rejects", Data: rejects},
	}})
}
