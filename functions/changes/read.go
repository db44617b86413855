package main

import (
	"github.com/aws/aws-lambda-go/events"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"github.com/railtwin/digitaltwin/internal/store/dynamo"
)

// written is what records say.
type written struct {
	before []dynamo.Before // the items as they were
	untold []dynamo.Untold // those that could not be read
	others bool            // which datasets are served has changed, or when their readings expire
}

// read reads records. An item that could not be read before was not served, so it is as one that was not there.
func read(records []events.DynamoDBEventRecord) (w written) {
	for i := range records {
		c := &records[i].Change
		keys, old := attributes(c.Keys), attributes(c.OldImage)
		if dynamo.ServesOthers(keys, old, attributes(c.NewImage)) {
			w.others = true
			continue
		}
		b, ok, err := dynamo.ParseBefore(keys, old)
		if err != nil {
			w.untold = append(w.untold, dynamo.Untold{Component: b.Component, Reason: err.Error()})
		}
		if ok {
			w.before = append(w.before, b)
		}
	}
	return w
}

// attributes returns attributes as the SDK has them, as far as the table has such.
func attributes(event map[string]events.DynamoDBAttributeValue) map[string]types.AttributeValue {
	if event == nil {
		return nil
	}
	m := make(map[string]types.AttributeValue, len(event))
	for name, v := range event {
		switch v.DataType() {
		case events.DataTypeString:
			m[name] = &types.AttributeValueMemberS{Value: v.String()}
		case events.DataTypeNumber:
			m[name] = &types.AttributeValueMemberN{Value: v.Number()}
		case events.DataTypeBinary:
			m[name] = &types.AttributeValueMemberB{Value: v.Binary()}
		}
	}
	return m
}
