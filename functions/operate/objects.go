package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"strconv"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"

	"github.com/railtwin/digitaltwin/functions/internal/objectlines"
	"github.com/railtwin/digitaltwin/internal/framing"
	"github.com/railtwin/digitaltwin/internal/operate"
	"github.com/railtwin/digitaltwin/internal/twin"
	"github.com/railtwin/digitaltwin/internal/wiring"
)

// buckets is the part of the client of Amazon S3 that reads.
type buckets interface {
	GetObject(context.Context, *s3.GetObjectInput, ...func(*s3.Options)) (*s3.GetObjectOutput, error)
	ListObjectsV2(context.Context, *s3.ListObjectsV2Input, ...func(*s3.Options)) (*s3.ListObjectsV2Output, error)
}

// object is one that is being read.
type object struct {
	key    string
	made   twin.Millis
	body   io.ReadCloser
	lines  *objectlines.Lines
	number int // of the next record
}

// objects reads on below a prefix of a bucket until there are records, or none any more. An object counts by the time
// when it was made; its records have that time as their arrival, in whole seconds.
func (s *source) objects(ctx context.Context, w *wiring.Pipeline, source string, at place, q operate.SourceQuery) (
	page []operate.SourceRecord, next place, err error,
) {
	client := s.buckets(w.ObjectReader)
	bucket, prefix, _ := strings.Cut(source, "/")
	if s.object == nil {
		if s.object, at, err = s.open(ctx, client, w, bucket, prefix, at, q); err != nil || s.object == nil {
			return nil, at, err
		}
	}
	o := s.object
	tables := tablesOf(w, source)
	for size := 0; len(page) < q.Limit && size < maxPage; {
		record, err := o.lines.Next()
		position := objectlines.Position(bucket, o.key)
		position.Sequence = strconv.Itoa(o.number)
		o.number++
		if tooLarge := (*objectlines.RecordTooLarge)(nil); errors.As(err, &tooLarge) {
			continue // it was kept as a reject the first time
		}
		if err != nil {
			if !errors.Is(err, io.EOF) { // which was a reject the first time too
				slog.Warn("the object cannot be read to its end", "bucket", bucket, "key", o.key, "error", err)
			}
			_ = o.body.Close()
			s.object = nil
			return page, place{Source: at.Source, Shard: o.key, Sequence: end}, ctx.Err()
		}
		size += len(record)
		page = append(page, operate.SourceRecord{
			Data: bytes.Clone(record), Framing: framing.Source{Framing: framing.Plain}, Tables: tables, Position: position,
			ReceivedAt: o.made,
			Continues:  o.number > 1,
		})
	}
	return page, place{Source: at.Source, Shard: o.key, Sequence: strconv.Itoa(o.number)}, nil
}

// maxPage is how many bytes of records a page has, or one record.
const maxPage = 16 << 20

// end is the sequence of a place behind the last record of an object.
const end = "end"

// open opens the object at a place, or else the next one, and skips what was read of it. There is none at the end.
func (s *source) open(ctx context.Context, client buckets, w *wiring.Pipeline, bucket, prefix string, at place,
	q operate.SourceQuery) (
	*object, place, error,
) {
	skip := 0
	in := &s3.ListObjectsV2Input{Bucket: &bucket, Prefix: &prefix}
	if at.Sequence == end {
		in.StartAfter = &at.Shard
	} else if !at.isFirst() {
		n, err := strconv.Atoi(at.Sequence)
		if err != nil {
			return nil, at, fmt.Errorf("operate: the cursor %s: %w", at.cursor(), err)
		}
		skip = n
		in.StartAfter = aws.String(at.Shard[:len(at.Shard)-1]) // before which there may be others
	}
	for {
		out, err := client.ListObjectsV2(ctx, in)
		if err != nil {
			return nil, at, fmt.Errorf("operate: listing %s/%s: %w", bucket, prefix, err)
		}
		for _, found := range out.Contents {
			key := aws.ToString(found.Key)
			if key < at.Shard || !wanted(&found, q) {
				continue
			}
			if key != at.Shard {
				skip = 0
			}
			o, err := read(ctx, client, framingOf(w), bucket, &found, skip)
			if err != nil || o != nil {
				return o, place{Source: at.Source, Shard: key}, err
			}
		}
		if in.ContinuationToken = out.NextContinuationToken; in.ContinuationToken == nil {
			return nil, place{Source: at.Source + 1}, nil
		}
	}
}

// wanted reports whether an object was made in the time that is asked for, and can be read.
func wanted(o *types.Object, q operate.SourceQuery) bool {
	made := twin.MillisOf(aws.ToTime(o.LastModified))
	return made >= q.From && made < q.To && aws.ToInt64(o.Size) <= objectlines.MaxObject
}

// read opens an object. It is nil where there is none any more, or none of the framing.
func read(ctx context.Context, client buckets, as framing.Source, bucket string, found *types.Object,
	skip int) (*object, error) {
	out, err := client.GetObject(ctx, &s3.GetObjectInput{Bucket: &bucket, Key: found.Key})
	if err != nil {
		if err = absent(aws.ToString(found.Key), err); errors.Is(err, operate.ErrNotFound) {
			return nil, nil
		}
		return nil, err
	}
	o := &object{key: aws.ToString(found.Key), made: twin.MillisOf(aws.ToTime(found.LastModified)), body: out.Body}
	if o.lines, err = objectlines.Open(as, out.Body); err != nil {
		return nil, errors.Join(ctx.Err(), out.Body.Close())
	}
	for ; o.number < skip; o.number++ {
		tooLarge := (*objectlines.RecordTooLarge)(nil)
		if _, err := o.lines.Next(); err != nil && !errors.As(err, &tooLarge) {
			break // the object is shorter now; the next record says so again
		}
	}
	return o, nil
}
