// Package dynamo keeps the newest readings in a DynamoDB table.
//
// The items of a component have its name as partition key; each is a part of what one dataset delivers for it (see
// package packed):
//
//	component  partition key
//	part       sort key: dataset~number, see packed.Child
//	p          block
//	v          tag of floor and block
//	floor      event time in ms up to which readings were forgotten; not there where none were
//	ttl        when DynamoDB may delete the item, in seconds since 1970; with twin.expire-after only
//	dataset, b partition keys of the indexes that list components; not there where the block is empty
//
// The partition key #catalogue holds, beside what a component of that name might have, the items of
// the store itself, whose parts begin with #: #dataset#<name> the catalogue entry as JSON,
// #newest#<name> its newest event time, #forget#<hash> an entry of the forget list, #form how far the table has come
// from the form before this one (see former.go and upgrade.go), #origin#<id> what lineages of that form name,
// #held#<name> since when a dataset is paused; and documents of functions: #run#<id> and #pipeline#<name>.
//
// A write reads items in batches, joins them with what is offered and swaps them in batches (package swap). What a
// batch could not do (an item that is new, changed, throttled or refused) is done by single requests, which say what
// they met.
//
// Reads of readings are eventually consistent. Requests that are throttled or fail in passing are repeated, with
// jitter, for as long as the context lasts.
package dynamo

import (
	"context"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/aws/ratelimit"
	"github.com/aws/aws-sdk-go-v2/aws/retry"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"

	"github.com/railtwin/digitaltwin/internal/store"
	"github.com/railtwin/digitaltwin/internal/store/swap"
)

// API is the part of the DynamoDB client that is used.
type API interface {
	BatchExecuteStatement(context.Context, *dynamodb.BatchExecuteStatementInput,
		...func(*dynamodb.Options)) (*dynamodb.BatchExecuteStatementOutput, error)
	BatchGetItem(context.Context, *dynamodb.BatchGetItemInput, ...func(*dynamodb.Options)) (*dynamodb.BatchGetItemOutput,
		error)
	DeleteItem(context.Context, *dynamodb.DeleteItemInput, ...func(*dynamodb.Options)) (*dynamodb.DeleteItemOutput, error)
	Query(context.Context, *dynamodb.QueryInput, ...func(*dynamodb.Options)) (*dynamodb.QueryOutput, error)
	Scan(context.Context, *dynamodb.ScanInput, ...func(*dynamodb.Options)) (*dynamodb.ScanOutput, error)
	UpdateItem(context.Context, *dynamodb.UpdateItemInput, ...func(*dynamodb.Options)) (*dynamodb.UpdateItemOutput, error)
}

// Store is a [store.Store] in a table.
type Store struct {
	client     API
	table      string
	update     string // the statement of a swap
	updateTTL  string // and of one that sets the ttl too
	now        func() time.Time
	maxBackoff time.Duration
	forgetWait time.Duration
	retry      func(*dynamodb.Options)
	catalogue  *store.Cache[*catalogue]
	writer     *swap.Writer
	origins    origins
}

var _ store.Store = (*Store)(nil)

// Options are settings that are rarely needed.
type Options struct {
	Now         func() time.Time // the clock that readings expire by; nil for time.Now
	MaxBackoff  time.Duration    // the longest pause before a request is repeated; 0 for two seconds
	MaxAttempts int              // how often a request is sent at most; 0 for 50
	// ForgetWait is how long a forget waits for processes that use an older list; 0 for the time that they may, and
	// negative for none, where there is one process.
	ForgetWait time.Duration
	// Stale is called when catalogue and forget list cannot be read again, and the last ones go on. It may be nil.
	Stale func(failure error)
}

// New returns the store in a table, which exists already. The client's own retries are not used.
func New(client API, table string, o *Options) *Store {
	if o == nil {
		o = &Options{}
	}
	s := &Store{client: client, table: table, now: o.Now, maxBackoff: o.MaxBackoff, forgetWait: o.ForgetWait}
	if s.now == nil {
		s.now = time.Now
	}
	if s.maxBackoff == 0 {
		s.maxBackoff = 2 * time.Second
	}
	if s.forgetWait == 0 {
		s.forgetWait = listAge + requestAge
	}
	retryer := retry.NewStandard(func(r *retry.StandardOptions) {
		r.MaxAttempts, r.MaxBackoff = o.MaxAttempts, s.maxBackoff
		if r.MaxAttempts == 0 {
			r.MaxAttempts = 50
		}
		r.RateLimiter = ratelimit.None // its budget would end the repeats long before the context does
	})
	s.retry = func(o *dynamodb.Options) { o.Retryer = retryer }
	s.catalogue = store.NewCache(s.readCatalogue, store.CacheOptions{Age: catalogueAge, Now: s.now, Stale: o.Stale})
	s.update = statement(table)
	s.updateTTL = withTTL(s.update)
	s.writer = &swap.Writer{Table: s, Now: s.now}
	return s
}

// Write implements [store.Writer].
func (s *Store) Write(ctx context.Context, items []store.Item) ([][]store.Result, error) {
	return s.writer.Write(ctx, items)
}

func (s *Store) tableName() *string { return aws.String(s.table) }
