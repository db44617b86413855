package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"

	"github.com/railtwin/digitaltwin/functions/internal/extraction"
	"github.com/railtwin/digitaltwin/functions/internal/objectlines"
	"github.com/railtwin/digitaltwin/functions/internal/trigger"
	"github.com/railtwin/digitaltwin/internal/twin"
)

// sendEvery is the size of the records in bytes whose changes are sent together.
const sendEvery = 4 << 20

// file is one object that is being read.
type file struct {
	*objects
	notice     notice
	version    string // of what is read
	tables     []int
	work, keep context.Context

	batch   *extraction.Batch
	chunk   []byte // the records of the batch
	records []trigger.Record
	rows    uint32 // delivered by the records so far
	number  int    // of the next record
}

// errFault is wrapped by the faults of the infrastructure.
var errFault = errors.New("not finished")

// finish extracts the object to its end. The error is a fault of the infrastructure; what is wrong with the object is
// kept as a reject, and so is a panic, which would come again with the object.
func (f *file) finish() error {
	f.batch = f.Begin()
	broken, err := f.try(f.read)
	if broken == "" {
		return err
	}
	sendRest := func() error {
		f.reject(twin.Panicked, broken)
		return f.send()
	}
	if again, err := f.try(sendRest); again == "" {
		return err
	}
	f.begin() // without what cannot be sent
	return sendRest()
}

// try returns what a function panics with, or else what it returns.
func (f *file) try(do func() error) (broken string, err error) {
	defer func() {
		if v := recover(); v != nil {
			broken = fmt.Sprintf("the function failed on this object: %v", v)
		}
	}()
	return "", do()
}

func (f *file) read() error {
	if size := f.notice.Detail.Object.Size; size > objectlines.MaxObject {
		f.reject(twin.TooLarge, fmt.Sprintf("an object of %d bytes: %d MB are read", size, objectlines.MaxObject>>20))
		return f.send()
	}
	reading, cancel := context.WithCancel(f.work)
	defer cancel()
	object, err := f.client.GetObject(reading, &s3.GetObjectInput{
		Bucket: aws.String(f.notice.Detail.Bucket.Name), Key: aws.String(f.notice.Detail.Object.Key),
	})
	if err != nil {
		if !f.gone(err) {
			return err
		}
		f.reject(twin.Unreadable, "the object is gone")
		return f.send()
	}
	defer func() { _ = object.Body.Close() }()
	f.version = cmp.Or(aws.ToString(object.VersionId), strings.Trim(aws.ToString(object.ETag), `"`), f.version)
	body := newBody(object.Body, cancel)
	defer body.watch.Stop()
	err = f.readBody(body)
	switch {
	case body.err != nil: // the network, not the object
		return body.err
	case errors.Is(err, errFault):
		return err
	case errors.Is(err, objectlines.ErrTooLarge):
		f.reject(twin.TooLarge, err.Error())
	case !errors.Is(err, io.EOF):
		f.reject(twin.Unreadable, "the object cannot be read from here on: "+err.Error())
	}
	return f.send()
}

// readBody extracts the records of an object. The error says why there is none any more, io.EOF at its end.
func (f *file) readBody(body io.Reader) error {
	records, err := objectlines.Open(f.source, body)
	for err == nil {
		var record []byte
		if record, err = records.Next(); err == nil {
			err = f.add(record)
		} else if tooLarge := (*objectlines.RecordTooLarge)(nil); errors.As(err, &tooLarge) {
			f.reject(twin.TooLarge, err.Error())
			err = nil
		}
	}
	return err
}

// add extracts one record and sends what has come together.
func (f *file) add(record []byte) error {
	if err := f.work.Err(); err != nil {
		return fmt.Errorf("%w: the time was up: %w", errFault, err)
	}
	start := len(f.chunk)
	f.chunk = append(f.chunk, record...)
	r := f.record(f.chunk[start:len(f.chunk):len(f.chunk)])
	f.rows = f.batch.AddFrom(len(f.records)-1, r, f.tables, f.rows)
	if len(f.chunk) < sendEvery {
		return nil
	}
	return f.send()
}

// record is the record with the next number.
func (f *file) record(data []byte) *trigger.Record {
	p := f.notice.position()
	p.Sequence = strconv.Itoa(f.number)
	f.number++
	f.records = append(f.records, trigger.Record{Position: p, ArrivedAt: twin.MillisOf(f.notice.Time), Version: f.version,
		Data: data})
	return &f.records[len(f.records)-1]
}

// reject rejects the object from the next record on, or that record, whose text is not kept.
func (f *file) reject(reason twin.Reason, detail string) {
	r := f.record(nil)
	f.batch.RejectWhole(len(f.records)-1, r, twin.KindObject, nil, reason, detail)
}

// send finishes the batch and begins another.
func (f *file) send() error {
	if finished, err := f.batch.Finish(f.work, f.keep, f.records); err != nil {
		return fmt.Errorf("%w: %d records were done: %w", errFault, f.number-len(f.records)+finished, err)
	}
	f.begin()
	return nil
}

func (f *file) begin() { f.batch, f.chunk, f.records = f.Begin(), f.chunk[:0], f.records[:0] }
