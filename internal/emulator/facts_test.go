package emulator

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

// What the store asks of DynamoDB, held to the emulator: a difference to AWS here would be one of the whole store.
// What only AWS can show stands in docs/aws.md ("What only AWS can show").

type attributes = map[string]types.AttributeValue

func text(v string) types.AttributeValue   { return &types.AttributeValueMemberS{Value: v} }
func blob(v ...byte) types.AttributeValue  { return &types.AttributeValueMemberB{Value: v} }
func number(v string) types.AttributeValue { return &types.AttributeValueMemberN{Value: v} }

func key(component string) attributes {
	return attributes{"component": text(component), "part": text("d~0")}
}

// table is a client of an emulator with a table "twin" that has an index "list" on the attribute b.
func table(t *testing.T) *dynamodb.Client {
	t.Helper()
	c := Client(DynamoDB(t))
	attribute := func(name string) types.AttributeDefinition {
		return types.AttributeDefinition{AttributeName: &name, AttributeType: types.ScalarAttributeTypeS}
	}
	keys := func(hash, sort string) []types.KeySchemaElement {
		return []types.KeySchemaElement{{AttributeName: &hash, KeyType: types.KeyTypeHash},
			{AttributeName: &sort, KeyType: types.KeyTypeRange}}
	}
	_, err := c.CreateTable(t.Context(), &dynamodb.CreateTableInput{
		TableName: aws.String("twin"), BillingMode: types.BillingModePayPerRequest,
		AttributeDefinitions: []types.AttributeDefinition{attribute("component"), attribute("part"), attribute("b")},
		KeySchema:            keys("component", "part"),
		GlobalSecondaryIndexes: []types.GlobalSecondaryIndex{{
			IndexName: aws.String("list"), KeySchema: keys("b", "component"),
			Projection: &types.Projection{ProjectionType: types.ProjectionTypeKeysOnly},
		}},
	})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func statement(s string, parameters ...types.AttributeValue) types.BatchStatementRequest {
	return types.BatchStatementRequest{Statement: &s, Parameters: parameters}
}

// insert is an item whose block has so many bytes and whose tag is 1.
func insert(component string, size int) types.BatchStatementRequest {
	return statement(`INSERT INTO "twin" VALUE {'component':?,'part':?,'p':?,'v':?,'b':?}`,
		text(component), text("d~0"), blob(make([]byte, size)...), blob(1), text("7"))
}

// swap replaces the block where the tag is the one that was read.
func swap(component string, size int, read, tag byte) types.BatchStatementRequest {
	return statement(`UPDATE "twin" SET p=?, v=?, "ttl"=? WHERE component=? AND part=? AND v=?`,
		blob(make([]byte, size)...), blob(tag), number("1790000000"), text(component), text("d~0"), blob(read))
}

// batch sends statements and returns the code of each, "ok" where it was carried out, and the units of all.
func batch(t *testing.T, c *dynamodb.Client, statements ...types.BatchStatementRequest) (codes []string, units float64,
	err error) {
	t.Helper()
	out, err := c.BatchExecuteStatement(t.Context(), &dynamodb.BatchExecuteStatementInput{
		Statements: statements, ReturnConsumedCapacity: types.ReturnConsumedCapacityTotal,
	})
	if err != nil {
		return nil, 0, err
	}
	for _, r := range out.Responses {
		code := "ok"
		if r.Error != nil {
			code = string(r.Error.Code)
		}
		codes = append(codes, code)
	}
	for _, consumed := range out.ConsumedCapacity {
		units += aws.ToFloat64(consumed.CapacityUnits)
	}
	return codes, units, nil
}

// Ensure that a batch carries out each statement by itself: an INSERT fails where the item is there, an UPDATE where
// its tag is another or the item is missing, and both say so beside those that were carried out.
func TestFacts_Batch(t *testing.T) {
	c := table(t)
	for _, step := range []struct {
		name       string
		statements []types.BatchStatementRequest
		codes      string
	}{
		{"insert", []types.BatchStatementRequest{insert("a", 10), insert("b", 10)}, "ok ok"},
		{"insert again", []types.BatchStatementRequest{insert("a", 10), insert("c", 10)}, "DuplicateItem ok"},
		{"swap", []types.BatchStatementRequest{swap("a", 10, 1, 2), swap("b", 10, 9, 2), swap("missing", 10, 1, 2)},
			"ok ConditionalCheckFailed ConditionalCheckFailed"},
		{"swap with the tag of before", []types.BatchStatementRequest{swap("a", 10, 1, 3), swap("c", 10, 1, 3)},
			"ConditionalCheckFailed ok"},
		{"swap once more", []types.BatchStatementRequest{swap("a", 10, 2, 4)}, "ok"},
	} {
		codes, _, err := batch(t, c, step.statements...)
		if got := strings.Join(codes, " "); err != nil || got != step.codes {
			t.Errorf("%s: %s, %v; want %s", step.name, got, err, step.codes)
		}
	}
	out, err := c.BatchGetItem(t.Context(), &dynamodb.BatchGetItemInput{RequestItems: map[string]types.KeysAndAttributes{
		"twin": {ConsistentRead: aws.Bool(true), Keys: []attributes{key("a"), key("b"), key("missing")}},
	}})
	if err != nil || len(out.Responses["twin"]) != 2 || len(out.UnprocessedKeys) != 0 {
		t.Fatalf("%+v, %v", out, err)
	}
	for _, item := range out.Responses["twin"] {
		want := map[string]byte{"a": 4, "b": 1}[item["component"].(*types.AttributeValueMemberS).Value]
		if tag := item["v"].(*types.AttributeValueMemberB).Value; !slices.Equal(tag, []byte{want}) {
			t.Errorf("%v has the tag %v, want %d", item["component"], tag, want)
		}
	}
}

// Ensure that one statement that is not PartiQL, or an item named twice, fails alone or with its whole batch, but that
// nothing is carried out which is not said to be.
func TestFacts_BadStatements(t *testing.T) {
	c := table(t)
	if codes, _, err := batch(t, c, insert("a", 10), insert("b", 10)); err != nil || fmt.Sprint(codes) != "[ok ok]" {
		t.Fatal(codes, err)
	}
	for name, statements := range map[string][]types.BatchStatementRequest{
		"the same item twice": {swap("a", 10, 1, 2), swap("a", 10, 2, 3)},
		"an item too large":   {insert("large", 450<<10), insert("beside", 10)},
		"an unknown word":     {statement(`UPSERT INTO "twin" VALUE {'component':?}`, text("x")), insert("other", 10)},
	} {
		codes, _, err := batch(t, c, statements...)
		t.Logf("%s: %v %v", name, codes, err)
		if err == nil && !slices.ContainsFunc(codes, func(code string) bool { return code != "ok" }) {
			t.Errorf("%s: everything is carried out", name)
		}
	}
	many := make([]types.BatchStatementRequest, 26)
	for i := range many {
		many[i] = insert(fmt.Sprint("many:", i), 10)
	}
	if _, _, err := batch(t, c, many...); err == nil {
		t.Error("26 statements are taken")
	}
}

// Ensure that a write costs a unit for each started kilobyte of the item, the index none where it is not touched, and
// that the answer says so for batches and for single requests.
func TestFacts_ConsumedCapacity(t *testing.T) {
	c := table(t)
	for _, step := range []struct {
		name      string
		statement types.BatchStatementRequest
		units     float64
	}{
		{"insert, with its index entry", insert("a", 900), 2},
		{"swap below 1 KB", swap("a", 900, 1, 2), 1},
		{"swap that grows above 1 KB", swap("a", 1100, 2, 3), 2},
		{"swap that shrinks is paid by what was there", swap("a", 10, 3, 4), 2},
		{"swap of a small item", swap("a", 20, 4, 5), 1},
	} {
		codes, units, err := batch(t, c, step.statement)
		if err != nil || codes[0] != "ok" || units != step.units {
			t.Errorf("%s: %v, %g units, %v; want %g", step.name, codes, units, err, step.units)
		}
	}
	out, err := c.UpdateItem(t.Context(), &dynamodb.UpdateItemInput{
		TableName: aws.String("twin"), Key: key("a"), UpdateExpression: aws.String("SET p=:p REMOVE b"),
		ExpressionAttributeValues: attributes{":p": blob(1)}, ReturnConsumedCapacity: types.ReturnConsumedCapacityTotal,
	})
	if err != nil || aws.ToFloat64(out.ConsumedCapacity.CapacityUnits) != 2 {
		t.Errorf("leaving the index: %+v, %v", out, err)
	}
	listed, err := c.Query(t.Context(), &dynamodb.QueryInput{
		TableName: aws.String("twin"), IndexName: aws.String("list"), KeyConditionExpression: aws.String("b=:b"),
		ExpressionAttributeValues: attributes{":b": text("7")},
	})
	if err != nil || len(listed.Items) != 0 {
		t.Errorf("the index lists %v, %v", listed, err)
	}
}

// Ensure that a single update says what it met where its condition fails.
func TestFacts_AllOld(t *testing.T) {
	c := table(t)
	if _, _, err := batch(t, c, insert("a", 10)); err != nil {
		t.Fatal(err)
	}
	_, err := c.UpdateItem(t.Context(), &dynamodb.UpdateItemInput{
		TableName: aws.String("twin"), Key: key("a"), UpdateExpression: aws.String("SET p=:p"),
		ConditionExpression:                 aws.String("attribute_not_exists(v)"),
		ExpressionAttributeValues:           attributes{":p": blob(1)},
		ReturnValuesOnConditionCheckFailure: types.ReturnValuesOnConditionCheckFailureAllOld,
	})
	var failed *types.ConditionalCheckFailedException
	if !errors.As(err, &failed) || len(failed.Item) != 5 {
		t.Errorf("%v: %v", err, failed)
	}
}
