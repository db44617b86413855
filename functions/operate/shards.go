package main

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/kinesis"
	"github.com/aws/aws-sdk-go-v2/service/kinesis/types"

	"github.com/railtwin/digitaltwin/internal/framing"
	"github.com/railtwin/digitaltwin/internal/operate"
	"github.com/railtwin/digitaltwin/internal/twin"
	"github.com/railtwin/digitaltwin/internal/wiring"
)

// streams is the part of the client of Amazon Kinesis that reads.
type streams interface {
	DescribeStreamSummary(context.Context, *kinesis.DescribeStreamSummaryInput,
		...func(*kinesis.Options)) (*kinesis.DescribeStreamSummaryOutput, error)
	GetRecords(context.Context, *kinesis.GetRecordsInput, ...func(*kinesis.Options)) (*kinesis.GetRecordsOutput, error)
	GetShardIterator(context.Context, *kinesis.GetShardIteratorInput,
		...func(*kinesis.Options)) (*kinesis.GetShardIteratorOutput, error)
	ListShards(context.Context, *kinesis.ListShardsInput, ...func(*kinesis.Options)) (*kinesis.ListShardsOutput, error)
}

// iterator goes on in a shard, for five minutes.
type iterator struct {
	id    string
	until time.Time
}

const iteratorAge = 4 * time.Minute

// stream reads on in a stream until there are records, or none any more.
func (s *source) stream(ctx context.Context, w *wiring.Pipeline, arn string, at place, q operate.SourceQuery) (
	page []operate.SourceRecord, next place, err error,
) {
	client := s.streams(w.Reader)
	if at.isFirst() {
		if err := s.kept(ctx, client, arn, q.From); err != nil {
			return nil, at, err
		}
	}
	shards, err := shardsOf(ctx, client, arn)
	if err != nil {
		return nil, at, err
	}
	for _, shard := range shards {
		if shard < at.Shard {
			continue
		}
		if shard != at.Shard {
			at, s.iterator = place{Source: at.Source, Shard: shard}, nil
		}
		records, end, err := s.shard(ctx, client, arn, at, q)
		if err != nil {
			return nil, at, err
		}
		if len(records) == 0 {
			continue
		}
		if at.Sequence = aws.ToString(records[len(records)-1].SequenceNumber); end {
			at, s.iterator = after(at, shards), nil
		}
		return pageOf(records, arn, shard, w), at, nil
	}
	return nil, place{Source: at.Source + 1}, nil
}

// after is the place behind a shard.
func after(at place, shards []string) place {
	if i := slices.Index(shards, at.Shard); i+1 < len(shards) {
		return place{Source: at.Source, Shard: shards[i+1]}
	}
	return place{Source: at.Source + 1}
}

// kept reports where a stream does not keep what arrived at from any more.
func (s *source) kept(ctx context.Context, client streams, arn string, from twin.Millis) error {
	out, err := client.DescribeStreamSummary(ctx, &kinesis.DescribeStreamSummaryInput{StreamARN: &arn})
	if err != nil {
		return fmt.Errorf("operate: reading about %s: %w", arn, err)
	}
	d := out.StreamDescriptionSummary
	oldest := s.now().Add(-time.Duration(aws.ToInt32(d.RetentionPeriodHours)) * time.Hour)
	if made := aws.ToTime(d.StreamCreationTimestamp); from.Time().Before(oldest) && made.Before(oldest) {
		return fmt.Errorf("%w: the stream %s keeps what arrived since %s", operate.ErrGone, streamOf(arn),
			oldest.UTC().Format(time.RFC3339))
	}
	return nil
}

// shardsOf are the ids of the shards of a stream, in order.
func shardsOf(ctx context.Context, client streams, arn string) (ids []string, err error) {
	in := &kinesis.ListShardsInput{StreamARN: &arn}
	for {
		out, err := client.ListShards(ctx, in)
		if err != nil {
			return nil, fmt.Errorf("operate: listing the shards of %s: %w", arn, err)
		}
		for _, s := range out.Shards {
			ids = append(ids, aws.ToString(s.ShardId))
		}
		if out.NextToken == nil {
			slices.Sort(ids)
			return ids, nil
		}
		in = &kinesis.ListShardsInput{NextToken: out.NextToken}
	}
}

// iterate returns an iterator that goes on at a place.
func (s *source) iterate(ctx context.Context, client streams, arn string, at place, q operate.SourceQuery) (*string,
	error) {
	if s.iterator != nil && time.Now().Before(s.iterator.until) {
		return &s.iterator.id, nil
	}
	in := &kinesis.GetShardIteratorInput{StreamARN: &arn, ShardId: &at.Shard}
	if at.Sequence == "" {
		in.ShardIteratorType, in.Timestamp = types.ShardIteratorTypeAtTimestamp, aws.Time(q.From.Time())
	} else {
		in.ShardIteratorType, in.StartingSequenceNumber = types.ShardIteratorTypeAfterSequenceNumber, &at.Sequence
	}
	out, err := client.GetShardIterator(ctx, in)
	if err != nil {
		return nil, fmt.Errorf("operate: reading %s: %w", at.Shard, err)
	}
	return out.ShardIterator, nil
}

// shard reads on in a shard until there are records of the time that is asked for, and reports whether it has no more.
func (s *source) shard(ctx context.Context, client streams, arn string, at place, q operate.SourceQuery) (
	records []types.Record, end bool, err error,
) {
	limit := int32(min(q.Limit, 10_000))
	for next, err := s.iterate(ctx, client, arn, at, q); ; {
		if err != nil || next == nil {
			return nil, true, err
		}
		if err := s.wait(ctx); err != nil {
			return nil, false, err
		}
		out, err := client.GetRecords(ctx, &kinesis.GetRecordsInput{StreamARN: &arn, ShardIterator: next, Limit: &limit})
		if err != nil {
			return nil, false, fmt.Errorf("operate: reading %s: %w", at.Shard, err)
		}
		next, s.iterator = out.NextShardIterator, nil
		if next != nil {
			s.iterator = &iterator{*next, time.Now().Add(iteratorAge)}
		}
		for _, r := range out.Records {
			if !aws.ToTime(r.ApproximateArrivalTimestamp).Before(q.To.Time()) { // they are in the order of their arrival
				return records, true, nil
			}
			records = append(records, r)
		}
		if len(records) > 0 || aws.ToInt64(out.MillisBehindLatest) == 0 {
			return records, len(records) == 0 || next == nil, nil
		}
	}
}

// wait waits until a shard may be read again.
func (s *source) wait(ctx context.Context) error {
	timer := time.NewTimer(time.Until(s.read.Add(s.pause)))
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-timer.C:
	}
	s.read = time.Now()
	return nil
}

// framingOf is how source records lie in the records of a source.
func framingOf(w *wiring.Pipeline) framing.Source {
	return framing.Source{Framing: cmp.Or(w.Framing, framing.Plain), Charset: w.Charset}
}

func pageOf(records []types.Record, arn, shard string, w *wiring.Pipeline) (page []operate.SourceRecord) {
	tables := tablesOf(w, arn)
	for _, r := range records {
		page = append(page, operate.SourceRecord{
			Data: r.Data, Framing: framingOf(w), Tables: tables,
			Position:   twin.Position{Stream: streamOf(arn), Shard: shard, Sequence: aws.ToString(r.SequenceNumber)},
			ReceivedAt: twin.MillisOf(aws.ToTime(r.ApproximateArrivalTimestamp)),
		})
	}
	return page
}
