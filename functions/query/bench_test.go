package main

import (
	"context"
	"encoding/json"
	"fmt"
	"testing"
	"time"

	"github.com/aws/aws-lambda-go/events"

	"github.com/railtwin/digitaltwin/internal/access"
	"github.com/railtwin/digitaltwin/internal/store"
	"github.com/railtwin/digitaltwin/internal/twin"
	"github.com/railtwin/digitaltwin/internal/wiring"
)

// canned is a store that has its answers ready, so that a benchmark measures the function.
type canned struct{ readings, scratch []twin.Reading }

func (c *canned) Datasets(context.Context) ([]twin.Dataset, error) {
	return []twin.Dataset{{Name: "hsl_hfp"}, {Name: "wagon_telemetry", Interval: 10 * time.Second}}, nil
}

func (c *canned) Components(context.Context, store.ComponentQuery) ([]string, error) { return nil, nil }

func (c *canned) Readings(_ context.Context, q store.ReadingQuery) ([]twin.Reading, error) {
	c.scratch = append(c.scratch[:0], c.readings...)
	if len(q.Metrics) == 1 {
		return c.scratch[:1], nil
	}
	return c.scratch, nil
}

// BenchmarkRules compares a read under 200 grants that apply to the caller with one without rules, in turns, by the
// best of each, from the event to the answer. The store's own time, which is many times this, is not in it.
func BenchmarkRules(b *testing.B) {
	const component = "wagon:33-80-7845-123-4"
	c := &canned{}
	for i := range 40 {
		change := twin.Change{Dataset: "wagon_telemetry", Component: component,
			Metric: fmt.Sprintf("axle.%02d.bearing.temperature", i), Value: "41.5",
			Unit: "Cel", EventTime: twin.MillisOf(clock)}
		c.readings = append(c.readings, change.Reading())
	}
	rules, err := access.Parse("access.json", grants(200), access.Known{})
	if err != nil {
		b.Fatal(err)
	}
	rules = rules.WithClients(map[string]string{"machine": "7c5"})
	for name, path := range map[string]string{
		"reading": "/v1/components/" + component + "/metrics/axle.00.bearing.temperature",
		"twin-40": "/v1/components/" + component,
	} {
		b.Run(name, func(b *testing.B) {
			e := events.APIGatewayProxyRequest{HTTPMethod: "GET", Path: path}
			e.RequestContext.Authorizer = map[string]any{"claims": map[string]any{
				"sub": "7c5", "client_id": "7c5", "token_use": "access", "scope": access.ScopeRead,
				"cognito:groups": "g1,g2,others",
			}}
			event, err := json.Marshal(e)
			if err != nil {
				b.Fatal(err)
			}
			best := [2]time.Duration{time.Hour, time.Hour}
			sides := [2]interface {
				Invoke(context.Context, []byte) ([]byte, error)
			}{newHandler(c, nil, nil, wiring.Query{}), newHandler(c, nil, rules, wiring.Query{})}
			for b.Loop() {
				for i, h := range sides {
					begin := time.Now()
					for range 100 {
						if _, err := h.Invoke(b.Context(), event); err != nil {
							b.Fatal(err)
						}
					}
					best[i] = min(best[i], time.Since(begin))
				}
			}
			b.ReportMetric(float64(best[0].Nanoseconds())/100, "plain-ns")
			b.ReportMetric(float64(best[1].Nanoseconds())/100, "rules-ns")
			b.ReportMetric(float64(best[1])/float64(best[0]), "ratio")
		})
	}
}
