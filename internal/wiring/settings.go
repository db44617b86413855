package wiring

// Extract is the settings of the functions that run an extractor: functions/extract, functions/firehose and
// functions/objects. The SQL file lies beside the binary as [SQLFile].
type Extract struct {
	Environment string  `env:"TWIN_ENVIRONMENT"`      // dimension of the metrics
	Dataset     string  `env:"TWIN_DATASET"`          // name of the dataset, and so of the extractor
	Framing     Framing `env:"TWIN_FRAMING"`          // how records lie in a record of the source stream
	Charset     string  `env:"TWIN_CHARSET,optional"` // of their text; without it they are left as they are
	Sources     Sources `env:"TWIN_SOURCES"`          // which source each table reads
	StreamARN   string  `env:"TWIN_STREAM_ARN"`       // the twin stream, where changes go
	Rejects     string  `env:"TWIN_REJECTS_BUCKET"`   // the bucket for what could not be used
}

// Apply is the settings of functions/apply.
type Apply struct {
	Environment string `env:"TWIN_ENVIRONMENT"`
	Table       string `env:"TWIN_TABLE"` // name of the DynamoDB table
	Rejects     string `env:"TWIN_REJECTS_BUCKET"`
}

// Changes is the settings of functions/changes.
type Changes struct {
	Environment string `env:"TWIN_ENVIRONMENT"`
	Table       string `env:"TWIN_TABLE"`
	Log         string `env:"TWIN_CHANGES_LOG"` // name of the table with the log of the change feed
}

// ChangesEvent is what an operator hands to functions/changes: that followers are to get a gap, because changes were
// lost.
type ChangesEvent struct {
	Gap bool `json:"gap"`
}

// Query is the settings of functions/query, and of functions/follow.
type Query struct {
	Table    string `env:"TWIN_TABLE"`
	Issuer   string `env:"TWIN_ISSUER"`             // of the tokens, as an OpenID Connect issuer
	TokenURL string `env:"TWIN_TOKEN_URL,optional"` // where a client gets a token; empty where only the issuer says it
	Scope    string `env:"TWIN_SCOPE"`              // what it asks for
	// of web pages that may call the API, with blanks between them; * is all
	Origins string `env:"TWIN_CORS_ORIGINS,optional"`
	// name of the table with the log of the change feed; empty without one
	Changes string `env:"TWIN_CHANGES_LOG,optional"`
	// of the clients that the rules name; the rules lie beside the binary as [RulesFile]
	Clients IDs `env:"TWIN_CLIENTS,optional"`
	// of the client that alone reads a dataset, by the dataset: that of the canary
	Reserved IDs    `env:"TWIN_RESERVED,optional"`
	Inside   string `env:"TWIN_INSIDE,optional"` // "true" where functions/inside serves calls of the API

	// How people sign in with the command line; empty where machines only get tokens.
	SignInURL    string `env:"TWIN_SIGN_IN_URL,optional"`       // the authorization endpoint
	SignInClient string `env:"TWIN_SIGN_IN_CLIENT,optional"`    // id of a public client
	SignInScopes string `env:"TWIN_SIGN_IN_SCOPES,optional"`    // what they ask for there, with blanks between them
	Redirects    string `env:"TWIN_SIGN_IN_REDIRECTS,optional"` // its redirect URIs, with blanks between them
}

// Inside is the settings of functions/inside.
type Inside struct {
	Environment string `env:"TWIN_ENVIRONMENT"` // dimension of the metrics
	Table       string `env:"TWIN_TABLE"`
	Origins     string `env:"TWIN_CORS_ORIGINS,optional"` // as in [Query]
	Clients     IDs    `env:"TWIN_CLIENTS,optional"`      // as in [Query]
	Reserved    IDs    `env:"TWIN_RESERVED,optional"`     // as in [Query]
}

// Follow is the settings of functions/follow, besides those of [Query].
type Follow struct {
	Followers Followers `env:"TWIN_FOLLOWERS"`
}

// Authorize is the settings of functions/authorize.
type Authorize struct {
	Auth string `env:"TWIN_AUTH"` // the issuer and what is asked of its tokens, as JSON of token.Settings
}

// Catalogue is the settings of functions/catalogue.
type Catalogue struct {
	Table string `env:"TWIN_TABLE"`
}

// Upgrade is the settings of functions/upgrade.
type Upgrade struct {
	Table string `env:"TWIN_TABLE"`
}

// Env returns the environment variables that carry e.
func (e Extract) Env() map[string]string { return env(e) }

// Env returns the environment variables that carry a.
func (a Apply) Env() map[string]string { return env(a) }

// Env returns the environment variables that carry c.
func (c Changes) Env() map[string]string { return env(c) }

// Env returns the environment variables that carry q.
func (q Query) Env() map[string]string { return env(q) }

// Env returns the environment variables that carry i.
func (i Inside) Env() map[string]string { return env(i) }

// Env returns the environment variables that carry f.
func (f Follow) Env() map[string]string { return env(f) }

// Env returns the environment variables that carry a.
func (a Authorize) Env() map[string]string { return env(a) }

// Env returns the environment variables that carry c.
func (c Catalogue) Env() map[string]string { return env(c) }

// Env returns the environment variables that carry u.
func (u Upgrade) Env() map[string]string { return env(u) }

// RulesFile is the name of the rules of who may read and operate in the folder of functions/query: a file of package
// access. Without it the function does not start.
const RulesFile = "access.json"

// SQLFile is the name of the extractor's SQL in the folder of functions/extract.
const SQLFile = "extract.sql"
