package faults

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/railtwin/digitaltwin/extractors"
	"github.com/railtwin/digitaltwin/test/lambda"
)

// Ensure that records that cannot be used are kept with their reason and hold up nothing: the records around them end
// in the table as if they had been alone.
func TestPoison(t *testing.T) {
	t.Parallel() // it waits, mostly
	records := extractors.Records(dataset)
	poison := []string{`{"header":{"measuredAt":`, "\xff\xfe\x00", `{"wagon":{"id":"x"},"motion":{"speedKmh":"fast"}}`,
		strings.Repeat("[", 100_000)}
	p := newPipeline(t)
	var kept []string
	var harmless [][]byte // the same without the poison: a reading's lineage has the sequence number of its record
	for i, r := range records {
		if i%80 == 40 {
			bad := poison[i/80]
			p.put([]byte(bad))
			harmless = append(harmless, []byte(`{}`))
			kept = append(kept, "unreadable "+bad)
		}
		p.put(r)
		harmless = append(harmless, r)
	}
	p.run()
	slices.Sort(kept)
	if got := p.rejected(); !slices.Equal(got, kept) {
		t.Errorf("rejects %.300q, want %.300q", got, kept)
	}
	if len(p.failures) > 0 || p.extract.Starts() != 1 {
		t.Errorf("%d batches are given up, %d processes", len(p.failures), p.extract.Starts())
	}
	p.same(undisturbed(t, harmless...))
}

// Ensure that a record of 1 MB with 20,000 problems is one reject, at most a tenth longer than itself, for which the
// function needs less than 256 MB, and that the record after it is applied.
func TestRecordOfProblems(t *testing.T) {
	var b bytes.Buffer
	for i := range 20_000 {
		fmt.Fprintf(&b, `,{"wagon":{"id":"%05d"},"motion":{"speedKmh":"n/a"}}`, i)
	}
	b.WriteByte(']')
	b.Bytes()[0] = '['
	records := extractors.Records(dataset)[:60]
	p := newPipeline(t)
	p.put(records[:5]...)
	p.put(b.Bytes())
	p.put(records[5:]...)
	p.run()
	if got := p.rejected(); len(got) != 1 || got[0] != "unreadable "+b.String() {
		t.Errorf("%d rejects", len(got))
	}
	for name, file := range p.aws.Objects() {
		if most := b.Len() * 11 / 10; len(file) > most {
			t.Errorf("%s has %d bytes, want at most %d", name, len(file), most)
		}
	}
	const most = 256 << 20
	if peak := p.extract.PeakMemory(); peak > most || p.extract.Starts() != 1 {
		t.Errorf("the function had %d MB, in %d processes", peak>>20, p.extract.Starts())
	} else {
		t.Logf("a record of %d bytes: the function had at most %d MB", b.Len(), peak>>20)
	}
	p.same(undisturbed(t, slices.Concat(records[:5], [][]byte{[]byte("{}")}, records[5:])...))
}

// Ensure that a function that is killed in the middle of a batch, as one is that runs out of memory, is started again
// and repeats the batch, and that the repetition does no harm: what was done before is done twice.
func TestKilled(t *testing.T) {
	records := extractors.Records(dataset)
	want := undisturbed(t, records...)
	p := newPipeline(t)
	p.put(records...)
	var puts, updates atomic.Int32
	p.aws.SetFaults(lambda.Faults{After: func(c lambda.Call) {
		switch { // each was done, and the function will not hear of it
		case c.Operation == "Kinesis.PutRecords" && puts.Add(1)%3 == 2:
			p.extract.Signal(syscall.SIGKILL)
		case c.Operation == "DynamoDB.UpdateItem" && slices.Contains([]int32{3, 11}, updates.Add(1)):
			p.apply.Signal(syscall.SIGKILL)
		}
	}})
	p.run()
	if p.extract.Starts() < 2 || p.apply.Starts() < 2 {
		t.Fatalf("%d and %d processes: none was killed", p.extract.Starts(), p.apply.Starts())
	}
	clean := newPipeline(t)
	clean.put(records...)
	clean.run()
	if p.aws.Twin.Len() <= clean.aws.Twin.Len() {
		t.Errorf("%d records in the twin stream, %d without faults: nothing was repeated", p.aws.Twin.Len(),
			clean.aws.Twin.Len())
	}
	if len(p.failures) > 0 {
		t.Errorf("%d batches are given up", len(p.failures))
	}
	p.same(want)
}

