package main

import (
	"errors"
	"log/slog"
	"slices"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"
	"github.com/aws/smithy-go"
)

// gone reports whether GetObject failed because the object is not there any more.
//
// Amazon S3 tells that only to a role that may list the bucket. This one may list what is below the prefix that it
// reads, which counts in a listing alone, so that for an object that is gone GetObject is denied as if it were there.
// Then a listing says which of the two it is.
func (f *file) gone(err error) bool {
	if missing := (*types.NoSuchKey)(nil); errors.As(err, &missing) {
		return true
	}
	if denied := smithy.APIError(nil); !errors.As(err, &denied) || denied.ErrorCode() != "AccessDenied" {
		return false
	}
	key := f.notice.Detail.Object.Key
	list, err := f.client.ListObjectsV2(f.work, &s3.ListObjectsV2Input{
		Bucket: aws.String(f.notice.Detail.Bucket.Name), Prefix: aws.String(key), MaxKeys: aws.Int32(1),
	})
	if err != nil {
		slog.Warn("the object is denied, and whether it is there cannot be seen", "error", err)
		return false
	}
	// In byte order the key itself comes before all that it is a prefix of.
	return !slices.ContainsFunc(list.Contents, func(o types.Object) bool { return aws.ToString(o.Key) == key })
}
