package main

import (
	"context"
	"io"
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-lambda-go/cfn"
	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"

	"github.com/railtwin/digitaltwin/internal/page"
	"github.com/railtwin/digitaltwin/internal/wiring"
)

// folder is a bucket in memory: contents and types by key.
type folder struct{ body, kind map[string]string }

func (b *folder) PutObject(_ context.Context, in *s3.PutObjectInput, _ ...func(*s3.Options)) (*s3.PutObjectOutput,
	error) {
	text, err := io.ReadAll(in.Body)
	b.body[*in.Key], b.kind[*in.Key] = string(text), *in.ContentType+" "+*in.CacheControl
	return &s3.PutObjectOutput{}, err
}

func (b *folder) ListObjectsV2(context.Context, *s3.ListObjectsV2Input, ...func(*s3.Options)) (*s3.ListObjectsV2Output,
	error) {
	out := &s3.ListObjectsV2Output{}
	for key := range b.body {
		out.Contents = append(out.Contents, types.Object{Key: aws.String(key)})
	}
	return out, nil
}

func (b *folder) DeleteObjects(_ context.Context, in *s3.DeleteObjectsInput,
	_ ...func(*s3.Options)) (*s3.DeleteObjectsOutput, error) {
	for _, o := range in.Delete.Objects {
		delete(b.body, *o.Key)
	}
	return &s3.DeleteObjectsOutput{}, nil
}

// Ensure that a deployment puts exactly the files of this version there, and that nothing is left at the end.
func TestPublisher(t *testing.T) {
	b := &folder{map[string]string{"page/js/old.js": "gone"}, map[string]string{}}
	p := &publisher{b}
	event := func(kind cfn.RequestType, properties map[string]interface{}) {
		t.Helper()
		id, _, err := p.handle(t.Context(), cfn.Event{RequestType: kind, PhysicalResourceID: "page/files",
			ResourceProperties: properties})
		if err != nil || id != "page/files" {
			t.Errorf("%s: %s, %v", kind, id, err)
		}
	}
	properties := *wiring.Page{Bucket: "files", Config: `{"api":"https://api.example.com/prod"}`,
		Version: "1"}.Properties()
	event(cfn.RequestCreate, properties)
	if b.body["page/js/old.js"] != "" || len(b.body) != len(page.Files())+1 {
		t.Errorf("%d files, and the old one is %q", len(b.body), b.body["page/js/old.js"])
	}
	if got := b.kind["index.html"]; got != "text/html; charset=utf-8 no-cache" {
		t.Error(got)
	}
	if got := b.body["page/config.json"]; !strings.Contains(got, "api.example.com") {
		t.Error(got)
	}
	event(cfn.RequestUpdate, properties)
	event(cfn.RequestDelete, properties)
	event(cfn.RequestDelete, nil)
	if len(b.body) > 0 {
		t.Errorf("%d files are left", len(b.body))
	}
	if _, _, err := p.handle(t.Context(), cfn.Event{RequestType: cfn.RequestCreate}); err == nil ||
		!slices.Contains(strings.Fields(err.Error()), "Bucket") {
		t.Error(err)
	}
}
