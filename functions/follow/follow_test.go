package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/railtwin/digitaltwin/functions/internal/start"
	"github.com/railtwin/digitaltwin/internal/api"
	"github.com/railtwin/digitaltwin/internal/feed"
	"github.com/railtwin/digitaltwin/internal/feed/feedtest"
	"github.com/railtwin/digitaltwin/internal/store"
	"github.com/railtwin/digitaltwin/internal/twin"
	"github.com/railtwin/digitaltwin/internal/wiring"
)

// asFunction is an argument by which the test binary is the function, over a log in memory that gets changes.
const asFunction = "as-function"

func TestMain(m *testing.M) {
	if len(os.Args) > 1 && os.Args[1] == asFunction {
		start.Function(func() (handler, error) {
			log := feedtest.NewMemory(1<<20, time.Now)
			go func() {
				for n := 0; ; n++ {
					c := twin.Change{Component: "wagon:1", Metric: "speed", Dataset: "wagons", Value: strconv.Itoa(n),
						EventTime: twin.Millis(n)}
					_ = log.Append(context.Background(), &feed.Batch{Changes: []feed.Change{{Reading: c.Reading()}}})
					time.Sleep(100 * time.Millisecond)
				}
			}()
			return newHandler(oneDataset{}, api.Changes{Log: log}, nil, wiring.Query{Origins: "*"}), nil
		})
	}
	os.Exit(m.Run())
}

// oneDataset is a reader of a catalogue.
type oneDataset struct{}

func (oneDataset) Datasets(context.Context) ([]twin.Dataset, error) {
	return []twin.Dataset{{Name: "wagons"}}, nil
}

func (oneDataset) Components(context.Context, store.ComponentQuery) ([]string, error) {
	return nil, nil
}

func (oneDataset) Readings(context.Context, store.ReadingQuery) ([]twin.Reading, error) {
	return nil, nil
}

// event is a call as API Gateway hands it over, by a token that expires then.
func event(accept, query string, expires time.Time) string {
	return fmt.Sprintf(`{"resource":"/v1/changes","path":"/v1/changes","httpMethod":"GET","multiValueHeaders":{"Accept":[%q],"Origin":["https://a.example.com"]},
		"multiValueQueryStringParameters":{%s},"requestContext":{"authorizer":{"claims":{"sub":"s","client_id":"c","token_use":"access",
		"scope":"twin/read","exp":%q}}}}`, accept, query, expires.UTC().Format("Mon Jan 02 15:04:05 MST 2006"))
}

// invocation is what the function has answered: the head, and lines of the body with when they came.
type invocation struct {
	contentType string
	head        struct {
		StatusCode        int
		MultiValueHeaders http.Header
	}
	lines []string
	at    []time.Time
	ended time.Time
	fault string
}

// runtimeAPI is the API of AWS Lambda's runtime, as far as a function needs it: it hands over one event after the
// other.
func runtimeAPI(t *testing.T, payloads []string) (address string, answers <-chan invocation) {
	t.Helper()
	done := make(chan invocation, len(payloads))
	next := 0
	mux := http.NewServeMux()
	mux.HandleFunc("GET /2018-06-01/runtime/invocation/next", func(w http.ResponseWriter, r *http.Request) {
		if next == len(payloads) {
			<-r.Context().Done()
			return
		}
		w.Header().Set("Lambda-Runtime-Aws-Request-Id", strconv.Itoa(next))
		w.Header().Set("Lambda-Runtime-Deadline-Ms", strconv.FormatInt(time.Now().Add(15*time.Minute).UnixMilli(), 10))
		w.Header().Set("Lambda-Runtime-Invoked-Function-Arn", "arn:aws:lambda:eu-central-1:123456789012:function:follow")
		next++
		_, _ = io.WriteString(w, payloads[next-1])
	})
	mux.HandleFunc("POST /2018-06-01/runtime/invocation/{id}/response", func(w http.ResponseWriter, r *http.Request) {
		i := invocation{contentType: r.Header.Get("Content-Type")}
		body := bufio.NewReader(r.Body)
		head, err := body.ReadBytes(0)
		if err == nil {
			err = json.Unmarshal(bytes.TrimRight(head, "\x00"), &i.head)
		}
		if zeros, more := body.Discard(7); err != nil || more != nil || zeros != 7 {
			i.fault = fmt.Sprint("the head: ", string(head), err, more)
		}
		for {
			line, err := body.ReadString('\n')
			if line = strings.TrimSuffix(line, "\n"); line != "" {
				i.lines, i.at = append(i.lines, line), append(i.at, time.Now())
			}
			if err != nil {
				break
			}
		}
		i.ended = time.Now()
		w.WriteHeader(http.StatusAccepted)
		done <- i
	})
	mux.HandleFunc("POST /2018-06-01/runtime/invocation/{id}/error", func(w http.ResponseWriter, r *http.Request) {
		text, _ := io.ReadAll(r.Body)
		w.WriteHeader(http.StatusAccepted)
		done <- invocation{fault: string(text)}
	})
	server := httptest.NewServer(mux)
	t.Cleanup(server.Close)
	return strings.TrimPrefix(server.URL, "http://"), done
}

