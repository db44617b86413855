package main

import (
	"github.com/aws/aws-lambda-go/events"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"github.com/railtwin/digitaltwin/internal/store/dynamo"
)

// written is what records say.
type written struct {
	writes []dynamo.Write
	untold []dynamo.Untold // of items that could not be read
	others bool            // which datasets are served has changed, or when their readings expire
}

// read reads records. An item that could not be read was not served, so it is as one that was not there.
func read(records []events.DynamoDBEventRecord) (w written) {
	for i := range records {
		c := &records[i].Change
		keys, before, after := attributes(c.Keys), attributes(c.OldImage), attributes(c.NewImage)
		if dynamo.ServesOthers(keys, before, after) {
			w.others = true
			continue
		}
		one, ok, err := dynamo.ParseWrite(keys, before, after)
		if err != nil {
			w.untold = append(w.untold, dynamo.Untold{Component: one.Component, Reason: err.Error()})
		}
		if ok {
			w.writes = append(w.writes, one)
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
