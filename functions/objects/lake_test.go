package main

import (
	"context"
	"io"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"
	"github.com/aws/smithy-go"
)

// lake is Amazon S3 as it is seen with a role. The function's own may get objects below its prefix and list these,
// which does not make S3 say that an object is missing.
type lake struct {
	objects map[string]io.Reader // by bucket/key
	etag    string               // of all objects
	lists   bool                 // whether the role may list what is below its prefix
	tells   bool                 // whether it may list the whole bucket
	listed  int                  // calls
}

func newLake() *lake { return &lake{objects: map[string]io.Reader{}, lists: true} }

var denied = &smithy.GenericAPIError{Code: "AccessDenied", Message: "Access Denied"}

func (l *lake) GetObject(ctx context.Context, in *s3.GetObjectInput, _ ...func(*s3.Options)) (*s3.GetObjectOutput,
	error) {
	r, ok := l.objects[*in.Bucket+"/"+*in.Key]
	switch {
	case !ok && l.tells:
		return nil, &types.NoSuchKey{}
	case !ok || strings.Contains(*in.Key, "secret"):
		return nil, denied
	}
	if s, ok := r.(*silent); ok {
		s.ctx = ctx
	}
	return &s3.GetObjectOutput{Body: io.NopCloser(r), ETag: aws.String(`"` + l.etag + `"`)}, nil
}

func (l *lake) ListObjectsV2(_ context.Context, in *s3.ListObjectsV2Input,
	_ ...func(*s3.Options)) (*s3.ListObjectsV2Output, error) {
	l.listed++
	if !l.lists || !strings.HasPrefix(*in.Prefix, "wagons/") {
		return nil, denied
	}
	out := &s3.ListObjectsV2Output{}
	for _, name := range slices.Sorted(maps.Keys(l.objects)) {
		if key, ok := strings.CutPrefix(name, *in.Bucket+"/"); ok && strings.HasPrefix(key, *in.Prefix) &&
			len(out.Contents) < int(*in.MaxKeys) {
			out.Contents = append(out.Contents, types.Object{Key: aws.String(key)})
		}
	}
	return out, nil
}

// silent is an object of which S3 sends the first bytes, after some time each, and then nothing any more.
type silent struct {
	text  string
	pause time.Duration
	ctx   context.Context
}

func (s *silent) Read(b []byte) (int, error) {
	if s.text == "" {
		<-s.ctx.Done()
		return 0, s.ctx.Err()
	}
	time.Sleep(s.pause)
	b[0], s.text = s.text[0], s.text[1:]
	return 1, nil
}
