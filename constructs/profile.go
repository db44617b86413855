package constructs

import (
	"fmt"
	"time"
)

// Profile is what an environment or a dataset pays for being fast. What is set beside it, such as a window, holds
// instead of what the profile says.
type Profile string

const (
	// LowLatency reads streams by enhanced fan-out: a record is handed over at once and not at the next poll. About
	// 13 USD a month for each shard of each stream, and what is read.
	LowLatency Profile = "low-latency"
	// Normal polls the shards of every stream once a second. The default.
	Normal Profile = "normal"
	// Thrifty gathers the records of a source for a minute, in batches large enough for that: what comes for a
	// component in the meantime is one write of the table.
	Thrifty Profile = "thrifty"
)

const (
	// smallBatch is how many records an invocation gets at most where none are waited for, and fullBatch where
	// they are: more than that AWS Lambda does not hand over.
	smallBatch = 500
	fullBatch  = 10_000
	// thriftyWindow is how long a batch is waited for.
	thriftyWindow = time.Minute
)

func (p Profile) check() error {
	switch p {
	case "", LowLatency, Normal, Thrifty:
		return nil
	}
	return fmt.Errorf("%q is no profile: want %s, %s or %s", string(p), LowLatency, Normal, Thrifty)
}

// window is how long the trigger of a source waits for a batch to fill.
func (p Profile) window() time.Duration {
	if p == Thrifty {
		return thriftyWindow
	}
	return 0
}

// batchFor is how many records an invocation gets at most, by how long is waited for them.
func batchFor(window time.Duration) int {
	if window > 0 {
		return fullBatch
	}
	return smallBatch
}
