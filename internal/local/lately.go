package local

import (
	"time"

	"github.com/railtwin/digitaltwin/internal/api"
	"github.com/railtwin/digitaltwin/internal/twin"
)

// What is remembered of what came in.
const (
	keptMinutes = 60
	rateSeconds = 10 // that a rate is the mean of
)

// lately is what came in within the last hour, by minute, and within the last seconds.
type lately struct {
	minutes [keptMinutes]slot
	seconds [rateSeconds + 1]slot // the last of which is not over
	last    time.Time             // when the last record came
}

// slot is what came in within a minute or a second, of which it has the number since 1970.
type slot struct {
	number int64
	Tally
}

// in returns the slot of a ring for a number, empty where it is new.
func in(ring []slot, number int64) *slot {
	s := &ring[number%int64(len(ring))]
	if s.number != number {
		*s = slot{number: number}
	}
	return s
}

func (l *lately) add(t Tally, now time.Time) {
	in(l.minutes[:], now.Unix()/60).Add(t)
	in(l.seconds[:], now.Unix()).Add(t)
	if t.Records > 0 {
		l.last = now
	}
}

// rate is how many records a second came in, within the seconds that are over and since the twin was opened.
func (l *lately) rate(now, opened time.Time) float64 {
	n := int64(0)
	for _, s := range l.seconds {
		if s.number < now.Unix() && s.number >= now.Unix()-rateSeconds {
			n += s.Records
		}
	}
	over := min(rateSeconds, now.Unix()-opened.Unix())
	return float64(n) / float64(max(1, over))
}

// activity is what came into a dataset.
func (d *dataset) activity(now, opened time.Time) api.DatasetActivity {
	d.mu.Lock()
	defer d.mu.Unlock()
	a := api.DatasetActivity{
		Dataset: d.Name, RecordsPerSecond: d.lately.rate(now, opened), Counts: countsOf(&d.tally),
		Minutes: make([]api.MinuteActivity, 0, keptMinutes),
	}
	if !d.lately.last.IsZero() {
		at := twin.MillisOf(d.lately.last)
		a.LastRecord = &at
	}
	for number := now.Unix()/60 - keptMinutes + 1; number <= now.Unix()/60; number++ {
		m := api.MinuteActivity{From: twin.MillisOf(time.Unix(60*number, 0))}
		if s := d.lately.minutes[number%keptMinutes]; s.number == number {
			m.Counts = countsOf(&s.Tally)
		}
		a.Minutes = append(a.Minutes, m)
	}
	return a
}

func countsOf(t *Tally) api.Counts {
	return api.Counts{Records: t.Records, Changes: t.Changes, Applied: t.Applied, Late: t.Late, Rejected: t.Rejected}
}
