package awsconfig

import (
	"context"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
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
		if _, err := dynamodb.NewFromConfig(config).ListTables(ctx, &dynamodb.ListTablesInput{}); err != nil || requests.Load() != 2 {
			t.Errorf("%d requests, %v", requests.Load(), err)
		}
	}
}

// Ensure that as many connections stay open as requests are under way at a time.
func TestConnections(t *testing.T) {
	var opened, waiting atomic.Int32
	all := make(chan struct{})
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		if waiting.Add(1)%connections == 0 {
			close(all)
		}
		<-all
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
	client := dynamodb.NewFromConfig(New(wiring.AWS{Region: "eu-central-1", AccessKeyID: "a", SecretAccessKey: "b", EndpointURL: server.URL}))
	for range 3 {
		all = make(chan struct{})
		errs := make(chan error)
		for range connections {
			go func() {
				_, err := client.ListTables(t.Context(), &dynamodb.ListTablesInput{})
				errs <- err
			}()
		}
		for range connections {
			if err := <-errs; err != nil {
				t.Fatal(err)
			}
		}
	}
	if n := opened.Load(); n != connections {
		t.Errorf("%d connections for %d requests at a time", n, connections)
	}
}
