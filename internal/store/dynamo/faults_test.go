package dynamo_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"github.com/railtwin/digitaltwin/internal/emulator"
	"github.com/railtwin/digitaltwin/internal/store"
	"github.com/railtwin/digitaltwin/internal/store/dynamo/dynamotest"
	"github.com/railtwin/digitaltwin/internal/store/storetest"
	"github.com/railtwin/digitaltwin/internal/twin"
)

// fault is what goes wrong with a request.
type fault string

const (
	none       fault = ""
	throttled  fault = "ProvisionedThroughputExceededException"
	throttling fault = "ThrottlingException"
	internal   fault = "InternalServerError"
	denied     fault = "AccessDeniedException"
	invalid    fault = "ValidationException"
	broken     fault = "a panic"
	timeout    fault = "a timeout before the request is carried out"
	lostAnswer fault = "a timeout after it"
)

// faulty is a connection to the emulator on which requests go wrong.
type faulty struct {
	inner http.RoundTripper
	pick  func(body string) fault
}

type timeoutError struct{}

func (timeoutError) Error() string   { return "timeout" }
func (timeoutError) Timeout() bool   { return true }
func (timeoutError) Temporary() bool { return true }

func (f *faulty) RoundTrip(r *http.Request) (*http.Response, error) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return nil, err
	}
	r.Body = io.NopCloser(strings.NewReader(string(body)))
	what := f.pick(string(body))
	switch what {
	case none:
		return f.inner.RoundTrip(r)
	case broken:
		panic("index out of range")
	case timeout:
		return nil, timeoutError{}
	case lostAnswer:
		if response, err := f.inner.RoundTrip(r); err == nil {
			_ = response.Body.Close()
		}
		return nil, timeoutError{}
	}
	status := http.StatusBadRequest
	if what == internal {
		status = http.StatusInternalServerError
	}
	answer := fmt.Sprintf(`{"__type":"com.amazonaws.dynamodb.v20120810#%s","message":"injected"}`, what)
	return &http.Response{StatusCode: status, Request: r, Body: io.NopCloser(strings.NewReader(answer)),
		Header: http.Header{"Content-Type": {"application/x-amz-json-1.0"}}}, nil
}

// faultyStore is a store on such a connection, which repeats without long pauses.
func faultyStore(t *testing.T, attempts int, clock *storetest.Clock, pick func(body string) fault) *dynamotest.Alone {
	url := emulator.DynamoDB(t)
	table := newTable(t, emulator.Client(url))
	client := emulator.Client(url, func(o *dynamodb.Options) {
		o.HTTPClient = &http.Client{Transport: &faulty{inner: o.HTTPClient.(*http.Client).Transport, pick: pick}}
	})
	return dynamotest.NewAlone(client, table, clock.Now, attempts)
}

// Ensure that random histories end where the model says although a third of all requests goes wrong,
// also so that a write is carried out and its answer lost, and some are refused for good. A request that was carried
// out once is valid, so it is not refused when it is sent again.
func TestFaults_Histories(t *testing.T) {
	var mu sync.Mutex
	r := rand.New(rand.NewPCG(6, 7))
	faults := []fault{throttled, throttling, internal, timeout, lostAnswer}
	count := map[fault]int{}
	lost := map[string]bool{} // requests that were carried out without an answer
	pick := func(body string) fault {
		mu.Lock()
		defer mu.Unlock()
		writes := strings.Contains(body, "UpdateExpression") && !strings.Contains(body, "#catalogue")
		switch {
		case writes && !lost[body] && r.IntN(40) == 0:
			count[invalid]++
			return invalid
		case r.IntN(3) > 0:
			return none
		}
		f := faults[r.IntN(len(faults))]
		count[f]++
		lost[body] = lost[body] || writes && f == lostAnswer
		return f
	}
	storetest.Histories(t, func(t *testing.T) storetest.World {
		clock := storetest.NewClock()
		return storetest.World{Store: faultyStore(t, 60, clock, pick), Clock: clock, Refuses: true}
	}, histories())
	t.Log(count)
	for _, f := range append(faults, invalid) {
		if count[f] == 0 {
			t.Errorf("there was never %s", f)
		}
	}
}

// items are changes of n components.
func items(n int, at twin.Millis) []store.Item {
	var out []store.Item
	for i := range n {
		c := &twin.Change{Component: fmt.Sprintf("c:%d;", i), Dataset: "d", Metric: "speed", Value: "1", EventTime: at}
		out = append(out, store.Item{Component: c.Component, Dataset: "d", Changes: []*twin.Change{c}})
	}
	return out
}

