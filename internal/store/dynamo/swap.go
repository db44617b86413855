package dynamo

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"github.com/railtwin/digitaltwin/internal/store/dynamo/schema"
	"github.com/railtwin/digitaltwin/internal/store/packed"
	"github.com/railtwin/digitaltwin/internal/store/swap"
)

// statementsPerBatch is how many one BatchExecuteStatement may carry out.
const statementsPerBatch = 25

// statement is the PartiQL of a swap that changes nothing but block and tag. One that sets the ttl too has it after
// them.
func statement(table string) string {
	return fmt.Sprintf(`UPDATE %q SET "p"=?, "v"=? WHERE "component"=? AND "part"=? AND "v"=?`, table)
}

func withTTL(statement string) string {
	return strings.Replace(statement, `"v"=? WHERE`, `"v"=?, "ttl"=? WHERE`, 1)
}

// Swap implements [swap.Table]: what can be is done in batches, and the rest, with what they could not do, singly.
func (s *Store) Swap(ctx context.Context, swaps []swap.Swap) []swap.Swapped {
	out := make([]swap.Swapped, len(swaps))
	var batched, singly []int
	for i := range swaps {
		out[i].Err = errNotWritten
		if fits(&swaps[i]) {
			batched = append(batched, i)
		} else {
			singly = append(singly, i)
		}
	}
	if len(batched) == 1 {
		batched, singly = nil, append(singly, batched...)
	}
	batches := (len(batched) + statementsPerBatch - 1) / statementsPerBatch
	again := make([][]int, batches)
	_ = each(ctx, batches, func(ctx context.Context, n int) error {
		batch := batched[n*statementsPerBatch : min((n+1)*statementsPerBatch, len(batched))]
		again[n] = s.swapAll(ctx, swaps, batch, out)
		return nil
	})
	for _, rest := range again {
		singly = append(singly, rest...)
	}
	_ = each(ctx, len(singly), func(ctx context.Context, n int) error {
		i := singly[n]
		out[i].Err = guarded(ctx, i, func(ctx context.Context, i int) (err error) {
			out[i], err = s.swapOne(ctx, &swaps[i])
			return err
		})
		return nil
	})
	return out
}

var errNotWritten = errors.New("dynamo: there was no time to write it")

// fits reports whether a swap can be one of a batch: it sets block and tag, and perhaps the ttl, of an item that has
// readings before and after it.
func fits(s *swap.Swap) bool {
	return s.Old.Exists && s.Old.Floor == s.New.Floor && len(s.Old.Block.Entries) > 0 && len(s.New.Block.Entries) > 0 &&
		(s.New.Expiry != 0 || s.Old.Expiry == 0)
}

// swapAll carries out some of the swaps in one batch, and returns those that are to be done singly.
func (s *Store) swapAll(ctx context.Context, swaps []swap.Swap, batch []int, out []swap.Swapped) (again []int) {
	in := &dynamodb.BatchExecuteStatementInput{Statements: make([]types.BatchStatementRequest, len(batch))}
	for n, i := range batch {
		in.Statements[n] = s.request(&swaps[i])
	}
	answer, err := s.client.BatchExecuteStatement(ctx, in, s.retry)
	switch {
	case isPermanent(err): // of one statement, or of the batch
		return batch
	case err == nil && len(answer.Responses) != len(batch):
		err = fmt.Errorf("dynamo: %d answers to %d statements", len(answer.Responses), len(batch))
	}
	for n, i := range batch {
		if err != nil {
			out[i].Err = err
			continue
		}
		out[i].Err = nil
		switch failed := answer.Responses[n].Error; {
		case failed == nil:
		case failed.Code == types.BatchStatementErrorCodeEnumConditionalCheckFailed:
			out[i].Changed = true
		default: // throttled, say: the SDK repeats no single statement
			again = append(again, i)
		}
	}
	return again
}

func isPermanent(err error) bool {
	var p *swap.PermanentError
	return errors.As(permanent(err), &p)
}

func (s *Store) request(sw *swap.Swap) types.BatchStatementRequest {
	parameters := make([]types.AttributeValue, 0, 6)
	parameters = append(parameters, blob(sw.Block), blob(sw.New.Tag[:]))
	update := &s.update
	if sw.New.Expiry != 0 {
		update = &s.updateTTL
		parameters = append(parameters, number(sw.New.Expiry))
	}
	return types.BatchStatementRequest{
		Statement:  update,
		Parameters: append(parameters, text(sw.Component), text(partOf(sw.Key)), blob(sw.Old.Tag[:])),
	}
}

// swapOne carries out a swap by a request of its own, which says what it met.
func (s *Store) swapOne(ctx context.Context, sw *swap.Swap) (swap.Swapped, error) {
	if !sw.Old.Exists { // not sent again once the forget list is too old
		limited, cancel := context.WithTimeout(ctx, sw.Until.Sub(s.now()))
		defer cancel()
		ctx = limited
	}
	_, err := s.client.UpdateItem(ctx, s.single(sw), s.retry)
	var failed *types.ConditionalCheckFailedException
	if !errors.As(err, &failed) {
		return swap.Swapped{}, permanent(err)
	}
	seen := none()
	if len(failed.Item) > 0 {
		if seen, err = item(failed.Item).open(); err != nil {
			return swap.Swapped{}, permanent(err)
		}
	}
	return swap.Swapped{Changed: true, Seen: &seen}, nil
}

// single makes the UpdateItem of a swap.
func (s *Store) single(sw *swap.Swap) *dynamodb.UpdateItemInput {
	names := map[string]string{"#p": attrBlock, "#v": attrTag, "#d": schema.Dataset, "#b": schema.Bucket}
	values := item{":p": blob(sw.Block), ":v": blob(sw.New.Tag[:])}
	set, remove := "SET #p=:p,#v=:v", ""
	if len(sw.New.Block.Entries) > 0 {
		set += ",#d=:d,#b=:b"
		values[":d"], values[":b"] = text(sw.Dataset), text(bucketOf(sw.Component))
	} else {
		remove = " REMOVE #d,#b"
	}
	if sw.New.Floor != packed.NoFloor {
		set += ",#f=:f"
		names["#f"], values[":f"] = attrFloor, number(int64(sw.New.Floor))
	}
	if names["#t"] = schema.TTL; sw.New.Expiry != 0 {
		set += ",#t=:t"
		values[":t"] = number(sw.New.Expiry)
	} else if remove == "" {
		remove = " REMOVE #t"
	} else {
		remove += ",#t"
	}
	condition := "attribute_not_exists(#v)"
	if sw.Old.Exists {
		condition = "#v=:old"
		values[":old"] = blob(sw.Old.Tag[:])
	}
	return &dynamodb.UpdateItemInput{
		TableName: s.tableName(), Key: key(sw.Component, partOf(sw.Key)),
		UpdateExpression: ptr(set + remove), ConditionExpression: &condition,
		ExpressionAttributeNames: names, ExpressionAttributeValues: values,
		ReturnValuesOnConditionCheckFailure: types.ReturnValuesOnConditionCheckFailureAllOld,
	}
}
