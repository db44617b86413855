package cost

import (
	"math"

	"github.com/railtwin/digitaltwin/internal/wiring"
)

// Assumptions are what neither the templates nor the workload say.
type Assumptions struct {
	// Poll is how often AWS Lambda asks a shard for records, and Push how often enhanced fan-out hands some over, in
	// seconds.
	Poll, Push float64
	// Payload is how much an invocation gets at most, and Envelope what is around a record in it, in bytes.
	Payload, Envelope float64

	// QueryTime, ExtractTime and ApplyTime are how long an invocation runs, in seconds; ExtractRecord and ApplyItem are
	// added for each record and each item that is written.
	QueryTime, ExtractTime, ApplyTime float64
	ExtractRecord, ApplyItem          float64

	// AuthorizeTime is how long it takes to verify a token of the operator's own issuer, in seconds, and Verifications how
	// often that is done for a token: one of an hour, whose verification is remembered for five minutes.
	AuthorizeTime, Verifications float64

	// PageCalls are the calls of the API that the page makes in an hour that it is open, with a component open in it.
	PageCalls float64

	// PageAsks are how often Amazon CloudWatch is asked in that hour for the metrics of every dataset, and AskedMetrics
	// those.
	PageAsks, AskedMetrics float64

	// ChangeBytes is a change in the twin stream, and ComponentBytes the first one of a component in a record.
	ChangeBytes, ComponentBytes float64
	// Keys are the partition keys of the twin stream that occur.
	Keys float64
	// PutBytes is a PUT unit of Amazon Kinesis.
	PutBytes float64

	// LogLine is what a function writes for an invocation, EventBytes what Amazon CloudWatch adds to every line, and
	// SystemLines what AWS Lambda writes for an invocation where it is not told to be quiet.
	LogLine, EventBytes, SystemLines float64
	// MetricsOfDataset are the metrics that the functions write for a dataset, and MetricsOfMapping those of an event
	// source mapping that counts events.
	MetricsOfDataset, MetricsOfMapping float64

	// WriteUnits are the write units of a record of so many metrics of one component, and ReadUnits the read units that
	// apply pays to look at its item before it writes it.
	WriteUnits, ReadUnits func(metrics float64) float64
	// ItemBytes is the size of the item of a component.
	ItemBytes func(metrics float64) float64
}

// Assumed are the assumptions that come with the program.
func Assumed() Assumptions {
	return Assumptions{
		Poll: 1, Push: 0.2,
		Payload: 6 << 20, Envelope: 450,
		QueryTime: 0.010, ExtractTime: 0.030, ApplyTime: 0.030, ExtractRecord: 10e-6, ApplyItem: 300e-6,
		AuthorizeTime: 0.005, Verifications: 12, PageCalls: 1800, PageAsks: 60, AskedMetrics: 6,
		ChangeBytes: 60, ComponentBytes: 250, Keys: 35, PutBytes: 25 << 10,
		LogLine: 600, EventBytes: 26, SystemLines: 340,
		MetricsOfDataset: metricsOfDataset(), MetricsOfMapping: 6,
		WriteUnits: func(metrics float64) float64 { return math.Ceil(itemBytes(metrics) / 1024) },
		ReadUnits:  func(metrics float64) float64 { return 0.5 * math.Ceil(itemBytes(metrics)/4096) },
		ItemBytes:  itemBytes,
	}
}

// metricsOfDataset counts the metrics that functions write for a dataset of which a few records are rejected, while no
// operator works on it.
func metricsOfDataset() (n float64) {
	for _, m := range wiring.Metrics {
		if !m.Environment && m.Emitter != wiring.Operator {
			n++
		}
	}
	return n
}

// itemBytes is the size of an item as DESIGN has it: keys, tag, floor and lineage once, and for each metric its name,
// unit, value and index.
func itemBytes(metrics float64) float64 { return 130 + 27*metrics }
