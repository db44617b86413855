package main

import (
	"context"
	"encoding/json"
	"fmt"
	"iter"

	"github.com/railtwin/digitaltwin/functions/internal/trigger"
	"github.com/railtwin/digitaltwin/internal/rejects"
	"github.com/railtwin/digitaltwin/internal/stream"
	"github.com/railtwin/digitaltwin/internal/twin"
)

// batches reads the batches that AWS Lambda gave up.
type batches struct {
	twinStream string // its ARN: what is of it are changes
	// dataset is the one whose records a function reads; "" for none.
	dataset func(ctx context.Context, function string) (name string, err error)
}

// invocation is what AWS Lambda writes of a batch, as far as it is used.
type invocation struct {
	RequestContext struct {
		FunctionArn string `json:"functionArn"`
		Condition   string `json:"condition"`
	} `json:"requestContext"`
	KinesisBatchInfo struct {
		StreamArn string `json:"streamArn"`
	}
	Payload json.RawMessage `json:"payload"` // the event of the function, as JSON or as JSON in a text
}

// open returns the records of a batch as rejects.
func (b *batches) open(ctx context.Context, file []byte) (iter.Seq2[twin.Reject, error], error) {
	var i invocation
	if err := json.Unmarshal(file, &i); err != nil {
		return damaged(err), nil
	}
	event := []byte(i.Payload)
	var text string
	if json.Unmarshal(event, &text) == nil {
		event = []byte(text)
	}
	records, err := trigger.Parse(event, nil)
	if err != nil {
		return damaged(err), nil
	}
	dataset, err := b.dataset(ctx, i.RequestContext.FunctionArn)
	if err != nil {
		return nil, err
	}
	return func(yield func(twin.Reject, error) bool) {
		for n := range records {
			if !yield(b.reject(&records[n], dataset, i.RequestContext.Condition), nil) {
				return
			}
		}
	}, nil
}

func (b *batches) reject(r *trigger.Record, dataset, condition string) twin.Reject {
	reject := twin.Reject{
		Kind: twin.KindFramed, Dataset: dataset, Position: r.Position, ReceivedAt: r.ArrivedAt, Payload: r.Data,
	}
	if r.Source == b.twinStream {
		reject.Kind, reject.Dataset = twin.KindChange, ""
		// The changes of a record are of one dataset.
		if changes, _ := stream.Decode(r.Data, nil); len(changes) > 0 {
			reject.Dataset = changes[0].Dataset
		}
	}
	detail := fmt.Sprintf("AWS Lambda gave up its batch (%s); replay it", condition)
	reject.Note(twin.Problem{Reason: twin.Batch, Detail: detail, Offset: -1})
	return reject
}

// damaged is a file that cannot be read.
func damaged(err error) iter.Seq2[twin.Reject, error] {
	return func(yield func(twin.Reject, error) bool) {
		yield(twin.Reject{}, fmt.Errorf("%w: %w", rejects.ErrDamaged, err))
	}
}
