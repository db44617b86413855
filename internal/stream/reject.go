package stream

import (
	"strconv"

	"github.com/railtwin/digitaltwin/internal/twin"
)

// Rejected returns the reject of a change that may not be stored.
func Rejected(c *twin.Change, reason twin.Reason, detail string) twin.Reject {
	r := twin.Reject{
		Kind: twin.KindChange, Dataset: c.Dataset, Component: c.Component, Position: c.Position, ReceivedAt: c.ReceivedAt,
		Index: c.Index, Payload: AppendChange(nil, c),
	}
	r.Note(twin.Problem{Reason: reason, Detail: of(c.Metric, c.Component) + detail, Offset: -1})
	return r
}

// of says which change a detail is about. Names that cannot be printed as they are stand in quotes.
func of(metric, component string) string {
	shown := func(name string) string {
		if quoted := strconv.Quote(name); len(quoted) > len(name)+2 {
			return quoted
		}
		return name
	}
	return shown(metric) + " of " + shown(component) + ": "
}

// Reject returns the reject of what is no change, with what can be read of it.
func (b *BadLine) Reject() twin.Reject {
	c := &b.Known
	r := twin.Reject{
		Kind: twin.KindChange, Dataset: c.Dataset, Component: c.Component, Position: c.Position, ReceivedAt: c.ReceivedAt,
		Index: c.Index, Payload: []byte(b.Text),
	}
	r.Note(twin.Problem{Reason: twin.Unreadable, Detail: b.Error(), Offset: -1})
	return r
}

// DatasetOf returns the dataset that text of the stream names, damaged or not, "" where none can be found.
func DatasetOf(text []byte) string { return find(string(text), "dataset") }
