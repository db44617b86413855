package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"

	"github.com/railtwin/digitaltwin/internal/operate"
	"github.com/railtwin/digitaltwin/internal/rejects"
	"github.com/railtwin/digitaltwin/internal/twin"
)

// s3API is the part of the client of Amazon S3 that is used.
type s3API interface {
	DeleteObject(context.Context, *s3.DeleteObjectInput, ...func(*s3.Options)) (*s3.DeleteObjectOutput, error)
	GetObject(context.Context, *s3.GetObjectInput, ...func(*s3.Options)) (*s3.GetObjectOutput, error)
	GetObjectTagging(context.Context, *s3.GetObjectTaggingInput, ...func(*s3.Options)) (*s3.GetObjectTaggingOutput, error)
	ListObjectsV2(context.Context, *s3.ListObjectsV2Input, ...func(*s3.Options)) (*s3.ListObjectsV2Output, error)
	PutObject(context.Context, *s3.PutObjectInput, ...func(*s3.Options)) (*s3.PutObjectOutput, error)
	PutObjectTagging(context.Context, *s3.PutObjectTaggingInput, ...func(*s3.Options)) (*s3.PutObjectTaggingOutput, error)
}

// files are the rejects in the bucket, as objects whose tags are their marks.
type files struct {
	client  s3API
	bucket  string
	batches batches
	now     func() time.Time
}

// The tags of an object that are its [operate.Mark].
const tagReplayed, tagSplit = "replayed", "split"

// maxFile is the greatest file that is read, in bytes.
const maxFile = 256 << 20

// Open implements [operate.Rejects].
func (f *files) Open(ctx context.Context, name string) (iter.Seq2[twin.Reject, error], operate.Mark, error) {
	tags, err := f.client.GetObjectTagging(ctx, &s3.GetObjectTaggingInput{Bucket: &f.bucket, Key: &name})
	if err != nil {
		return nil, operate.Mark{}, absent(name, err)
	}
	out, err := f.client.GetObject(ctx, &s3.GetObjectInput{Bucket: &f.bucket, Key: &name})
	if err != nil {
		return nil, operate.Mark{}, absent(name, err)
	}
	defer func() { _ = out.Body.Close() }()
	body, err := io.ReadAll(io.LimitReader(out.Body, maxFile+1))
	if err == nil && len(body) > maxFile {
		err = fmt.Errorf("it has more than %d MB", maxFile>>20)
	}
	if err != nil {
		return nil, operate.Mark{}, fmt.Errorf("operate: reading %s: %w", name, err)
	}
	mark := markOf(tags.TagSet)
	if strings.HasPrefix(name, rejects.BatchFolder) {
		list, err := f.batches.open(ctx, body)
		return list, mark, err
	}
	return rejects.Decode(bytes.NewReader(body)), mark, nil
}

// absent wraps [operate.ErrNotFound] where an object is not there.
func absent(name string, err error) error {
	var gone *types.NoSuchKey
	var coded interface{ ErrorCode() string }
	if errors.As(err, &gone) || errors.As(err, &coded) &&
		(coded.ErrorCode() == "NoSuchKey" || coded.ErrorCode() == "NotFound") {
		return fmt.Errorf("%w: the file %s", operate.ErrNotFound, name)
	}
	return fmt.Errorf("operate: reading %s: %w", name, err)
}

func markOf(tags []types.Tag) (m operate.Mark) {
	for _, t := range tags {
		switch aws.ToString(t.Key) {
		case tagReplayed:
			m.Replayed = aws.ToString(t.Value)
		case tagSplit:
			m.Split = aws.ToString(t.Value)
		}
	}
	return m
}

// Write implements [operate.Rejects].
func (f *files) Write(ctx context.Context, name string, file []byte, m operate.Mark) error {
	tags := url.Values{}
	if m.Replayed != "" {
		tags.Set(tagReplayed, m.Replayed)
	}
	if m.Split != "" {
		tags.Set(tagSplit, m.Split)
	}
	in := &s3.PutObjectInput{
		Bucket: &f.bucket, Key: &name, Body: bytes.NewReader(file), ContentType: aws.String("application/gzip"),
	}
	if len(tags) > 0 {
		in.Tagging = aws.String(tags.Encode())
	}
	if _, err := f.client.PutObject(ctx, in); err != nil {
		return fmt.Errorf("operate: writing %s: %w", name, err)
	}
	return nil
}

// Mark implements [operate.Rejects].
func (f *files) Mark(ctx context.Context, name string, m operate.Mark) error {
	old, err := f.client.GetObjectTagging(ctx, &s3.GetObjectTaggingInput{Bucket: &f.bucket, Key: &name})
	if err != nil {
		return absent(name, err)
	}
	tags := old.TagSet
	for _, t := range []struct{ key, value string }{{tagReplayed, m.Replayed}, {tagSplit, m.Split}} {
		if t.value == "" {
			continue
		}
		tags = slices.DeleteFunc(tags, func(old types.Tag) bool { return aws.ToString(old.Key) == t.key })
		tags = append(tags, types.Tag{Key: aws.String(t.key), Value: aws.String(t.value)})
	}
	_, err = f.client.PutObjectTagging(ctx, &s3.PutObjectTaggingInput{
		Bucket: &f.bucket, Key: &name, Tagging: &types.Tagging{TagSet: tags},
	})
	if err != nil {
		return fmt.Errorf("operate: marking %s: %w", name, err)
	}
	return nil
}

// Remove implements [operate.Rejects].
func (f *files) Remove(ctx context.Context, name string) error {
	if _, err := f.client.DeleteObject(ctx, &s3.DeleteObjectInput{Bucket: &f.bucket, Key: &name}); err != nil {
		return fmt.Errorf("operate: removing %s: %w", name, err)
	}
	return nil
}
