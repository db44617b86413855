package dynamo_test

import (
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"github.com/railtwin/digitaltwin/internal/emulator"
	"github.com/railtwin/digitaltwin/internal/store"
	"github.com/railtwin/digitaltwin/internal/store/dynamo"
	"github.com/railtwin/digitaltwin/internal/twin"
)

// Ensure that an item which fails its guard for no reason that it shows ends as a reject, and does
// not hold the writer for ever.
func TestWrite_Corrupt(t *testing.T) {
	client := emulator.Client(emulator.DynamoDB(t))
	table := newTable(t, client)
	put := func(update string, value any) {
		t.Helper()
		corrupt(t, client, table, update, value)
	}
	r := (&twin.Change{Component: "c:1", Dataset: "d", Metric: "speed", Value: "1", EventTime: 10}).Reading()
	s := dynamo.New(client, table, nil)
	for _, tc := range []struct {
		attribute string
		value     any
	}{
		{"m:speed", "text"}, {"m:speed", map[string]any{"r": "text"}}, {"m:speed", map[string]any{"r": []byte{0xff}}}, {"floor", "text"}, {"n", "text"},
	} {
		put(tc.attribute, tc.value)
		results, err := s.Write(t.Context(), []store.Item{{Component: "c:1", Dataset: "d", Readings: []twin.Reading{r}}})
		if err != nil || results[0][0].Outcome != store.Refused || results[0][0].Reason != twin.Unstorable {
			t.Errorf("%s %v: %v %v", tc.attribute, tc.value, results, err)
		}
		put(tc.attribute, nil)
	}
	if _, err := s.Write(t.Context(), []store.Item{{Component: "c:1", Dataset: "d", Readings: []twin.Reading{r}}}); err != nil {
		t.Errorf("repaired: %v", err)
	}
	q := store.ReadingQuery{Components: []string{"c:1"}, Datasets: []string{"d"}}
	for _, tc := range []struct {
		attribute string
		value     any
	}{
		{"m:speed", "text"}, {"m:speed", map[string]any{"r": []byte("short")}},
		{"m:speed", map[string]any{"r": r.Rank[:], "x": []byte{1, 2}}},
	} {
		put(tc.attribute, tc.value)
		if got, err := s.Readings(t.Context(), q); err == nil {
			t.Errorf("%s %v reads as %v", tc.attribute, tc.value, got)
		}
		put(tc.attribute, nil)
	}
}

// corrupt sets an attribute of the item c:1, d past the store, or removes it where the value is nil.
func corrupt(t *testing.T, client *dynamodb.Client, table, attribute string, value any) {
	t.Helper()
	update := "SET #a = :v"
	in := &dynamodb.UpdateItemInput{
		TableName: &table, UpdateExpression: &update, ExpressionAttributeNames: map[string]string{"#a": attribute},
		Key: map[string]types.AttributeValue{
			"component": &types.AttributeValueMemberS{Value: "c:1"}, "part": &types.AttributeValueMemberS{Value: "d"},
		},
	}
	if value == nil {
		update = "REMOVE #a"
	} else {
		in.ExpressionAttributeValues = map[string]types.AttributeValue{":v": attributeValue(value)}
	}
	if _, err := client.UpdateItem(t.Context(), in); err != nil {
		t.Fatal(err)
	}
}

func attributeValue(v any) types.AttributeValue {
	switch v := v.(type) {
	case []byte:
		return &types.AttributeValueMemberB{Value: v}
	case map[string]any:
		m := &types.AttributeValueMemberM{Value: map[string]types.AttributeValue{}}
		for name, v := range v {
			m.Value[name] = attributeValue(v)
		}
		return m
	default:
		return &types.AttributeValueMemberS{Value: v.(string)}
	}
}
