package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/aws/aws-lambda-go/events"
	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"

	"github.com/railtwin/digitaltwin/functions/internal/extraction"
	"github.com/railtwin/digitaltwin/functions/internal/trigger"
	"github.com/railtwin/digitaltwin/internal/twin"
	"github.com/railtwin/digitaltwin/internal/wiring"
)

// api is the part of the S3 client that is used.
type api interface {
	GetObject(context.Context, *s3.GetObjectInput, ...func(*s3.Options)) (*s3.GetObjectOutput, error)
}

// objects is the function's handler.
type objects struct {
	*extraction.Extraction
	bindings extraction.Bindings // by bucket/prefix
	framing  wiring.Framing      // of an object
	client   api
}

// newObjects returns the function's handler. The framing of its settings is that of an object; a record that was
// taken out of one is plain.
func newObjects(o *extraction.Opened, client api) *objects {
	config := o.Config
	config.Framing = wiring.Plain
	return &objects{Extraction: extraction.New(config), bindings: o.Bindings, framing: o.Framing, client: client}
}

// The time before the deadline of an invocation that work leaves for keeping rejects, and that leaves for the
// answer.
const (
	workReserve = 15 * time.Second
	keepReserve = 5 * time.Second
)

// sendEvery is the size of the records in bytes whose changes are sent together.
const sendEvery = 4 << 20

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

func (x *objects) message(ctx context.Context, body string) (err error) {
	n, err := parseNotice(body)
	if err != nil {
		return err
	}
	defer func() {
		if v := recover(); v != nil {
			err = fmt.Errorf("the function failed on %s: %v", &n, v)
		}
	}()
	work, cancel := trigger.Before(ctx, workReserve)
	defer cancel()
	keep, cancel := trigger.Before(ctx, keepReserve)
	defer cancel()
	f := &file{objects: x, notice: n, work: work, keep: keep}
	if f.tables = x.tablesOf(n.String()); len(f.tables) == 0 {
		return fmt.Errorf("no table reads %s: there are %s", &n, strings.Join(x.bindings.Sources(), ", "))
	}
	if err := f.read(); err != nil {
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

// file is one object that is being read.
type file struct {
	*objects
	notice     notice
	tables     []int
	work, keep context.Context

	batch   *extraction.Batch
	chunk   []byte // the records of the batch
	records []trigger.Record
	rows    int // delivered by the records so far
	number  int // of the next record
}

// read extracts the object. The error is a fault of the infrastructure; what is wrong with the object is kept
// as a reject.
func (f *file) read() error {
	f.batch = f.Begin()
	if size := f.notice.Detail.Object.Size; size > maxObject {
		f.reject(twin.TooLarge, fmt.Sprintf("an object of %d bytes: %d MB are read", size, maxObject>>20))
		return f.send()
	}
	object, err := f.client.GetObject(f.work, &s3.GetObjectInput{
		Bucket: aws.String(f.notice.Detail.Bucket.Name), Key: aws.String(f.notice.Detail.Object.Key),
	})
	if gone := (*types.NoSuchKey)(nil); errors.As(err, &gone) {
		f.reject(twin.Unreadable, "the object is gone")
		return f.send()
	}
	if err != nil {
		return err
	}
	defer func() { _ = object.Body.Close() }()
	body := &body{r: object.Body}
	records, err := openLines(f.framing, body)
	for err == nil {
		var record []byte
		if record, err = records.next(); err == nil {
			err = f.add(record)
		} else if tooLarge := (*recordTooLarge)(nil); errors.As(err, &tooLarge) {
			f.reject(twin.TooLarge, err.Error())
			f.number++
			err = nil
		}
	}
	switch {
	case body.err != nil: // the network, not the object
		return body.err
	case errors.Is(err, errFault):
		return err
	case errors.Is(err, errTooLarge):
		f.reject(twin.TooLarge, err.Error())
	case !errors.Is(err, io.EOF):
		f.reject(twin.Unreadable, "the object cannot be read from here on: "+err.Error())
	}
	return f.send()
}

// errFault is wrapped by the faults of the infrastructure.
var errFault = errors.New("not finished")

// add extracts one record and sends what has come together.
func (f *file) add(record []byte) error {
	if err := f.work.Err(); err != nil {
		return fmt.Errorf("%w: the time was up: %w", errFault, err)
	}
	start := len(f.chunk)
	f.chunk = append(f.chunk, record...)
	r := f.record(f.chunk[start:len(f.chunk):len(f.chunk)])
	f.rows = f.batch.AddFrom(len(f.records)-1, r, f.tables, f.rows)
	f.number++
	if len(f.chunk) < sendEvery {
		return nil
	}
	return f.send()
}

// record is the record with the next number.
func (f *file) record(data []byte) *trigger.Record {
	p := f.notice.position()
	p.Sequence = strconv.Itoa(f.number)
	f.records = append(f.records, trigger.Record{Position: p, ArrivedAt: twin.MillisOf(f.notice.Time), Data: data})
	return &f.records[len(f.records)-1]
}

func (f *file) reject(reason twin.Reason, detail string) {
	r := f.record(nil)
	f.batch.Reject(len(f.records)-1, r, nil, reason, detail)
}

// send finishes the batch and begins another.
func (f *file) send() error {
	if finished, err := f.batch.Finish(f.work, f.keep, len(f.records)); err != nil {
		return fmt.Errorf("%w: %d records were done: %w", errFault, f.number-len(f.records)+finished, err)
	}
	f.batch, f.chunk, f.records = f.Begin(), f.chunk[:0], f.records[:0]
	return nil
}

// body remembers a fault of reading from S3, to tell it from a fault in what was read.
type body struct {
	r   io.Reader
	err error
}

func (b *body) Read(p []byte) (int, error) {
	n, err := b.r.Read(p)
	if err != nil && !errors.Is(err, io.EOF) {
		b.err = fmt.Errorf("%w: reading the object: %w", errFault, err)
	}
	return n, err
}