// Ensure that the function streams events as they happen, with the head that API Gateway reads first, until the token
// of the caller expires; that it answers a long poll; and that it takes what API Gateway says after a stream for no
// failure.
func TestFollow_Streams(t *testing.T) {
	expires := time.Now().Add(3 * time.Second).Truncate(time.Second).Add(time.Second)
	address, answers := runtimeAPI(t, []string{
		event(feed.ContentType, "", expires),
		`{"requestContext":{"requestId":"a"},"status":"COMPLETED"}`,
		event("application/json", `"wait":["1"]`, time.Now().Add(time.Hour)),
		event("application/json", `"wait":["1000"]`, time.Now().Add(time.Hour)),
	})
	binary, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	var output bytes.Buffer
	function := exec.CommandContext(t.Context(), binary, asFunction)
	function.Env = append(os.Environ(), "AWS_LAMBDA_RUNTIME_API="+address)
	function.Stderr = &output
	if err := function.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _, _ = function.Process.Kill(), function.Wait() })
	receive := func() invocation {
		select {
		case i := <-answers:
			if i.fault != "" {
				t.Fatalf("%s\n%s", i.fault, output.String())
			}
			if want := "application/vnd.awslambda.http-integration-response"; i.contentType != want {
				t.Errorf("content type %s, want %s", i.contentType, want)
			}
			return i
		case <-time.After(time.Minute):
			t.Fatalf("no answer\n%s", output.String())
		}
		panic("unreachable")
	}

	stream := receive()
	if h := stream.head.MultiValueHeaders; stream.head.StatusCode != 200 || h.Get("Content-Type") != feed.ContentType ||
		h.Get("Access-Control-Allow-Origin") != "*" {
		t.Errorf("head %+v", stream.head)
	}
	changes, first := 0, time.Time{}
	for n, line := range stream.lines {
		if line == "event: change" {
			if changes++; changes == 1 {
				first = stream.at[n]
			}
		}
	}
	text := strings.Join(stream.lines, "\n")
	if changes < 5 || stream.ended.Sub(first) < time.Second {
		t.Errorf("%d changes, the first %s before the end: this is no stream\n%s", changes, stream.ended.Sub(first), text)
	}
	if !strings.HasSuffix(text, "event: reconnect\ndata: {\"reason\":\"token\"}") ||
		stream.ended.Before(expires.Add(-time.Second/2)) {
		t.Errorf("it ended at %s, and the token at %s\n%s", stream.ended, expires, text)
	}
	if complete := receive(); complete.head.StatusCode != 200 || len(complete.lines) != 0 {
		t.Errorf("the end of a stream: %+v", complete)
	}
	poll := receive()
	if text := strings.Join(poll.lines, ""); poll.head.StatusCode != 200 || !strings.Contains(text, `"cursor":"`) {
		t.Errorf("a poll: %d %s", poll.head.StatusCode, text)
	}
	wrong := receive()
	if text := strings.Join(wrong.lines, ""); wrong.head.StatusCode != 400 || !strings.Contains(text, "wait") {
		t.Errorf("a wrong poll: %d %s", wrong.head.StatusCode, text)
	}
}
