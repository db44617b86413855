package main

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

type (
	item   = map[string]types.AttributeValue
	option = func(*dynamodb.Options)
)

// tables is a model of DynamoDB in memory: as much of it as the store, the log and this test ask for. Anything else is
// an error. Each write of an item of the streamed table is a record of its stream, in the order of the writes.
type tables struct {
	mu       sync.Mutex
	keys     map[string][2]string // by table: partition key and sort key
	items    map[string]map[string]partition
	streamed string
	stream   []record // not read yet
	sequence int
}

// partition is the items of one partition key, by sort key.
type partition map[string]item

// record is what a write did to an item; before or after is nil where there was none.
type record struct{ keys, before, after item }

// newTables returns empty tables by their names, of which one has a stream.
func newTables(keys map[string][2]string, streamed string) *tables {
	d := &tables{keys: keys, items: map[string]map[string]partition{}, streamed: streamed}
	for name := range keys {
		d.items[name] = map[string]partition{}
	}
	return d
}

// plain returns an attribute as a text, which is in order as sort keys are: none of them is a number.
func plain(v types.AttributeValue) string {
	switch v := v.(type) {
	case *types.AttributeValueMemberS:
		return v.Value
	case *types.AttributeValueMemberN:
		return v.Value
	case *types.AttributeValueMemberB:
		return string(v.Value)
	}
	return ""
}

func (d *tables) find(table string, key item) (p partition, sort string) {
	names := d.keys[table]
	of := plain(key[names[0]])
	if d.items[table][of] == nil {
		d.items[table][of] = partition{}
	}
	return d.items[table][of], plain(key[names[1]])
}

// write puts an item in the place of the one with its key, or deletes that.
func (d *tables) write(table string, key, after item) {
	p, sort := d.find(table, key)
	before := p[sort]
	if p[sort] = after; after == nil {
		delete(p, sort)
	}
	if table == d.streamed && !same(before, after) {
		keys := item{}
		for _, name := range d.keys[table] {
			keys[name] = key[name]
		}
		d.stream = append(d.stream, record{keys, before, after})
	}
}

// same reports whether a write of an item changes nothing, so that the stream has no record of it.
func same(before, after item) bool {
	return (before == nil) == (after == nil) && maps.EqualFunc(before, after, func(a, b types.AttributeValue) bool {
		return fmt.Sprintf("%T", a) == fmt.Sprintf("%T", b) && plain(a) == plain(b)
	})
}

// expression is an expression with its names and values.
type expression struct {
	text   string
	names  map[string]string
	values item
}

// holds reports whether a condition is met. It is one of a few forms, with OR between them.
func (e expression) holds(it item) bool {
	for _, one := range strings.Split(e.text, " OR ") {
		if one == "" {
			return true
		}
		if m := regexp.MustCompile(`^attribute_not_exists\((#\w+)\)$`).FindStringSubmatch(one); m != nil {
			if it[e.names[m[1]]] == nil {
				return true
			}
			continue
		}
		m := regexp.MustCompile(`^(#\w+)(=|<|<=)(:\w+)$`).FindStringSubmatch(one)
		if m == nil {
			panic("tables: condition " + e.text)
		}
		got, want := it[e.names[m[1]]], e.values[m[3]]
		if got != nil && compares(got, m[2], want) {
			return true
		}
	}
	return false
}

func compares(got types.AttributeValue, operator string, want types.AttributeValue) bool {
	order := strings.Compare(plain(got), plain(want))
	if _, number := want.(*types.AttributeValueMemberN); number {
		a, _ := strconv.ParseInt(plain(got), 10, 64)
		b, _ := strconv.ParseInt(plain(want), 10, 64)
		order = int(max(-1, min(1, a-b)))
	}
	return order == 0 && operator != "<" || order < 0 && operator != "="
}

