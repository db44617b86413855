package local

import (
	"context"
	"strings"
	"time"

	"github.com/railtwin/digitaltwin/internal/store"
)

// Status is how one dataset is doing.
type Status struct {
	Dataset  string `json:"dataset"`
	Feed     string `json:"feed"` // where its records come from, "" for nothing but posts
	Tally           // since the start of the process
	Readings int64  `json:"readings"` // in the store, counted a moment ago

	Paused string `json:"paused,omitempty"` // since when it takes no records
	Failed string `json:"failed,omitempty"` // the first line of why its job on Flink failed
}

// Status returns how every dataset is doing, in the order of their names.
func (t *Twin) Status() []Status {
	var all []Status
	for _, name := range t.Names() {
		d := t.dataset(name)
		feeds := make([]string, len(d.feeds))
		for i, f := range d.feeds {
			feeds[i] = f.String()
		}
		s := Status{Dataset: name, Feed: strings.Join(feeds, "; "), Tally: d.get(), Readings: d.readings.Load()}
		if since := d.pause.get(); since != 0 {
			s.Paused = since.String()
		}
		if d.hosted != nil {
			lost := d.hosted.counts()
			s.Failed = d.hosted.failed()
			s.Rejected += lost.Unreadable + lost.QueryFailed
			s.Dropped += lost.DroppedNull + lost.DroppedNotFinite + lost.DroppedBadTime
		}
		all = append(all, s)
	}
	return all
}

// countReadings counts the readings of each dataset in the store now and then, as long as ctx lasts.
// It takes at most a twentieth of the time for it.
func (t *Twin) countReadings(ctx context.Context) {
	counted := make(map[string]int64) // changes applied when the dataset was counted last
	for {
		start := time.Now()
		for _, name := range t.Names() {
			d := t.dataset(name)
			applied := d.get().Applied
			if last, ok := counted[name]; ok && last == applied {
				continue
			}
			n, err := count(ctx, t.store, name)
			if err != nil {
				break // the log has it where the store is written
			}
			d.readings.Store(n)
			counted[name] = applied
		}
		if sleep(ctx, max(time.Second, 20*time.Since(start))) != nil {
			return
		}
	}
}

// count returns the number of readings that a dataset has.
func count(ctx context.Context, s store.Reader, dataset string) (n int64, err error) {
	const page = 100
	query := store.ComponentQuery{Datasets: []string{dataset}, Limit: page}
	for {
		components, err := s.Components(ctx, query)
		if err != nil || len(components) == 0 {
			return n, err
		}
		readings, err := s.Readings(ctx, store.ReadingQuery{Components: components, Datasets: query.Datasets})
		if err != nil {
			return n, err
		}
		n += int64(len(readings))
		if len(components) < page {
			return n, nil
		}
		query.After = components[page-1]
	}
}
