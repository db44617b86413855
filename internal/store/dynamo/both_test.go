package dynamo_test

import (
	"slices"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"github.com/railtwin/digitaltwin/internal/emulator"
	"github.com/railtwin/digitaltwin/internal/store"
	"github.com/railtwin/digitaltwin/internal/store/dynamo"
	"github.com/railtwin/digitaltwin/internal/store/packed"
	"github.com/railtwin/digitaltwin/internal/twin"
)

// Ensure that a reader serves items of both forms as one: of each metric the greater rank.
func TestReadings_BothForms(t *testing.T) {
	client := emulator.Client(emulator.DynamoDB(t))
	table := newTable(t, client)
	s := dynamo.New(client, table, nil)
	change := func(metric string, at twin.Millis, value string) *twin.Change {
		return &twin.Change{Component: "c:1", Dataset: "d", Metric: metric, Value: value, EventTime: at, Extractor: "0123456789ab",
			Position: twin.Position{Stream: "s", Shard: "shardId-000000000001", Sequence: "77"}}
	}
	older := []twin.Reading{change("both", 10, "old").Reading(), change("load", 9, "old").Reading(), change("speed", 3, "old").Reading()}
	if _, err := s.Write(t.Context(), []store.Item{{Component: "c:1", Dataset: "d", Readings: older}}); err != nil {
		t.Fatal(err)
	}
	both, speed, heading := change("both", 10, "old"), change("speed", 7, "new"), change("heading", 1, "new")
	block := packed.Block{Entries: []packed.Entry{packed.NewEntry(both, nil), packed.NewEntry(heading, nil), packed.NewEntry(speed, nil)}}
	_, err := client.PutItem(t.Context(), &dynamodb.PutItemInput{TableName: &table, Item: map[string]types.AttributeValue{
		"component": &types.AttributeValueMemberS{Value: "c:1"}, "part": &types.AttributeValueMemberS{Value: "d~0"},
		"dataset": &types.AttributeValueMemberS{Value: "d"}, "p": &types.AttributeValueMemberB{Value: block.Append(nil)},
	}})
	if err != nil {
		t.Fatal(err)
	}
	want := []twin.Reading{both.Reading(), heading.Reading(), older[1], speed.Reading()}
	q := store.ReadingQuery{Components: []string{"c:1"}, Datasets: []string{"d"}}
	if got, err := s.Readings(t.Context(), q); err != nil || !slices.Equal(got, want) {
		t.Errorf("%v, got %+v\nwant %+v", err, got, want)
	}
	q.Metrics = []string{"speed", "load"}
	if got, err := s.Readings(t.Context(), q); err != nil || !slices.Equal(got, want[2:]) {
		t.Errorf("some metrics: %v, got %+v", err, got)
	}
	if _, err := client.UpdateItem(t.Context(), &dynamodb.UpdateItemInput{
		TableName: &table, Key: map[string]types.AttributeValue{"component": &types.AttributeValueMemberS{Value: "c:1"}, "part": &types.AttributeValueMemberS{Value: "d~0"}},
		UpdateExpression: aws.String("SET p=:p"), ExpressionAttributeValues: map[string]types.AttributeValue{":p": &types.AttributeValueMemberB{Value: []byte{9}}},
	}); err != nil {
		t.Fatal(err)
	}
	if got, err := s.Readings(t.Context(), q); err == nil {
		t.Errorf("a block of a later version reads as %v", got)
	}
}
