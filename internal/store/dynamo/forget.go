package dynamo

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"github.com/railtwin/digitaltwin/internal/store/dynamo/schema"
	"github.com/railtwin/digitaltwin/internal/twin"
)

// Forget replaces the items of a component by their floors. Each is replaced as a whole, so nothing
// that is written at the same time stays behind in it.
func (s *Store) Forget(ctx context.Context, component string, now twin.Millis) error {
	var parts []string
	err := s.query(ctx, &dynamodb.QueryInput{
		KeyConditionExpression:    ptr("#c=:c"),
		ProjectionExpression:      ptr("#p"),
		ExpressionAttributeNames:  map[string]string{"#c": schema.Component, "#p": schema.Part},
		ExpressionAttributeValues: item{":c": text(component)},
		ConsistentRead:            ptr(true),
	}, func(it item) bool {
		if part := textOf(it[schema.Part]); !strings.HasPrefix(part, ownPart) {
			parts = append(parts, part)
		}
		return true
	})
	if err != nil {
		return fmt.Errorf("dynamo: forgetting %s: %w", component, err)
	}
	return each(ctx, len(parts), func(ctx context.Context, i int) error {
		if err := s.forgetPart(ctx, component, parts[i], twin.Floor(now)); err != nil {
			return fmt.Errorf("dynamo: forgetting %s of %s: %w", parts[i], component, err)
		}
		return nil
	})
}

func (s *Store) forgetPart(ctx context.Context, component, part string, floor twin.Rank) error {
	for {
		it := key(component, part)
		it[attrFloor] = blob(floor[:])
		_, err := s.client.PutItem(ctx, &dynamodb.PutItemInput{
			TableName: s.tableName(), Item: it,
			ConditionExpression:                 ptr("attribute_not_exists(#f) OR #f<=:f"),
			ExpressionAttributeNames:            map[string]string{"#f": attrFloor},
			ExpressionAttributeValues:           item{":f": blob(floor[:])},
			ReturnValuesOnConditionCheckFailure: types.ReturnValuesOnConditionCheckFailureAllOld,
		}, s.retry)
		var failed *types.ConditionalCheckFailedException
		if !errors.As(err, &failed) {
			return err
		}
		higher, err := rankOf(failed.Item[attrFloor])
		if err != nil {
			return err
		}
		if !higher.Wins(floor) {
			return errors.New("a guard failed on an item that does not fail it; look at the item")
		}
		floor = higher // a floor does not sink
	}
}
