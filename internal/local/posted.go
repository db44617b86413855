package local

import (
	"context"
	"time"

	"github.com/railtwin/digitaltwin/internal/extract"
	"github.com/railtwin/digitaltwin/internal/twin"
)

// maxListed is how many rejects an answer lists.
const maxListed = 100

// posted is the answer to posted records.
type posted struct {
	Dataset  string       `json:"dataset"`
	Records  int          `json:"records"`
	Changes  int          `json:"changes"`  // admitted; the newest of them are served now
	Dropped  droppedRows  `json:"dropped"`  // rows that were not delivered for a NULL
	Rejected int          `json:"rejected"` // inputs that could not be used
	Rejects  []reportable `json:"rejects"`  // the first of them
	Note     string       `json:"note,omitempty"`
}

type droppedRows struct {
	Component int `json:"component"`
	Metric    int `json:"metric"`
	Value     int `json:"value"`
	EventTime int `json:"event_time"`
}

// reportable is a reject as it is told.
type reportable struct {
	Record  int         `json:"record,omitempty"`  // of a posted body, from 1
	Dataset string      `json:"dataset,omitempty"` // where it is not said otherwise
	Reason  twin.Reason `json:"reason"`
	Detail  string      `json:"detail"`
	Column  string      `json:"column,omitempty"`
	Offset  *int        `json:"offset,omitempty"` // absent where unknown
	Payload string      `json:"payload,omitempty"`
}

func offset(n int) *int {
	if n < 0 {
		return nil
	}
	return &n
}

// post runs the records, waits until the store has them, and says what became of them.
func (t *Twin) post(ctx context.Context, d *dataset, table string, records [][]byte) (*posted, error) {
	in := newIntake(d, t.link, &t.rejects, "posted")
	in.From(table)
	answer := &posted{Dataset: d.Name, Records: len(records), Rejects: []reportable{}}
	if d.hosted != nil {
		answer.Note = "Apache Flink has the records; what it makes of them is served when it is done"
	}
	for i, record := range records {
		if err := in.Take(ctx, record); err != nil {
			return nil, err
		}
		if d.program != nil {
			answer.add(i+1, d, in.out)
		}
	}
	mark, err := in.Flush(ctx)
	if err != nil {
		return nil, err
	}
	return answer, t.link.wait(ctx, mark)
}

// add counts what one record gave. What the store will refuse for its policies is told already.
func (p *posted) add(record int, d *dataset, out *extract.Output) {
	now := twin.MillisOf(time.Now())
	for i := range out.Rows {
		c := d.program.Change(&out.Rows[i], now, twin.Position{})
		if reason, detail, ok := twin.Admit(&c, &d.Dataset, now); !ok {
			p.reject(reportable{Record: record, Reason: reason, Detail: c.Metric + " of " + c.Component + ": " + detail})
			continue
		}
		p.Changes++
	}
	for _, problem := range out.Problems {
		p.reject(reportable{Record: record, Reason: problem.Reason, Detail: problem.Detail, Column: problem.Column, Offset: offset(problem.Offset)})
	}
	p.Dropped.Component += out.Dropped.Component
	p.Dropped.Metric += out.Dropped.Metric
	p.Dropped.Value += out.Dropped.Value
	p.Dropped.EventTime += out.Dropped.EventTime
}

func (p *posted) reject(r reportable) {
	p.Rejected++
	if len(p.Rejects) < maxListed {
		p.Rejects = append(p.Rejects, r)
	}
}
