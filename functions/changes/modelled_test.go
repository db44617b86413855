package main

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	logschema "github.com/railtwin/digitaltwin/internal/feed/dynamolog/schema"
	"github.com/railtwin/digitaltwin/internal/store/dynamo"
	"github.com/railtwin/digitaltwin/internal/store/dynamo/schema"
	"github.com/railtwin/digitaltwin/internal/store/storetest"
)

// modelled returns a world in memory.
func modelled(t *testing.T, r *rand.Rand) *world {
	t.Helper()
	d := newTables(map[string][2]string{
		tableName: {schema.Component, schema.Part}, logName: {logschema.Minute, logschema.Position},
	}, tableName)
	if err := dynamo.New(d, tableName, nil).Upgrade(t.Context(), &dynamo.Upgrade{}); err != nil {
		t.Fatal(err)
	}
	clock := storetest.NewClock()
	return newWorld(r, clock, d, func(t *testing.T) []json.RawMessage { return d.records(t, clock.Now()) })
}

// records reads what is new in the stream.
func (d *tables) records(t *testing.T, now time.Time) (records []json.RawMessage) {
	d.mu.Lock()
	defer d.mu.Unlock()
	for _, r := range d.stream {
		d.sequence++
		change := map[string]any{
			"ApproximateCreationDateTime": now.Unix(), "SequenceNumber": fmt.Sprint(d.sequence), "Keys": image(r.keys),
		}
		if r.before != nil {
			change["OldImage"] = image(r.before)
		}
		if r.after != nil {
			change["NewImage"] = image(r.after)
		}
		text, err := json.Marshal(map[string]any{"eventSource": "aws:dynamodb", "dynamodb": change})
		if err != nil {
			t.Error(err)
		}
		records = append(records, text)
	}
	d.stream = nil
	return records
}

// image returns an item as JSON has it.
func image(it item) map[string]any {
	out := map[string]any{}
	for name, v := range it {
		switch v := v.(type) {
		case *types.AttributeValueMemberS:
			out[name] = map[string]string{"S": v.Value}
		case *types.AttributeValueMemberN:
			out[name] = map[string]string{"N": v.Value}
		case *types.AttributeValueMemberB:
			out[name] = map[string][]byte{"B": v.Value}
		case *types.AttributeValueMemberBOOL:
			out[name] = map[string]bool{"BOOL": v.Value}
		}
	}
	return out
}
