package wiring

// Namespace is where CloudWatch keeps the metrics of the functions.
const Namespace = "DigitalTwin"

// The dimensions of the metrics. Reason is one of [MetricRejects] only, which is there without it too: for all.
const (
	DimensionEnvironment = "Environment"
	DimensionDataset     = "Dataset"
	DimensionReason      = "Reason"
)

// The metrics that functions write and dashboards and alarms read, each for one dataset of one environment.
const (
	MetricRecords = "Records" // source records read
	MetricDropped = "Dropped" // rows without a component, metric, value or event time
	MetricChanges = "Changes" // changes put into the twin stream
	MetricApplied = "Applied" // changes that became the newest reading
	MetricLate    = "Late"    // changes that lost to a newer one
	MetricRejects = "Rejects" // inputs that could not be used
	MetricLag     = "Lag"     // milliseconds from the source stream to the store
)
