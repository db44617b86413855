package wiring

// Namespace is where CloudWatch keeps the metrics of the functions.
const Namespace = "DigitalTwin"

// The dimensions of the metrics.
const (
	DimensionEnvironment = "Environment"
	DimensionDataset     = "Dataset"
	DimensionReason      = "Reason"
)

// The names of the metrics; [Metrics] says what each is.
const (
	MetricRecords         = "Records"
	MetricGaveNothing     = "GaveNothing"
	MetricDropped         = "Dropped"
	MetricRejects         = "Rejects"
	MetricChanges         = "Changes"
	MetricApplied         = "Applied"
	MetricLate            = "Late"
	MetricSuperseded      = "Superseded"
	MetricSame            = "Same"
	MetricRejectedChanges = "RejectedChanges"
	MetricLag             = "Lag"
	MetricFreshness       = "Freshness"
	MetricCatalogueStale  = "CatalogueStale"
	MetricRunRecords      = "RunRecords"
	MetricRunIdle         = "RunIdle"
	MetricPausedFor       = "PausedFor"
	MetricTold            = "Told"
	MetricTellingLag      = "TellingLag"
	MetricFollowerGaps    = "FollowerGaps"
	MetricUntold          = "Untold"
)

// Unit is a unit of CloudWatch.
type Unit string

// The units of the metrics.
const (
	Count        Unit = "Count"
	Milliseconds Unit = "Milliseconds"
)

// Emitter is the functions that write a metric.
type Emitter string

// The functions that write metrics.
const (
	Extractors Emitter = "extract" // those that run an extractor: extract, objects and firehose
	Applier    Emitter = "apply"
	Operator   Emitter = "operate" // only while something is operated
	Teller     Emitter = "changes"
)

// EveryDataset is the dataset of what a run does to all of them. No dataset is called so.
const EveryDataset = "*"

// Metric is a metric that functions write and that dashboards and alarms read.
type Metric struct {
	Name    string
	Unit    Unit
	Emitter Emitter
	// Environment metrics are of an environment, all others of one dataset of one.
	Environment bool
	// ByReason metrics are written a second time under each [DimensionReason].
	ByReason bool
	// Statistic is the one that makes sense of it.
	Statistic string
	// Counts says in the documents what it counts.
	Counts string
}

// Metrics are all metrics. What a fault of the infrastructure leaves to be handed over again is counted then: rejects
// once they are kept, and what a record gave once it is finished. Each change is counted by exactly one of Applied,
// Late, Superseded, Same and RejectedChanges.
var Metrics = []Metric{
	{Name: MetricRecords, Unit: Count, Emitter: Extractors, Statistic: "Sum", Counts: "source records read"},
	{Name: MetricGaveNothing, Unit: Count, Emitter: Extractors, Statistic: "Sum",
		Counts: "source records that gave neither a change nor a reject: nothing in them is meant for this extractor, " +
			"or the framing is wrong"},
	{Name: MetricDropped, Unit: Count, Emitter: Extractors, Statistic: "Sum",
		Counts: "rows without a component, metric, value or event time; the log says which of them was NULL"},
	{Name: MetricRejects, Unit: Count, Emitter: Extractors, ByReason: true, Statistic: "Sum",
		Counts: "source records that could not be used, or not wholly"},
	{Name: MetricChanges, Unit: Count, Emitter: Extractors, Statistic: "Sum", Counts: "changes put into the twin stream"},
	{Name: MetricApplied, Unit: Count, Emitter: Applier, Statistic: "Sum", Counts: "changes that became the newest " +
		"reading"},
	{Name: MetricLate, Unit: Count, Emitter: Applier, Statistic: "Sum",
		Counts: "changes that lost to a newer reading that was stored before them, or to a forget"},
	{Name: MetricSuperseded, Unit: Count, Emitter: Applier, Statistic: "Sum",
		Counts: "changes that lost to a newer change of the same batch: usual wherever a component reports more often " +
			"than batches are applied"},
	{Name: MetricSame, Unit: Count, Emitter: Applier, Statistic: "Sum",
		Counts: "changes that were stored already: duplicates, and batches that were repeated"},
	{Name: MetricRejectedChanges, Unit: Count, Emitter: Applier, ByReason: true, Statistic: "Sum", Counts: "changes " +
		"that could not be used"},
	{Name: MetricLag, Unit: Milliseconds, Emitter: Applier, Statistic: "Maximum",
		Counts: "from the arrival in the source stream until the table has the change, the most of a batch"},
	{Name: MetricFreshness, Unit: Milliseconds, Emitter: Applier, Statistic: "Minimum",
		Counts: "the age of the newest event time that was applied, of a batch; nothing is written while nothing is " +
			"applied, see the alarm `Silent`"},
	{Name: MetricCatalogueStale, Unit: Count, Emitter: Applier, Environment: true, Statistic: "Sum",
		Counts: "how often the catalogue could not be read again; writing goes on with its last state"},
	{Name: MetricRunRecords, Unit: Count, Emitter: Operator, Statistic: "Sum",
		Counts: "records, rejects or components that runs have gone through, written every minute while a run goes on; a " +
			"forget is of the dataset `" + EveryDataset + "`"},
	{Name: MetricRunIdle, Unit: Milliseconds, Emitter: Operator, Environment: true, Statistic: "Maximum",
		Counts: "the time since the last checkpoint of a run, of the run for which it is longest; nothing is written while " +
			"no run is active"},
	{Name: MetricPausedFor, Unit: Milliseconds, Emitter: Operator, Statistic: "Maximum",
		Counts: "how long a dataset has been paused; nothing is written while it is not"},
	{Name: MetricTold, Unit: Count, Emitter: Teller, Environment: true, Statistic: "Sum",
		Counts: "events that were put into the log of the change feed"},
	{Name: MetricTellingLag, Unit: Milliseconds, Emitter: Teller, Environment: true, Statistic: "Maximum",
		Counts: "from a write to the table until the log of the change feed has it, the most of a batch"},
	{Name: MetricFollowerGaps, Unit: Count, Emitter: Teller, Environment: true, Statistic: "Sum",
		Counts: "gaps that were put into the log: a dataset came, went or expires otherwise, an item was deleted by hand, " +
			"or an operator asked for it"},
	{Name: MetricUntold, Unit: Count, Emitter: Teller, Environment: true, Statistic: "Sum",
		Counts: "components of which followers were not told what has changed: an item is damaged; the log says which"},
}

// MetricNamed returns the row of a metric.
func MetricNamed(name string) (Metric, bool) {
	for _, m := range Metrics {
		if m.Name == name {
			return m, true
		}
	}
	return Metric{}, false
}

// Dimensions are the names of the dimensions under which the metric is written always.
func (m Metric) Dimensions() []string {
	if m.Environment {
		return []string{DimensionEnvironment}
	}
	return []string{DimensionEnvironment, DimensionDataset}
}
