package wiring

// Operate is the settings of functions/operate.
type Operate struct {
	Environment string `env:"TWIN_ENVIRONMENT"` // dimension of the metrics
	Table       string `env:"TWIN_TABLE"`
	Rejects     string `env:"TWIN_REJECTS_BUCKET"`
	StreamARN   string `env:"TWIN_STREAM_ARN"`            // the twin stream
	KeepDays    string `env:"TWIN_KEEP_DAYS"`             // for which runs are kept
	Origins     string `env:"TWIN_CORS_ORIGINS,optional"` // as in [Query]
	Clients     IDs    `env:"TWIN_CLIENTS,optional"`      // as in [Query]
}

// Env returns the environment variables that carry o.
func (o Operate) Env() map[string]string { return env(o) }

// Watch is the event by which a schedule makes functions/operate write the metrics of active runs and paused datasets.
type Watch struct {
	Watch bool `json:"watch"`
}

// Step is the event by which functions/operate calls itself to go on with a run.
type Step struct {
	Run   string `json:"run"`             // its id
	Calls int    `json:"calls,omitempty"` // calls before this one, since the run was started or started again
}
