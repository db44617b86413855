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
	NotIJSON   Reason = "not-i-json" // a delivered value is JSON, but none that every client reads alike: RFC 7493
	BadTime    Reason = "bad-time"   // an event time outside the years 1 to 9999
	// a name that is empty, is not UTF-8 or has control characters, or such a unit; a dataset with #
	BadName    Reason = "bad-name"
	Unstorable Reason = "unstorable" // the store refuses it for good, or the item that it belongs to is damaged
	Unsent     Reason = "unsent"     // the twin stream did not take its changes in time; replay it
	Panicked   Reason = "panic"      // the engine failed on this record: a bug, kept to be reported
	Batch      Reason = "batch"      // nothing is wrong with it: AWS Lambda gave up its batch. Replay it
)

// Reject is an input that could not be used, or a source record of which a part could not: its payload once, and
// what is wrong with it.
type Reject struct {
	Findings
	Kind       Kind
	Dataset    string   // empty where nothing says it
	Component  string   // of a change; empty where nothing says it, and for a source record, which may be of many
	Position   Position // of the source record; where that is unknown, of the record of the twin stream
	ReceivedAt Millis   // when the stream of the position received it; 0 where unknown
	Index      uint32   // of the first row of a source record, which a replay numbers its rows from, see [Rank]
	Payload    []byte   // the source record or the change, as it arrived
	Run        string   // the replay that it is a reject of again; empty where it is of the first time
}

// Kind says what the payload of a [Reject] is, and so where it goes when it is replayed.
type Kind string

// The kinds.
const (
	KindRecord Kind = "record" // a source record, for the extractor
	KindFramed Kind = "framed" // a record of a stream in which source records lie by the framing of their dataset
	KindObject Kind = "object" // none: an object of S3, or a part of it, that the position names
	KindChange Kind = "change" // text of the twin stream: changes as they were sent, readable or not
)

// Reason is the reason that a reject is counted under: that of its first problem.
func (r *Reject) Reason() Reason {
	if len(r.Problems) == 0 {
		return ""
	}
	return r.Problems[0].Reason
}

// Reasons are all reasons, in the order above.
var Reasons = []Reason{
	Unreadable, TooLarge, Future, Expired, BadValue, NotIJSON, BadTime, BadName, Unstorable, Unsent, Panicked, Batch,
}
