// Package capture replays recorded source records as if they were sent now.
//
// A [Capture] holds the records of one dataset and moves every
// point in time that they mention by the same duration, so that the newest reading of the capture
// becomes a reading of now. No other byte changes, and no length.
//
// A point in time is found by its looks, wherever it stands in the text (see stamp.go for the forms).
// What is not a point in time stays as it is: a date alone, such as the departure date in the name of
// a train, or a time of day alone. A replay therefore keeps its components, and a component that is
// named after a date keeps that date.
package capture

import (
	"fmt"
	"time"
	_ "time/tzdata" // the zones of local times, also where the system has none

	"github.com/railtwin/digitaltwin/internal/extract"
	"github.com/railtwin/digitaltwin/internal/twin"
)

// Capture is a recording of one dataset that can be replayed at any time. It is immutable and safe for
// concurrent use.
type Capture struct {
	records []record
	newest  time.Time     // event time of the newest reading
	step    time.Duration // what the coarsest point in time is written in
	moves   bool          // the newest reading moves with the points in time that were found
}

type record struct {
	text   []byte
	stamps []stamp
}

// New prepares records for replay. The extractor p of their dataset, by the tables that read them, see
// [extract.Program.TablesOf], tells which reading is the newest.
// zone is the IANA name of the zone of times that do not say theirs, "" for UTC. The error says that
// the zone is unknown, or that no reading comes out of the records.
func New(p *extract.Program, tables []int, records [][]byte, zone string) (*Capture, error) {
	loc, err := time.LoadLocation(zone)
	if err != nil {
		return nil, fmt.Errorf("capture: %w", err)
	}
	newest, ok := newestReading(p, tables, records)
	if !ok {
		return nil, fmt.Errorf("capture: no reading comes out of the %d records of %s", len(records), p.Dataset().Name)
	}
	c := prepare(records, newest.Time(), loc)
	const probe = 24 * time.Hour // whole in every step, and with no change of the clocks in most zones
	moved := make([][]byte, len(records))
	for i := range records {
		moved[i] = c.Append(nil, i, c.newest.Add(probe))
	}
	at, ok := newestReading(p, tables, moved)
	c.moves = ok && at > newest
	return c, nil
}

// Moves reports whether a replay is of now. It is false where the time of the readings stands in no form that is known.
func (c *Capture) Moves() bool { return c.moves }

func newestReading(p *extract.Program, tables []int, records [][]byte) (newest twin.Millis, ok bool) {
	out := p.NewOutput()
	for _, r := range records {
		p.RunTables(r, tables, out)
		for i := range out.Rows {
			if t := out.Rows[i].EventTime; !ok || t > newest {
				newest, ok = t, true
			}
		}
	}
	return newest, ok
}

func prepare(records [][]byte, newest time.Time, loc *time.Location) *Capture {
	c := &Capture{newest: newest, step: time.Millisecond}
	for _, text := range records {
		r := record{text: text, stamps: findStamps(text, newest, loc)}
		for _, s := range r.stamps {
			c.step = max(c.step, s.form.step())
		}
		c.records = append(c.records, r)
	}
	return c
}

// Len returns the number of records.
func (c *Capture) Len() int { return len(c.records) }

// Append appends record i to dst, moved so that the newest reading of the capture is of now. That is
// exact to the coarsest form of time in the capture (a minute, a second or a millisecond) and never
// later than now, so that the times of a capture keep their distances. Records of one pass are given
// the same now.
func (c *Capture) Append(dst []byte, i int, now time.Time) []byte {
	r := &c.records[i]
	start := len(dst)
	dst = append(dst, r.text...)
	by := floor(now.Sub(c.newest), c.step)
	for _, s := range r.stamps {
		s.write(dst[start+s.offset:], s.at.Add(by))
	}
	return dst
}

func floor(d, step time.Duration) time.Duration {
	if r := d % step; r < 0 {
		return d - r - step
	}
	return d.Truncate(step)
}
