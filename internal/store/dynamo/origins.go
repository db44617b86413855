package dynamo

import (
	"context"
	"fmt"
	"sync"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"github.com/railtwin/digitaltwin/internal/store"
	"github.com/railtwin/digitaltwin/internal/twin"
)

// origins are those that the table is known to hold. They never change, as their id is a hash.
type origins struct {
	mu   sync.RWMutex
	byID map[originID]origin
}

func (o *origins) get(id originID) (origin, bool) {
	o.mu.RLock()
	defer o.mu.RUnlock()
	v, ok := o.byID[id]
	return v, ok
}

func (o *origins) add(v origin) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.byID == nil {
		o.byID = map[originID]origin{}
	}
	o.byID[v.id()] = v
}

// putOrigins writes the origins of items that this process has not met yet, before any lineage refers
// to them.
func (s *Store) putOrigins(ctx context.Context, items []store.Item) error {
	var missing []origin
	last := origin{}
	seen := map[origin]bool{last: true}
	for i := range items {
		for j := range items[i].Readings {
			o := originOf(&items[i].Readings[j].Source)
			if o == last || seen[o] {
				continue
			}
			last, seen[o] = o, true
			if _, known := s.origins.get(o.id()); !known {
				missing = append(missing, o)
			}
		}
	}
	return each(ctx, len(missing), func(ctx context.Context, i int) error {
		o := missing[i]
		_, err := s.client.UpdateItem(ctx, &dynamodb.UpdateItemInput{
			TableName: s.tableName(), Key: catalogueKey(partOrigin + o.id().String()),
			UpdateExpression:         ptr("SET #e = :e, #s = :s"),
			ExpressionAttributeNames: map[string]string{"#e": attrExtractor, "#s": attrStream},
			ExpressionAttributeValues: map[string]types.AttributeValue{
				":e": text(o.extractor), ":s": text(o.stream),
			},
		}, s.retry)
		if err != nil {
			return fmt.Errorf("dynamo: writing an origin: %w", err)
		}
		s.origins.add(o)
		return nil
	})
}

// resolve completes the lineage of readings, whose origins have these ids. One that the table does
// not hold stays empty: a reading is worth serving without it.
func (s *Store) resolve(ctx context.Context, readings []twin.Reading, ids []originID) error {
	missing := map[originID]bool{}
	for _, id := range ids {
		if _, known := s.origins.get(id); !known && id != (originID{}) {
			missing[id] = true
		}
	}
	wanted := make([]originID, 0, len(missing))
	for id := range missing {
		wanted = append(wanted, id)
	}
	err := each(ctx, len(wanted), func(ctx context.Context, i int) error {
		out, err := s.client.GetItem(ctx, &dynamodb.GetItemInput{TableName: s.tableName(), Key: catalogueKey(partOrigin + wanted[i].String())}, s.retry)
		if err != nil {
			return fmt.Errorf("dynamo: reading an origin: %w", err)
		}
		if len(out.Item) > 0 {
			s.origins.add(origin{textOf(out.Item[attrExtractor]), textOf(out.Item[attrStream])})
		}
		return nil
	})
	for i, id := range ids {
		if id == (originID{}) {
			continue
		}
		o, _ := s.origins.get(id)
		readings[i].Source.Extractor, readings[i].Source.Position.Stream = o.extractor, o.stream
	}
	return err
}
