package dynamo

import (
	"context"
	"errors"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"github.com/railtwin/digitaltwin/internal/store/dynamo/schema"
	"github.com/railtwin/digitaltwin/internal/store/swap"
)

// keysPerBatch is how many items one BatchGetItem may read.
const keysPerBatch = 100

// Get implements [swap.Table].
func (s *Store) Get(ctx context.Context, keys []swap.Key, consistent bool) []swap.Read {
	out := make([]swap.Read, len(keys))
	names := make([]item, len(keys))
	for i, k := range keys {
		out[i].Item, names[i] = none(), key(k.Component, partOf(k))
	}
	s.batchGet(ctx, names, consistent, func(i int, it item, err error) {
		if err == nil && it != nil {
			out[i].Item, err = it.open()
		}
		if err != nil {
			out[i].Err = permanent(err)
		}
	})
	return out
}

// batchGet reads the items with these keys, and calls use once for each of them: with the item, nil where there is
// none, or with why it was not read. A key stands among them once.
func (s *Store) batchGet(ctx context.Context, keys []item, consistent bool, use func(i int, it item, err error)) {
	batches := (len(keys) + keysPerBatch - 1) / keysPerBatch
	errs := make([]error, batches)
	found := make([]map[string]item, batches)
	for i := range errs {
		errs[i] = errNotRead
	}
	_ = each(ctx, batches, func(ctx context.Context, n int) error {
		batch := keys[n*keysPerBatch : min((n+1)*keysPerBatch, len(keys))]
		found[n] = make(map[string]item, len(batch))
		errs[n] = s.getAll(ctx, batch, consistent, found[n])
		return nil
	})
	for i, k := range keys {
		n := i / keysPerBatch
		it := found[n][nameOf(k)]
		if it == nil && errs[n] != nil {
			use(i, nil, errs[n])
			continue
		}
		use(i, it, nil)
	}
}

var errNotRead = errors.New("dynamo: there was no time to read it")

// nameOf names an item by its key.
func nameOf(k item) string { return textOf(k[schema.Part]) + "\x00" + textOf(k[schema.Component]) }

// getAll reads one batch. What DynamoDB leaves over is not absent, and is asked for again.
func (s *Store) getAll(ctx context.Context, keys []item, consistent bool, found map[string]item) error {
	rest := make([]map[string]types.AttributeValue, len(keys))
	for i, k := range keys {
		rest[i] = k
	}
	for attempt := 0; ; attempt++ {
		out, err := s.client.BatchGetItem(ctx, &dynamodb.BatchGetItemInput{
			RequestItems: map[string]types.KeysAndAttributes{s.table: {Keys: rest, ConsistentRead: &consistent}},
		}, s.retry)
		if err != nil {
			return fmt.Errorf("dynamo: reading %d items: %w", len(rest), err)
		}
		for _, it := range out.Responses[s.table] {
			found[nameOf(it)] = it
		}
		if rest = out.UnprocessedKeys[s.table].Keys; len(rest) == 0 {
			return nil
		}
		if err := s.pause(ctx, attempt); err != nil {
			return fmt.Errorf("dynamo: %d items are still not read: %w", len(rest), err)
		}
	}
}
