package lambda

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
)

// Faults are what goes wrong between a function and the services of AWS. Its functions are called by several goroutines
// at a time. Nil ones do nothing.
type Faults struct {
	// Refuse returns the code of the error that a call is answered with instead of being done, or "".
	Refuse func(Call) string
	// Throttle reports whether a single record of PutRecords is not taken.
	Throttle func(data []byte) bool
	// After is called when a call was done and before it is answered.
	After func(Call)
}

// Call is what a function asks of a service.
type Call struct {
	Operation string // such as DynamoDB.UpdateItem, Kinesis.PutRecords, S3.PutObject
	Body      []byte
}

// AWS is an endpoint for the clients of a function: Kinesis, S3, DynamoDB and AWS Lambda alike.
type AWS struct {
	URL  string
	Twin *Stream // where PutRecords puts

	tb       testing.TB
	dynamodb string

	mu      sync.Mutex
	faults  Faults
	calls   map[string]int
	objects map[string]object // by bucket/key
	invoked [][]byte
}

// NewAWS starts an endpoint over the DynamoDB emulator at a URL; it ends with the test.
func NewAWS(tb testing.TB, dynamodb string) *AWS {
	a := &AWS{Twin: NewStream("twin", 1), tb: tb, dynamodb: dynamodb, calls: map[string]int{},
		objects: map[string]object{}}
	server := httptest.NewServer(a)
	a.URL = server.URL
	tb.Cleanup(func() {
		server.CloseClientConnections()
		server.Close()
	})
	return a
}

// SetFaults makes things go wrong from now on; Faults{} makes all well.
func (a *AWS) SetFaults(f Faults) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.faults = f
}

// Calls is how often an operation was asked for.
func (a *AWS) Calls(operation string) int {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.calls[operation]
}

// Invoked takes the events out with which functions were called asynchronously, the oldest first.
func (a *AWS) Invoked() [][]byte {
	a.mu.Lock()
	defer a.mu.Unlock()
	events := a.invoked
	a.invoked = nil
	return events
}

func (a *AWS) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return // the client has gone
	}
	c := Call{Operation: operation(r), Body: body}
	a.mu.Lock()
	a.calls[c.Operation]++
	f := a.faults
	a.mu.Unlock()
	if f.Refuse != nil {
		if code := f.Refuse(c); code != "" {
			refuse(w, c.Operation, code)
			return
		}
	}
	answer := httptest.NewRecorder() // held back until After has been called
	switch service, _, _ := strings.Cut(c.Operation, "."); service {
	case "Kinesis":
		a.putRecords(answer, c.Body, f.Throttle)
	case "DynamoDB":
		a.forward(answer, r, c.Body)
	case "Lambda":
		a.mu.Lock()
		a.invoked = append(a.invoked, c.Body)
		a.mu.Unlock()
		answer.WriteHeader(http.StatusAccepted)
	default:
		a.serveS3(answer, r, c)
	}
	if f.After != nil {
		f.After(c)
	}
	maps.Copy(w.Header(), answer.Header())
	w.WriteHeader(answer.Code)
	_, _ = w.Write(answer.Body.Bytes())
}

// operation names what a request asks for.
func operation(r *http.Request) string {
	target := r.Header.Get("X-Amz-Target") // DynamoDB_20120810.UpdateItem
	service, name, ok := strings.Cut(target, ".")
	switch {
	case ok:
	case strings.HasPrefix(r.URL.Path, "/2015-03-31/functions/"):
		return "Lambda.Invoke"
	default:
		return s3Operation(r)
	}
	service, _, _ = strings.Cut(service, "_")
	return service + "." + name
}

// refuse answers as the service does whose error has that code.
func refuse(w http.ResponseWriter, operation, code string) {
	status := http.StatusBadRequest
	switch code {
	case "AccessDenied":
		status = http.StatusForbidden
	case "InternalServerError", "SlowDown":
		status = http.StatusServiceUnavailable
	case "NoSuchKey":
		status = http.StatusNotFound
	}
	if strings.HasPrefix(operation, "S3.") {
		w.WriteHeader(status)
		_, _ = fmt.Fprintf(w, "<Error><Code>%s</Code><Message>injected</Message></Error>", code)
		return
	}
	w.Header().Set("X-Amzn-Errortype", code)
	w.Header().Set("Content-Type", "application/x-amz-json-1.1")
	w.WriteHeader(status)
	_, _ = fmt.Fprintf(w, `{"__type":%q,"message":"injected"}`, code)
}

func (a *AWS) putRecords(w http.ResponseWriter, body []byte, throttle func([]byte) bool) {
	var in struct {
		Records []struct {
			Data         []byte
			PartitionKey string
		}
	}
	if err := json.Unmarshal(body, &in); err != nil {
		a.tb.Errorf("lambda: PutRecords: %v", err)
	}
	type result struct {
		SequenceNumber string `json:",omitempty"`
		ShardID        string `json:"ShardId,omitempty"`
		ErrorCode      string `json:",omitempty"`
		ErrorMessage   string `json:",omitempty"`
	}
	var out struct {
		FailedRecordCount int
		Records           []result
	}
	for _, r := range in.Records {
		if throttle != nil && throttle(r.Data) {
			out.FailedRecordCount++
			out.Records = append(out.Records, result{ErrorCode: "ProvisionedThroughputExceededException",
				ErrorMessage: "injected"})
			continue
		}
		put := a.Twin.Put(r.PartitionKey, r.Data)
		out.Records = append(out.Records, result{SequenceNumber: put.Sequence, ShardID: ShardID(put.Shard)})
	}
	w.Header().Set("Content-Type", "application/x-amz-json-1.1")
	if err := json.NewEncoder(w).Encode(out); err != nil {
		a.tb.Error(err)
	}
}

// forward hands a call to the DynamoDB emulator.
func (a *AWS) forward(w http.ResponseWriter, r *http.Request, body []byte) {
	out, err := http.NewRequest(r.Method, a.dynamodb, bytes.NewReader(body)) // it is done even if the function dies
	if err != nil {
		a.tb.Error(err)
		return
	}
	out.Header = r.Header.Clone()
	response, err := http.DefaultClient.Do(out)
	if err != nil {
		a.tb.Error(err)
		return
	}
	defer func() { _ = response.Body.Close() }()
	for k, v := range response.Header {
		w.Header()[k] = v
	}
	w.WriteHeader(response.StatusCode)
	if _, err := io.Copy(w, response.Body); err != nil {
		a.tb.Error(err)
	}
}
