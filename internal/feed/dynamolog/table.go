package dynamolog

import (
	"context"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"github.com/railtwin/digitaltwin/internal/feed/dynamolog/schema"
)

// CreateTable makes the table of a log, without its TTL. It is for tests: a deployed table is made by its stack.
func CreateTable(ctx context.Context, client *dynamodb.Client, table string) error {
	_, err := client.CreateTable(ctx, &dynamodb.CreateTableInput{
		TableName: &table, BillingMode: types.BillingModePayPerRequest,
		AttributeDefinitions: []types.AttributeDefinition{
			{AttributeName: aws.String(schema.Minute), AttributeType: types.ScalarAttributeTypeN},
			{AttributeName: aws.String(schema.Position), AttributeType: types.ScalarAttributeTypeB},
		},
		KeySchema: []types.KeySchemaElement{
			{AttributeName: aws.String(schema.Minute), KeyType: types.KeyTypeHash},
			{AttributeName: aws.String(schema.Position), KeyType: types.KeyTypeRange},
		},
	})
	if err != nil {
		return fmt.Errorf("dynamolog: making table %s: %w", table, err)
	}
	return nil
}
