// Package smoke sees in half a minute whether a twin does what it is for: it gives tokens and asks for them, refuses
// who may not read, describes itself, and turns a record that is put into its pipeline into a reading that is served.
//
// [Run] makes the checks of a [Config] one after another and returns a [Result], which is one line of JSON. A check
// that fails does not end the run, unless later ones need what it gives. Nothing of the twin is changed but the
// reading of the canary. Caveat: the calls are made once each, so that a twin that answers every second call is not
// good.
package smoke

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/railtwin/digitaltwin/internal/login"
)

// Config is what to check.
type Config struct {
	URL string // of the twin, without /v1
	// Credentials are those of a machine's client. Nil: the twin asks for no token, as one on this machine.
	Credentials *login.Credentials
	// WrongScope is a scope that the client may not have. Default: twin/none.
	WrongScope string
	// Put puts a record into the pipeline of the canary. Nil: readings are not checked.
	Put func(ctx context.Context, record []byte) error
	// Probe tells who asks, so that two that run at once do not take each other's reading. Default: smoke.
	Probe string
	// Wait is how long a record may take to be served. Default: 30 seconds.
	Wait time.Duration
	// Now is the clock. Default: time.Now.
	Now func() time.Time
}

// Check is the outcome of one check.
type Check struct {
	Name   string `json:"name"`
	OK     bool   `json:"ok"`
	Millis int64  `json:"ms"`
	Error  string `json:"error,omitempty"`
}

// Result is the outcome of a run.
type Result struct {
	OK     bool    `json:"ok"`
	URL    string  `json:"url"`
	Time   string  `json:"time"` // when it began
	Checks []Check `json:"checks"`
	// Datasets are the newest event times by dataset, "" where there is no reading yet.
	Datasets map[string]string `json:"datasets"`
}

// String is the result as one line of JSON.
func (r Result) String() string {
	b, err := json.Marshal(r)
	if err != nil {
		panic("BUG: a result is not JSON: " + err.Error())
	}
	return string(b)
}

// errSkipped ends a run: what follows needs what failed.
var errSkipped = errors.New("not checked: what it needs failed before")

// Run makes the checks.
func Run(ctx context.Context, c Config) Result {
	if c.WrongScope == "" {
		c.WrongScope = "twin/none"
	}
	if c.Probe == "" {
		c.Probe = "smoke"
	}
	if c.Wait == 0 {
		c.Wait = 30 * time.Second
	}
	if c.Now == nil {
		c.Now = time.Now
	}
	r := &run{Config: c, result: Result{OK: true, URL: c.URL, Time: c.Now().UTC().Format(time.RFC3339),
		Datasets: map[string]string{}}}
	r.check(ctx, "health", r.health)
	if c.Credentials != nil {
		r.check(ctx, "token", r.getToken)
		r.check(ctx, "without a token", r.withoutToken)
		r.check(ctx, "wrong scope", r.wrongScope)
	}
	r.check(ctx, "openapi", r.openAPI)
	if c.Put != nil {
		r.check(ctx, "canary", r.canary)
	}
	r.check(ctx, "datasets", r.datasets)
	return r.result
}

type run struct {
	Config
	token  string
	result Result
}

func (r *run) check(ctx context.Context, name string, do func(context.Context) error) {
	ctx, cancel := context.WithTimeout(ctx, r.Wait+10*time.Second)
	defer cancel()
	start := time.Now()
	err := do(ctx)
	c := Check{Name: name, OK: err == nil, Millis: time.Since(start).Milliseconds()}
	if err != nil {
		c.Error, r.result.OK = err.Error(), false
	}
	r.result.Checks = append(r.result.Checks, c)
}

// Failed are the checks that failed, in a text for people.
func (r Result) Failed() error {
	var errs []error
	for _, c := range r.Checks {
		if !c.OK {
			errs = append(errs, fmt.Errorf("%s: %s", c.Name, c.Error))
		}
	}
	return errors.Join(errs...)
}
