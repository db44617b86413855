package wiring

import "maps"

// Flink is the settings of functions/extract-flink, the runner of an extractor on Apache Flink: the property
// groups of its application. The SQL file lies in the jar as [FlinkSQLFile].
type Flink struct {
	Dataset string
	Tables  map[string]FlinkSource // by source table
	Sink    FlinkSink
}

// FlinkSource binds a source table to a Kinesis stream.
type FlinkSource struct {
	StreamARN string
	Region    string
	Start     string // TRIM_HORIZON, LATEST, or a time in RFC 3339
	Consumer  string // the name of a registered consumer; empty without enhanced fan-out
}

// FlinkSink binds the sink to the twin stream.
type FlinkSink struct {
	StreamARN string
	Region    string
}

// The names of the property groups and of what is in them, as the runner reads them; options of tables are those
// of Flink's Kinesis connector.
const (
	FlinkGroup        = "twin"
	FlinkDataset      = "dataset"
	FlinkTablePrefix  = "table."
	FlinkSinkTable    = "digitaltwin"
	FlinkSQLFile      = "extractor.sql"
	flinkFlushTimeout = "1000" // milliseconds that a change may wait for others; Flink's default is 5 seconds
)

// FlinkCounters are the metrics that the runner writes beside those of the service: what a job has lost since it
// was started.
var FlinkCounters = []string{"Unreadable", "QueryFailed", "DroppedNull", "DroppedNotFinite", "DroppedBadTime"}

// Groups returns the property groups that carry f.
func (f Flink) Groups() map[string]map[string]string {
	groups := map[string]map[string]string{
		FlinkGroup: {FlinkDataset: f.Dataset},
		FlinkTablePrefix + FlinkSinkTable: {
			"stream.arn": f.Sink.StreamARN, "aws.region": f.Sink.Region, "sink.flush-buffer.timeout": flinkFlushTimeout,
		},
	}
	for name, t := range f.Tables {
		groups[FlinkTablePrefix+name] = t.options()
	}
	return groups
}

func (t FlinkSource) options() map[string]string {
	o := map[string]string{"stream.arn": t.StreamARN, "aws.region": t.Region}
	switch t.Start {
	case "TRIM_HORIZON", "LATEST":
		o["source.init.position"] = t.Start
	default:
		maps.Copy(o, map[string]string{
			"source.init.position": "AT_TIMESTAMP", "source.init.timestamp": t.Start,
			"source.init.timestamp.format": "yyyy-MM-dd'T'HH:mm:ssXXX",
		})
	}
	if t.Consumer != "" {
		maps.Copy(o, map[string]string{
			"source.reader.type": "EFO", "source.efo.lifecycle": "SELF_MANAGED", "source.efo.consumer.name": t.Consumer,
		})
	}
	return o
}

// FlinkStart is the settings of functions/flinkstart.
type FlinkStart struct {
	Application string `env:"TWIN_APPLICATION"` // name of the Flink application
}

// Env returns the environment variables that carry s.
func (s FlinkStart) Env() map[string]string { return env(s) }

// RunningProperty is the property of the custom resource that functions/flinkstart answers: whether the
// application should run, [Running] or "false".
const (
	RunningProperty = "Running"
	Running         = "true"
)
