package stream

import (
	"strings"

	"github.com/railtwin/digitaltwin/internal/twin"
)

// Rejected returns the reject of a change that may not be stored.
func Rejected(c *twin.Change, reason twin.Reason, detail string) twin.Reject {
	r := twin.Reject{
		Kind: twin.KindChange, Dataset: c.Dataset, Component: c.Component, Position: c.Position, ReceivedAt: c.ReceivedAt,
		Index: c.Index, Payload: AppendChange(nil, c),
	}
	r.Note(twin.Problem{Reason: reason, Detail: c.Metric + " of " + c.Component + ": " + detail, Offset: -1})
	return r
}

// Reject returns the reject of a line that is no change, with what can still be read of it.
func (b *BadLine) Reject() twin.Reject {
	r := twin.Reject{Kind: twin.KindChange, Dataset: b.Dataset, Component: b.Component, Payload: []byte(b.Text)}
	r.Note(twin.Problem{Reason: twin.Unreadable, Detail: b.Error(), Offset: -1})
	return r
}

// DatasetOf returns the dataset that text of the stream names, damaged or not, "" where none can be found.
func DatasetOf[T string | []byte](text T) string { return find(string(text), "dataset") }

// find returns the first text of a key in what may be no JSON any more, "" where there is none.
func find(text, key string) string {
	_, rest, ok := strings.Cut(text, `"`+key+`":`)
	if !ok {
		return ""
	}
	s := scanner{text: rest}
	found, err := s.string()
	if err != nil {
		return ""
	}
	return found
}
