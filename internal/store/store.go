// Package store keeps the newest reading of every component.metric.
//
// [Store] is the small interface that both implementations meet, held to one conformance suite
// (storetest): bolt, one local file, and dynamo, a DynamoDB table. [Applier] stands before a store
// on the way in: it admits changes by the policy of their dataset, folds a batch and writes it.
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
	// event time up to now from coming back.
	Forget(ctx context.Context, component string, now twin.Millis) error

	// PutDataset writes a dataset into the catalogue. Its Newest is kept by the store: it only grows.
	PutDataset(ctx context.Context, d twin.Dataset) error
	// RemoveDataset takes a dataset out of the catalogue. Its readings stay until they are forgotten.
	RemoveDataset(ctx context.Context, name string) error
}

// Reader is the side of the store that serves it.
type Reader interface {
	// Datasets returns the catalogue.
	Datasets(ctx context.Context) ([]twin.Dataset, error)

	// Components lists the components that have an item of one of the datasets.
	Components(ctx context.Context, q ComponentQuery) ([]string, error)

	// Readings returns the readings of the components, one per component, metric and dataset, of
	// these datasets only, in the order component, metric, dataset. No metrics means all.
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
	TTL       twin.Millis // when the readings may be deleted; 0 for never
	Readings  []twin.Reading
}

// Result is what became of one reading.
type Result struct {
	Outcome Outcome
	Reason  twin.Reason // with Refused
}

// Outcome is what became of one reading.
type Outcome uint8

// The outcomes. The zero value says that the store did not get to it.
const (
	Unfinished Outcome = iota
	Applied            // it is the newest now
	Late               // it lost to a newer one, or to the same one, or to a forget
	Refused            // a cap keeps it out: a reject
)
