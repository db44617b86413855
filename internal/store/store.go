// Package store keeps the newest reading of every component.metric.
//
// [Store] is the small interface that both implementations meet, held to one conformance suite and to
// random histories (package storetest): bolt, one local file, and dynamo, a DynamoDB table. [Applier]
// stands before a store on the way in: it admits changes by the policy of their dataset, folds a batch
// and writes it.
//
// What one dataset delivers for one component is an item, and the rule within an item is that of the rank alone
// (packages packed and swap), so calls may be repeated, split, mixed and raced. A store knows nothing of who may read
// what: a query names the datasets that count. What was forgotten ([Forgetter]) is not taken again.
package store

import (
	"context"
	"time"

	"github.com/railtwin/digitaltwin/internal/store/packed"
	"github.com/railtwin/digitaltwin/internal/twin"
)

// Store keeps the newest reading of each component.metric and dataset, and the catalogue of datasets.
// All methods are safe for concurrent use. Lists are in byte order.
type Store interface {
	Writer
	Forgetter
	Reader
}

// Writer is the side of the store that changes it.
type Writer interface {
	// Write offers items, whose readings the store takes where their rank is greater than what is
	// stored. It returns one result per item and change, in the order given. Losing is an outcome,
	// not an error, and so is a permanent error of one item; an error is an infrastructure fault, and then the changes
	// that were not finished have the outcome Unfinished.
	Write(ctx context.Context, items []Item) ([][]Result, error)

	// PutDataset writes a dataset into the catalogue. Its Newest and Paused are kept by the store, see Advance and
	// SetPaused; those of d are not looked at.
	PutDataset(ctx context.Context, d twin.Dataset) error
	// Advance raises the Newest of a dataset, which only grows. It may come before the dataset does.
	Advance(ctx context.Context, dataset string, newest twin.Millis) error
	// SetPaused notes since when no records of a dataset are taken in, 0 where they are. It stops nothing itself.
	SetPaused(ctx context.Context, dataset string, since twin.Millis) error
	// RemoveDataset takes a dataset out of the catalogue. Its readings stay until they are forgotten,
	// and its Newest and Paused stay for when it comes back.
	RemoveDataset(ctx context.Context, name string) error
}

// Reader is the side of the store that serves it.
type Reader interface {
	// Datasets returns the catalogue in the order of names.
	Datasets(ctx context.Context) ([]twin.Dataset, error)

	// Components lists the components that have an item of one of the datasets which is not empty. All of its readings
	// may have expired: the store tidies up in its own time.
	Components(ctx context.Context, q ComponentQuery) ([]string, error)

	// Readings returns the readings of the components, one per component, metric and dataset, of
	// these datasets only, in the order component, metric, dataset. No metrics means all. What is older than its
	// dataset's ExpireAfter is left out, and what was forgotten.
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

// Item is what one dataset delivers at once for one component. One call of Write has one item of them.
type Item struct {
	Component   string
	Dataset     string
	ExpireAfter time.Duration  // of the dataset; 0 for none
	Places      *packed.Places // of the metrics of the dataset; nil where nothing is known of it
	Changes     []*twin.Change // in the order of metrics, each once
}

// tidyAfter is how long after its expiry a reading may be taken out of an item that is written anyhow: clocks differ.
const tidyAfter = time.Hour

// Tidy returns up to which event time readings of the item need not be kept at now, because they expired long ago.
func (it *Item) Tidy(now twin.Millis) twin.Millis {
	if it.ExpireAfter <= 0 {
		return packed.NoFloor
	}
	return now - twin.Millis((it.ExpireAfter + tidyAfter).Milliseconds())
}

// Result is what became of one change.
type Result struct {
	Outcome Outcome
	Reason  twin.Reason // with Refused
	Detail  string      // with Refused: a sentence
}

// Outcome is what became of one change.
type Outcome uint8

// The outcomes. The zero value says that the store did not get to it.
const (
	Unfinished Outcome = iota
	Applied            // it is the newest now
	Late               // it lost to a newer reading that was stored before, or to a forget
	Same               // it is stored already: a duplicate, or a write whose answer was lost
	Superseded         // it lost to a newer change of its own batch
	Refused            // it cannot be stored: a reject
)
