package dynamo_test

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"math"
	"math/big"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"github.com/railtwin/digitaltwin/internal/store"
	"github.com/railtwin/digitaltwin/internal/store/storetest"
	"github.com/railtwin/digitaltwin/internal/twin"
)

// former writes as the version before this one did, as far as it matters for what is in the table: one item for each
// component and dataset, or with a narrow layout for each metric, whose metrics are guarded by their ranks.
type former struct {
	client *dynamodb.Client
	table  string
	clock  *storetest.Clock
	policy func(dataset string) *twin.Dataset
	narrow string // the dataset with this layout

	origins sync.Map // that were written
}

type attributes = map[string]types.AttributeValue

func text(s string) types.AttributeValue { return &types.AttributeValueMemberS{Value: s} }
func blob(b []byte) types.AttributeValue { return &types.AttributeValueMemberB{Value: b} }

// rank has an index of two bytes.
func (f *former) rank(c *twin.Change) []byte {
	r := c.Rank()
	return slices.Concat(r[:18], r[20:])
}

// apply applies changes, one of each metric, as an applier of that version.
func (f *former) apply(t *testing.T, changes []twin.Change) []store.Result {
	results := make([]store.Result, len(changes))
	byPart := map[[2]string]map[string]int{}
	for i := range changes {
		c := &changes[i]
		if reason, detail, ok := twin.Admit(c, f.policy(c.Dataset), f.clock.Millis()); !ok {
			results[i] = store.Result{Outcome: store.Refused, Reason: reason, Detail: detail}
			continue
		}
		part := [2]string{c.Component, c.Dataset}
		if c.Dataset == f.narrow {
			part[1] += "#" + c.Metric
		}
		if byPart[part] == nil {
			byPart[part] = map[string]int{}
		}
		if best, ok := byPart[part][c.Metric]; !ok || c.Compare(&changes[best]) > 0 {
			byPart[part][c.Metric] = i
		}
		results[i].Outcome = store.Superseded
	}
	for part, metrics := range byPart {
		for _, i := range metrics {
			results[i].Outcome = store.Applied
		}
		if err := f.write(part, changes, metrics); err != nil {
			t.Error(err)
		}
	}
	return results
}

// writeItem writes the changes of an item of the wide layout.
func (f *former) writeItem(it store.Item) error {
	changes, live := make([]twin.Change, len(it.Changes)), map[string]int{}
	for i, c := range it.Changes {
		changes[i], live[c.Metric] = *c, i
	}
	return f.write([2]string{it.Component, it.Dataset}, changes, live)
}

// write writes what is left of the metrics until all are newest or late.
func (f *former) write(part [2]string, changes []twin.Change, live map[string]int) error {
	for len(live) > 0 {
		dataset, _, _ := strings.Cut(part[1], "#")
		names, values := map[string]string{"#d": "dataset"}, attributes{":d": text(dataset)}
		update, guard := "SET #d=:d", []string{}
		for metric, i := range live {
			n := strconv.Itoa(len(guard))
			cell, err := f.cell(&changes[i])
			if err != nil {
				return err
			}
			names["#"+n], values[":"+n], values[":r"+n] = "m:"+metric, cell, blob(f.rank(&changes[i]))
			update += fmt.Sprintf(",#%s=:%s", n, n)
			guard = append(guard, fmt.Sprintf("(attribute_not_exists(#%s) OR #%s.r<:r%s)", n, n, n))
			if len(guard) == 50 {
				break
			}
		}
		_, err := f.client.UpdateItem(context.Background(), &dynamodb.UpdateItemInput{
			TableName: &f.table, Key: attributes{"component": text(part[0]), "part": text(part[1])},
			UpdateExpression: &update, ConditionExpression: aws.String(strings.Join(guard, " AND ")),
			ExpressionAttributeNames: names, ExpressionAttributeValues: values,
			ReturnValuesOnConditionCheckFailure: types.ReturnValuesOnConditionCheckFailureAllOld,
		})
		var failed *types.ConditionalCheckFailedException
		switch {
		case errors.As(err, &failed):
			for metric, i := range live {
				if m, ok := failed.Item["m:"+metric].(*types.AttributeValueMemberM); ok &&
					string(m.Value["r"].(*types.AttributeValueMemberB).Value) >= string(f.rank(&changes[i])) {
					delete(live, metric)
				}
			}
		case err != nil:
			return err
		default:
			for n := range len(guard) {
				delete(live, strings.TrimPrefix(names["#"+strconv.Itoa(n)], "m:"))
			}
		}
	}
	return nil
}

// cell is a reading, and its lineage with the origin in an item of its own.
func (f *former) cell(c *twin.Change) (types.AttributeValue, error) {
	cell := attributes{"r": blob(f.rank(c)), "v": text(c.Value)}
	if c.Unit != "" {
		cell["u"] = text(c.Unit)
	}
	sum := sha256.Sum256([]byte(c.Extractor + "\x00" + c.Position.Stream))
	if err := f.origin(c, sum[:6]); err != nil {
		return nil, err
	}
	shard, err := strconv.Atoi(strings.TrimPrefix(c.Position.Shard, "shardId-"))
	sequence, ok := new(big.Int).SetString(c.Position.Sequence, 10)
	if err != nil || !ok {
		return nil, fmt.Errorf("the former writer knows no such position: %+v", c.Position)
	}
	lineage := append([]byte{7}, sum[:6]...) // origin, number of a shard, number of a sequence
	cell["x"] = blob(append(append(lineage, byte(shard)), sequence.Bytes()...))
	return &types.AttributeValueMemberM{Value: cell}, nil
}

// origin writes, once, what an id stands for.
func (f *former) origin(c *twin.Change, id []byte) error {
	name := hex.EncodeToString(id)
	if _, known := f.origins.Load(name); known {
		return nil
	}
	_, err := f.client.UpdateItem(context.Background(), &dynamodb.UpdateItemInput{
		TableName: &f.table, Key: attributes{"component": text("#catalogue"), "part": text("#origin#" + name)},
		UpdateExpression: aws.String("SET extractor=:e, #s=:s"), ExpressionAttributeNames: map[string]string{"#s": "stream"},
		ExpressionAttributeValues: attributes{":e": text(c.Extractor), ":s": text(c.Position.Stream)},
	})
	if err == nil {
		f.origins.Store(name, true)
	}
	return err
}

// floor sets the floor of an item, as forgetting did.
func (f *former) floor(t *testing.T, component, part string, at twin.Millis) {
	t.Helper()
	rank := (&twin.Change{EventTime: at, Revision: math.MaxUint16, ReceivedAt: twin.MaxMillis}).Rank()
	_, err := f.client.PutItem(t.Context(), &dynamodb.PutItemInput{TableName: &f.table, Item: attributes{
		"component": text(component), "part": text(part), "floor": blob(slices.Concat(rank[:18], rank[20:])),
	}})
	if err != nil {
		t.Fatal(err)
	}
}

// sample is a change as a former writer can write it.
func sample(component, metric string, at twin.Millis, value string) *twin.Change {
	return &twin.Change{
		Component: component, Dataset: "d", Metric: metric, Value: value, Unit: "km/h", EventTime: at, ReceivedAt: at + 900,
		Revision: 1, Index: 7,
		Extractor: "0123456789ab", Position: twin.Position{Stream: "wagons", Shard: "shardId-000000000003",
			Sequence: "49590338271490256608559692538361571095921575989136588898"},
	}
}
