package lambda

import (
	"encoding/json"
	"time"
)

// Object is a failure as AWS Lambda writes it into a bucket: a key below aws/lambda/ and JSON with what happened and,
// in payload, the event as it was.
func (f Failure) Object(arn string, at time.Time) (key string, body []byte) {
	first, last := f.Records[0], f.Records[len(f.Records)-1]
	shard := ShardID(first.Shard)
	key = "aws/lambda/8f7c9e2a-0000-4000-8000-000000000000/" + shard +
		at.UTC().Format("/2006/01/02/2006-01-02T15.04.05-") + first.Sequence
	body, err := json.Marshal(map[string]any{
		"version": "1.0", "timestamp": at.UTC().Format(time.RFC3339Nano),
		"requestContext": map[string]any{"condition": f.Condition, "approximateInvokeCount": f.Attempts},
		"KinesisBatchInfo": map[string]any{
			"shardId": shard, "streamArn": arn, "batchSize": len(f.Records),
			"startSequenceNumber": first.Sequence, "endSequenceNumber": last.Sequence,
			"approximateArrivalOfFirstRecord": first.Arrived.UTC().Format(time.RFC3339Nano),
			"approximateArrivalOfLastRecord":  last.Arrived.UTC().Format(time.RFC3339Nano),
		},
		"payload": string(f.Event),
	})
	if err != nil {
		panic("BUG: a failure of strings is not JSON: " + err.Error())
	}
	return key, body
}
