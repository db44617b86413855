// Package store keeps the newest reading of every component.metric.
//
// [Store] is the small interface that both implementations meet, held to one conformance suite and to
// random histories (package storetest): bolt, one local file, and dynamo, a DynamoDB table. [Applier]
// stands before a store on the way in: it admits changes by the policy of their dataset, folds a batch
// and writes it.
//
// A store holds items: what one dataset delivers for one component, or one metric of it where the
// layout of the dataset is narrow, see [Part]. The rule within an item is that of the rank alone, so
// calls may be repeated, split, mixed and raced. It knows nothing of who may read what: a query names
// the datasets that count.
package store

import (
	"context"

	"github.com/railtwin/digitaltwin/internal/twin"
)

// Store keeps the newest reading of each component.metric and dataset, and the catalogue of datasets.
// All methods are safe for concurrent use. Lists are in byte order.
type Store interface {
	Writer
	Reader
}

// Writer is the side of the store that changes it.
type Writer interface {
	// Write offers items, whose readings the store takes where their rank is greater than what is
	// stored. It returns one result per item and reading, in the order given. Losing is an outcome,
	// not an error; an error is an infrastructure fault, and then the readings that were not
	// finished have the outcome Unfinished.
	Write(ctx context.Context, items []Item) ([][]Result, error)

	// Forget removes the readings of a component, and sets the floor that keeps changes with an
	// event time up to now from coming back: in each of its items (see [Part]), so a component that
	// the store does not hold is left alone.
	Forget(ctx context.Context, component string, now twin.Millis) error

	// PutDataset writes a dataset into the catalogue. Its Newest is kept by the store, see Advance;
	// that of d is not looked at.
	PutDataset(ctx context.Context, d twin.Dataset) error
	// Advance raises the Newest of a dataset, which only grows. It may come before the dataset does.
	Advance(ctx context.Context, dataset string, newest twin.Millis) error
	// RemoveDataset takes a dataset out of the catalogue. Its readings stay until they are forgotten,
	// and its Newest stays for when it comes back.
	RemoveDataset(ctx context.Context, name string) error
}

// Reader is the side of the store that serves it.
type Reader interface {
	// Datasets returns the catalogue in the order of names.
	Datasets(ctx context.Context) ([]twin.Dataset, error)

	// Components lists the components that have an item of one of the datasets.
	Components(ctx context.Context, q ComponentQuery) ([]string, error)

	// Readings returns the readings of the components, one per component, metric and dataset, of
	// these datasets only, in the order component, metric, dataset. No metrics means all. What is past
	// its TTL is left out (its component may still be listed, until the store deletes it).
	Readings(ctx context.Context, q ReadingQuery) ([]twin.Reading, error)
}

// ComponentQuery selects components.
type ComponentQuery struct {
	Datasets []string // the datasets that count; none gives nothing
	Prefix   string
	After    string // only names greater than this; "" starts at the beginning
	Limit    int    // at most so many; must be positive
}

// ReadingQuery selects readings.
type ReadingQuery struct {
	Components []string
	Datasets   []string // the datasets that count; none gives nothing
	Metrics    []string // nil means all
}

// Item is what one dataset delivers at once for one component; one metric stands in it once.
type Item struct {
	Component string
	Dataset   string
	Layout    twin.Layout // of the dataset
	TTL       twin.Millis // when the readings may be deleted; 0 for never. The last write decides
	Readings  []twin.Reading
}

// The caps on what a store keeps together: the readings of one dataset for one component when its
// layout is wide, one reading when it is narrow. What goes beyond is refused as [twin.TooLarge].
const (
	MaxMetrics   = 500       // a few more where writers race for the last places
	MaxItemBytes = 400 << 10 // the item limit of DynamoDB; a store counts its own encoding
)

// Result is what became of one reading.
type Result struct {
	Outcome Outcome
	Reason  twin.Reason // with Refused
	Detail  string      // with Refused: a sentence
}

// Outcome is what became of one reading.
type Outcome uint8

// The outcomes. The zero value says that the store did not get to it.
const (
	Unfinished Outcome = iota
	Applied            // it is the newest now
	Late               // it lost to a newer reading that was stored before, or to a forget
	Same               // it is stored already: a duplicate, or a write whose answer was lost
	Superseded         // it lost to a newer change of its own batch
	Refused            // a cap keeps it out: a reject
)
