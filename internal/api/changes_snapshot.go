package api

import (
	"github.com/railtwin/digitaltwin/internal/feed"
	"github.com/railtwin/digitaltwin/internal/store"
	"github.com/railtwin/digitaltwin/internal/twin"
)

// snapshotBytes is how many bytes of a snapshot are written at once.
const snapshotBytes = 64 << 10

// snapshot sends all readings that the follower asks for. What changes meanwhile follows: the tail goes on from where
// the log was before the first was read.
func (s *stream) snapshot() error {
	if err := s.look(); err != nil {
		return err
	}
	now, err := s.Changes.Log.Now(s.ctx)
	if err != nil {
		return storeFailed("Changes", err)
	}
	s.tail = feed.NewTail(s.Changes.Log, now)
	if s.call.component != "" {
		return s.readings([]string{s.call.component})
	}
	l := list{handler: s.handler, view: s.view, prefix: s.call.prefix, patient: true}
	for after := ""; ; {
		found, err := l.next(s.ctx, after, maxComponents)
		if err != nil {
			return err
		}
		if found.read {
			err = s.send(found.readings)
		} else {
			err = s.readings(found.names)
		}
		if err != nil || len(found.names) < maxComponents {
			return err
		}
		after = found.names[len(found.names)-1]
	}
}

// readings sends the readings of components.
func (s *stream) readings(components []string) error {
	readings, err := s.readMany(s.ctx, s.view, store.ReadingQuery{Components: components, Datasets: s.view.names,
		Metrics: s.metrics})
	if err != nil {
		return err
	}
	return s.send(readings)
}

// send sends readings as changes, without an id: who is cut off meanwhile begins again.
func (s *stream) send(readings []twin.Reading) error {
	for i := range readings {
		if r := &readings[i]; s.call.selects(r.Component, r.Metric, s.metrics) {
			s.out = s.appendChange(s.out, "", r)
		}
		if len(s.out) >= snapshotBytes {
			if err := s.flush(); err != nil {
				return err
			}
		}
	}
	return nil
}
