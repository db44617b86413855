package feed

import "github.com/railtwin/digitaltwin/internal/twin"

// Kind is the name of an event, as followers get it.
type Kind string

// The kinds. The first two lie in a log; the others are of one connection.
const (
	KindChange    Kind = "change"    // a reading that is served now
	KindForgotten Kind = "forgotten" // readings of a component up to an event time are not served any more
	KindLive      Kind = "live"      // everything that there was is sent: from here on changes come as they happen
	KindGap       Kind = "gap"       // some changes are not in the log any more
	KindReconnect Kind = "reconnect" // the connection ends: connect again with the last id
)

// Batch is what one write has changed: first what is gone, and then what is served. It is not changed once it is in a
// log.
type Batch struct {
	Position  Position
	Forgotten []Forgotten
	Changes   []Change
}

// Empty reports whether nothing has changed.
func (b *Batch) Empty() bool { return len(b.Forgotten) == 0 && len(b.Changes) == 0 }

// Change is a reading that is served now to who may read its dataset, unless he may read one that hides it.
type Change struct {
	twin.Reading // without its rank, once it was in a log

	// Hidden are the datasets with a newer reading of the same component.metric: who may read one of these is served that.
	Hidden []string
	// Shown are datasets that hid this reading, which is an old one, and do so no longer. It is new to who may read one of
	// them, and to nobody else. Where there are none the reading is new to everybody.
	Shown []string
}

// Forgotten says that no readings of a component with an event time up to Before are served any more, and that none
// will be.
type Forgotten struct {
	Component string
	Dataset   string // only those that this one delivered: they have expired; "" for all: they were forgotten
	Before    twin.Millis

	// Lost is what was served before and is not now. Who may read nothing of it must not learn that it was there.
	Lost []Lost
}

// Lost is a reading that is not served any more.
type Lost struct {
	Dataset, Metric string
	EventTime       twin.Millis
}
