package wiring

// Namespace is where CloudWatch keeps the metrics of the functions.
const Namespace = "DigitalTwin"

// The dimensions of the metrics. Reason is one of [MetricRejects] and [MetricRejectedChanges] only, which are there without
// it too: for all.
const (
	DimensionEnvironment = "Environment"
	DimensionDataset     = "Dataset"
	DimensionReason      = "Reason"
)

// The metrics that functions write and dashboards and alarms read, each for one dataset of one environment but for the last.
// What a fault of the infrastructure leaves to be handed over again is counted then: rejects once they are kept, and what
// a record gave once it is finished.
const (
	// Of functions that run an extractor.
	MetricRecords     = "Records"     // source records read
	MetricGaveNothing = "GaveNothing" // those of them that gave neither a change nor a problem
	MetricDropped     = "Dropped"     // rows without a component, metric, value or event time
	MetricChanges     = "Changes"     // changes put into the twin stream
	MetricRejects     = "Rejects"     // source records that could not be used, or not wholly

	// Of the function that applies changes; each change is one of the first five.
	MetricApplied         = "Applied"         // it became the newest reading
	MetricLate            = "Late"            // it lost to a newer one that was stored before, or to a forget
	MetricSuperseded      = "Superseded"      // it lost to a newer one of its own batch
	MetricSame            = "Same"            // it was stored already: a duplicate, or a batch that is repeated
	MetricRejectedChanges = "RejectedChanges" // it could not be used
	MetricLag             = "Lag"             // milliseconds from the source stream to the store, the most of those applied
	MetricCatalogueStale  = "CatalogueStale"  // of the environment: the catalogue could not be read again, and the last one goes on
)
