package dynamo

import (
	"context"
	"fmt"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"github.com/railtwin/digitaltwin/internal/store/dynamo/schema"
)

// definition returns the table as a request that makes it.
func definition(table string) *dynamodb.CreateTableInput {
	attribute := func(name string) types.AttributeDefinition {
		return types.AttributeDefinition{AttributeName: &name, AttributeType: types.ScalarAttributeTypeS}
	}
	key := func(hash, sort string) []types.KeySchemaElement {
		return []types.KeySchemaElement{
			{AttributeName: &hash, KeyType: types.KeyTypeHash}, {AttributeName: &sort, KeyType: types.KeyTypeRange},
		}
	}
	index := func(name string, keys []types.KeySchemaElement) types.GlobalSecondaryIndex {
		return types.GlobalSecondaryIndex{
			IndexName: &name, KeySchema: keys, Projection: &types.Projection{ProjectionType: types.ProjectionTypeKeysOnly},
		}
	}
	return &dynamodb.CreateTableInput{
		TableName:   &table,
		BillingMode: types.BillingModePayPerRequest,
		AttributeDefinitions: []types.AttributeDefinition{
			attribute(schema.Component), attribute(schema.Part), attribute(schema.Dataset), attribute(schema.Bucket),
		},
		KeySchema: key(schema.Component, schema.Part),
		GlobalSecondaryIndexes: []types.GlobalSecondaryIndex{
			index(schema.DatasetIndex, key(schema.Dataset, schema.Component)),
			index(schema.ListIndex, key(schema.Bucket, schema.Component)),
		},
	}
}

// CreateTable makes the table with its TTL and waits until it can be used. It is for tests and
// rehearsals: a deployed table is made by its stack.
func CreateTable(ctx context.Context, client *dynamodb.Client, table string) error {
	if _, err := client.CreateTable(ctx, definition(table)); err != nil {
		return fmt.Errorf("dynamo: making table %s: %w", table, err)
	}
	name := &dynamodb.DescribeTableInput{TableName: &table}
	if err := dynamodb.NewTableExistsWaiter(client).Wait(ctx, name, time.Minute); err != nil {
		return fmt.Errorf("dynamo: waiting for table %s: %w", table, err)
	}
	_, err := client.UpdateTimeToLive(ctx, &dynamodb.UpdateTimeToLiveInput{
		TableName: &table,
		TimeToLiveSpecification: &types.TimeToLiveSpecification{AttributeName: aws.String(schema.TTL),
			Enabled: aws.Bool(true)},
	})
	if err != nil {
		return fmt.Errorf("dynamo: setting the TTL of table %s: %w", table, err)
	}
	return New(client, table, nil).Upgrade(ctx, &Upgrade{})
}
