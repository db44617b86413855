package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/kinesis"
	"github.com/aws/aws-sdk-go-v2/service/kinesis/types"

	"github.com/railtwin/digitaltwin/internal/emulator"
	"github.com/railtwin/digitaltwin/internal/operate"
	"github.com/railtwin/digitaltwin/internal/store/dynamo"
	"github.com/railtwin/digitaltwin/internal/twin"
	"github.com/railtwin/digitaltwin/internal/wiring"
)

// river is Kinesis with streams of two shards that have a record a minute since their beginning. Every second read
// gives nothing although there is more, as reads do that go through much.
type river struct {
	began time.Time
	empty bool
	reads int
}

func (r *river) DescribeStreamSummary(context.Context, *kinesis.DescribeStreamSummaryInput,
	...func(*kinesis.Options)) (*kinesis.DescribeStreamSummaryOutput, error) {
	return &kinesis.DescribeStreamSummaryOutput{StreamDescriptionSummary: &types.StreamDescriptionSummary{
		RetentionPeriodHours: aws.Int32(24), StreamCreationTimestamp: aws.Time(r.began),
	}}, nil
}

func (r *river) ListShards(_ context.Context, in *kinesis.ListShardsInput,
	_ ...func(*kinesis.Options)) (*kinesis.ListShardsOutput, error) {
	if in.NextToken != nil {
		return &kinesis.ListShardsOutput{Shards: []types.Shard{{ShardId: aws.String("shardId-0")}}}, nil
	}
	return &kinesis.ListShardsOutput{NextToken: aws.String("more"),
		Shards: []types.Shard{{ShardId: aws.String("shardId-1")}}}, nil
}

// Iterators are shard/number, and the numbers of records are minutes since the beginning.
func (r *river) GetShardIterator(_ context.Context, in *kinesis.GetShardIteratorInput,
	_ ...func(*kinesis.Options)) (*kinesis.GetShardIteratorOutput, error) {
	n := 0
	if in.Timestamp != nil {
		n = int(in.Timestamp.Sub(r.began).Minutes())
	} else {
		last, err := strconv.Atoi(*in.StartingSequenceNumber)
		if err != nil {
			return nil, err
		}
		n = last + 1
	}
	return &kinesis.GetShardIteratorOutput{ShardIterator: aws.String(fmt.Sprintf("%s/%d", *in.ShardId, max(n, 0)))}, nil
}

const minutes = 300 // of records in a shard; shardId-0 is closed

func (r *river) GetRecords(_ context.Context, in *kinesis.GetRecordsInput,
	_ ...func(*kinesis.Options)) (*kinesis.GetRecordsOutput, error) {
	r.reads++
	shard, number, _ := strings.Cut(*in.ShardIterator, "/")
	n, err := strconv.Atoi(number)
	out := &kinesis.GetRecordsOutput{MillisBehindLatest: aws.Int64(1)}
	if r.empty = !r.empty; !r.empty {
		for ; n < minutes && len(out.Records) < int(*in.Limit); n++ {
			out.Records = append(out.Records, types.Record{
				SequenceNumber:              aws.String(strconv.Itoa(n)),
				ApproximateArrivalTimestamp: aws.Time(r.began.Add(time.Duration(n) * time.Minute)),
				Data:                        []byte(*in.StreamARN + shard + number),
			})
		}
	}
	if n == minutes {
		out.MillisBehindLatest = aws.Int64(0)
	}
	if n < minutes || shard != "shardId-0" {
		out.NextShardIterator = aws.String(fmt.Sprintf("%s/%d", shard, n))
	}
	return out, err
}

