package operate

import (
	"time"

	"github.com/railtwin/digitaltwin/internal/store"
	"github.com/railtwin/digitaltwin/internal/twin"
)

// Kind is what a run does.
type Kind string

// The kinds of runs.
const (
	Forget  Kind = "forget"  // a component, or all that begin with a prefix
	Replay  Kind = "replay"  // rejects of a dataset, onto the twin stream; its dry run is a test
	Drop    Kind = "drop"    // rejects of a dataset, for good
	Rebuild Kind = "rebuild" // reads the source of a dataset again, onto the twin stream
	Pause   Kind = "pause"   // takes no more records of a dataset
	Resume  Kind = "resume"  // takes them again
)

// Kinds are all of them.
var Kinds = []Kind{Forget, Replay, Drop, Rebuild, Pause, Resume}

// Request is what a run is asked to do. A run is a dry run unless DryRun is false: it counts, and changes nothing.
type Request struct {
	Kind   Kind  `json:"kind"`
	DryRun *bool `json:"dryRun,omitempty"` // nil is true

	Component string `json:"component,omitempty"` // forget
	Prefix    string `json:"prefix,omitempty"`    // forget; never empty there

	Dataset string       `json:"dataset,omitempty"` // all but forget
	From    *twin.Millis `json:"from,omitempty"`    // replay, drop, rebuild: what arrived at or after it
	To      *twin.Millis `json:"to,omitempty"`      // and before it; nil is when the run was made
	Reason  twin.Reason  `json:"reason,omitempty"`  // replay, drop: rejects with this reason only
	Column  string       `json:"column,omitempty"`  // replay, drop: rejects with a problem in this column only
	// replay, drop: rejects whose problem is like this only, see [rejects.Like]
	Like  string `json:"like,omitempty"`
	Limit int64  `json:"limit,omitempty"` // replay, drop: at most so many rejects, whole files; 0 for all
	Rate  int    `json:"rate,omitempty"`  // replay, rebuild: records a second; 0 is DefaultRate
	SQL   string `json:"sql,omitempty"`   // replay, dry run: an extractor to test instead of the deployed one
}

// Dry reports whether the run changes nothing.
func (r *Request) Dry() bool { return r.DryRun == nil || *r.DryRun }

// State is how far a run has come.
type State string

// The states of a run. It ends in one of the last three.
const (
	Running    State = "running"
	Cancelling State = "cancelling" // it ends at its next checkpoint
	Done       State = "done"
	Failed     State = "failed"
	Cancelled  State = "cancelled"
)

// Active reports whether the run has not ended.
func (s State) Active() bool { return s == Running || s == Cancelling }

// Run is one run.
type Run struct {
	ID string `json:"id"` // begins with the time, so that ids are in order of time; cannot be guessed
	Request
	By      string      `json:"by"`               // subject of the caller, or the client of a machine
	Client  string      `json:"client,omitempty"` // that the caller used
	State   State       `json:"state"`
	Error   string      `json:"error,omitempty"` // why it failed, and what to do
	Counts  Counts      `json:"counts"`
	Created twin.Millis `json:"created"`
	Updated twin.Millis `json:"updated"`         // last checkpoint
	Ended   twin.Millis `json:"ended,omitempty"` // 0 while it is active

	Extractor string      `json:"extractor,omitempty"` // replay, rebuild: the hash of the SQL that ran
	Seconds   int64       `json:"seconds,omitempty"`   // dry run of a replay or rebuild: how long the run itself will take
	NotBefore twin.Millis `json:"notBefore,omitempty"` // a forget waits until then

	Checkpoint Checkpoint `json:"checkpoint,omitzero"`
	Version    int64      `json:"version,omitempty"` // of what is stored, from 1 on: see [Runs]
}

// Counts is what a run has met and done. A dry run counts what it would do.
type Counts struct {
	Files   int64 `json:"files,omitempty"`   // of rejects that were read
	Records int64 `json:"records,omitempty"` // rejects that were selected, or source records that were read
	Changes int64 `json:"changes,omitempty"` // put onto the twin stream
	Passed  int64 `json:"passed,omitempty"`  // records that had no problem any more
	Skipped int64 `json:"skipped,omitempty"` // rejects that cannot be replayed: they only name an object, see rebuild
	Nothing int64 `json:"nothing,omitempty"` // records that gave neither a change nor a problem

	Rejected map[twin.Reason]int64 `json:"rejected,omitempty"` // records that are still rejects, by their first reason

	Components int64 `json:"components,omitempty"` // forget: gone through
	Readings   int64 `json:"readings,omitempty"`   // dry run: that would go by a forget, or change by a replay
	AtLeast    bool  `json:"atLeast,omitempty"`    // Readings of a replay: not all changes were looked at
	Items      int64 `json:"items,omitempty"`      // forget: changed in the store
}

// Checkpoint is where a run goes on. It is not served.
type Checkpoint struct {
	Steps  int64    `json:"steps,omitempty"`  // checkpoints that were written
	After  string   `json:"after,omitempty"`  // files or components up to this name are done; or the cursor of a [Source]
	File   string   `json:"file,omitempty"`   // the file under way
	Line   int64    `json:"line,omitempty"`   // rejects of it that are done
	Remove []string `json:"remove,omitempty"` // files that are counted, and whose rest is kept under other names
	Index  uint32   `json:"index,omitempty"`  // of the next row of the object under way, see [SourceRecord]

	Forgetting *store.Forgetting `json:"forgetting,omitempty"`
}

// Audit is a line of the audit log: who did what when, and how many.
type Audit struct {
	At     time.Time `json:"at"`
	By     string    `json:"by"` // as in [Run]
	Client string    `json:"client,omitempty"`
	Action string    `json:"action"` // created, cancel, done, failed, cancelled; show, for a reject that was read
	Run    *Run      `json:"run,omitempty"`
	Reject string    `json:"reject,omitempty"` // the id of the one that was read
}

// DefaultRate is how many records a second a run takes where nothing else is said, and MaxRate the most.
const (
	DefaultRate = 100
	MaxRate     = 10_000
)
