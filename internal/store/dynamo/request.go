package dynamo

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"github.com/railtwin/digitaltwin/internal/store/dynamo/schema"
	"github.com/railtwin/digitaltwin/internal/twin"
)

// request makes the UpdateItem that writes what is live, guarded by rank, floor and count.
func (w *write) request(table string) *dynamodb.UpdateItemInput {
	names := map[string]string{"#d": schema.Dataset, "#t": schema.TTL, "#f": attrFloor, "#n": attrCount}
	values := item{":d": text(w.item.Dataset)}
	var update, guard strings.Builder
	update.WriteString("SET #d=:d")
	lowest := w.readings[w.live[0]].Rank
	for n, i := range w.live {
		r := &w.readings[i]
		if lowest.Wins(r.Rank) {
			lowest = r.Rank
		}
		k := strconv.Itoa(n)
		names["#"+k] = metricPrefix + r.Metric
		values[":"+k], values[":r"+k] = cell(r), blob(r.Rank[:])
		fmt.Fprintf(&update, ",#%s=:%s", k, k)
		fmt.Fprintf(&guard, "(attribute_not_exists(#%s) OR #%s.%s<:r%s) AND ", k, k, keyRank, k)
	}
	values[":low"] = blob(lowest[:])
	guard.WriteString("(attribute_not_exists(#f) OR #f<:low)")
	if w.counted {
		guard.WriteString(" AND #n=:n")
		values[":n"] = number(w.seen)
	} else {
		guard.WriteString(" AND attribute_not_exists(#n)")
	}
	if w.newCount > 0 {
		update.WriteString(",#n=:new")
		values[":new"] = number(w.newCount)
	}
	if w.item.TTL > 0 {
		update.WriteString(",#t=:t")
		values[":t"] = number(seconds(w.item.TTL))
	} else {
		update.WriteString(" REMOVE #t")
	}
	return &dynamodb.UpdateItemInput{
		TableName: &table, Key: key(w.item.Component, w.part),
		UpdateExpression: ptr(update.String()), ConditionExpression: ptr(guard.String()),
		ExpressionAttributeNames: names, ExpressionAttributeValues: values,
		ReturnValues:                        types.ReturnValueAllOld, // free of charge; it tells how many metrics there are
		ReturnValuesOnConditionCheckFailure: types.ReturnValuesOnConditionCheckFailureAllOld,
	}
}

// seconds rounds up: nothing is deleted early.
func seconds(m twin.Millis) int64 { return (int64(m) + 999) / 1000 }