// Ensure that a dataset's streams are read again from a time to a time, each record once, whatever the size of the
// pages and however often the process ends between two of them, and as the role of the extractor.
func TestSource(t *testing.T) {
	client := emulator.Client(emulator.DynamoDB(t))
	if err := dynamo.CreateTable(t.Context(), client, "source"); err != nil {
		t.Fatal(err)
	}
	deployed := &pipelines{documents: dynamo.New(client, "source", nil).Pipelines(), now: time.Now}
	pipeline := wiring.Pipeline{Reader: "arn:role", Framing: wiring.Lines, Sources: map[string]string{
		"a": "arn:aws:kinesis:::stream/one", "b": "arn:aws:kinesis:::stream/two", "c": "arn:aws:kinesis:::stream/one",
		"d": "lake/prefix",
	}}
	text, err := json.Marshal(pipeline)
	if err != nil {
		t.Fatal(err)
	}
	if err := deployed.documents.Set(t.Context(), "wagons", text); err != nil {
		t.Fatal(err)
	}
	r := &river{began: now.Add(-10 * time.Hour)}
	open := func() *source {
		return &source{pipelines: deployed, now: func() time.Time { return now }, streams: func(role string) streams {
			if role != "arn:role" {
				t.Errorf("read as %s", role)
			}
			return r
		}}
	}
	const first, end = 100, 140
	q := operate.SourceQuery{Dataset: "wagons", From: twin.MillisOf(r.began.Add(first * time.Minute)),
		To: twin.MillisOf(r.began.Add(end * time.Minute))}
	for _, c := range []struct {
		limit int
		anew  bool
	}{{7, true}, {7, false}, {40, true}, {1000, false}} {
		s := open()
		seen := map[twin.Position]bool{}
		for q.Cursor, q.Limit = "", c.limit; ; {
			page, next, err := s.Read(t.Context(), q)
			if err != nil || len(page) > c.limit {
				t.Fatal(len(page), err)
			}
			for _, record := range page {
				want := []string{"a", "c"}
				if record.Position.Stream == "two" {
					want = []string{"b"}
				}
				if seen[record.Position] || record.ReceivedAt < q.From || record.ReceivedAt >= q.To ||
					record.Framing.Framing != "lines" || !slices.Equal(record.Tables, want) {
					t.Fatalf("%+v", record)
				}
				seen[record.Position] = true
			}
			if q.Cursor = next; next == "" {
				break
			}
			if c.anew {
				s = open()
			}
		}
		if len(seen) != 4*(end-first) {
			t.Errorf("by %d: %d records, want %d", c.limit, len(seen), 4*(end-first))
		}
	}
	s := open()
	q.Cursor = ""
	if n, err := s.Estimate(t.Context(), q); n != -1 || err != nil {
		t.Error(n, err)
	}
	q.From = twin.MillisOf(now.Add(-25 * time.Hour))
	r.began = now.Add(-30 * time.Hour)
	if _, _, err := s.Read(t.Context(), q); !errors.Is(err, operate.ErrGone) ||
		!strings.Contains(err.Error(), "since 2026-11-28T12:00:00Z") {
		t.Error(err)
	}
	q.Dataset = "others"
	if _, _, err := s.Read(t.Context(), q); !errors.Is(err, operate.ErrNotFound) {
		t.Error(err)
	}
}

// Ensure that the objects below a prefix that were made in a time are read again, each record once and with the place
// that it had the first time, whatever the size of the pages and however often the process ends between two of them,
// and that an object that is damaged or gone costs no other.
func TestObjects(t *testing.T) {
	client := emulator.Client(emulator.DynamoDB(t))
	if err := dynamo.CreateTable(t.Context(), client, "objects"); err != nil {
		t.Fatal(err)
	}
	deployed := &pipelines{documents: dynamo.New(client, "objects", nil).Pipelines(), now: time.Now}
	pipeline := []byte(`{"objectReader":"arn:objects","framing":"lines","sources":{"a":"lake/in/","b":"lake/in/","c":"other/"}}`)
	if err := deployed.documents.Set(t.Context(), "wagons", pipeline); err != nil {
		t.Fatal(err)
	}
	m := newMemory()
	m.page = 2
	lines := func(from, n int) (text string) {
		for i := range n {
			text += fmt.Sprintf("record %d\n", from+i)
		}
		return text
	}
	for key, o := range map[string]*kept{
		"in/1": {data: []byte(lines(0, 5)), made: now}, "in/2": {data: nil, made: now},
		"in/3": {data: []byte(lines(5, 1)), made: now.Add(time.Minute)},
		"in/4": {data: []byte(lines(90, 2)), made: now.Add(-time.Hour)}, "in/5/deep": {data: []byte(lines(6, 8)), made: now},
		"on": {data: []byte("x"), made: now},
	} {
		m.objects[key] = o
	}
	open := func() *source {
		return &source{pipelines: deployed, now: func() time.Time { return now }, buckets: func(role string) buckets {
			if role != "arn:objects" {
				t.Errorf("read as %s", role)
			}
			return m
		}}
	}
	q := operate.SourceQuery{Dataset: "wagons", From: twin.MillisOf(now), To: twin.MillisOf(now.Add(time.Hour))}
	for _, c := range []struct {
		limit int
		anew  bool
	}{{1, true}, {3, true}, {3, false}, {100, true}} {
		s := open()
		var got []string
		for q.Cursor, q.Limit = "", c.limit; ; {
			page, next, err := s.Read(t.Context(), q)
			if err != nil || len(page) > c.limit {
				t.Fatal(len(page), err)
			}
			for _, r := range page {
				if r.Continues != (r.Position.Sequence != "0") || r.Framing.Framing != "plain" || r.ReceivedAt < q.From ||
					r.Position.Stream == "lake" != (len(r.Tables) == 2) {
					t.Errorf("%+v", r)
				}
				got = append(got, r.Position.Stream+" "+r.Position.Shard+" "+r.Position.Sequence+" "+string(r.Data))
			}
			if q.Cursor = next; next == "" {
				break
			}
			if c.anew {
				s = open()
			}
		}
		// The bucket in memory is both.
		if len(got) != 14+15 || got[5] != "lake in%2F3 0 record 5" || got[13] != "lake in%2F5%2Fdeep 7 record 13" {
			t.Errorf("by %d: %d records: %s", c.limit, len(got), got)
		}
	}
}
