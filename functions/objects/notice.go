package main

import (
	"cmp"
	"encoding/json"
	"fmt"
	"time"

	"github.com/railtwin/digitaltwin/functions/internal/objectlines"
	"github.com/railtwin/digitaltwin/internal/twin"
)

// notice is what Amazon EventBridge says of an object that has been created, as far as it is read.
type notice struct {
	DetailType string    `json:"detail-type"`
	Source     string    `json:"source"`
	Time       time.Time `json:"time"`
	Detail     struct {
		Bucket struct {
			Name string `json:"name"`
		} `json:"bucket"`
		Object struct {
			Key     string `json:"key"` // as it is, not encoded
			Size    int64  `json:"size"`
			Version string `json:"version-id"` // where the bucket has versions
			ETag    string `json:"etag"`
		} `json:"object"`
	} `json:"detail"`
}

// parseNotice reads the body of a message. The error means that the message is something else, which is a
// mistake in the wiring and not in the data.
func parseNotice(body string) (n notice, err error) {
	if err := json.Unmarshal([]byte(body), &n); err != nil {
		return n, fmt.Errorf("not an event of EventBridge: %w", err)
	}
	if n.Source != "aws.s3" || n.DetailType != "Object Created" || n.Detail.Bucket.Name == "" ||
		n.Detail.Object.Key == "" {
		return n, fmt.Errorf("the event %q of %q does not say which object was created", n.DetailType, n.Source)
	}
	return n, nil
}

func (n *notice) String() string { return n.Detail.Bucket.Name + "/" + n.Detail.Object.Key }

// version tells an object from others that had its name: its version, or else its ETag.
func (n *notice) version() string { return cmp.Or(n.Detail.Object.Version, n.Detail.Object.ETag) }

// position returns the place of the object's first record; the others count on from it.
func (n *notice) position() twin.Position {
	return objectlines.Position(n.Detail.Bucket.Name, n.Detail.Object.Key)
}
