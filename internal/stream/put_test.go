package stream_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/railtwin/digitaltwin/internal/stream"
)

// sink takes what take says, and keeps what it took in order.
type sink struct {
	take     func(call, i int, r stream.Record) error // nil takes all
	fault    func(call int) error
	took     []stream.Record
	requests []int // records of each request
}

func (s *sink) PutRecords(_ context.Context, records []stream.Record) ([]error, error) {
	call := len(s.requests)
	s.requests = append(s.requests, len(records))
	if s.fault != nil {
		if err := s.fault(call); err != nil {
			return nil, err
		}
	}
	var errs []error
	for i, r := range records {
		if s.take != nil {
			if err := s.take(call, i, r); err != nil {
				if errs == nil {
					errs = make([]error, len(records))
				}
				errs[i] = err
				continue
			}
		}
		s.took = append(s.took, r)
	}
	return errs, nil
}

func records(n, size int) []stream.Record {
	out := make([]stream.Record, n)
	for i := range out {
		out[i] = stream.Record{Key: "1", Data: make([]byte, size), First: i}
	}
	return out
}

func firsts(records []stream.Record) []int {
	var out []int
	for _, r := range records {
		out = append(out, r.First)
	}
	return out
}

var errThrottled = errors.New("throttled")

// Ensure that requests keep to both limits of Kinesis.
func TestPut_Limits(t *testing.T) {
	for _, tc := range []struct {
		n, size int
		want    []int
	}{
		{n: 0, want: nil},
		{n: 500, size: 10, want: []int{500}},
		{n: 1201, size: 10, want: []int{500, 500, 201}},
		{n: 11, size: 1<<20 - 1, want: []int{5, 5, 1}},
	} {
		s := &sink{}
		if unsent, err := stream.Put(t.Context(), s, records(tc.n, tc.size)); err != nil || len(unsent) > 0 {
			t.Errorf("%d of %d bytes: %d unsent, %v", tc.n, tc.size, len(unsent), err)
		}
		if !slices.Equal(s.requests, tc.want) {
			t.Errorf("%d of %d bytes: requests of %v records, want %v", tc.n, tc.size, s.requests, tc.want)
		}
		if len(s.took) != tc.n {
			t.Errorf("%d of %d bytes: %d arrived", tc.n, tc.size, len(s.took))
		}
	}
}

// Ensure that what is not taken is sent again, alone and before what comes after it, until it is taken.
func TestPut_Partial(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &sink{take: func(call, i int, r stream.Record) error {
			if r.First%10 == 3 && call < 4 || r.First < 500 && call < 2 && r.First%2 == 0 {
				return errThrottled
			}
			return nil
		}}
		unsent, err := stream.Put(t.Context(), s, records(700, 10))
		if err != nil || len(unsent) > 0 {
			t.Fatalf("%d unsent, %v", len(unsent), err)
		}
		if want := []int{500, 300, 300, 50, 50, 200}; !slices.Equal(s.requests, want) {
			t.Errorf("requests of %v records, want %v", s.requests, want)
		}
		if got := firsts(s.took); !slices.Equal(got[500:], firsts(records(700, 0))[500:]) {
			t.Errorf("the second request overtook the first: %v", got[500:])
		}
		got := firsts(s.took)
		if slices.Sort(got); !slices.Equal(got, firsts(records(700, 0))) {
			t.Error("something was lost or sent twice")
		}
	})
}

// Ensure that pauses grow while nothing is taken, and are short again as soon as something is. (The
// clock of this test is not the machine's.)
func TestPut_Pauses(t *testing.T) {
	for _, tc := range []struct {
		perRequest  int // records taken
		least, most time.Duration
	}{
		{perRequest: 0, least: 20 * time.Second, most: 150 * time.Second},
		{perRequest: 1, least: 0, most: 40 * 51 * time.Millisecond},
	} {
		synctest.Test(t, func(t *testing.T) {
			begin := time.Now()
			s := &sink{take: func(call, i int, _ stream.Record) error {
				if call < 39 && i >= tc.perRequest {
					return errThrottled
				}
				return nil
			}}
			if unsent, err := stream.Put(t.Context(), s, records(100, 10)); err != nil || len(unsent) > 0 {
				t.Fatalf("%d unsent, %v", len(unsent), err)
			}
			if took := time.Since(begin); took < tc.least || took > tc.most || len(s.requests) != 40 {
				t.Errorf("%d taken a request: %d requests took %s", tc.perRequest, len(s.requests), took)
			}
		})
	}
}

// Ensure that sending ends before the deadline, with what was not sent, in order, and why.
func TestPut_Deadline(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
		defer cancel()
		s := &sink{take: func(_, _ int, r stream.Record) error {
			if r.First >= 400 {
				return fmt.Errorf("%w: shard 7", errThrottled)
			}
			return nil
		}}
		unsent, err := stream.Put(ctx, s, records(600, 10))
		if ctx.Err() != nil {
			t.Error("it ran into the deadline instead of ending before it")
		}
		if !errors.Is(err, context.DeadlineExceeded) || !errors.Is(err, errThrottled) {
			t.Errorf("got %v", err)
		}
		if want := firsts(records(600, 0))[400:]; !slices.Equal(firsts(unsent), want) {
			t.Errorf("unsent: %v", firsts(unsent))
		}
		if got := stream.Earliest(unsent); got != 400 {
			t.Errorf("the earliest unsent source is %d", got)
		}
		if len(s.requests) < 4 {
			t.Errorf("it gave up after %d requests", len(s.requests))
		}
	})
}

// Ensure that a cancelled context ends a pause.
func TestPut_Cancelled(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	s := &sink{take: func(int, int, stream.Record) error { cancel(); return errThrottled }}
	if unsent, err := stream.Put(ctx, s, records(3, 10)); len(unsent) != 3 || !errors.Is(err, context.Canceled) {
		t.Errorf("got %d unsent, %v", len(unsent), err)
	}
}

// Ensure that a fault is not tried again, and that all records from it on are unsent.
func TestPut_Fault(t *testing.T) {
	denied := errors.New("access denied")
	s := &sink{fault: func(call int) error {
		if call == 1 {
			return denied
		}
		return nil
	}}
	unsent, err := stream.Put(t.Context(), s, records(1200, 10))
	if !errors.Is(err, denied) || len(unsent) != 700 || stream.Earliest(unsent) != 500 || len(s.requests) != 2 {
		t.Errorf("got %d unsent after %v, %v", len(unsent), s.requests, err)
	}
}

// short answers for one record less than it was given.
type short struct{}

func (short) PutRecords(_ context.Context, r []stream.Record) ([]error, error) {
	return make([]error, len(r)-1), nil
}

// Ensure that an answer of the wrong length loses nothing.
func TestPut_ShortAnswer(t *testing.T) {
	if unsent, err := stream.Put(t.Context(), short{}, records(3, 10)); err == nil || len(unsent) != 3 {
		t.Errorf("got %d unsent, %v", len(unsent), err)
	}
}
