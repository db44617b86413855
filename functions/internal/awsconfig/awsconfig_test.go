package awsconfig

import (
	"context"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"

	"github.com/railtwin/digitaltwin/internal/wiring"
)

// Ensure that a connection that never answers costs one attempt, and that the request is sent again within the
// deadline of its call.
func TestSilentConnection(t *testing.T) {
	var requests atomic.Int32
	quit := make(chan struct{})
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		if requests.Add(1) == 1 {
			<-quit
			return
		}
		w.Header().Set("Content-Type", "application/x-amz-json-1.0")
		_, _ = io.WriteString(w, `{"TableNames":[]}`)
	}))
	defer server.Close()
	defer close(quit)
	c := New(wiring.AWS{Region: "eu-central-1", AccessKeyID: "a", SecretAccessKey: "b", EndpointURL: server.URL})
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	for _, config := range []aws.Config{c, Streams(c)} {
		requests.Store(0)
		if _, err := dynamodb.NewFromConfig(config).ListTables(ctx, &dynamodb.ListTablesInput{}); err != nil ||
			requests.Load() != 2 {
			t.Errorf("%d requests, %v", requests.Load(), err)
		}
	}
}

// Ensure that as many connections stay open as requests are under way at a time. The client has no limits of time,
// which a busy machine would exceed: then a request is sent again by another connection.
func TestConnections(t *testing.T) {
	var opened atomic.Int32
	var all atomic.Pointer[sync.WaitGroup] // of the requests at a time
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		all.Load().Done()
		all.Load().Wait()
		w.Header().Set("Content-Type", "application/x-amz-json-1.0")
		_, _ = io.WriteString(w, `{"TableNames":[]}`)
	}))
	server.Config.ConnState = func(_ net.Conn, s http.ConnState) {
		if s == http.StateNew {
			opened.Add(1)
		}
	}
	server.Start()
	defer server.Close()
	config := New(wiring.AWS{Region: "eu-central-1", AccessKeyID: "a", SecretAccessKey: "b", EndpointURL: server.URL})
	config.HTTPClient, config.Retryer = client(time.Hour), func() aws.Retryer { return aws.NopRetryer{} }
	api := dynamodb.NewFromConfig(config)
	for range 3 {
		requests := &sync.WaitGroup{}
		requests.Add(connections)
		all.Store(requests)
		errs := make(chan error)
		for range connections {
			go func() {
				_, err := api.ListTables(t.Context(), &dynamodb.ListTablesInput{})
				errs <- err
			}()
		}
		for range connections {
			if err := <-errs; err != nil {
				t.Fatal(err)
			}
		}
	}
	// On a busy machine net/http gives up some connections, which have not reported the end of their request in 50 ms.
	// With the number that stays open by default, there would be more than twice as many.
	if n := opened.Load(); n < connections || n > connections*5/4 {
		t.Errorf("%d connections for %d requests at a time", n, connections)
	}
}
