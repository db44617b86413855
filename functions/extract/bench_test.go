package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"reflect"
	"runtime"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/kinesis"
	"github.com/aws/smithy-go/middleware"
	smithyhttp "github.com/aws/smithy-go/transport/http"

	"github.com/railtwin/digitaltwin/functions/internal/awsconfig"
	"github.com/railtwin/digitaltwin/functions/internal/extraction/extractiontest"
	"github.com/railtwin/digitaltwin/internal/fleet"
	"github.com/railtwin/digitaltwin/internal/stream"
	streamkinesis "github.com/railtwin/digitaltwin/internal/stream/kinesis"
	"github.com/railtwin/digitaltwin/internal/twin"
	"github.com/railtwin/digitaltwin/internal/wiring"
)

// wagonEvent makes an event of about size bytes: what the units of 500 wagons send, second by second.
func wagonEvent(size int) []byte {
	var records []string
	start := time.Date(2026, 11, 23, 5, 30, 0, 0, time.UTC)
	f := fleet.New(1, 500, start)
	for total := 0; total < size; start = start.Add(time.Second) {
		f.Advance(start.Add(time.Second), func(_ string, record []byte) {
			if n := len(record)*4/3 + 480; total < size { // with what stands around a record in an event
				total += n
				records = append(records, string(record))
			}
		})
	}
	return event(records...)
}

// Ensure that the baseline of the benchmark does the same work: the same changes, in the same order for each
// partition key, in records of the same size.
func TestBaselineDoesTheSame(t *testing.T) {
	batch := wagonEvent(1 << 20)
	f := newFixture(t, wiring.Plain)
	byHand := &baseline{sink: &extractiontest.Stream{}, extractor: f.Program.Dataset().Extractor}
	if _, err := byHand.Invoke(context.Background(), batch); err != nil {
		t.Fatal(err)
	}
	f.invoke(t, context.Background(), batch)
	if len(f.Kept.Rejects) > 0 {
		t.Errorf("rejects %v", f.Kept.Rejects)
	}
	got, want := f.Stream.Changes(t), byHand.sink.(*extractiontest.Stream).Changes(t)
	if len(got) < 10_000 || len(got) != len(want) {
		t.Fatalf("%d changes, and %d by hand", len(got), len(want))
	}
	if a, b := len(f.Stream.Records), len(byHand.sink.(*extractiontest.Stream).Records); a < b*9/10 || a > b*11/10 {
		t.Errorf("%d records, and %d by hand", a, b)
	}
	for _, changes := range [][]twin.Change{got, want} {
		slices.SortStableFunc(changes, func(a, b twin.Change) int {
			return strings.Compare(a.Component+" "+a.Metric+a.Position.Sequence, b.Component+" "+b.Metric+b.Position.Sequence)
		})
	}
	for i := range got {
		g, w := got[i], want[i]
		var gv, wv any
		if err := json.Unmarshal([]byte(g.Value), &gv); err != nil {
			t.Fatal(err)
		}
		if err := json.Unmarshal([]byte(w.Value), &wv); err != nil {
			t.Fatal(err)
		}
		if d := g.ReceivedAt - w.ReceivedAt; d >= -1 && d <= 1 { // the library reads the time of arrival as a float
			w.ReceivedAt = g.ReceivedAt
		}
		g.Value, w.Value, g.Index, w.Index = "", "", 0, 0
		if g != w || !reflect.DeepEqual(gv, wv) {
			t.Fatalf("%+v\nby hand %+v", got[i], want[i])
		}
	}
}

// BenchmarkInvocation compares an invocation with 6 MB of wagon records with the same work done by hand with
// encoding/json, see [baseline]: invocation by invocation in turns, the best of each. It is measured up to the
// records of the twin stream, up to the bodies of the requests with these records, and up to the requests as the
// SDK signs and sends them.
func BenchmarkInvocation(b *testing.B) {
	batch := wagonEvent(6 << 20)
	b.Run("records", func(b *testing.B) { compare(b, batch, discard{}, discard{}) })
	b.Run("bodies", func(b *testing.B) {
		compare(b, batch, requests(streamkinesis.Bodies, upToBodies), requests(upToBodies))
	})
	b.Run("requests", func(b *testing.B) { compare(b, batch, requests(streamkinesis.Bodies), requests()) })
}

