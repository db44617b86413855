package faults

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/railtwin/digitaltwin/extractors"
	"github.com/railtwin/digitaltwin/test/lambda"
)

// wagon is a record of a wagon that was measured at a time.
func wagon(id string, at time.Time) []byte {
	return fmt.Appendf(nil, `{"header":{"measuredAt":"%s"},"wagon":{"id":"%s"},"motion":{"speedKmh":13}}`,
		at.UTC().Format(time.RFC3339), id)
}

// Ensure that connections that never answer, one of each kind, cost an attempt each and no invocation: what was asked
// for is asked for again within it, and nothing is lost.
func TestSilentConnections(t *testing.T) {
	t.Parallel() // it waits, mostly
	records := extractors.Records(dataset)
	want := undisturbed(t, append(slices.Clone(records), []byte("{}"))...)
	p := newPipeline(t)
	p.put(records...)
	p.put([]byte("poison"))
	var asked [3]atomic.Int32
	quit := make(chan struct{})
	t.Cleanup(func() { close(quit) })
	p.aws.SetFaults(lambda.Faults{Refuse: func(c lambda.Call) string {
		kind := slices.Index([]string{"Kinesis.PutRecords", "DynamoDB.UpdateItem", "S3.PutObject"}, c.Operation)
		if kind >= 0 && asked[kind].Add(1) == 1 {
			<-quit
		}
		return ""
	}})
	p.run()
	for kind := range asked {
		if asked[kind].Load() < 2 {
			t.Errorf("request %d was not repeated", kind)
		}
	}
	if n := (len(records) + 60) / 60; p.first.Invocations() != n || p.second.Invocations() != 1 ||
		p.extract.Starts() != 1 || p.apply.Starts() != 1 {
		t.Errorf("%d invocations of %d batches, and %d", p.first.Invocations(), n, p.second.Invocations())
	}
	if got := p.rejected(); !slices.Equal(got, []string{"unreadable poison"}) {
		t.Errorf("rejects %q", got)
	}
	p.same(want)
}

// Ensure that an S3 that refuses everything for a minute, as throttled or as denied, keeps no change from the table:
// each invocation delivers what it was given before it reports the first record whose reject is not kept. In the end
// each reject is there, of records and of changes.
func TestBucketRefusesForAMinute(t *testing.T) {
	t.Parallel() // it waits, mostly
	for _, code := range []string{"SlowDown", "AccessDenied"} {
		t.Run(code, func(t *testing.T) {
			ahead := wagon("ahead", time.Now().Add(time.Hour))
			var records, good [][]byte
			for i, r := range extractors.Records(dataset) {
				if records = append(records, r); i%60 == 30 {
					records = append(records, fmt.Appendf(nil, "poison %d", i), ahead)
				}
				if good = append(good, r); i%60 == 30 {
					good = append(good, []byte("{}"), []byte("{}")) // so that the others have the same sequence numbers
				}
			}
			want := undisturbed(t, good...)
			p := newPipeline(t)
			p.put(records...)
			begin := p.clock
			refused := atomic.Int32{}
			p.aws.SetFaults(lambda.Faults{Refuse: func(c lambda.Call) string {
				if c.Operation == "S3.PutObject" && p.clock.Sub(begin) < time.Minute {
					refused.Add(1)
					return code
				}
				return ""
			}})
			pause := func(time.Duration) { p.clock = p.clock.Add(time.Minute) }
			p.first.Pause, p.second.Pause = pause, pause
			p.first.Drain()
			if n := len(p.rejected()); n != len(records)/60 {
				t.Errorf("%d records are rejects", n)
			}
			begin = p.clock // and once more, for apply
			applied := false
			p.second.Invoke = func(event []byte) ([]byte, error) {
				answer, err := p.apply.Invoke(event)
				if !applied {
					p.same(want) // after the first invocation all is there
					applied = true
				}
				return answer, err
			}
			p.second.Drain()
			if p.second.Invocations() != 3 || refused.Load() < 4 || p.extract.Starts() != 1 || p.apply.Starts() != 1 {
				t.Errorf("%d invocations of apply; S3 refused %d times", p.second.Invocations(), refused.Load())
			}
			p.same(want)
			kept := map[string]int{}
			for _, r := range p.rejected() {
				kept[r]++
			}
			for text, n := range kept { // a change may have come twice, with a batch of extract that was repeated
				if n > 1 && !strings.HasPrefix(text, "future ") {
					t.Errorf("%s is there %d times", text, n)
				}
			}
			if len(kept) != 2*(len(records)/60) {
				t.Errorf("rejects %v", kept)
			}
		})
	}
}

// Ensure that with all of the catalogue throttled, reads and writes of it, changes are applied in every invocation; and
// that a process that starts meanwhile, which has no policies yet, gives up in seconds and loses nothing.
func TestCatalogueThrottled(t *testing.T) {
	t.Parallel() // it waits, mostly
	records := extractors.Records(dataset)
	want := undisturbed(t, records...)
	p := newPipeline(t)
	p.put(records...)
	p.first.Drain()
	p.second.Batch = 4
	throttled, cold := atomic.Int32{}, atomic.Bool{}
	invocations := 0
	p.second.Invoke = func(event []byte) ([]byte, error) {
		invocations++
		answer, err := p.apply.Invoke(event)
		if complete := string(answer) == `{"batchItemFailures":[]}`; err != nil || complete == cold.Load() {
			t.Errorf("invocation %d: %s, %v", invocations, answer, err)
		}
		switch invocations {
		case 1:
			p.aws.SetFaults(lambda.Faults{Refuse: func(c lambda.Call) string {
				if strings.HasPrefix(c.Operation, "DynamoDB.") && bytes.Contains(c.Body, []byte("#catalogue")) {
					throttled.Add(1)
					return "ProvisionedThroughputExceededException"
				}
				return ""
			}})
		case 3:
			p.apply.Restart()
			cold.Store(true)
		case 4:
			p.aws.SetFaults(lambda.Faults{})
			cold.Store(false)
		}
		return answer, err
	}
	p.second.Drain()
	if throttled.Load() == 0 || invocations < 5 || p.apply.Starts() != 2 {
		t.Errorf("%d requests were throttled in %d invocations, %d processes", throttled.Load(), invocations,
			p.apply.Starts())
	}
	if p.second.Invocations() != (p.aws.Twin.Len()+3)/4+1 {
		t.Errorf("%d invocations for %d records", p.second.Invocations(), p.aws.Twin.Len())
	}
	p.same(want)
}
