package constructs

import (
	"time"

	"github.com/aws/aws-cdk-go/awscdk/v2/awscloudwatch"

	"github.com/railtwin/digitaltwin/internal/wiring"
)

// The methods Metric... of a twin and of its pipelines are the rows of [wiring.Metrics]: those of the functions of
// the core take the name of the dataset, those of a pipeline are of its dataset. A custom alarm is one line:
//
//	core.MetricLate("wagon_telemetry", nil).
//		CreateAlarm(stack, jsii.String("LateWagons"), &awscloudwatch.CreateAlarmOptions{...})
//
// Without options a metric has the statistic that makes sense of it, over five minutes. Reasons of rejects are the
// dimension Reason: add it by the DimensionsMap of the options, with Environment and Dataset.

// MetricApplied counts changes that became the newest reading.
func (core *DigitalTwinCore) MetricApplied(dataset string, o *awscloudwatch.MetricOptions) awscloudwatch.Metric {
	return core.metric(wiring.MetricApplied, dataset, o)
}

// MetricLate counts changes that lost to a newer reading that was stored before them.
func (core *DigitalTwinCore) MetricLate(dataset string, o *awscloudwatch.MetricOptions) awscloudwatch.Metric {
	return core.metric(wiring.MetricLate, dataset, o)
}

// MetricSuperseded counts changes that lost to a newer change of the same batch.
func (core *DigitalTwinCore) MetricSuperseded(dataset string, o *awscloudwatch.MetricOptions) awscloudwatch.Metric {
	return core.metric(wiring.MetricSuperseded, dataset, o)
}

// MetricSame counts changes that were stored already.
func (core *DigitalTwinCore) MetricSame(dataset string, o *awscloudwatch.MetricOptions) awscloudwatch.Metric {
	return core.metric(wiring.MetricSame, dataset, o)
}

// MetricRejectedChanges counts changes that could not be used.
func (core *DigitalTwinCore) MetricRejectedChanges(dataset string,
	o *awscloudwatch.MetricOptions) awscloudwatch.Metric {
	return core.metric(wiring.MetricRejectedChanges, dataset, o)
}

// MetricLag is the time from the source stream to the table in milliseconds.
func (core *DigitalTwinCore) MetricLag(dataset string, o *awscloudwatch.MetricOptions) awscloudwatch.Metric {
	return core.metric(wiring.MetricLag, dataset, o)
}

// MetricFreshness is the age of the newest event time that was applied, in milliseconds.
func (core *DigitalTwinCore) MetricFreshness(dataset string, o *awscloudwatch.MetricOptions) awscloudwatch.Metric {
	return core.metric(wiring.MetricFreshness, dataset, o)
}

// MetricCatalogueStale counts how often the catalogue could not be read again.
func (core *DigitalTwinCore) MetricCatalogueStale(o *awscloudwatch.MetricOptions) awscloudwatch.Metric {
	return core.metric(wiring.MetricCatalogueStale, "", o)
}

// MetricRunRecords counts what runs of operators have gone through: records, rejects or components. Those of a forget
// are of the dataset [wiring.EveryDataset].
func (core *DigitalTwinCore) MetricRunRecords(dataset string, o *awscloudwatch.MetricOptions) awscloudwatch.Metric {
	return core.metric(wiring.MetricRunRecords, dataset, o)
}

// MetricRunIdle is the time since the last checkpoint of the run that has stood still longest, in milliseconds.
func (core *DigitalTwinCore) MetricRunIdle(o *awscloudwatch.MetricOptions) awscloudwatch.Metric {
	return core.metric(wiring.MetricRunIdle, "", o)
}

// MetricPausedFor is how long a dataset has been paused, in milliseconds.
func (core *DigitalTwinCore) MetricPausedFor(dataset string, o *awscloudwatch.MetricOptions) awscloudwatch.Metric {
	return core.metric(wiring.MetricPausedFor, dataset, o)
}

