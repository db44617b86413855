package faults

import (
	"bytes"
	"fmt"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/railtwin/digitaltwin/extractors"
	"github.com/railtwin/digitaltwin/internal/stream"
	"github.com/railtwin/digitaltwin/test/lambda"
)

// Ensure that a table that throttles a third of the requests costs time and nothing else.
func TestThrottledTable(t *testing.T) {
	t.Parallel() // it waits, mostly
	records := extractors.Records(dataset)
	want := undisturbed(t, records...)
	p := newPipeline(t)
	p.put(records...)
	refused := atomic.Int32{}
	p.aws.SetFaults(lambda.Faults{Refuse: func(c lambda.Call) string {
		if strings.HasPrefix(c.Operation, "DynamoDB.") && chance(1, 3) {
			refused.Add(1)
			return "ProvisionedThroughputExceededException"
		}
		return ""
	}})
	p.run()
	if refused.Load() == 0 {
		t.Fatal("nothing was throttled")
	}
	if p.second.Invocations() != 1 || len(p.failures) > 0 {
		t.Errorf("%d invocations, %d failures: the function does not wait by itself", p.second.Invocations(), len(p.failures))
	}
	p.same(want)
}

// Ensure that a table that throttles one wagon for longer than an invocation lasts makes the function report the first
// record of it, in the order of the stream, and that it comes back to it until it succeeds.
func TestThrottledBeyondTheDeadline(t *testing.T) {
	t.Parallel() // it waits, mostly
	records := extractors.Records(dataset)
	want := undisturbed(t, records...)
	p := newPipeline(t)
	p.put(records...)
	p.first.Drain()
	wagon, first := p.lastToCome()
	p.aws.SetFaults(lambda.Faults{Refuse: func(c lambda.Call) string {
		if c.Operation == "DynamoDB.UpdateItem" && bytes.Contains(c.Body, []byte(wagon)) {
			return "ProvisionedThroughputExceededException"
		}
		return ""
	}})
	p.apply.Timeout = 6500 * time.Millisecond // of which the function leaves five seconds for what comes after
	var answers []string
	p.second.Invoke = func(event []byte) ([]byte, error) {
		answer, err := p.apply.Invoke(event)
		answers = append(answers, string(answer))
		if len(answers) == 2 {
			p.aws.SetFaults(lambda.Faults{})
		}
		return answer, err
	}
	p.second.Drain()
	reported := fmt.Sprintf(`{"batchItemFailures":[{"itemIdentifier":%q}]}`, p.aws.Twin.Records(0, first, 1)[0].Sequence)
	if len(answers) != 3 || answers[0] != reported || answers[1] != reported || answers[2] != `{"batchItemFailures":[]}` {
		t.Errorf("answers %s, want %s twice and then success", answers, reported)
	}
	if len(p.failures) > 0 || p.apply.Starts() != 1 {
		t.Errorf("%d failures, %d processes", len(p.failures), p.apply.Starts())
	}
	p.same(want)
}

// lastToCome is the wagon that comes last into the twin stream, and the index of its first record there.
func (p *pipeline) lastToCome() (wagon string, first int) {
	p.t.Helper()
	seen := map[string]bool{}
	for i, r := range p.aws.Twin.Records(0, 0, 500) {
		changes, bad := stream.Decode(r.Data, nil)
		if len(bad) > 0 {
			p.t.Fatal(bad[0])
		}
		for _, c := range changes {
			if !seen[c.Component] {
				seen[c.Component], wagon, first = true, c.Component, i
			}
		}
	}
	if first == 0 {
		p.t.Fatal("all wagons are in the first record")
	}
	return wagon, first
}

// Ensure that a twin stream that does not take single records gets them again.
func TestThrottledStream(t *testing.T) {
	records := extractors.Records(dataset)
	want := undisturbed(t, records...)
	p := newPipeline(t)
	p.put(records...)
	throttled := atomic.Int32{}
	p.aws.SetFaults(lambda.Faults{Throttle: func([]byte) bool {
		if chance(1, 3) {
			throttled.Add(1)
			return true
		}
		return false
	}})
	p.run()
	if throttled.Load() == 0 {
		t.Fatal("nothing was throttled")
	}
	if n := (len(records) + 59) / 60; p.first.Invocations() != n || len(p.failures) > 0 {
		t.Errorf("%d invocations of %d batches, %d failures", p.first.Invocations(), n, len(p.failures))
	}
	p.same(want)
}
