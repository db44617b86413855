package main

import (
	"fmt"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/railtwin/digitaltwin/internal/twin"
)

// Ensure that with the catalogue throttled for ten minutes, reads and writes of it, every change of every invocation is
// applied, the policies being those of the last read: what they refuse is kept. The clock is not the machine's.
func TestCatalogueThrottledForTenMinutes(t *testing.T) {
	t.Parallel()
	front := newFront(t)
	now := time.Now()
	f := newFixture(nil)
	f.Now = func() time.Time { return now }
	f.applyTo(applierTo(front.URL, f.Now))
	var throttled atomic.Int32
	const pause, changes = 150 * time.Second, 20 // each attempt to read the catalogue costs two real seconds
	for i := range 6 {
		var records []string
		for j := range changes {
			records = append(records, change(fmt.Sprint("wagon:", j), fmt.Sprint(i), now.Sub(clock)))
		}
		records = append(records, change("wagon:ahead", fmt.Sprint(i), now.Add(time.Hour).Sub(clock)))
		f.metrics.Reset()
		f.kept.Rejects = nil
		if failed := f.invoke(t, event(records...)); failed != "" {
			t.Fatalf("invocation %d: unfinished from %q", i, failed)
		}
		m := f.metrics.String()
		if !strings.Contains(m, fmt.Sprintf(`"Applied":%d,`, changes)) || len(f.kept.Rejects) != 1 ||
			f.kept.Rejects[0].Reason() != twin.Future {
			t.Fatalf("invocation %d: the metrics are %s, rejects %+v", i, m, f.kept.Rejects)
		}
		if stale := strings.Contains(m, `"CatalogueStale":1,`); stale != (i > 0 && i < 5) {
			t.Errorf("invocation %d: stale %v", i, stale)
		}
		switch i {
		case 0:
			front.throttled = func(_, body string) bool {
				if strings.Contains(body, "#catalogue") {
					throttled.Add(1)
					return true
				}
				return false
			}
		case 4: // ten minutes later
			front.throttled = nil
		}
		now = now.Add(pause)
	}
	if n := throttled.Load(); n < 4 {
		t.Errorf("%d requests were throttled", n)
	}
}
