// Package extractiontest has what the tests of functions that run an extractor have in common: a twin stream and
// a bucket that can fail, what a function finds in its environment made of them, and records for the extractor of
// wagons.
package extractiontest

import (
	"fmt"
	"testing"
	"time"

	"github.com/railtwin/digitaltwin/extractors"
	"github.com/railtwin/digitaltwin/functions/internal/batch"
	"github.com/railtwin/digitaltwin/functions/internal/batch/batchtest"
	"github.com/railtwin/digitaltwin/functions/internal/extraction"
	"github.com/railtwin/digitaltwin/internal/extract"
	"github.com/railtwin/digitaltwin/internal/framing"
	"github.com/railtwin/digitaltwin/internal/wiring"
)

// Outputs are where everything ends up that a function puts out.
type Outputs struct {
	Stream  Stream
	Kept    batchtest.Keeper
	Metrics batchtest.Metrics
}

// Open returns what [extraction.Open] would find: an extractor, the sources of its tables, and these outputs.
func (o *Outputs) Open(t testing.TB, x extractors.Extractor, kind framing.Kind,
	sources map[string]string) *extraction.Opened {
	t.Helper()
	program, err := extract.Compile(x.Name+".sql", x.SQL)
	if err != nil {
		t.Fatal(err)
	}
	bindings, err := extraction.Bind(program, wiring.NewSources(sources))
	if err != nil {
		t.Fatal(err)
	}
	return &extraction.Opened{Bindings: bindings, Config: extraction.Config{
		Config: batch.Config{Environment: "test", Rejects: &o.Kept, Metrics: &o.Metrics, Now: time.Now},
		Source: framing.Source{Framing: kind}, Program: program, Sink: &o.Stream,
	}}
}

// OpenWagons is Open with the extractor of wagons, whose one table reads the source.
func (o *Outputs) OpenWagons(t testing.TB, kind framing.Kind, source string) *extraction.Opened {
	t.Helper()
	x, err := extractors.Get("wagon_telemetry")
	if err != nil {
		t.Fatal(err)
	}
	return o.Open(t, x, kind, map[string]string{"wagon_telemetry": source})
}

// Wagon is a record of a wagon at a speed in km/h.
func Wagon(id string, speed float64) string {
	return fmt.Sprintf(`{"header":{"measuredAt":"2025-11-24T05:30:00.000Z"},"wagon":{"id":"%s"},"motion":{"speedKmh":%g}}`,
		id, speed)
}
