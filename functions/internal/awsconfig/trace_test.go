package awsconfig

import (
	"encoding/json"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"

	"github.com/railtwin/digitaltwin/internal/wiring"
)

// Ensure that a call is a subsegment of the invocation's trace where that is sampled, that a call that fails says so,
// and that nothing is sent otherwise.
func TestTraces(t *testing.T) {
	daemon, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer daemon.Close()
	status := http.StatusOK
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		w.Header().Set("Content-Type", "application/x-amz-json-1.0")
		w.WriteHeader(status)
		_, _ = io.WriteString(w, `{"TableNames":[]}`)
	}))
	defer server.Close()
	client := dynamodb.NewFromConfig(New(wiring.AWS{
		Region: "eu-central-1", AccessKeyID: "a", SecretAccessKey: "b", EndpointURL: server.URL,
		TraceDaemon: daemon.LocalAddr().String(),
	}), func(o *dynamodb.Options) { o.RetryMaxAttempts = 1 })
	call := func(header string) (got subsegment, sent bool) {
		t.Helper()
		t.Setenv("_X_AMZN_TRACE_ID", header)
		_, _ = client.ListTables(t.Context(), &dynamodb.ListTablesInput{})
		wait := 50 * time.Millisecond
		if strings.Contains(header, "Sampled=1") {
			wait = 10 * time.Second
		}
		_ = daemon.SetReadDeadline(time.Now().Add(wait))
		b := make([]byte, 4096)
		n, _, err := daemon.ReadFrom(b)
		if err != nil {
			return got, false
		}
		head, body, _ := strings.Cut(string(b[:n]), "\n")
		if head != `{"format": "json", "version": 1}` {
			t.Errorf("the datagram begins with %s", head)
		}
		if err := json.Unmarshal([]byte(body), &got); err != nil {
			t.Fatal(err)
		}
		return got, true
	}
	const header = "Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled="
	got, sent := call(header + "1")
	if !sent || got.TraceID != "1-5759e988-bd862e3fe1be46a994272793" || got.ParentID != "53995c3f42cd8ad8" ||
		got.Name != "DynamoDB" ||
		got.AWS["operation"] != "ListTables" || len(got.ID) != 16 || got.Fault || got.End < got.Start || got.Start < 1e9 {
		t.Errorf("%v %+v", sent, got)
	}
	if _, sent := call(header + "0"); sent {
		t.Error("an invocation that is not sampled is traced")
	}
	if _, sent := call(""); sent {
		t.Error("an invocation without a trace is traced")
	}
	status = http.StatusBadRequest
	if got, sent := call(header + "1"); !sent || !got.Fault {
		t.Errorf("a call that fails: %v %+v", sent, got)
	}
}