// Ensure that what stays throttled is reported as unfinished and only that which is stored as applied,
// that what is fine beside it is not lost, and that writing again finishes the rest.
func TestFaults_Unfinished(t *testing.T) {
	for _, f := range []fault{throttled, internal, timeout, lostAnswer, denied} {
		healed := false
		s := faultyStore(t, 4, storetest.NewClock(), func(body string) fault {
			if !healed && strings.Contains(body, "c:7;") && strings.Contains(body, "UpdateExpression") {
				return f
			}
			return none
		})
		in := items(20, 1)
		results, err := s.Write(t.Context(), in)
		if err == nil || !strings.Contains(err.Error(), "c:7;") {
			t.Fatalf("%s: %v", f, err)
		}
		var limit *types.ProvisionedThroughputExceededException
		if f == throttled && !errors.As(err, &limit) {
			t.Errorf("the error does not say that it was throttled: %v", err)
		}
		var applied []string
		for i, r := range results {
			switch {
			case in[i].Component == "c:7;" && r[0].Outcome != store.Unfinished:
				t.Errorf("%s: %s has %+v", f, in[i].Component, r[0])
			case r[0].Outcome == store.Applied:
				applied = append(applied, in[i].Component)
			case r[0].Outcome != store.Unfinished:
				t.Errorf("%s: %s has %+v", f, in[i].Component, r[0])
			}
		}
		got, err := s.Readings(t.Context(), store.ReadingQuery{Components: applied, Datasets: []string{"d"}})
		if err != nil || len(got) != len(applied) {
			t.Errorf("%s: %d of %d applied readings are there, %v", f, len(got), len(applied), err)
		}
		healed = true
		if _, err := s.Write(t.Context(), in); err != nil {
			t.Errorf("%s: again: %v", f, err)
		}
		if got, err := s.Components(t.Context(), store.ComponentQuery{Datasets: []string{"d"}, Limit: 100}); err != nil ||
			len(got) != len(in) {
			t.Errorf("%s: %d components in the end, %v", f, len(got), err)
		}
	}
}

// Ensure that a permanent error, and a panic, of one item is the outcome of that item alone: the others are applied,
// and the call does not fail, so that nobody offers the item again and again.
func TestFaults_Permanent(t *testing.T) {
	for f, reason := range map[fault]twin.Reason{invalid: twin.Unstorable, broken: twin.Panicked} {
		s := faultyStore(t, 4, storetest.NewClock(), func(body string) fault {
			if strings.Contains(body, "c:7;") && strings.Contains(body, "UpdateExpression") {
				return f
			}
			return none
		})
		in := items(20, 1)
		results, err := s.Write(t.Context(), in)
		if err != nil {
			t.Errorf("%s: %v", f, err)
		}
		for i, r := range results {
			want := store.Result{Outcome: store.Applied}
			if in[i].Component == "c:7;" {
				want = store.Result{Outcome: store.Refused, Reason: reason}
			}
			if got := (store.Result{Outcome: r[0].Outcome, Reason: r[0].Reason}); got != want ||
				(r[0].Detail == "") != (want.Reason == "") {
				t.Errorf("%s: %s has %+v", f, in[i].Component, r[0])
			}
		}
	}
}

// Ensure that throttling is borne as long as the context lasts, and no longer: then everything is
// unfinished and the error says why.
func TestFaults_Deadline(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	var mu sync.Mutex
	requests := 0
	s := faultyStore(t, 1_000_000, storetest.NewClock(), func(body string) fault {
		if strings.Contains(body, "#catalogue") {
			return none
		}
		mu.Lock()
		defer mu.Unlock()
		if requests++; requests == 300 {
			cancel()
		}
		return throttled
	})
	results, err := s.Write(ctx, items(5, 1))
	if err == nil {
		t.Fatal("it is done")
	}
	for i, r := range results {
		if r[0].Outcome != store.Unfinished {
			t.Errorf("item %d: %+v", i, r[0])
		}
	}
	if requests < 300 {
		t.Errorf("it gave up after %d requests", requests)
	}
	if _, err := store.NewApplier(s, nil).Apply(ctx, make([]twin.Change, 1)); err == nil {
		t.Error("an applier without a catalogue goes on")
	}
}

// Ensure that reads and the catalogue bear faults that pass, and report those that do not.
func TestFaults_Reads(t *testing.T) {
	current, bad := none, 0
	var mu sync.Mutex
	clock := storetest.NewClock()
	s := faultyStore(t, 3, clock, func(body string) fault {
		mu.Lock()
		defer mu.Unlock()
		if bad > 0 {
			bad--
			return current
		}
		return none
	})
	calls := map[string]func() error{
		"readings": func() error {
			_, err := s.Readings(t.Context(), store.ReadingQuery{Components: []string{"c:1;"}, Datasets: []string{"d"}})
			return err
		},
		"components": func() error {
			_, err := s.Components(t.Context(), store.ComponentQuery{Datasets: []string{"d"}, Limit: 1})
			return err
		},
		"datasets": func() error { _, err := s.Datasets(t.Context()); return err },
		"put":      func() error { return s.PutDataset(t.Context(), twin.Dataset{Name: "d"}) },
		"advance":  func() error { return s.Advance(t.Context(), "d", 1) },
		"pause":    func() error { return s.SetPaused(t.Context(), "d", 1) },
		"forget": func() error {
			_, err := store.Forget(t.Context(), s, store.Target{Name: "c:1;"})
			return err
		},
		"remove": func() error { return s.RemoveDataset(t.Context(), "d") },
	}
	for _, name := range []string{"readings", "components", "datasets", "put", "advance", "pause", "forget", "remove"} {
		current, bad = throttled, 2
		if err := calls[name](); err != nil {
			t.Errorf("%s: two throttles: %v", name, err)
		}
		clock.Add(10 * time.Second)
		current, bad = throttled, 1000
		if err := calls[name](); err == nil {
			t.Errorf("%s: succeeds for ever throttled", name)
		}
		clock.Add(10 * time.Second)
		current, bad = denied, 2 // the catalogue may be read first, and goes on as it was
		if err := calls[name](); err == nil || !strings.Contains(err.Error(), "AccessDenied") {
			t.Errorf("%s: denied: %v", name, err)
		}
	}
}
