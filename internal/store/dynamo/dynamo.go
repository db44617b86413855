// Package dynamo keeps the newest readings in a DynamoDB table.
//
// The items of a component have its name as partition key; each holds what one dataset delivers for it:
//
//	component  partition key
//	part       sort key: the dataset, or dataset#metric where its layout is narrow
//	dataset    partition key of the index that lists components; not there after a forget
//	m:<metric> the reading: map of r rank, v value, u unit if any, x lineage if any (see lineage.go)
//	floor      rank that a change must be above, after a forget
//	ttl        seconds since 1970, with twin.expire-after only
//	n          number of metrics, once the item comes close to their cap
//
// The partition key #catalogue holds, beside what a component of that name might have, the items of
// the store itself, whose parts begin with #: #dataset#<name> the catalogue entry as JSON,
// #newest#<name> its newest event time, #origin#<id> an extractor and a stream that lineages name.
//
// A write is one UpdateItem for up to 50 metrics, with a guard for each: a metric that is there must
// have a smaller rank. When a guard fails, DynamoDB returns the item as it was; the metrics that lost
// are dropped and the others written again. Every failure drops at least one, so k metrics take at
// most k+1 requests, without a read, a version or a lock.
//
// Reads are eventually consistent. Requests that are throttled or fail in passing are repeated, with
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
)

// API is the part of the DynamoDB client that is used.
type API interface {
	UpdateItem(context.Context, *dynamodb.UpdateItemInput, ...func(*dynamodb.Options)) (*dynamodb.UpdateItemOutput, error)
	PutItem(context.Context, *dynamodb.PutItemInput, ...func(*dynamodb.Options)) (*dynamodb.PutItemOutput, error)
	DeleteItem(context.Context, *dynamodb.DeleteItemInput, ...func(*dynamodb.Options)) (*dynamodb.DeleteItemOutput, error)
	GetItem(context.Context, *dynamodb.GetItemInput, ...func(*dynamodb.Options)) (*dynamodb.GetItemOutput, error)
	Query(context.Context, *dynamodb.QueryInput, ...func(*dynamodb.Options)) (*dynamodb.QueryOutput, error)
}

// Store is a [store.Store] in a table.
type Store struct {
	client  API
	table   string
	now     func() time.Time
	origins origins
	retry   func(*dynamodb.Options)
}

var _ store.Store = (*Store)(nil)

// Options are settings that are rarely needed.
type Options struct {
	Now         func() time.Time // the clock that TTLs go by; nil for time.Now
	MaxBackoff  time.Duration    // the longest pause before a request is repeated; 0 for two seconds
	MaxAttempts int              // how often a request is sent at most; 0 for 50
}

// New returns the store in a table, which exists already. The client's own retries are not used.
func New(client API, table string, o *Options) *Store {
	if o == nil {
		o = &Options{}
	}
	s := &Store{client: client, table: table, now: o.Now}
	if s.now == nil {
		s.now = time.Now
	}
	retryer := retry.NewStandard(func(r *retry.StandardOptions) {
		r.MaxAttempts, r.MaxBackoff = o.MaxAttempts, o.MaxBackoff
		if r.MaxAttempts == 0 {
			r.MaxAttempts = 50
		}
		if r.MaxBackoff == 0 {
			r.MaxBackoff = 2 * time.Second
		}
		r.RateLimiter = ratelimit.None // its budget would end the repeats long before the context does
	})
	s.retry = func(o *dynamodb.Options) { o.Retryer = retryer }
	return s
}

func (s *Store) tableName() *string { return aws.String(s.table) }
