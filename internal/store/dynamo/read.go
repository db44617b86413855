package dynamo

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"

	"github.com/railtwin/digitaltwin/internal/store"
	"github.com/railtwin/digitaltwin/internal/store/dynamo/schema"
	"github.com/railtwin/digitaltwin/internal/store/swap"
	"github.com/railtwin/digitaltwin/internal/twin"
)

// query reads all pages of a query and calls use for each item until it returns false.
func (s *Store) query(ctx context.Context, in *dynamodb.QueryInput, use func(item) bool) error {
	in.TableName = s.tableName()
	for {
		out, err := s.client.Query(ctx, in, s.retry)
		if err != nil {
			return err
		}
		for _, it := range out.Items {
			if !use(it) {
				return nil
			}
		}
		if len(out.LastEvaluatedKey) == 0 {
			return nil
		}
		in.ExclusiveStartKey = out.LastEvaluatedKey
	}
}

// Readings queries each component, several at a time. Without a forget list of now it reads consistently: then the
// floors of the items say what was forgotten.
func (s *Store) Readings(ctx context.Context, q store.ReadingQuery) ([]twin.Reading, error) {
	c, at, err := s.catalogue.Get(ctx)
	if err != nil {
		return nil, err
	}
	consistent := !s.now().Before(at.Add(listAge))
	components := slices.Compact(slices.Sorted(slices.Values(q.Components)))
	found := make([][]twin.Reading, len(components))
	err = each(ctx, len(components), func(ctx context.Context, i int) error {
		items, err := s.all(ctx, c, components[i], consistent)
		if err == nil {
			found[i] = swap.Serve(nil, items, &q, c.forgotten, twin.MillisOf(s.now()))
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	return store.InOrder(slices.Concat(found...)), nil
}

// all reads the items of a component, of both forms. Those of the form before have the part [formerPart].
func (s *Store) all(ctx context.Context, c *catalogue, component string, consistent bool) ([]swap.Kept, error) {
	var all []swap.Kept
	var bad error
	err := s.query(ctx, &dynamodb.QueryInput{
		ConsistentRead:            &consistent,
		KeyConditionExpression:    ptr("#c=:c"),
		ExpressionAttributeNames:  map[string]string{"#c": schema.Component},
		ExpressionAttributeValues: item{":c": text(component)},
	}, func(it item) bool {
		part := textOf(it[schema.Part])
		if strings.HasPrefix(part, ownPart) {
			return true
		}
		kept := swap.Kept{Key: swap.Key{Component: component, Dataset: datasetOf(part), Part: formerPart}}
		if it[attrBlock] != nil {
			var ok bool
			if kept.Key, ok = keyOf(component, part); !ok {
				bad = fmt.Errorf("%w: part %s", errCorrupt, part)
				return false
			}
			kept.Item, bad = it.open()
		} else {
			kept.Item, bad = s.former(ctx, it)
		}
		kept.ExpireAfter = c.expireAfter(kept.Dataset)
		all = append(all, kept)
		return bad == nil
	})
	if err == nil {
		err = bad
	}
	if err != nil {
		return nil, fmt.Errorf("dynamo: reading %s: %w", component, err)
	}
	return all, nil
}

// formerPart stands for the number that an item of the form before has not.
const formerPart = 1<<64 - 1
