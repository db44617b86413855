package main

import (
	"bytes"
	"context"
	"io"
	"maps"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"
)

// kept is an object of a bucket.
type kept struct {
	data []byte
	tags map[string]string
	made time.Time
}

// memory is a bucket in memory, whose pages of a listing have at most so many names.
type memory struct {
	objects map[string]*kept
	page    int
	lists   []string // prefixes that were listed
}

func newMemory() *memory { return &memory{objects: map[string]*kept{}, page: 1000} }

func (m *memory) find(key *string) (*kept, error) {
	if o := m.objects[*key]; o != nil {
		return o, nil
	}
	return nil, &types.NoSuchKey{}
}

func (m *memory) DeleteObject(_ context.Context, in *s3.DeleteObjectInput,
	_ ...func(*s3.Options)) (*s3.DeleteObjectOutput, error) {
	delete(m.objects, *in.Key)
	return &s3.DeleteObjectOutput{}, nil
}

func (m *memory) GetObject(_ context.Context, in *s3.GetObjectInput, _ ...func(*s3.Options)) (*s3.GetObjectOutput,
	error) {
	o, err := m.find(in.Key)
	if err != nil {
		return nil, err
	}
	return &s3.GetObjectOutput{Body: io.NopCloser(bytes.NewReader(o.data))}, nil
}

func (m *memory) GetObjectTagging(_ context.Context, in *s3.GetObjectTaggingInput,
	_ ...func(*s3.Options)) (*s3.GetObjectTaggingOutput, error) {
	o, err := m.find(in.Key)
	if err != nil {
		return nil, err
	}
	out := &s3.GetObjectTaggingOutput{}
	for _, k := range slices.Sorted(maps.Keys(o.tags)) {
		out.TagSet = append(out.TagSet, types.Tag{Key: aws.String(k), Value: aws.String(o.tags[k])})
	}
	return out, nil
}

func (m *memory) PutObjectTagging(_ context.Context, in *s3.PutObjectTaggingInput,
	_ ...func(*s3.Options)) (*s3.PutObjectTaggingOutput, error) {
	o, err := m.find(in.Key)
	if err != nil {
		return nil, err
	}
	o.tags = map[string]string{}
	for _, t := range in.Tagging.TagSet {
		o.tags[*t.Key] = *t.Value
	}
	return &s3.PutObjectTaggingOutput{}, nil
}

func (m *memory) PutObject(_ context.Context, in *s3.PutObjectInput, _ ...func(*s3.Options)) (*s3.PutObjectOutput,
	error) {
	data, err := io.ReadAll(in.Body)
	o := &kept{data: data, tags: map[string]string{}}
	tags, bad := url.ParseQuery(aws.ToString(in.Tagging))
	for k := range tags {
		o.tags[k] = tags.Get(k)
	}
	m.objects[*in.Key] = o
	if err == nil {
		err = bad
	}
	return &s3.PutObjectOutput{}, err
}

func (m *memory) ListObjectsV2(_ context.Context, in *s3.ListObjectsV2Input,
	_ ...func(*s3.Options)) (*s3.ListObjectsV2Output, error) {
	prefix, after := aws.ToString(in.Prefix), aws.ToString(in.StartAfter)
	m.lists = append(m.lists, prefix)
	if in.ContinuationToken != nil {
		after = *in.ContinuationToken
	}
	most := m.page
	if in.MaxKeys != nil {
		most = min(most, int(*in.MaxKeys))
	}
	out := &s3.ListObjectsV2Output{}
	last := ""
	for _, name := range slices.Sorted(maps.Keys(m.objects)) {
		if !strings.HasPrefix(name, prefix) || name <= after {
			continue
		}
		folder := ""
		if i := strings.Index(name[len(prefix):], aws.ToString(in.Delimiter)); in.Delimiter != nil && i >= 0 {
			folder = name[:len(prefix)+i+1]
		}
		if folder != "" && len(out.CommonPrefixes) > 0 && *out.CommonPrefixes[len(out.CommonPrefixes)-1].Prefix == folder ||
			folder != "" && strings.HasPrefix(after, folder) {
			last = name
			continue
		}
		if len(out.Contents)+len(out.CommonPrefixes) == most {
			out.NextContinuationToken = &last
			return out, nil
		}
		last = name
		if folder != "" {
			out.CommonPrefixes = append(out.CommonPrefixes, types.CommonPrefix{Prefix: &folder})
		} else {
			out.Contents = append(out.Contents, types.Object{Key: &name, LastModified: aws.Time(m.objects[name].made),
				Size: aws.Int64(int64(len(m.objects[name].data)))})
		}
	}
	return out, nil
}
