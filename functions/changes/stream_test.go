package main

import (
	"context"
	"encoding/json"
	"hash/fnv"
	"io"
	"slices"
	"testing"
	"time"

	"github.com/aws/aws-lambda-go/events"

	"github.com/railtwin/digitaltwin/internal/store/dynamo/schema"
)

// shard is a model of a shard of the stream, as AWS Lambda hands it over: in order, and after its parent.
type shard struct {
	parent    *shard // nil once it is finished
	low, high uint32 // hashes of the partition keys
	closed    bool   // no record comes any more
	records   []json.RawMessage
	next      int // the first record that is not finished
	most      int // records of the next batch, which a failed one was halved to; 0 for any
}

func (s *shard) done() bool { return s.next == len(s.records) }

// mostShards is how many shards are open at most.
const mostShards = 4

// take takes what is new in the stream into the shards, some of which split or end.
func (w *world) take(t *testing.T) {
	for _, record := range w.stream(t) {
		var r events.DynamoDBEventRecord
		if err := json.Unmarshal(record, &r); err != nil {
			t.Error(err)
			return
		}
		hash := fnv.New32()
		_, _ = io.WriteString(hash, r.Change.Keys[schema.Component].String())
		h := hash.Sum32()
		n := slices.IndexFunc(w.shards, func(s *shard) bool { return !s.closed && s.low <= h && h <= s.high })
		w.shards[n].records = append(w.shards[n].records, record)
		w.counts.records++
		if w.random.IntN(200) == 0 {
			w.split(w.shards[n])
		}
	}
}

// split closes a shard, which another one follows, or two.
func (w *world) split(s *shard) {
	s.closed = true
	w.counts.splits++
	open := 0
	for _, o := range w.shards {
		if !o.closed {
			open++
		}
	}
	middle := s.low + (s.high-s.low)/2
	if open+2 > mostShards || middle == s.high {
		w.shards = append(w.shards, &shard{parent: s, low: s.low, high: s.high})
		return
	}
	w.shards = append(w.shards, &shard{parent: s, low: s.low, high: middle},
		&shard{parent: s, low: middle + 1, high: s.high})
}

// step hands a batch of any size to the function, and reports whether there was one. A batch that fails is halved;
// once one is finished, the shard may begin again some records before.
func (w *world) step(t *testing.T) bool {
	var ready []*shard
	for _, s := range w.shards {
		if s.parent == nil && !s.done() {
			ready = append(ready, s)
		}
	}
	if len(ready) == 0 {
		return false
	}
	s := ready[w.random.IntN(len(ready))]
	size := s.most
	if size == 0 {
		size = 1 + w.random.IntN([]int{2, 10, 100}[w.random.IntN(3)])
	}
	batch := s.records[s.next:min(s.next+size, len(s.records))]
	if !w.invoke(t, batch) {
		s.most = max(1, len(batch)/2)
		return !t.Failed()
	}
	s.next, s.most = s.next+len(batch), 0
	if w.random.IntN(10) == 0 {
		back := w.random.IntN(min(s.next, 3*len(batch)) + 1)
		s.next -= back
		w.counts.repeated += back
	}
	w.finish(s)
	return true
}

// finish lets those follow that come after a shard, if all of it is done.
func (w *world) finish(s *shard) {
	if !s.closed || !s.done() {
		return
	}
	w.shards = slices.DeleteFunc(w.shards, func(o *shard) bool { return o == s })
	for _, o := range w.shards {
		if o.parent == s {
			o.parent = nil
		}
	}
}

// handOver hands over all that is in the stream.
func (w *world) handOver(t *testing.T) {
	w.take(t)
	for w.step(t) {
	}
	if slices.ContainsFunc(w.shards, func(s *shard) bool { return !s.done() }) {
		t.Error("a shard was not handed over")
	}
	w.settle()
}

// trim loses what a shard has and was not handed over, and tells followers as an operator does.
func (w *world) trim(t *testing.T) {
	w.take(t)
	for _, s := range w.shards {
		if !s.done() {
			w.counts.trimmed += len(s.records) - s.next
			s.records = s.records[:s.next]
			w.finish(s)
			break
		}
	}
	if _, err := w.teller.Invoke(t.Context(), []byte(`{"gap":true}`)); err != nil {
		t.Error(err)
	}
}

// invoke hands a batch to the function, and reports whether it was finished.
func (w *world) invoke(t *testing.T, batch []json.RawMessage) bool {
	event, err := json.Marshal(map[string]any{"Records": batch})
	if err != nil {
		t.Error(err)
		return false
	}
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	if w.faults.end = nil; w.random.IntN(10) == 0 {
		w.faults.end, w.faults.after, w.faults.in = cancel, w.random.IntN(2) == 0, w.random.IntN(2)
	}
	text, err := w.teller.Invoke(ctx, event)
	w.faults.end = nil
	var answer events.DynamoDBEventResponse
	if err != nil || json.Unmarshal(text, &answer) != nil {
		t.Errorf("%s, %v", text, err)
		return false
	}
	w.counts.invocations++
	if len(answer.BatchItemFailures) > 0 {
		w.counts.failed++
		w.start() // what has crashed is not called again
		return false
	}
	return true
}

// beside is what hands over some of the stream while it is written.
type beside struct {
	stop chan struct{}
	done chan struct{}
}

// begin begins to hand over beside the writers.
func (w *world) begin(t *testing.T) {
	w.beside = beside{make(chan struct{}), make(chan struct{})}
	go func() {
		defer close(w.beside.done)
		for !t.Failed() {
			w.take(t)
			for range w.random.IntN(20) {
				w.step(t)
			}
			select {
			case <-w.beside.stop:
				return
			case <-time.After(20 * time.Millisecond):
			}
		}
	}()
}

// wait ends what was begun.
func (w *world) wait() {
	close(w.beside.stop)
	<-w.beside.done
}