// UpdateItem implements [dynamo.API].
func (d *tables) UpdateItem(
	ctx context.Context, in *dynamodb.UpdateItemInput, _ ...option,
) (*dynamodb.UpdateItemOutput, error) {
	if ctx.Err() != nil {
		return nil, ctx.Err()
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	p, sort := d.find(*in.TableName, in.Key)
	before := p[sort]
	condition := expression{aws.ToString(in.ConditionExpression), in.ExpressionAttributeNames,
		in.ExpressionAttributeValues}
	if !condition.holds(before) {
		return nil, refused(before, in.ReturnValuesOnConditionCheckFailure)
	}
	after := maps.Clone(in.Key)
	maps.Copy(after, before)
	set, remove, _ := strings.Cut(strings.TrimPrefix(*in.UpdateExpression, "SET "), " REMOVE ")
	for _, one := range strings.Split(set, ",") {
		name, value, _ := strings.Cut(one, "=")
		after[in.ExpressionAttributeNames[name]] = in.ExpressionAttributeValues[value]
	}
	for _, name := range strings.Split(remove, ",") {
		delete(after, in.ExpressionAttributeNames[name])
	}
	d.write(*in.TableName, in.Key, after)
	return &dynamodb.UpdateItemOutput{}, nil
}

func refused(before item, returns types.ReturnValuesOnConditionCheckFailure) error {
	failed := &types.ConditionalCheckFailedException{Message: aws.String("The conditional request failed")}
	if returns == types.ReturnValuesOnConditionCheckFailureAllOld {
		failed.Item = before
	}
	return failed
}

// PutItem implements [dynamolog.API].
func (d *tables) PutItem(
	ctx context.Context, in *dynamodb.PutItemInput, _ ...option,
) (*dynamodb.PutItemOutput, error) {
	if ctx.Err() != nil {
		return nil, ctx.Err()
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	p, sort := d.find(*in.TableName, in.Item)
	if condition := (expression{aws.ToString(in.ConditionExpression), in.ExpressionAttributeNames,
		nil}); !condition.holds(p[sort]) {
		return nil, refused(p[sort], "")
	}
	d.write(*in.TableName, in.Item, in.Item)
	return &dynamodb.PutItemOutput{}, nil
}

// DeleteItem implements [dynamo.API].
func (d *tables) DeleteItem(
	ctx context.Context, in *dynamodb.DeleteItemInput, _ ...option,
) (*dynamodb.DeleteItemOutput, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	p, sort := d.find(*in.TableName, in.Key)
	condition := expression{aws.ToString(in.ConditionExpression), in.ExpressionAttributeNames,
		in.ExpressionAttributeValues}
	if !condition.holds(p[sort]) {
		return nil, refused(p[sort], "")
	}
	d.write(*in.TableName, in.Key, nil)
	return &dynamodb.DeleteItemOutput{}, ctx.Err()
}

// swapStatement is the one statement that the store uses.
var swapStatement = regexp.MustCompile(`^UPDATE "([^"]+)" SET "p"=\?, "v"=\?(, "ttl"=\?)? WHERE "component"=\? AND "part"=\? AND "v"=\?$`)

// BatchExecuteStatement implements [dynamo.API].
func (d *tables) BatchExecuteStatement(
	ctx context.Context, in *dynamodb.BatchExecuteStatementInput, _ ...option,
) (*dynamodb.BatchExecuteStatementOutput, error) {
	if ctx.Err() != nil {
		return nil, ctx.Err()
	}
	out := &dynamodb.BatchExecuteStatementOutput{}
	for _, s := range in.Statements {
		m := swapStatement.FindStringSubmatch(*s.Statement)
		if m == nil {
			return nil, errors.New("tables: " + *s.Statement)
		}
		names := []string{"p", "v"}
		if m[2] != "" {
			names = append(names, "ttl")
		}
		rest := s.Parameters[len(names):]
		key := item{"component": rest[0], "part": rest[1]}
		out.Responses = append(out.Responses, d.swap(m[1], key, names, s.Parameters, rest[2]))
	}
	return out, nil
}

func (d *tables) swap(
	table string, key item, names []string, values []types.AttributeValue, tag types.AttributeValue,
) types.BatchStatementResponse {
	d.mu.Lock()
	defer d.mu.Unlock()
	p, sort := d.find(table, key)
	before := p[sort]
	if before == nil || plain(before["v"]) != plain(tag) {
		code := types.BatchStatementErrorCodeEnumConditionalCheckFailed
		return types.BatchStatementResponse{Error: &types.BatchStatementError{Code: code}}
	}
	after := maps.Clone(before)
	for i, name := range names {
		after[name] = values[i]
	}
	d.write(table, key, after)
	return types.BatchStatementResponse{}
}

// BatchGetItem implements [dynamo.API].
func (d *tables) BatchGetItem(
	ctx context.Context, in *dynamodb.BatchGetItemInput, _ ...option,
) (*dynamodb.BatchGetItemOutput, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	out := &dynamodb.BatchGetItemOutput{Responses: map[string][]map[string]types.AttributeValue{}}
	for table, wanted := range in.RequestItems {
		for _, key := range wanted.Keys {
			if p, sort := d.find(table, key); p[sort] != nil {
				out.Responses[table] = append(out.Responses[table], maps.Clone(p[sort]))
			}
		}
	}
	return out, ctx.Err()
}

// keyCondition is the forms of the conditions of queries.
var keyCondition = regexp.MustCompile(`^(#\w+)=(:\w+)(?: AND (#\w+)(>=|>| BETWEEN )(:\w+)(?: AND (:\w+))?)?$`)

// Query implements [dynamo.API].
func (d *tables) Query(ctx context.Context, in *dynamodb.QueryInput, _ ...option) (*dynamodb.QueryOutput, error) {
	m := keyCondition.FindStringSubmatch(*in.KeyConditionExpression)
	if m == nil || in.ExclusiveStartKey != nil || in.ScanIndexForward != nil {
		return nil, errors.New("tables: query " + *in.KeyConditionExpression)
	}
	of := plain(in.ExpressionAttributeValues[m[2]])
	low, high := plain(in.ExpressionAttributeValues[m[5]]), plain(in.ExpressionAttributeValues[m[6]])
	d.mu.Lock()
	defer d.mu.Unlock()
	type found struct {
		sort string
		item item
	}
	var all []found
	add := func(sort string, it item) {
		if m[4] == "" || (sort > low || sort == low && m[4] != ">") && (m[6] == "" || sort <= high) {
			all = append(all, found{sort, it})
		}
	}
	if in.IndexName == nil {
		for sort, it := range d.items[*in.TableName][of] {
			add(sort, it)
		}
	} else {
		for name, p := range d.items[*in.TableName] {
			for _, it := range p {
				if value := it[in.ExpressionAttributeNames[m[1]]]; value != nil && plain(value) == of {
					add(name, it)
				}
			}
		}
	}
	slices.SortFunc(all, func(a, b found) int { return strings.Compare(a.sort, b.sort) })
	out := &dynamodb.QueryOutput{}
	for i, f := range all {
		out.Items = append(out.Items, maps.Clone(f.item))
		if in.Limit != nil && len(out.Items) == int(*in.Limit) && i+1 < len(all) {
			out.LastEvaluatedKey = f.item
			break
		}
	}
	return out, ctx.Err()
}

// Scan implements [dynamo.API]: for what has expired, or for what the store must still bring into its form.
func (d *tables) Scan(ctx context.Context, in *dynamodb.ScanInput, _ ...option) (*dynamodb.ScanOutput, error) {
	text := strings.ReplaceAll(aws.ToString(in.FilterExpression), " ", "")
	filter := expression{text, in.ExpressionAttributeNames, in.ExpressionAttributeValues}
	d.mu.Lock()
	defer d.mu.Unlock()
	out := &dynamodb.ScanOutput{}
	for _, p := range d.items[*in.TableName] {
		for _, it := range p {
			if filter.holds(it) {
				out.Items = append(out.Items, maps.Clone(it))
			}
		}
	}
	return out, ctx.Err()
}
