package endtoend

import (
	"testing"
	"time"

	"github.com/railtwin/digitaltwin/extractors"
	"github.com/railtwin/digitaltwin/internal/capture"
	"github.com/railtwin/digitaltwin/internal/extract"
	"github.com/railtwin/digitaltwin/internal/twin"
)

// A replay of any sample delivers the same components and metrics, every one of them later by the same
// duration, and the newest as of now.
func TestReplay(t *testing.T) {
	now := time.Date(2026, 1, 2, 3, 4, 5, 6e6, time.UTC) // winter time, where most samples are of summer
	for _, e := range served(t) {
		t.Run(e.Name, func(t *testing.T) {
			p, err := extract.Compile(e.Name+".sql", e.SQL)
			if err != nil {
				t.Fatal(err)
			}
			records := extractors.Records(e.Name)
			c, err := capture.New(p, p.TablesOf(""), records, extractors.Samples(e.Name)[0].Source.Zone)
			if err != nil {
				t.Fatal(err)
			}
			if c.Len() != len(records) {
				t.Fatalf("%d records, want %d", c.Len(), len(records))
			}
			was, is := p.NewOutput(), p.NewOutput()
			var by, newest twin.Millis
			for i, r := range records {
				p.Run(r, was)
				p.Run(c.Append(nil, i, now), is)
				if len(was.Rows) != len(is.Rows) {
					t.Fatalf("record %d: %d rows, replayed %d", i, len(was.Rows), len(is.Rows))
				}
				for j := range was.Rows {
					a, b := &was.Rows[j], &is.Rows[j]
					if string(a.Component) != string(b.Component) || string(a.Metric) != string(b.Metric) {
						t.Fatalf("record %d: %s %s became %s %s", i, a.Component, a.Metric, b.Component, b.Metric)
					}
					if by == 0 {
						by = b.EventTime - a.EventTime
					}
					if b.EventTime-a.EventTime != by {
						t.Fatalf("record %d: %s %s is later by %d ms, the first by %d", i, a.Component, a.Metric, b.EventTime-a.EventTime,
							by)
					}
					newest = max(newest, b.EventTime)
				}
			}
			if behind := now.Sub(newest.Time()); behind < 0 || behind >= time.Minute {
				t.Errorf("the newest reading is of %s, now is %s", newest, now)
			}
		})
	}
}
