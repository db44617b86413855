package main

import (
	"context"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"time"

	"github.com/aws/aws-lambda-go/events"
	"github.com/aws/aws-sdk-go-v2/service/s3"

	"github.com/railtwin/digitaltwin/functions/internal/batch"
	"github.com/railtwin/digitaltwin/functions/internal/extraction"
	"github.com/railtwin/digitaltwin/internal/framing"
)

// api is the part of the S3 client that is used.
type api interface {
	GetObject(context.Context, *s3.GetObjectInput, ...func(*s3.Options)) (*s3.GetObjectOutput, error)
	ListObjectsV2(context.Context, *s3.ListObjectsV2Input, ...func(*s3.Options)) (*s3.ListObjectsV2Output, error)
}

// objects is the function's handler.
type objects struct {
	*extraction.Extraction
	bindings extraction.Bindings // by bucket/prefix
	source   framing.Source      // how source records lie in an object
	client   api
}

// newObjects returns the function's handler. Framing and charset of its settings are those of an object; a record that
// was taken out of one is plain UTF-8.
func newObjects(o *extraction.Opened, client api) *objects {
	config := o.Config
	config.Source = framing.Source{}
	return &objects{Extraction: extraction.New(config), bindings: o.Bindings, source: o.Source, client: client}
}

// reserves are for 15 minutes: what is left of an object is sent and kept in their last ones.
var reserves = batch.Reserves{Work: 15 * time.Second, Keep: 5 * time.Second}

// handle reads the objects that the messages name. A message whose object was not read to its end comes
// again: all of it is read again then, which does no harm.
func (x *objects) handle(ctx context.Context, event events.SQSEvent) (answer events.SQSEventResponse, err error) {
	answer.BatchItemFailures = []events.SQSBatchItemFailure{}
	for _, m := range event.Records {
		if err := x.message(ctx, m.Body); err != nil {
			slog.Error("an object was not finished", "message", m.MessageId, "error", err)
			answer.BatchItemFailures = append(answer.BatchItemFailures, events.SQSBatchItemFailure{ItemIdentifier: m.MessageId})
		}
	}
	return answer, nil
}

func (x *objects) message(ctx context.Context, body string) error {
	n, err := parseNotice(body)
	if err != nil {
		return err
	}
	work, keep, release := reserves.Deadlines(ctx)
	defer release()
	f := &file{objects: x, notice: n, version: n.version(), work: work, keep: keep}
	if f.tables = x.tablesOf(n.String()); len(f.tables) == 0 {
		return fmt.Errorf("no table reads %s: there are %s", &n, strings.Join(x.bindings.Sources(), ", "))
	}
	if err := f.finish(); err != nil {
		return fmt.Errorf("%s: %w", &n, err)
	}
	return nil
}

// tablesOf returns the tables that read an object: those with a prefix of its name.
func (x *objects) tablesOf(object string) (tables []int) {
	for _, source := range x.bindings.Sources() {
		if strings.HasPrefix(object, source) {
			more, err := x.bindings.Tables(source)
			if err != nil {
				panic("BUG: a source without tables: " + err.Error())
			}
			tables = append(tables, more...)
		}
	}
	slices.Sort(tables)
	return slices.Compact(tables)
}
