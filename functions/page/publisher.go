package main

import (
	"bytes"
	"context"
	"fmt"
	"log/slog"

	"github.com/aws/aws-lambda-go/cfn"
	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"

	"github.com/railtwin/digitaltwin/internal/page"
	"github.com/railtwin/digitaltwin/internal/wiring"
)

// objects is the part of the S3 client that is used.
type objects interface {
	PutObject(context.Context, *s3.PutObjectInput, ...func(*s3.Options)) (*s3.PutObjectOutput, error)
	ListObjectsV2(context.Context, *s3.ListObjectsV2Input, ...func(*s3.Options)) (*s3.ListObjectsV2Output, error)
	DeleteObjects(context.Context, *s3.DeleteObjectsInput, ...func(*s3.Options)) (*s3.DeleteObjectsOutput, error)
}

type publisher struct{ s3 objects }

// handle does what CloudFormation asks for. The resource is identified by its bucket, so that of a bucket that is
// replaced is emptied.
func (p *publisher) handle(ctx context.Context, event cfn.Event) (id string, data map[string]interface{}, err error) {
	settings, err := wiring.FromProperties[wiring.Page](event.ResourceProperties)
	if event.RequestType == cfn.RequestDelete {
		if err != nil { // what could not be created must be able to go
			slog.Warn("nothing to take out", "error", err)
			return event.PhysicalResourceID, nil, nil
		}
		return event.PhysicalResourceID, nil, p.prune(ctx, settings.Bucket, nil)
	}
	id = "page/" + settings.Bucket
	if err != nil {
		return id, nil, err
	}
	files := append(page.Files(), page.ConfigFile([]byte(settings.Config)))
	keep := make(map[string]bool)
	for _, f := range files {
		if err := p.put(ctx, settings.Bucket, f); err != nil {
			return id, nil, err
		}
		keep[f.Path] = true
	}
	slog.Info("the page is published", "bucket", settings.Bucket, "files", len(files))
	return id, nil, p.prune(ctx, settings.Bucket, keep)
}

// put writes a file with its type. Browsers and CloudFront ask whether their copy is the one of this version.
func (p *publisher) put(ctx context.Context, bucket string, f page.File) error {
	_, err := p.s3.PutObject(ctx, &s3.PutObjectInput{
		Bucket: aws.String(bucket), Key: aws.String(f.Path), Body: bytes.NewReader(f.Body),
		ContentType: aws.String(f.Type), CacheControl: aws.String(page.Headers["Cache-Control"]),
	})
	if err != nil {
		return fmt.Errorf("page: put %s into %s: %w", f.Path, bucket, err)
	}
	return nil
}

// prune deletes what is in the bucket and is not to be kept: the files of another version.
func (p *publisher) prune(ctx context.Context, bucket string, keep map[string]bool) error {
	list := &s3.ListObjectsV2Input{Bucket: aws.String(bucket)}
	for {
		found, err := p.s3.ListObjectsV2(ctx, list)
		if err != nil {
			return fmt.Errorf("page: list %s: %w", bucket, err)
		}
		var gone []types.ObjectIdentifier
		for _, o := range found.Contents {
			if !keep[aws.ToString(o.Key)] {
				gone = append(gone, types.ObjectIdentifier{Key: o.Key})
			}
		}
		if len(gone) > 0 {
			out, err := p.s3.DeleteObjects(ctx, &s3.DeleteObjectsInput{
				Bucket: aws.String(bucket), Delete: &types.Delete{Objects: gone, Quiet: aws.Bool(true)},
			})
			if err == nil && len(out.Errors) > 0 {
				err = fmt.Errorf("%s: %s", aws.ToString(out.Errors[0].Key), aws.ToString(out.Errors[0].Message))
			}
			if err != nil {
				return fmt.Errorf("page: delete %d files of %s: %w", len(gone), bucket, err)
			}
		}
		if !aws.ToBool(found.IsTruncated) {
			return nil
		}
		list.ContinuationToken = found.NextContinuationToken
	}
}
