package infer

import (
	"fmt"

	"github.com/railtwin/digitaltwin/internal/extract"
	"github.com/railtwin/digitaltwin/internal/infer/sample"
)

// Result is what an extractor made of the samples.
type Result struct {
	Program *extract.Program
	Records [][]byte
	Rows    int
	Rejects int
	// Components is how many different components have a reading.
	Components int
}

// Check compiles the draft, and runs it over the samples. The error of a draft that does not compile, or that delivers
// nothing, is a mistake of this package.
func (d *Draft) Check(files []*sample.File) (*Result, error) {
	p, err := extract.Compile(d.Dataset+".sql", d.SQL)
	if err != nil {
		return nil, fmt.Errorf("BUG: the extractor that was made does not compile: %w\n%s", err, d.SQL)
	}
	r := &Result{Program: p}
	out := p.NewOutput()
	components := map[string]bool{}
	for _, f := range files {
		for _, record := range f.Records {
			r.Records = append(r.Records, record.Text)
			p.Run(record.Text, out)
			r.Rows += len(out.Rows)
			for i := range out.Rows {
				components[string(out.Rows[i].Component)] = true
			}
			r.Rejects += len(out.Problems) + out.More
		}
	}
	r.Components = len(components)
	if r.Rows == 0 {
		return r, fmt.Errorf("the extractor that was made delivers nothing of the %d records: name the fields with "+
			"--component and --time", len(r.Records))
	}
	return r, nil
}
