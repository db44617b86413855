// Package bucket keeps rejects in Amazon S3.
package bucket

import (
	"bytes"
	"context"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"

	"github.com/railtwin/digitaltwin/internal/rejects"
	"github.com/railtwin/digitaltwin/internal/twin"
)

// NewClient returns a client of S3 for the buckets of a function. A bucket is a host of its own name, which an
// emulator does not have: there it is the first part of the path.
func NewClient(config aws.Config) *s3.Client {
	return s3.NewFromConfig(config, func(o *s3.Options) { o.UsePathStyle = config.BaseEndpoint != nil })
}

// API is the part of the S3 client that is used.
type API interface {
	PutObject(context.Context, *s3.PutObjectInput, ...func(*s3.Options)) (*s3.PutObjectOutput, error)
}

// Bucket keeps rejects below a prefix. The bucket's own settings encrypt them.
type Bucket struct {
	Client API
	Name   string
	Prefix string
}

// Keep writes rejects as one file. The file of a repeated call is the same.
func (b *Bucket) Keep(ctx context.Context, origin rejects.Origin, list []twin.Reject) error {
	file := rejects.Encode(list)
	key := rejects.Key(b.Prefix, origin, file)
	_, err := b.Client.PutObject(ctx, &s3.PutObjectInput{
		Bucket: aws.String(b.Name), Key: aws.String(key), Body: bytes.NewReader(file.Data),
		ContentType: aws.String("application/gzip"),
	})
	if err != nil {
		return fmt.Errorf("bucket: keeping %d rejects in %s: %w", len(list), key, err)
	}
	return nil
}
