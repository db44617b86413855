package awsconfig

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"net"
	"strings"
	"time"

	awsmiddleware "github.com/aws/aws-sdk-go-v2/aws/middleware"
	"github.com/aws/smithy-go/middleware"

	"github.com/railtwin/digitaltwin/internal/wiring"
)

// traces sends a subsegment of AWS X-Ray for every call of an AWS client, where the invocation is traced and sampled:
// with it a trace goes on from the function to what the function calls. AWS Lambda says in the environment where its
// daemon listens, and in _X_AMZN_TRACE_ID, which is another one in every invocation, what the trace is. The protocol
// is one datagram for a subsegment (the guide of X-Ray, "Sending segment documents to the daemon"); nothing waits for
// it, and nothing fails by it.
func traces(daemon string) func(*middleware.Stack) error {
	return func(stack *middleware.Stack) error {
		return stack.Initialize.Add(middleware.InitializeMiddlewareFunc("DigitalTwinTrace",
			func(ctx context.Context, in middleware.InitializeInput, next middleware.InitializeHandler) (
				middleware.InitializeOutput, middleware.Metadata, error) {
				root, parent, ok := sampled(wiring.TraceHeader())
				if !ok {
					return next.HandleInitialize(ctx, in)
				}
				start := time.Now()
				out, metadata, err := next.HandleInitialize(ctx, in)
				send(daemon, subsegment{
					Name: awsmiddleware.GetServiceID(ctx), ID: segmentID(), TraceID: root, ParentID: parent, Type: "subsegment",
					Namespace: "aws", Start: unix(start), End: unix(time.Now()), Fault: err != nil,
					AWS: map[string]string{"operation": awsmiddleware.GetOperationName(ctx)},
				})
				return out, metadata, err
			}), middleware.Before)
	}
}

// subsegment is a segment document of X-Ray. It has no payload and no key of an item.
type subsegment struct {
	Name      string            `json:"name"`
	ID        string            `json:"id"`
	TraceID   string            `json:"trace_id"`
	ParentID  string            `json:"parent_id"`
	Type      string            `json:"type"`
	Namespace string            `json:"namespace"`
	Start     float64           `json:"start_time"` // seconds
	End       float64           `json:"end_time"`
	Fault     bool              `json:"fault,omitempty"`
	AWS       map[string]string `json:"aws"`
}

// sampled reads a trace header such as Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=1.
func sampled(header string) (root, parent string, ok bool) {
	yes := false
	for field := range strings.SplitSeq(header, ";") {
		switch name, value, _ := strings.Cut(field, "="); name {
		case "Root":
			root = value
		case "Parent":
			parent = value
		case "Sampled":
			yes = value == "1"
		}
	}
	return root, parent, yes && root != "" && parent != ""
}

func unix(t time.Time) float64 { return float64(t.UnixMicro()) / 1e6 }

func segmentID() string {
	var id [8]byte
	_, _ = rand.Read(id[:]) // never fails
	return hex.EncodeToString(id[:])
}

func send(daemon string, s subsegment) {
	b, err := json.Marshal(s)
	if err != nil {
		return
	}
	c, err := net.Dial("udp", daemon)
	if err != nil {
		return
	}
	defer c.Close()
	_, _ = c.Write(append([]byte(`{"format": "json", "version": 1}`+"\n"), b...))
}
