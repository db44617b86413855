package bucket

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"

	"github.com/railtwin/digitaltwin/internal/rejects"
	"github.com/railtwin/digitaltwin/internal/twin"
)

// objects is an S3 that can fail.
type objects struct {
	kept map[string]int // rejects by bucket/key
	err  error
}

func (o *objects) PutObject(_ context.Context, in *s3.PutObjectInput, _ ...func(*s3.Options)) (*s3.PutObjectOutput,
	error) {
	if o.err != nil {
		return nil, o.err
	}
	n := 0
	for _, err := range rejects.Decode(in.Body) {
		if n++; err != nil {
			return nil, err
		}
	}
	o.kept[aws.ToString(in.Bucket)+"/"+aws.ToString(in.Key)] = n
	return &s3.PutObjectOutput{}, nil
}

var (
	reject = twin.Reject{Kind: twin.KindRecord, Payload: []byte("x")}
	origin = rejects.Origin{Position: twin.Position{Stream: "s", Shard: "1", Sequence: "7"}, ArrivedAt: 1545084650987}
)

// Ensure that rejects end in one file below the prefix, that a repetition writes the same one, and other rejects of the
// same record another one.
func TestKeep(t *testing.T) {
	o := &objects{kept: map[string]int{}}
	b := &Bucket{Client: o, Name: "bucket", Prefix: "rejects/extract/wagons"}
	other := reject
	other.Payload = []byte("y")
	for range 2 {
		for _, list := range [][]twin.Reject{{reject, reject}, {reject}, {other}} {
			if err := b.Keep(t.Context(), origin, list); err != nil {
				t.Fatal(err)
			}
		}
	}
	n := 0
	for key, rejects := range o.kept {
		if n += rejects; !strings.HasPrefix(key, "bucket/rejects/extract/wagons/2018/12/17/s/1/7-") {
			t.Errorf("the key %s", key)
		}
	}
	if len(o.kept) != 3 || n != 4 {
		t.Errorf("kept %v", o.kept)
	}
}

// Ensure that a fault says which file was not written.
func TestFault(t *testing.T) {
	b := &Bucket{Client: &objects{err: errors.New("AccessDenied")}, Prefix: "rejects/apply"}
	err := b.Keep(t.Context(), origin, []twin.Reject{reject})
	if err == nil || !strings.Contains(err.Error(), "keeping 1 rejects in rejects/apply/2018/12/17/s/1/7-") ||
		!strings.HasSuffix(err.Error(), ".ndjson.gz: AccessDenied") {
		t.Error(err)
	}
}
