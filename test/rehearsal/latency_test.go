package rehearsal

import (
	"context"
	"fmt"
	"net/http"
	"time"

	"github.com/railtwin/digitaltwin/test/lambda"
)

// bar is what 95 of 100 records may take to become readings.
const bar = 3 * time.Second

// maxCalls is how many calls of one function in the emulator a record may take to become a reading. It takes three, the
// polling of two streams, and what the functions do.
const maxCalls = 15

// latency measures the time from a record in the source stream to its reading in the API, one record after the other.
// How fast the emulator is depends on the machine: so the time that one call of a function takes is measured beside it,
// and holds the work to a number of such calls. What AWS adds is known: the batching windows, which are held to the
// bar.
func (r *rehearsal) latency(ctx context.Context) error {
	var all, calls []time.Duration
	for i := range 30 {
		start := time.Now()
		if a, err := r.consumer.get(ctx, "/v1/health"); err != nil || a.status != http.StatusOK {
			return fmt.Errorf("/v1/health: %s, %w", a, err)
		}
		calls = append(calls, time.Since(start))
		took, err := r.arrives(ctx, r.consumer, "1", "speed", float64(i))
		if err != nil {
			return err
		}
		all = append(all, took)
	}
	p50, p95, call := percentile(all, 0.5), percentile(all, 0.95), percentile(calls, 0.5)
	windows, err := r.windows(ctx)
	if err != nil {
		return err
	}
	waiting := lambda.Waiting(0.95, windows...)
	r.t.Logf("summary: rehearsal: from record to reading, %d records: work p50 %.2f s, p95 %.2f s; AWS adds waiting, "+
		"p95 %.2f s; in all %.2f s, the bar is %.2f s; a call takes %.3f s",
		len(all), p50.Seconds(), p95.Seconds(), waiting.Seconds(), (p95 + waiting).Seconds(), bar.Seconds(), call.Seconds())
	if waiting > bar*2/3 {
		return fmt.Errorf("the batching windows alone take %v of the %v that a record may take", waiting, bar)
	}
	if p50 > maxCalls*call {
		return fmt.Errorf("half of all records take longer than %v, and a call of a function %v: more than %d calls", p50,
			call, maxCalls)
	}
	return nil
}
