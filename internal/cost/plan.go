package cost

// Plan is what is paid for in an environment.
type Plan struct {
	Environment, Region string

	Keys, Secrets, Dashboards int
	AlarmMetrics              int // that alarms look at
	Mappings                  int // event source mappings that count events
	Firewall                  bool
	FirewallRules             int
	Page                      bool

	Streams  []Stream // in the order of stacks
	Table    Table
	Datasets []Dataset // in the order of stacks
	Apply    Trigger   // of the twin stream
	Memory   Memory
	Feed     *Feed // nil without a change feed
	Logs     Logs
}

// Stream is a Kinesis stream of the environment.
type Stream struct {
	Name           string // its place, such as Twin/Stream or wagon_telemetry: Source
	Dataset        string // empty for the twin stream
	Shards         int    // 0: on demand
	RetentionHours int
	Consumers      int // by enhanced fan-out
}

// Table is how the table is paid.
type Table struct {
	Provisioned           bool
	Read, Write           Capacity
	Indexes               int
	IndexRead, IndexWrite Capacity // of each index
	Utilisation           float64  // the share of the capacity that is to be in use, 0 to 1
	Recovery              bool
}

// Capacity are units a second between bounds.
type Capacity struct{ Min, Max int }

// Trigger is how a function gets records.
type Trigger struct {
	Batch    int
	Window   int // seconds
	Parallel int
	FanOut   bool
}

// Dataset is the pipeline of a dataset.
type Dataset struct {
	Name       string
	Trigger    Trigger // of its stream; zero where it reads none
	Shards     int     // of that stream, where it is the environment's; otherwise 1
	OwnStream  bool
	FlinkUnits int // of an application of Flink; 0 on Lambda
}

// Memory is that of functions, in GB; 0 of one that the environment does not have.
type Memory struct{ Extract, Apply, Query, Authorize float64 }

// Logs is what is logged.
type Logs struct {
	Access int  // characters of a line of the API's access log; 0 without one
	System bool // AWS Lambda writes when an invocation starts and ends
}
