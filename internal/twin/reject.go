package twin

// Reason says in one word why an input could not be used. It is a dimension of metrics, so the set is small.
type Reason string

// The reasons of rejects.
const (
	Unreadable Reason = "unreadable" // the record, or a declared column of it, could not be decoded
	TooLarge   Reason = "too-large"  // a cap on size or number was exceeded
	Future     Reason = "future"     // event time further ahead of the clock than twin.max-future
	Expired    Reason = "expired"    // event time older than twin.expire-after
	BadValue   Reason = "bad-value"  // a delivered value is not JSON, or is NaN or Infinity
	BadTime    Reason = "bad-time"   // an event time outside the years 1 to 9999
	BadName    Reason = "bad-name"   // an empty dataset, component or metric, or one that is not UTF-8; a dataset with #
	Unsent     Reason = "unsent"     // the twin stream did not take its changes in time; replay it
	Panicked   Reason = "panic"      // the engine failed on this record: a bug, kept to be reported
)

// Reject is an input that could not be used, kept with its reason.
type Reject struct {
	Reason   Reason
	Detail   string // a sentence: what is wrong and where
	Dataset  string
	Column   string // path of the declared column, such as axles[2].bearingTempC; empty for the whole record
	Offset   int    // byte offset in the record where it was noticed; -1 where unknown
	Position Position
	Payload  []byte // the record, or the change, as it arrived
}
