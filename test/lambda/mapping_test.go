package lambda

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"
)

// consumer is a function that fails on some records and notes what it was given.
type consumer struct {
	report map[string]bool // fails by naming the record
	crash  map[string]bool // fails as a whole
	heal   int             // after so many invocations; 0: never
	calls  []string
}

func (c *consumer) invoke(event []byte) ([]byte, error) {
	var e struct {
		Records []struct {
			Kinesis struct {
				SequenceNumber string
				Data           []byte
			}
		}
	}
	if err := json.Unmarshal(event, &e); err != nil {
		return nil, err
	}
	var names []string
	for _, r := range e.Records {
		names = append(names, string(r.Kinesis.Data))
	}
	c.calls = append(c.calls, strings.Join(names, ""))
	sick := c.heal == 0 || len(c.calls) <= c.heal
	if sick && slices.ContainsFunc(names, func(n string) bool { return c.crash[n] }) {
		return nil, errors.New("crashed")
	}
	for i, n := range names {
		if sick && c.report[n] {
			return fmt.Appendf(nil, `{"batchItemFailures":[{"itemIdentifier":%q}]}`, e.Records[i].Kinesis.SequenceNumber), nil
		}
	}
	return []byte(`{"batchItemFailures":[]}`), nil
}

// Ensure that batches, progress, bisection, retries, age and the failure destination are those of AWS Lambda.
func TestMapping(t *testing.T) {
	for _, c := range []struct {
		name     string
		mapping  Mapping
		consumer consumer
		calls    string // what the function was given, in order
		failed   string // what was given up
	}{
		{"batches", Mapping{Batch: 3}, consumer{}, "abc def", ""},
		{"the whole again", Mapping{Batch: 6, Retries: Forever}, consumer{crash: map[string]bool{"c": true}, heal: 2},
			"abcdef abcdef abcdef", ""},
		{"from the reported record on", Mapping{Batch: 6, Partial: true, Retries: Forever},
			consumer{report: map[string]bool{"c": true}, heal: 2},
			"abcdef cdef cdef", ""},
		{"a report is no failure without partial", Mapping{Batch: 6}, consumer{report: map[string]bool{"c": true}}, "abcdef",
			""},
		{"retries", Mapping{Batch: 3, Retries: 2}, consumer{crash: map[string]bool{"a": true}}, "abc abc abc def",
			"RetryAttemptsExhausted 3 abc"},
		{"progress begins anew", Mapping{Batch: 6, Partial: true, Retries: 1}, consumer{report: map[string]bool{"c": true}},
			"abcdef cdef cdef", "RetryAttemptsExhausted 2 cdef"},
		{"bisection finds the record", Mapping{Batch: 6, Bisect: true, Retries: 1},
			consumer{crash: map[string]bool{"c": true}},
			"abcdef abc a bc b c c def", "RetryAttemptsExhausted 2 c"},
		{"a reported first record is not bisected", Mapping{Batch: 4, Bisect: true, Partial: true, Retries: 1},
			consumer{report: map[string]bool{"b": true}},
			"abcd bcd bcd ef", "RetryAttemptsExhausted 2 bcd"},
		{"a reported first record is bisected", Mapping{Batch: 4, Bisect: true, BisectReported: true, Partial: true,
			Retries: 1},
			consumer{report: map[string]bool{"b": true}}, "abcd bcd b b cd ef", "RetryAttemptsExhausted 2 b"},
		{"age", Mapping{Batch: 3, Retries: Forever, MaxAge: time.Hour}, consumer{crash: map[string]bool{"b": true}},
			"abc abc abc def", "RecordAgeExceeded 3 abc"},
	} {
		t.Run(c.name, func(t *testing.T) {
			now := time.Unix(0, 0)
			s := NewStream("source", 1)
			s.Now = func() time.Time { return now }
			for _, name := range strings.Split("abcdef", "") {
				s.Put("key", []byte(name))
			}
			m, failed := c.mapping, ""
			m.Stream, m.Invoke, m.Now = s, c.consumer.invoke, s.Now
			m.Pause = func(time.Duration) { now = now.Add(25 * time.Minute) }
			m.Failed = func(f Failure) {
				failed += fmt.Sprintf("%s %d ", f.Condition, f.Attempts)
				for _, r := range f.Records {
					failed += string(r.Data)
				}
			}
			if c.mapping.MaxAge > 0 { // what comes second arrives later
				for i := range s.shards[0][3:] {
					s.shards[0][3+i].Arrived = now.Add(24 * time.Hour)
				}
			}
			m.Drain()
			if got := strings.Join(c.consumer.calls, " "); got != c.calls {
				t.Errorf("invocations %s, want %s", got, c.calls)
			}
			if failed != c.failed {
				t.Errorf("given up: %q, want %q", failed, c.failed)
			}
		})
	}
}

// Ensure that a mapping waits for a batch to fill, and that a second reading goes on behind the first.
func TestMapping_Window(t *testing.T) {
	s, f := NewStream("source", 1), &consumer{}
	s.Put("key", []byte("a"))
	late := "b"
	m := Mapping{Invoke: f.invoke, Stream: s, Batch: 3, Window: time.Second}
	m.Pause = func(d time.Duration) {
		if d != time.Second {
			t.Errorf("paused for %s", d)
		}
		if late != "" {
			s.Put("key", []byte(late))
			late = ""
		}
	}
	m.Drain()
	s.Put("key", []byte("c"))
	m.Drain()
	if got := strings.Join(f.calls, " "); got != "ab c" || m.Invocations() != 2 {
		t.Errorf("invocations %s", got)
	}
}

// Ensure that a key's records stay in one shard, in order, and that keys use all shards.
func TestStream(t *testing.T) {
	s := NewStream("source", 3)
	for i := range 300 {
		s.Put(fmt.Sprint(i%30), fmt.Append(nil, i))
	}
	shardOf := map[string]int{}
	for shard := range s.Shards() {
		records := s.Records(shard, 0, 1000)
		if len(records) == 0 {
			t.Errorf("shard %d is empty", shard)
		}
		if !slices.IsSortedFunc(records, func(a, b Record) int { return strings.Compare(a.Sequence, b.Sequence) }) {
			t.Errorf("shard %d is out of order", shard)
		}
		for _, r := range records {
			if other, ok := shardOf[r.Key]; ok && other != shard {
				t.Errorf("%s is in shards %d and %d", r.Key, other, shard)
			}
			shardOf[r.Key] = shard
		}
	}
	if s.Len() != 300 {
		t.Errorf("%d records", s.Len())
	}
}
