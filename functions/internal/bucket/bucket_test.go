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
	kept map[string][]rejects.Entry // by bucket/key
	err  error
}

func (o *objects) PutObject(_ context.Context, in *s3.PutObjectInput, _ ...func(*s3.Options)) (*s3.PutObjectOutput, error) {
	if o.err != nil {
		return nil, o.err
	}
	entries, err := rejects.Decode(in.Body)
	o.kept[aws.ToString(in.Bucket)+"/"+aws.ToString(in.Key)] = entries
	return &s3.PutObjectOutput{}, err
}

var entry = rejects.Entry{
	Reject:     twin.Reject{Reason: twin.Unreadable, Payload: []byte("x"), Position: twin.Position{Stream: "s", Shard: "1", Sequence: "7"}},
	ReceivedAt: 1545084650987,
}

// Ensure that rejects end in one file below the prefix, and that a repetition writes the same one.
func TestKeep(t *testing.T) {
	o := &objects{kept: map[string][]rejects.Entry{}}
	b := &Bucket{Client: o, Name: "bucket", Prefix: "rejects/extract/wagons"}
	for range 2 {
		if err := b.Keep(t.Context(), []rejects.Entry{entry, entry}); err != nil {
			t.Fatal(err)
		}
	}
	if got := o.kept["bucket/rejects/extract/wagons/2018/12/17/s/1/7.ndjson.gz"]; len(got) != 2 || len(o.kept) != 1 {
		t.Errorf("kept %+v", o.kept)
	}
}

// Ensure that nothing to keep is no call, and that a fault says which file.
func TestNothingAndFaults(t *testing.T) {
	b := &Bucket{Client: &objects{err: errors.New("AccessDenied")}, Prefix: "rejects/apply"}
	if err := b.Keep(t.Context(), nil); err != nil {
		t.Error(err)
	}
	err := b.Keep(t.Context(), []rejects.Entry{entry})
	if err == nil || !strings.Contains(err.Error(), "keeping 1 rejects in rejects/apply/2018/12/17/s/1/7.ndjson.gz: AccessDenied") {
		t.Error(err)
	}
}
