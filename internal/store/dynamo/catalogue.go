package dynamo

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"github.com/railtwin/digitaltwin/internal/store/dynamo/schema"
	"github.com/railtwin/digitaltwin/internal/twin"
)

// PutDataset writes a dataset into the catalogue.
func (s *Store) PutDataset(ctx context.Context, d twin.Dataset) error {
	d.Newest = 0
	entry, err := json.Marshal(d)
	if err == nil {
		_, err = s.client.UpdateItem(ctx, &dynamodb.UpdateItemInput{
			TableName: s.tableName(), Key: catalogueKey(partDataset + d.Name),
			UpdateExpression:          ptr("SET #e=:e"),
			ExpressionAttributeNames:  map[string]string{"#e": attrEntry},
			ExpressionAttributeValues: item{":e": text(string(entry))},
		}, s.retry)
	}
	if err != nil {
		return fmt.Errorf("dynamo: writing dataset %s: %w", d.Name, err)
	}
	return nil
}

// RemoveDataset takes a dataset out of the catalogue. Its newest event time stays, as its readings do.
func (s *Store) RemoveDataset(ctx context.Context, name string) error {
	_, err := s.client.DeleteItem(ctx, &dynamodb.DeleteItemInput{TableName: s.tableName(), Key: catalogueKey(partDataset + name)}, s.retry)
	if err != nil {
		return fmt.Errorf("dynamo: removing dataset %s: %w", name, err)
	}
	return nil
}

// Advance raises the newest event time of a dataset. It has a small item of its own, so that it
// costs one write unit however long the entry is.
func (s *Store) Advance(ctx context.Context, dataset string, newest twin.Millis) error {
	_, err := s.client.UpdateItem(ctx, &dynamodb.UpdateItemInput{
		TableName: s.tableName(), Key: catalogueKey(partNewest + dataset),
		UpdateExpression:          ptr("SET #n=:n"),
		ConditionExpression:       ptr("attribute_not_exists(#n) OR #n<:n"),
		ExpressionAttributeNames:  map[string]string{"#n": attrNewest},
		ExpressionAttributeValues: item{":n": number(int64(newest))},
	}, s.retry)
	var failed *types.ConditionalCheckFailedException
	if err != nil && !errors.As(err, &failed) {
		return fmt.Errorf("dynamo: advancing dataset %s: %w", dataset, err)
	}
	return nil
}

// Datasets returns the catalogue, in the order of names because the parts are.
func (s *Store) Datasets(ctx context.Context) ([]twin.Dataset, error) {
	var out []twin.Dataset
	newest := map[string]twin.Millis{}
	var bad error
	err := s.query(ctx, &dynamodb.QueryInput{
		KeyConditionExpression:   ptr("#c=:c AND #p BETWEEN :dataset AND :newest"), // all but the origins
		ExpressionAttributeNames: map[string]string{"#c": schema.Component, "#p": schema.Part},
		ExpressionAttributeValues: item{
			":c": text(catalogue), ":dataset": text(partDataset), ":newest": text(strings.TrimSuffix(partNewest, "#") + "$"), // $ follows #
		},
	}, func(it item) bool {
		part := textOf(it[schema.Part])
		if name, ok := strings.CutPrefix(part, partNewest); ok {
			var n int64
			n, bad = numberOf(it[attrNewest])
			newest[name] = twin.Millis(n)
		} else {
			var d twin.Dataset
			bad = json.Unmarshal([]byte(textOf(it[attrEntry])), &d)
			out = append(out, d)
		}
		if bad != nil {
			bad = fmt.Errorf("dynamo: catalogue item %s: %w", part, bad)
		}
		return bad == nil
	})
	if err != nil {
		return nil, fmt.Errorf("dynamo: reading the catalogue: %w", err)
	}
	for i := range out {
		out[i].Newest = newest[out[i].Name]
	}
	return out, bad
}
