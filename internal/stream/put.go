package stream

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"time"
)

// Sink takes records of the twin stream.
type Sink interface {
	// PutRecords sends one request of at most [MaxRequestRecords] records and [MaxRequestBytes]. It
	// returns nil, or for each record nil or why it was not taken and may be sent again. The error is
	// a fault that sending again does not mend; what was taken before it may be sent once more.
	PutRecords(ctx context.Context, records []Record) ([]error, error)
}

// The limits of one request.
const (
	MaxRequestRecords = 500
	MaxRequestBytes   = 5 << 20
)

const (
	firstPause = 50 * time.Millisecond
	maxPause   = 5 * time.Second
)

// Put sends records in their order, and what was not taken again, after a random pause that grows,
// as long as ctx lasts. It returns the records that were not sent, in order, with the error.
//
// What comes after is not sent before all that goes ahead of it was taken, so that little is
// repeated when the earliest source record of the rest is reported as unfinished, see [Earliest].
func Put(ctx context.Context, sink Sink, records []Record) ([]Record, error) {
	for len(records) > 0 {
		n := requestSize(records)
		failed, err := putAll(ctx, sink, records[:n])
		records = records[n:]
		if err != nil {
			return append(failed, records...), err
		}
	}
	return nil, nil
}

// putAll sends one request, and again what was not taken of it.
func putAll(ctx context.Context, sink Sink, batch []Record) ([]Record, error) {
	for pause := firstPause; ; pause = min(2*pause, maxPause) {
		failed, last, err := putOnce(ctx, sink, batch)
		if err != nil || len(failed) == 0 {
			return failed, err
		}
		if len(failed) < len(batch) {
			pause = firstPause
		}
		if err := wait(ctx, pause); err != nil {
			return failed, fmt.Errorf("stream: %d records were not taken in time (%w): %w", len(failed), err, last)
		}
		batch = failed
	}
}

// Earliest returns the first source record that a change in records came from. There must be one.
func Earliest(records []Record) int {
	first := records[0].First
	for _, r := range records[1:] {
		first = min(first, r.First)
	}
	return first
}

// putOnce returns the records that were not taken, and why the last of them was not.
func putOnce(ctx context.Context, sink Sink, batch []Record) (failed []Record, last, err error) {
	errs, err := sink.PutRecords(ctx, batch)
	if err != nil {
		return append(failed, batch...), nil, fmt.Errorf("stream: sending %d records: %w", len(batch), err)
	}
	if errs != nil && len(errs) != len(batch) {
		return append(failed, batch...), nil, fmt.Errorf("stream: the sink answered for %d records of %d", len(errs),
			len(batch))
	}
	for i, e := range errs {
		if e != nil {
			failed, last = append(failed, batch[i]), e
		}
	}
	return failed, last, nil
}

// requestSize returns how many of the first records fit into a request, at least one.
func requestSize(records []Record) int {
	size := 0
	for i, r := range records {
		size += len(r.Data) + len(r.Key)
		if i == MaxRequestRecords || i > 0 && size > MaxRequestBytes {
			return i
		}
	}
	return len(records)
}

// wait pauses for a random part of d. It does not begin a pause that ctx would not survive.
func wait(ctx context.Context, d time.Duration) error {
	d = rand.N(d) + time.Millisecond
	if deadline, ok := ctx.Deadline(); ok && time.Until(deadline) < d {
		return errors.Join(context.DeadlineExceeded, ctx.Err())
	}
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-t.C:
		return nil
	}
}
