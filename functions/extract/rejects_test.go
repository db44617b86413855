package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/s3"

	"github.com/railtwin/digitaltwin/extractors"
	"github.com/railtwin/digitaltwin/functions/internal/bucket"
	"github.com/railtwin/digitaltwin/internal/rejects"
	"github.com/railtwin/digitaltwin/internal/twin"
	"github.com/railtwin/digitaltwin/internal/wiring"
)

// inBucket is a bucket for rejects.
type inBucket map[string][]byte

func (b inBucket) PutObject(_ context.Context, in *s3.PutObjectInput, _ ...func(*s3.Options)) (_ *s3.PutObjectOutput,
	err error) {
	b[*in.Key], err = io.ReadAll(in.Body)
	return &s3.PutObjectOutput{}, err
}

// all are the rejects in the bucket, and the bytes of their files.
func (b inBucket) all(t *testing.T) (list []twin.Reject, size int) {
	t.Helper()
	for _, file := range b {
		size += len(file)
		for r, err := range rejects.Decode(bytes.NewReader(file)) {
			if err != nil {
				t.Fatal(err)
			}
			list = append(list, r)
		}
	}
	return list, size
}

// readings is an extractor of arrays of readings.
const readings = `CREATE TABLE readings (c STRING, t TIMESTAMP_LTZ(3), v DOUBLE) WITH ('format' = 'json', 'json.timestamp-format.standard' = 'ISO-8601', 'json.ignore-parse-errors' = 'true');
INSERT INTO digitaltwin (component, metric, ` + "`value`" + `, unit, event_time) SELECT c, 'v', JSON_STRING(v), 'm', t FROM readings;`

// newReadings returns the function with that extractor and a bucket.
func newReadings(t *testing.T) (*fixture, inBucket) {
	t.Helper()
	f, kept := &fixture{}, inBucket{}
	opened := f.Open(t, extractors.Extractor{Name: "readings", SQL: []byte(readings)}, wiring.Plain,
		map[string]string{"readings": "arn"})
	opened.Rejects = &bucket.Bucket{Client: kept, Name: "rejects", Prefix: "rejects/extract/readings"}
	f.extractor = newExtractor(opened)
	return f, kept
}

// wrong is a record with so many readings, each with a value of the wrong type.
func wrong(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, `,{"c":"%05d","t":"2026-11-23T10:15:30Z","v":"n/a"}`, i)
	}
	return "[" + b.String()[1:] + "]"
}

// Ensure that a record of 1 MB with 20,000 problems is one reject that is hardly longer than the record, which takes
// the function far less memory than it has (512 MB), and that the next record is extracted all the same.
func TestRecordOfProblems(t *testing.T) {
	f, kept := newReadings(t)
	record := wrong(20_000)
	if len(record) < 1_000_000 || len(record) > 1<<20 {
		t.Fatalf("a record of %d bytes", len(record))
	}
	e := event(record, `{"c":"next","t":"2026-11-23T10:15:30Z","v":1}`)
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	if failed := f.invoke(t, t.Context(), e); failed != "" {
		t.Errorf("unfinished from %q", failed)
	}
	runtime.ReadMemStats(&after)
	list, size := kept.all(t)
	if len(list) != 1 || size > len(record)*11/10 {
		t.Errorf("%d rejects of %d bytes, for a record of %d", len(list), size, len(record))
	}
	if r := list[0]; r.Found() != 20_000 || len(r.Problems) != twin.MaxProblems || string(r.Payload) != record ||
		r.Problems[1].Column != "v" {
		t.Errorf("%d problems, of which %d are kept, the second of %+v", r.Found(), len(r.Problems), r.Problems[1])
	}
	if got := f.Stream.Values(t, "v"); !slices.Equal(got, []string{"next=1.0"}) {
		t.Errorf("%v", got)
	}
	const most = 128 << 20
	if allocated := after.TotalAlloc - before.TotalAlloc; allocated > most {
		t.Errorf("%d MB were allocated in all, so that more than %d MB may have been in use", allocated>>20, most>>20)
	} else {
		t.Logf("a record of %d bytes: a file of %d, %d MB allocated", len(record), size, allocated>>20)
	}
}

// Ensure that what is kept grows as the record does and no faster, however many problems it has.
func TestRejectsGrowWithTheRecord(t *testing.T) {
	var allocated []uint64
	for _, n := range []int{1000, 4000, 16_000} {
		f, kept := newReadings(t)
		record := wrong(n)
		e := event(record)
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		f.invoke(t, t.Context(), e)
		runtime.ReadMemStats(&after)
		allocated = append(allocated, after.TotalAlloc-before.TotalAlloc)
		if list, size := kept.all(t); len(list) != 1 || size > len(record)*11/10 {
			t.Errorf("a record of %d bytes: %d rejects of %d", len(record), len(list), size)
		}
	}
	if allocated[2] > 24*allocated[0] { // 16 times the record
		t.Errorf("allocated %v", allocated)
	}
}
