package extractiontest

import (
	"bytes"
	"context"
	"errors"
	"slices"
	"sync"
	"testing"

	"github.com/railtwin/digitaltwin/internal/stream"
	"github.com/railtwin/digitaltwin/internal/twin"
)

// Stream is a twin stream. Its fields are for the test, while no function runs.
type Stream struct {
	Records []stream.Record
	Fail    func(r stream.Record) bool // for good
	Slow    bool                       // takes nothing, always again

	mu sync.Mutex
}

// Mend makes a stream one that takes everything, and empties it.
func (s *Stream) Mend() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.Records, s.Fail, s.Slow = nil, nil, false
}

// PutRecords implements [stream.Sink].
func (s *Stream) PutRecords(_ context.Context, records []stream.Record) ([]error, error) {
	s.mu.Lock()
	slow, fail := s.Slow, s.Fail
	s.mu.Unlock()
	if slow {
		errs := make([]error, len(records))
		for i := range errs {
			errs[i] = errors.New("ProvisionedThroughputExceededException")
		}
		return errs, nil
	}
	for _, r := range records {
		if fail != nil && fail(r) {
			return nil, errors.New("AccessDeniedException")
		}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, r := range records {
		r.Data = bytes.Clone(r.Data)
		s.Records = append(s.Records, r)
	}
	return nil, nil
}

// Changes are all changes in the stream.
func (s *Stream) Changes(t testing.TB) (all []twin.Change) {
	t.Helper()
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, r := range s.Records {
		changes, bad := stream.Decode(r.Data, nil)
		if len(bad) > 0 {
			t.Fatal(bad[0])
		}
		all = append(all, changes...)
	}
	return all
}

// Values are component=value of a metric in the stream, in order.
func (s *Stream) Values(t testing.TB, metric string) []string {
	t.Helper()
	var all []string
	for _, c := range s.Changes(t) {
		if c.Metric == metric {
			all = append(all, c.Component+"="+c.Value)
		}
	}
	slices.Sort(all)
	return all
}
