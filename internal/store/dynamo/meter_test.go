package dynamo_test

import (
	"context"
	"sync"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"github.com/railtwin/digitaltwin/internal/emulator"
)

// meter counts the requests of a client, and the units that they consume by what the table itself says, indexes
// included. It does not count the catalogue.
type meter struct {
	*dynamodb.Client
	table string

	mu          sync.Mutex
	requests    int
	units, read float64
	items       int // that were read from an index
}

func newMeter(t testing.TB) *meter {
	t.Helper()
	client := emulator.Client(emulator.DynamoDB(t))
	return &meter{Client: client, table: newTable(t, client)}
}

func (m *meter) reset() { m.requests, m.units, m.read, m.items = 0, 0, 0, 0 }

func (m *meter) add(units *float64, consumed ...types.ConsumedCapacity) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.requests++
	for _, c := range consumed {
		*units += aws.ToFloat64(c.CapacityUnits)
	}
}

func (m *meter) UpdateItem(ctx context.Context, in *dynamodb.UpdateItemInput,
	o ...func(*dynamodb.Options)) (*dynamodb.UpdateItemOutput, error) {
	if in.Key["component"].(*types.AttributeValueMemberS).Value == "#catalogue" {
		return m.Client.UpdateItem(ctx, in, o...)
	}
	in.ReturnConsumedCapacity = types.ReturnConsumedCapacityTotal
	out, err := m.Client.UpdateItem(ctx, in, o...)
	if err == nil {
		m.add(&m.units, *out.ConsumedCapacity)
	} else {
		m.add(&m.units, types.ConsumedCapacity{CapacityUnits: aws.Float64(1)})
	}
	return out, err
}

func (m *meter) BatchExecuteStatement(ctx context.Context, in *dynamodb.BatchExecuteStatementInput,
	o ...func(*dynamodb.Options)) (*dynamodb.BatchExecuteStatementOutput, error) {
	in.ReturnConsumedCapacity = types.ReturnConsumedCapacityTotal
	out, err := m.Client.BatchExecuteStatement(ctx, in, o...)
	if err == nil {
		m.add(&m.units, out.ConsumedCapacity...)
	}
	return out, err
}

func (m *meter) BatchGetItem(ctx context.Context, in *dynamodb.BatchGetItemInput,
	o ...func(*dynamodb.Options)) (*dynamodb.BatchGetItemOutput, error) {
	in.ReturnConsumedCapacity = types.ReturnConsumedCapacityTotal
	out, err := m.Client.BatchGetItem(ctx, in, o...)
	if err == nil {
		m.add(&m.read, out.ConsumedCapacity...)
	}
	return out, err
}

func (m *meter) Query(ctx context.Context, in *dynamodb.QueryInput,
	o ...func(*dynamodb.Options)) (*dynamodb.QueryOutput, error) {
	in.ReturnConsumedCapacity = types.ReturnConsumedCapacityTotal
	out, err := m.Client.Query(ctx, in, o...)
	if err == nil && in.IndexName != nil {
		m.add(&m.read, *out.ConsumedCapacity)
		m.mu.Lock()
		m.items += int(out.ScannedCount)
		m.mu.Unlock()
	}
	return out, err
}
