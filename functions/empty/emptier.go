package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"time"

	"github.com/aws/aws-lambda-go/cfn"
	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"
	"github.com/aws/smithy-go"

	"github.com/railtwin/digitaltwin/functions/internal/trigger"
	"github.com/railtwin/digitaltwin/internal/wiring"
)

// objects is the part of the S3 client that is used.
type objects interface {
	GetBucketTagging(context.Context, *s3.GetBucketTaggingInput, ...func(*s3.Options)) (*s3.GetBucketTaggingOutput, error)
	ListObjectVersions(context.Context, *s3.ListObjectVersionsInput, ...func(*s3.Options)) (*s3.ListObjectVersionsOutput,
		error)
	DeleteObjects(context.Context, *s3.DeleteObjectsInput, ...func(*s3.Options)) (*s3.DeleteObjectsOutput, error)
}

type emptier struct{ s3 objects }

// answerTime is left for the answer when the time of the function is nearly over.
const answerTime = 10 * time.Second

// handle does what CloudFormation asks for: nothing but at the end. The resource is identified by its bucket, so
// a bucket that is replaced is emptied too.
func (e *emptier) handle(ctx context.Context, event cfn.Event) (id string, data map[string]interface{}, err error) {
	p, err := wiring.FromProperties[wiring.Bucket](event.ResourceProperties)
	if event.RequestType != cfn.RequestDelete {
		return "bucket/" + p.Name, nil, err
	}
	if err != nil { // what could not be created must be able to go
		slog.Warn("nothing to empty", "error", err)
		return event.PhysicalResourceID, nil, nil
	}
	ctx, cancel := trigger.Before(ctx, answerTime)
	defer cancel()
	deleted, err := e.empty(ctx, p.Name)
	slog.Info("a bucket was emptied", "bucket", p.Name, "deleted", deleted, "error", err)
	if err != nil {
		err = fmt.Errorf("empty: bucket %s: after %d objects: %w; delete the stack again to go on", p.Name, deleted, err)
	}
	return event.PhysicalResourceID, nil, err
}

// empty deletes every version of every object of a bucket that has the tag for it, and returns how many.
func (e *emptier) empty(ctx context.Context, bucket string) (deleted int, err error) {
	disposable, err := e.disposable(ctx, bucket)
	if err != nil || !disposable {
		return 0, err
	}
	list := &s3.ListObjectVersionsInput{Bucket: aws.String(bucket)}
	for {
		page, err := e.s3.ListObjectVersions(ctx, list)
		if err != nil {
			return deleted, fmt.Errorf("listing: %w", err)
		}
		n, err := e.delete(ctx, bucket, page)
		deleted += n
		if err != nil {
			return deleted, err
		}
		if !aws.ToBool(page.IsTruncated) {
			return deleted, nil
		}
		list.KeyMarker, list.VersionIdMarker = page.NextKeyMarker, page.NextVersionIdMarker
	}
}

// disposable reports whether the bucket is there and has the tag that lets it be emptied. A stack that is told to
// keep its bucket loses this resource, but not the bucket: there the tag has gone before.
func (e *emptier) disposable(ctx context.Context, bucket string) (bool, error) {
	out, err := e.s3.GetBucketTagging(ctx, &s3.GetBucketTaggingInput{Bucket: aws.String(bucket)})
	if err != nil {
		var api smithy.APIError
		if errors.As(err, &api) && slices.Contains([]string{"NoSuchBucket", "NoSuchTagSet"}, api.ErrorCode()) {
			return false, nil
		}
		return false, fmt.Errorf("reading the tags: %w", err)
	}
	return slices.ContainsFunc(out.TagSet, func(t types.Tag) bool {
		return aws.ToString(t.Key) == wiring.EmptyTag && aws.ToString(t.Value) == "true"
	}), nil
}

// delete deletes a page of versions and delete markers: at most 1,000, which is what a request takes.
func (e *emptier) delete(ctx context.Context, bucket string, page *s3.ListObjectVersionsOutput) (int, error) {
	var ids []types.ObjectIdentifier
	for _, v := range page.Versions {
		ids = append(ids, types.ObjectIdentifier{Key: v.Key, VersionId: v.VersionId})
	}
	for _, m := range page.DeleteMarkers {
		ids = append(ids, types.ObjectIdentifier{Key: m.Key, VersionId: m.VersionId})
	}
	if len(ids) == 0 {
		return 0, nil
	}
	out, err := e.s3.DeleteObjects(ctx, &s3.DeleteObjectsInput{
		Bucket: aws.String(bucket), Delete: &types.Delete{Objects: ids, Quiet: aws.Bool(true)},
	})
	if err != nil {
		return 0, fmt.Errorf("deleting: %w", err)
	}
	if len(out.Errors) > 0 {
		first := out.Errors[0]
		return len(ids) - len(out.Errors), fmt.Errorf("%d objects could not be deleted, the first is %s: %s: %s",
			len(out.Errors), aws.ToString(first.Key), aws.ToString(first.Code), aws.ToString(first.Message))
	}
	return len(ids), nil
}