// Ensure that a record that kills the function whenever it is worked on is found by bisection, does not hold up the
// others for longer than its twenty hours, and ends in the failure destination, from where it can be replayed.
func TestDeadlyRecord(t *testing.T) {
	records := extractors.Records(dataset)
	deadly := []byte(`{"header":{"measuredAt":"2026-11-23T05:30:00.000Z"},"wagon":{"id":"deadly"},"motion":{"speedKmh":13}}`)
	// The lineage of a reading has the sequence number of its record, so another record stands in its place.
	want := undisturbed(t, slices.Concat(records[:100], [][]byte{[]byte(`{}`)}, records[100:])...)
	for _, bisectReported := range []bool{false, true} {
		t.Run(fmt.Sprint("BisectReported ", bisectReported), func(t *testing.T) {
			p := newPipeline(t)
			p.first.BisectReported, p.second.BisectReported = bisectReported, bisectReported
			p.put(records[:100]...)
			// Once the record is too old, the next one, which arrived later, is not yet.
			end := p.source.Now().Add(p.first.MaxAge + time.Second)
			p.first.Pause = func(time.Duration) {
				if p.clock = p.clock.Add(time.Hour); p.clock.After(end) {
					p.clock = end
				}
				p.second.Drain() // goes on while the source is held up
			}
			p.put(deadly)
			p.put(records[100:]...)
			p.aws.SetFaults(lambda.Faults{Throttle: func(data []byte) bool {
				if !bytes.Contains(data, []byte("wagon:deadly")) {
					return false
				}
				p.extract.Signal(syscall.SIGKILL)
				return true
			}})
			p.run()
			if len(p.failures) != 1 {
				t.Fatalf("%d batches are given up, want the one record", len(p.failures))
			}
			f := p.failures[0]
			if f.Condition != lambda.AgeExceeded || len(f.Records) != 1 || !bytes.Equal(f.Records[0].Data, deadly) {
				t.Errorf("given up because of %s: %d records from %s", f.Condition, len(f.Records), f.Records[0].Data)
			}
			p.same(want)

			// The cause is mended, and the payload of the failure goes to the function once more.
			p.aws.SetFaults(lambda.Faults{})
			answer, err := p.extract.Invoke(p.payload())
			if err != nil || string(answer) != `{"batchItemFailures":[]}` {
				t.Fatalf("the replay: %s, %v", answer, err)
			}
			p.second.Drain()
			if !slices.ContainsFunc(p.state(), func(item string) bool { return strings.Contains(item, "wagon:deadly") }) {
				t.Error("the replayed record is not in the table")
			}
		})
	}
}

// Ensure that a function whose time is running out reports the first record that it has not finished, before it is
// ended, and goes on from there.
func TestDeadline(t *testing.T) {
	records := extractors.Records(dataset)
	want := undisturbed(t, records...)
	p := newPipeline(t)
	p.put(records...)
	p.extract.Timeout = 6 * time.Second // of which the function leaves five for what comes after
	var slow sync.Once
	p.aws.SetFaults(lambda.Faults{Refuse: func(c lambda.Call) string {
		if c.Operation == "Kinesis.PutRecords" {
			slow.Do(func() { time.Sleep(2 * time.Second) })
		}
		return ""
	}})
	p.run()
	if n := (len(records)+59)/60 + 1; p.first.Invocations() < n || p.extract.Starts() != 1 {
		t.Errorf("%d invocations, want %d or more; %d processes", p.first.Invocations(), n, p.extract.Starts())
	}
	p.same(want)
}

// Ensure that a function that hangs is ended at its deadline, and that its batch is repeated.
func TestHanging(t *testing.T) {
	t.Parallel() // it waits, mostly
	records := extractors.Records(dataset)
	want := undisturbed(t, records...)
	p := newPipeline(t)
	p.put(records...)
	p.first.Drain()
	p.apply.Timeout = 6 * time.Second
	var once sync.Once
	p.aws.SetFaults(lambda.Faults{After: func(c lambda.Call) {
		if c.Operation == "DynamoDB.UpdateItem" {
			once.Do(func() { p.apply.Signal(syscall.SIGSTOP) })
		}
	}})
	p.second.Drain()
	if p.apply.Starts() != 2 {
		t.Errorf("%d processes, want a second one", p.apply.Starts())
	}
	p.same(want)
}

// Ensure that a reject that the bucket does not take holds up its record, and is kept once it does.
func TestBucketRefuses(t *testing.T) {
	p := newPipeline(t)
	p.put(extractors.Records(dataset)[:10]...)
	p.put([]byte("poison"))
	var refused atomic.Int32
	p.aws.SetFaults(lambda.Faults{Refuse: func(c lambda.Call) string {
		if c.Operation == "S3.PutObject" && refused.Add(1) == 1 {
			return "AccessDenied"
		}
		return ""
	}})
	p.run()
	if got := p.rejected(); !slices.Equal(got, []string{"unreadable poison"}) || p.first.Invocations() != 2 {
		t.Errorf("rejects %q after %d invocations", got, p.first.Invocations())
	}
}

// seeded is the source of chance, the same in every run.
var seeded = struct {
	sync.Mutex
	*rand.Rand
}{Rand: rand.New(rand.NewPCG(6, 6))}

// chance is true n times out of.
func chance(n, of int) bool {
	seeded.Lock()
	defer seeded.Unlock()
	return seeded.IntN(of) < n
}