func compare(b *testing.B, batch []byte, sink, sinkByHand stream.Sink) {
	f := newFixture(b, wiring.Plain)
	f.Sink = sink
	byHand := &baseline{sink: sinkByHand, extractor: f.Program.Dataset().Extractor}
	payload := make([]byte, len(batch))
	wall, used := [2]time.Duration{time.Hour, time.Hour}, [2]time.Duration{time.Hour, time.Hour}
	for b.Loop() {
		for i, invoke := range []func(context.Context, []byte) ([]byte, error){f.Invoke, byHand.Invoke} {
			copy(payload, batch) // which an invocation may change
			f.Metrics.Reset()
			runtime.GC() // what the other one left
			start, before := time.Now(), processorTime(b)
			answer, err := invoke(context.Background(), payload)
			wall[i], used[i] = min(wall[i], time.Since(start)), min(used[i], processorTime(b)-before)
			if err != nil || string(answer) != `{"batchItemFailures":[]}` {
				b.Fatalf("%s, %v", answer, err)
			}
		}
	}
	b.ReportMetric(float64(wall[0].Microseconds())/1000, "ms")
	b.ReportMetric(float64(wall[1].Microseconds())/1000, "by-hand-ms")
	b.ReportMetric(float64(wall[1])/float64(wall[0]), "ratio")
	b.ReportMetric(float64(used[0].Microseconds())/1000, "cpu-ms")
	b.ReportMetric(float64(used[1].Microseconds())/1000, "by-hand-cpu-ms")
	b.ReportMetric(float64(used[1])/float64(used[0]), "cpu-ratio")
}

// processorTime is what the process has used of all processors, which is what AWS Lambda gives shares of.
func processorTime(b *testing.B) time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		b.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// discard takes all records.
type discard struct{}

func (discard) PutRecords(context.Context, []stream.Record) ([]error, error) { return nil, nil }

// requests is the twin stream behind the SDK's client, whose requests go nowhere.
func requests(options ...func(*kinesis.Options)) *streamkinesis.Sink {
	config := awsconfig.New(wiring.AWS{Region: "eu-central-1", AccessKeyID: "a", SecretAccessKey: "b"})
	config.HTTPClient = nowhere{}
	return streamkinesis.New(kinesis.NewFromConfig(config, options...),
		"arn:aws:kinesis:eu-central-1:123456789012:stream/twin")
}

// upToBodies is an option of the SDK's client that ends a request once its body is written, before it is signed.
func upToBodies(o *kinesis.Options) {
	end := func(_ context.Context, in middleware.BuildInput, _ middleware.BuildHandler) (middleware.BuildOutput,
		middleware.Metadata, error) {
		if n, ok, err := in.Request.(*smithyhttp.Request).StreamLength(); err != nil || !ok || n == 0 {
			return middleware.BuildOutput{}, middleware.Metadata{}, fmt.Errorf("a body of %d bytes: %v", n, err)
		}
		return middleware.BuildOutput{Result: &kinesis.PutRecordsOutput{}}, middleware.Metadata{}, nil
	}
	o.APIOptions = append(o.APIOptions, func(s *middleware.Stack) error {
		return s.Build.Add(middleware.BuildMiddlewareFunc("upToBodies", end), middleware.Before)
	})
}

// nowhere takes every request.
type nowhere struct{}

func (nowhere) Do(r *http.Request) (*http.Response, error) {
	if _, err := io.Copy(io.Discard, r.Body); err != nil {
		return nil, err
	}
	return &http.Response{
		StatusCode: http.StatusOK, Header: http.Header{"Content-Type": {"application/x-amz-json-1.1"}},
		Body: io.NopCloser(strings.NewReader(`{"FailedRecordCount":0,"Records":[]}`)),
	}, nil
}
