package main

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"

	"github.com/railtwin/digitaltwin/functions/internal/awsconfig"
	"github.com/railtwin/digitaltwin/internal/emulator"
	"github.com/railtwin/digitaltwin/internal/store"
	"github.com/railtwin/digitaltwin/internal/store/dynamo"
	"github.com/railtwin/digitaltwin/internal/twin"
	"github.com/railtwin/digitaltwin/internal/wiring"
)

// front stands before an emulator: it can throttle a request or leave it without an answer, and counts connections.
type front struct {
	*httptest.Server
	throttled func(operation, body string) bool // may be nil
	silent    func(operation, body string) bool // may be nil
	opened    atomic.Int32
	written   atomic.Int32 // requests that write
	quit      chan struct{}
}

func newFront(t *testing.T) *front {
	t.Helper()
	emulated := emulator.DynamoDB(t)
	if err := dynamo.CreateTable(t.Context(), emulator.Client(emulated), "twin"); err != nil {
		t.Fatal(err)
	}
	f := &front{quit: make(chan struct{})}
	f.Server = httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		_, operation, _ := strings.Cut(r.Header.Get("X-Amz-Target"), ".")
		if operation == "UpdateItem" || operation == "BatchExecuteStatement" {
			f.written.Add(1)
		}
		if f.throttled != nil && f.throttled(operation, string(body)) {
			w.Header().Set("Content-Type", "application/x-amz-json-1.0")
			w.WriteHeader(http.StatusBadRequest)
			_, _ = io.WriteString(w,
				`{"__type":"com.amazonaws.dynamodb.v20120810#ProvisionedThroughputExceededException","message":"injected"}`)
			return
		}
		if f.silent != nil && f.silent(operation, string(body)) {
			<-f.quit
			return
		}
		forward(w, r, emulated, string(body))
	}))
	f.Config.ConnState = func(_ net.Conn, s http.ConnState) {
		if s == http.StateNew {
			f.opened.Add(1)
		}
	}
	f.Start()
	t.Cleanup(func() {
		close(f.quit)
		f.Close()
	})
	return f
}

func forward(w http.ResponseWriter, r *http.Request, url, body string) {
	q, err := http.NewRequest(r.Method, url, strings.NewReader(body))
	if err != nil {
		return
	}
	q.Header = r.Header.Clone()
	a, err := http.DefaultClient.Do(q)
	if err != nil {
		return
	}
	defer func() { _ = a.Body.Close() }()
	w.Header().Set("Content-Type", a.Header.Get("Content-Type"))
	w.WriteHeader(a.StatusCode)
	_, _ = io.Copy(w, a.Body)
}

// applierTo is what functions/apply makes.
func applierTo(url string, now func() time.Time) *store.Applier {
	config := awsconfig.New(wiring.AWS{Region: "eu-central-1", AccessKeyID: "a", SecretAccessKey: "b", EndpointURL: url})
	return store.NewApplier(dynamo.New(dynamodb.NewFromConfig(config), "twin", nil), now)
}

func changesAt(at time.Time, components int) []twin.Change {
	var changes []twin.Change
	for i := range components {
		changes = append(changes, twin.Change{Dataset: "d", Component: fmt.Sprint("c:", i), Metric: "m", Value: "1",
			EventTime: twin.MillisOf(at)})
	}
	return changes
}

// Ensure that a connection that never answers costs a write one attempt, and not the whole invocation.
func TestSilentConnection(t *testing.T) {
	f := newFront(t)
	f.silent = func(operation, _ string) bool { return operation == "UpdateItem" && f.written.Load() == 1 }
	ctx, cancel := context.WithTimeout(t.Context(), 55*time.Second)
	defer cancel()
	results, err := applierTo(f.URL, nil).Apply(ctx, changesAt(time.Now(), 1))
	if err != nil || results[0].Outcome != store.Applied && results[0].Outcome != store.Same {
		t.Errorf("%+v, %v", results, err)
	}
}

// Ensure that changes are applied while the catalogue cannot be read: one read hangs, once in some seconds, and no
// invocation is spent on it.
func TestCatalogueHangs(t *testing.T) {
	f := newFront(t)
	now := time.Now()
	a := applierTo(f.URL, func() time.Time { return now })
	stale := 0
	a.Stale = func(error) { stale++ }
	if _, err := a.Apply(t.Context(), changesAt(now, 5)); err != nil {
		t.Fatal(err)
	}
	f.silent = func(operation, body string) bool { return operation == "Query" && strings.Contains(body, "#catalogue") }
	now = now.Add(61 * time.Second)
	for i := range 5 {
		ctx, cancel := context.WithTimeout(t.Context(), 55*time.Second)
		results, err := a.Apply(ctx, changesAt(now.Add(time.Duration(i)), 5))
		cancel()
		for _, r := range results {
			if r.Outcome != store.Applied && r.Outcome != store.Same {
				t.Errorf("invocation %d: %+v, %v", i, r, err)
			}
		}
	}
	if stale != 1 {
		t.Errorf("%d attempts in one moment, want 1", stale)
	}
}

// Ensure that batches after the first need no new connection.
func TestConnections(t *testing.T) {
	f := newFront(t)
	a := applierTo(f.URL, nil)
	for batch := range 5 {
		if _, err := a.Apply(t.Context(), changesAt(time.Now(), 200)); err != nil {
			t.Fatal(err)
		}
		if n := f.opened.Load(); n > 64 {
			t.Fatalf("%d connections after batch %d", n, batch)
		}
	}
}
