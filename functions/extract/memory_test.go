package main

import (
	"bytes"
	"compress/gzip"
	"context"
	"fmt"
	"io"
	"runtime"
	"testing"

	"github.com/railtwin/digitaltwin/internal/rejects"
	"github.com/railtwin/digitaltwin/internal/stream"
	"github.com/railtwin/digitaltwin/internal/twin"
	"github.com/railtwin/digitaltwin/internal/wiring"
)

// measuring is a twin stream that notes how much memory is in use when the first records come, which is the most: what
// was inflated and all that was made of it.
type measuring struct{ inUse uint64 }

func (m *measuring) PutRecords(context.Context, []stream.Record) ([]error, error) {
	if m.inUse == 0 {
		m.inUse = heap()
	}
	return nil, nil
}

// Keep notes it of rejects.
func (m *measuring) Keep(context.Context, rejects.Origin, []twin.Reject) error {
	_, err := m.PutRecords(context.Background(), nil)
	return err
}

// heap is how much memory is in use.
func heap() uint64 {
	var m runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}

// Ensure that a compressed record takes memory in proportion to its text: with as much as one may hold, 64 MB, less
// than the function has (512 MB), whether its lines can be used or each is a reject longer than itself.
func TestMemoryOfGzip(t *testing.T) {
	for name, line := range map[string]func(i int) string{
		"good": func(i int) string { return wagon(fmt.Sprint(i), 1) },
		"bad": func(i int) string {
			return fmt.Sprintf(`{"wagon":{"id":"%d"},"header":{"measuredAt":"never"},"motion":{"speedKmh":"n/a"}}`, i)
		},
	} {
		for _, mb := range []int{1, 4} {
			var text bytes.Buffer
			z := gzip.NewWriter(&text)
			size := 0
			for i := 0; size < mb<<20; i++ {
				n, err := io.WriteString(z, line(i)+"\n")
				if size += n; err != nil {
					t.Fatal(err)
				}
			}
			if err := z.Close(); err != nil {
				t.Fatal(err)
			}
			f := newFixture(t, wiring.Gzip)
			var m measuring
			f.Sink, f.Rejects = &m, &m
			e := event(text.String())
			before := heap()
			if failed := f.invoke(t, t.Context(), e); failed != "" || m.inUse == 0 {
				t.Fatalf("unfinished from %q", failed)
			}
			if ratio := float64(m.inUse-before) / float64(size); ratio > 7 {
				t.Errorf("%s: %d MB of text take %.1f times as much memory", name, mb, ratio)
			} else {
				t.Logf("%s: %d MB of text take %.1f times as much memory", name, mb, ratio)
			}
		}
	}
}
