package dynamo_test

import (
	"context"
	"fmt"
	"sync"
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"github.com/railtwin/digitaltwin/internal/emulator"
	"github.com/railtwin/digitaltwin/internal/store"
	"github.com/railtwin/digitaltwin/internal/store/dynamo"
	"github.com/railtwin/digitaltwin/internal/store/storetest"
	"github.com/railtwin/digitaltwin/internal/twin"
)

// meter counts the updates of readings by a client and the write units that they consume, index
// included; and apart from them those of the catalogue.
type meter struct {
	*dynamodb.Client
	mu               sync.Mutex
	requests         int
	units, catalogue float64
}

func (m *meter) UpdateItem(ctx context.Context, in *dynamodb.UpdateItemInput, o ...func(*dynamodb.Options)) (*dynamodb.UpdateItemOutput, error) {
	in.ReturnConsumedCapacity = types.ReturnConsumedCapacityTotal
	out, err := m.Client.UpdateItem(ctx, in, o...)
	m.mu.Lock()
	defer m.mu.Unlock()
	units := 1.0
	if err == nil {
		units = *out.ConsumedCapacity.CapacityUnits
	}
	if in.Key["component"].(*types.AttributeValueMemberS).Value == "#catalogue" {
		m.catalogue += units
		return out, err
	}
	m.requests++
	m.units += units
	return out, err
}

// reset begins to count anew.
func (m *meter) reset() { m.requests, m.units, m.catalogue = 0, 0, 0 }

// wagonMetrics are the metrics of a wagon's record, with a value and a unit, the most frequent first.
var wagonMetrics = [][3]string{
	{"speed", "82.4", "km/h"}, {"mileage", "184213.7", "km"}, {"position", `{"lat":47.5651794,"lon":7.6089067}`, "deg"},
	{"brake.pressure", "4.87", "bar"}, {"brake.applied", "false", ""}, {"heading", "271", "deg"},
	{"movement.state", `"moving"`, ""}, {"battery", "87", "%"},
	{"axle.1.bearing.temperature", "41.5", "Cel"}, {"axle.2.bearing.temperature", "42.1", "Cel"},
	{"axle.3.bearing.temperature", "40.9", "Cel"}, {"axle.4.bearing.temperature", "43.0", "Cel"},
	{"cargo.temperature", "-18.2", "Cel"}, {"load.mass", "41.3", "t"},
}

// Ensure that a record of five metrics, lineage and all, costs at most 200 write units per 1,000
// points, that is one unit a record, and say what a wagon's record costs.
func TestWriteUnits(t *testing.T) {
	client := emulator.Client(emulator.DynamoDB(t))
	const wagons = 200
	for _, tc := range []struct {
		metrics int
		most    float64 // units per 1,000 points
	}{{5, 200}, {8, 125}, {9, 112}, {12, 167}, {14, 143}} {
		m := &meter{Client: client}
		a := store.NewApplier(dynamo.New(m, newTable(t, client), &dynamo.Options{Now: storetest.Clock}), storetest.Clock)
		for round := range 3 {
			m.reset()
			var changes []twin.Change
			for w := range wagons {
				received := twin.MillisOf(storetest.Clock()) + twin.Millis(round*1000)
				for i, metric := range wagonMetrics[:tc.metrics] {
					changes = append(changes, twin.Change{
						Dataset: "wagon_telemetry", Extractor: "0123456789ab", Revision: 1,
						Component: fmt.Sprintf("wagon:33-80-7845-%03d-4", w), Metric: metric[0], Value: metric[1], Unit: metric[2],
						EventTime: received - 900, ReceivedAt: received, Index: uint32(i),
						Position: twin.Position{Stream: "wagon-telemetry-SourceStream3F2A91C7-Qm4Xk0aZ8bTy", Shard: "shardId-000000000002",
							Sequence: fmt.Sprintf("495903382714902566085596925383615710959215759891365%05d", round*wagons+w)},
					})
				}
			}
			results, err := a.Apply(t.Context(), changes)
			if err != nil {
				t.Fatal(err)
			}
			for i, r := range results {
				if r.Outcome != store.Applied {
					t.Fatalf("%+v: %+v", changes[i], r)
				}
			}
			perThousand := m.units / float64(len(changes)) * 1000
			t.Logf("%2d metrics, round %d: %d points, %d requests, %.0f write units: %.0f per 1,000 points, and %.0f units for the catalogue",
				tc.metrics, round, len(changes), m.requests, m.units, perThousand, m.catalogue)
			if round > 0 && perThousand > tc.most { // the first round makes the items, and their index
				t.Errorf("%d metrics: %.0f write units per 1,000 points, want at most %.0f", tc.metrics, perThousand, tc.most)
			}
			want := 0.0
			if round == 0 { // once the origin, and the newest event time, which is written at most every ten seconds
				want = 2
			}
			if m.catalogue != want {
				t.Errorf("%.0f units for the catalogue, want %.0f", m.catalogue, want)
			}
		}
	}
}

// Ensure that a write takes one request where all of its metrics win or all lose, and two where some do.
func TestWrite_Requests(t *testing.T) {
	client := emulator.Client(emulator.DynamoDB(t))
	m := &meter{Client: client}
	s := dynamo.New(m, newTable(t, client), nil)
	write := func(want int, outcomes string, metrics int, at func(i int) twin.Millis) {
		t.Helper()
		it := store.Item{Component: "c:1", Dataset: "d"}
		for i := range metrics {
			c := twin.Change{Component: "c:1", Dataset: "d", Metric: fmt.Sprint("m", i), Value: "1", EventTime: at(i)}
			it.Readings = append(it.Readings, c.Reading())
		}
		m.reset()
		results, err := s.Write(t.Context(), []store.Item{it})
		if err != nil {
			t.Fatal(err)
		}
		got := ""
		for _, r := range results[0] {
			got += string("UALSXR"[r.Outcome])
		}
		if m.requests != want || got != outcomes {
			t.Errorf("%d requests, %s, want %d, %s", m.requests, got, want, outcomes)
		}
	}
	write(1, "AAAA", 4, func(int) twin.Millis { return 10 })
	write(1, "SSSS", 4, func(int) twin.Millis { return 10 })
	write(1, "AAAA", 4, func(int) twin.Millis { return 11 })
	write(2, "SASA", 4, func(i int) twin.Millis { return 11 + twin.Millis(i%2) })
	write(2, "LLLLA", 5, func(i int) twin.Millis { return 3 })
}