// MetricTold counts the events that were put into the log of the change feed.
func (core *DigitalTwinCore) MetricTold(o *awscloudwatch.MetricOptions) awscloudwatch.Metric {
	return core.metric(wiring.MetricTold, "", o)
}

// MetricTellingLag is the time from a write to the table to the log of the change feed, in milliseconds.
func (core *DigitalTwinCore) MetricTellingLag(o *awscloudwatch.MetricOptions) awscloudwatch.Metric {
	return core.metric(wiring.MetricTellingLag, "", o)
}

// MetricFollowerGaps counts the gaps that were put into the log of the change feed.
func (core *DigitalTwinCore) MetricFollowerGaps(o *awscloudwatch.MetricOptions) awscloudwatch.Metric {
	return core.metric(wiring.MetricFollowerGaps, "", o)
}

// MetricUntold counts the components of which followers were not told what has changed.
func (core *DigitalTwinCore) MetricUntold(o *awscloudwatch.MetricOptions) awscloudwatch.Metric {
	return core.metric(wiring.MetricUntold, "", o)
}

// MetricTokens counts the requests for access tokens by clients, each of which Amazon Cognito takes a fee for. The
// service counts them for the account and region: those of other user pools there are among them.
func (core *DigitalTwinCore) MetricTokens(o *awscloudwatch.MetricOptions) awscloudwatch.Metric {
	return awscloudwatch.NewMetric(&awscloudwatch.MetricProps{
		Namespace: str("AWS/Usage"), MetricName: str("CallCount"), Statistic: str("Sum"), Period: duration(24 * time.Hour),
		DimensionsMap: stringMap(map[string]string{
			"Service": "Cognito", "Type": "API", "Resource": "ClientAuthentication", "Class": "None",
		}),
	}).With(options(o))
}

// MetricRecords counts source records read.
func (x *PipelineExtractor) MetricRecords(o *awscloudwatch.MetricOptions) awscloudwatch.Metric {
	return x.host.metric(wiring.MetricRecords, x.Dataset.Name, o)
}

// MetricGaveNothing counts source records that gave neither a change nor a reject.
func (x *PipelineExtractor) MetricGaveNothing(o *awscloudwatch.MetricOptions) awscloudwatch.Metric {
	return x.host.metric(wiring.MetricGaveNothing, x.Dataset.Name, o)
}

// MetricDropped counts rows without a component, metric, value or event time.
func (x *PipelineExtractor) MetricDropped(o *awscloudwatch.MetricOptions) awscloudwatch.Metric {
	return x.host.metric(wiring.MetricDropped, x.Dataset.Name, o)
}

// MetricRejects counts source records that could not be used, or not wholly.
func (x *PipelineExtractor) MetricRejects(o *awscloudwatch.MetricOptions) awscloudwatch.Metric {
	return x.host.metric(wiring.MetricRejects, x.Dataset.Name, o)
}

// MetricChanges counts changes put into the twin stream.
func (x *PipelineExtractor) MetricChanges(o *awscloudwatch.MetricOptions) awscloudwatch.Metric {
	return x.host.metric(wiring.MetricChanges, x.Dataset.Name, o)
}

// metric is a row of [wiring.Metrics] for a dataset of the environment.
func (h *host) metric(name, dataset string, o *awscloudwatch.MetricOptions) awscloudwatch.Metric {
	row, ok := wiring.MetricNamed(name)
	if !ok {
		panic("BUG: the metric " + name + " has no row")
	}
	dimensions := map[string]string{wiring.DimensionEnvironment: h.environment}
	if !row.Environment {
		dimensions[wiring.DimensionDataset] = dataset
	}
	return awscloudwatch.NewMetric(&awscloudwatch.MetricProps{
		Namespace: str(wiring.Namespace), MetricName: str(name), DimensionsMap: stringMap(dimensions),
		Statistic: str(row.Statistic), Period: duration(5 * time.Minute),
	}).With(options(o))
}

func options(o *awscloudwatch.MetricOptions) *awscloudwatch.MetricOptions {
	if o == nil {
		return &awscloudwatch.MetricOptions{}
	}
	return o
}
