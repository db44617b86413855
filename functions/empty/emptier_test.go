package main

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-lambda-go/cfn"
	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"
	"github.com/aws/smithy-go"

	"github.com/railtwin/digitaltwin/internal/wiring"
)

// versioned is an S3 with one bucket of versions, which it lists in pages of three.
type versioned struct {
	tag      string // value of the tag; "" without one
	gone     bool
	versions []string // key and version, with a # between them; a marker ends in !
	kept     string   // the version that cannot be deleted
	fails    string   // the action that fails
	requests int
}

func (b *versioned) fail(ctx context.Context, action string) error {
	if b.gone {
		return &smithy.GenericAPIError{Code: "NoSuchBucket"}
	}
	if b.fails == action {
		return errors.New("AccessDenied")
	}
	return ctx.Err()
}

func (b *versioned) GetBucketTagging(ctx context.Context, _ *s3.GetBucketTaggingInput,
	_ ...func(*s3.Options)) (*s3.GetBucketTaggingOutput, error) {
	if err := b.fail(ctx, "tags"); err != nil {
		return nil, err
	}
	if b.tag == "" {
		return nil, &smithy.GenericAPIError{Code: "NoSuchTagSet"}
	}
	return &s3.GetBucketTaggingOutput{TagSet: []types.Tag{
		{Key: aws.String("environment"), Value: aws.String("true")},
		{Key: aws.String(wiring.EmptyTag), Value: aws.String(b.tag)},
	}}, nil
}

func (b *versioned) ListObjectVersions(ctx context.Context, in *s3.ListObjectVersionsInput,
	_ ...func(*s3.Options)) (*s3.ListObjectVersionsOutput, error) {
	if err := b.fail(ctx, "list"); err != nil {
		return nil, err
	}
	b.requests++
	after := aws.ToString(in.KeyMarker) + "#" + aws.ToString(in.VersionIdMarker)
	out := &s3.ListObjectVersionsOutput{IsTruncated: aws.Bool(false)}
	n := 0
	for _, v := range b.versions {
		if v <= after && after != "#" {
			continue
		}
		if n == 3 {
			out.IsTruncated = aws.Bool(true)
			break
		}
		n++
		key, version, _ := strings.Cut(v, "#")
		out.NextKeyMarker, out.NextVersionIdMarker = aws.String(key), aws.String(version)
		if strings.HasSuffix(v, "!") {
			out.DeleteMarkers = append(out.DeleteMarkers, types.DeleteMarkerEntry{Key: aws.String(key),
				VersionId: aws.String(version)})
		} else {
			out.Versions = append(out.Versions, types.ObjectVersion{Key: aws.String(key), VersionId: aws.String(version)})
		}
	}
	return out, nil
}

func (b *versioned) DeleteObjects(ctx context.Context, in *s3.DeleteObjectsInput,
	_ ...func(*s3.Options)) (*s3.DeleteObjectsOutput, error) {
	if err := b.fail(ctx, "delete"); err != nil {
		return nil, err
	}
	out := &s3.DeleteObjectsOutput{}
	for _, o := range in.Delete.Objects {
		name := *o.Key + "#" + *o.VersionId
		if name == b.kept {
			out.Errors = append(out.Errors, types.Error{Key: o.Key, Code: aws.String("AccessDenied"),
				Message: aws.String("locked")})
			continue
		}
		var rest []string
		for _, v := range b.versions {
			if v != name {
				rest = append(rest, v)
			}
		}
		b.versions = rest
	}
	return out, nil
}

func full() *versioned {
	b := &versioned{tag: "true"}
	for i := range 8 {
		b.versions = append(b.versions, fmt.Sprintf("rejects/%d#1", i), fmt.Sprintf("rejects/%d#2!", i))
	}
	return b
}

func request(kind cfn.RequestType) cfn.Event {
	return cfn.Event{RequestType: kind, PhysicalResourceID: "bucket/b",
		ResourceProperties: *wiring.Bucket{Name: "b"}.Properties()}
}

// Ensure that the end of the resource empties the bucket, old versions and markers too, over many pages; and that
// nothing before the end does.
func TestEndOfTheBucket(t *testing.T) {
	b := full()
	e := &emptier{b}
	for _, step := range []struct {
		kind cfn.RequestType
		left int
	}{{cfn.RequestCreate, 16}, {cfn.RequestUpdate, 16}, {cfn.RequestDelete, 0}, {cfn.RequestDelete, 0}} {
		id, _, err := e.handle(t.Context(), request(step.kind))
		if err != nil || id != "bucket/b" || len(b.versions) != step.left {
			t.Fatalf("%s: %s, %v, left %v", step.kind, id, err, b.versions)
		}
	}
	if b.requests < 6 {
		t.Errorf("%d pages for 16 versions", b.requests)
	}
}

// Ensure that a bucket that is to be kept is not touched, and that one that is gone or never was is no error.
func TestKeptAndGone(t *testing.T) {
	for name, b := range map[string]*versioned{"no tag": {versions: []string{"a#1"}},
		"another value": {tag: "false", versions: []string{"a#1"}}, "gone": {gone: true}} {
		before := len(b.versions)
		if _, _, err := (&emptier{b}).handle(t.Context(), request(cfn.RequestDelete)); err != nil ||
			len(b.versions) != before {
			t.Errorf("%s: %v, left %v", name, err, b.versions)
		}
	}
	id, _, err := (&emptier{full()}).handle(t.Context(),
		cfn.Event{RequestType: cfn.RequestDelete, PhysicalResourceID: "2025/[$LATEST]x"})
	if err != nil || id != "2025/[$LATEST]x" {
		t.Errorf("%s, %v", id, err)
	}
}

// Ensure that what stands in the way is said, and how to go on.
func TestFaults(t *testing.T) {
	for want, change := range map[string]func(*versioned){
		"reading the tags: AccessDenied": func(b *versioned) { b.fails = "tags" },
		"listing: AccessDenied":          func(b *versioned) { b.fails = "list" },
		"deleting: AccessDenied":         func(b *versioned) { b.fails = "delete" },
		"1 objects could not be deleted, the first is rejects/5: AccessDenied: locked": func(b *versioned) {
			b.kept = "rejects/5#1"
		},
	} {
		b := full()
		change(b)
		_, _, err := (&emptier{b}).handle(t.Context(), request(cfn.RequestDelete))
		if err == nil || !strings.Contains(err.Error(), want) || !strings.Contains(err.Error(), "delete the stack again") {
			t.Errorf("%v, want %s", err, want)
		}
	}
	if _, _, err := (&emptier{full()}).handle(t.Context(), cfn.Event{RequestType: cfn.RequestCreate}); err == nil ||
		!strings.Contains(err.Error(), "Bucket is missing") {
		t.Error(err)
	}
}

// Ensure that a function whose time is over answers, instead of leaving CloudFormation to wait for an hour.
func TestTimeIsOver(t *testing.T) {
	ctx, cancel := context.WithTimeout(t.Context(), answerTime-time.Second)
	defer cancel()
	_, _, err := (&emptier{full()}).handle(ctx, request(cfn.RequestDelete))
	if !errors.Is(err, context.DeadlineExceeded) {
		t.Error(err)
	}
}
