package lambda

import (
	"encoding/json"
	"fmt"
	"time"
)

// Forever is the number of retries of a mapping that tries again for as long as the records live.
const Forever = -1

// Mapping is an event source mapping: it reads a stream and hands batches to a function until every record is done or
// given up. A shard is read in order; one that does not get on holds up what comes after it, and no other shard.
type Mapping struct {
	Invoke func(event []byte) ([]byte, error)
	Stream *Stream

	Batch  int           // records at most
	Window time.Duration // to wait for a batch to fill
	// Bisect splits a batch that failed as a whole in two, which uses up no retry.
	Bisect bool
	// BisectReported also splits a batch whose first record is reported as failed. AWS does not say whether it does.
	BisectReported bool
	// Partial takes what the function reports as batchItemFailures; without it any answer is success.
	Partial bool
	Retries int           // of a batch without progress, or Forever
	MaxAge  time.Duration // of a record; 0: as long as the stream keeps it
	// Failed is the failure destination. Nil: what is given up is lost.
	Failed func(Failure)

	// Now is the clock, and Pause how to wait on it. Default: real ones.
	Now   func() time.Time
	Pause func(time.Duration)

	positions   []int // of the shards
	invocations int
}

// The reasons to give up, as AWS Lambda writes them.
const (
	RetriesExhausted = "RetryAttemptsExhausted"
	AgeExceeded      = "RecordAgeExceeded"
)

// Failure is records that are given up.
type Failure struct {
	Condition string
	Attempts  int
	Records   []Record
	Event     []byte // the records, as the function was given them
}

// Invocations is how often the function was asked.
func (m *Mapping) Invocations() int { return m.invocations }

// Drain reads every shard to its end.
func (m *Mapping) Drain() {
	if m.Now == nil {
		m.Now = time.Now
	}
	if m.Pause == nil {
		m.Pause = time.Sleep
	}
	if m.positions == nil {
		m.positions = make([]int, m.Stream.Shards())
	}
	for shard := range m.positions {
		for {
			batch := m.Stream.Records(shard, m.positions[shard], m.Batch)
			if len(batch) > 0 && len(batch) < m.Batch && m.Window > 0 {
				m.Pause(m.Window)
				batch = m.Stream.Records(shard, m.positions[shard], m.Batch)
			}
			if len(batch) == 0 {
				break
			}
			m.deliver(batch)
			m.positions[shard] += len(batch)
		}
	}
}

const (
	firstPause = 100 * time.Millisecond
	maxPause   = time.Minute
)

// deliver hands over one batch until every record of it is done or given up.
func (m *Mapping) deliver(batch []Record) {
	pause := firstPause
	for attempts := 0; ; {
		batch = m.giveUpOld(batch, attempts)
		if len(batch) == 0 {
			return
		}
		failed, err := m.invoke(batch)
		attempts++
		switch {
		case err == nil && failed == len(batch):
			return
		case err == nil && failed > 0:
			batch, attempts, pause = batch[failed:], 0, firstPause // what came before it is done
			continue
		case m.Bisect && len(batch) > 1 && (err != nil || m.BisectReported):
			m.deliver(batch[:len(batch)/2])
			m.deliver(batch[len(batch)/2:])
			return
		case m.Retries != Forever && attempts > m.Retries:
			m.giveUp(batch, RetriesExhausted, attempts)
			return
		}
		m.Pause(pause)
		pause = min(2*pause, maxPause)
	}
}

// invoke returns the index of the first record that failed, or the length of the batch.
func (m *Mapping) invoke(batch []Record) (int, error) {
	m.invocations++
	answer, err := m.Invoke(m.Stream.Event(batch))
	if err != nil || !m.Partial {
		return len(batch), err
	}
	var report struct {
		BatchItemFailures []struct{ ItemIdentifier string }
	}
	if err := json.Unmarshal(answer, &report); err != nil {
		return 0, fmt.Errorf("lambda: the function's answer: %w", err)
	}
	first := len(batch)
	for _, f := range report.BatchItemFailures {
		first = min(first, index(batch, f.ItemIdentifier))
	}
	return first, nil
}

// index is where a sequence number is in a batch. One that is not fails the whole batch.
func index(batch []Record, sequence string) int {
	for i, r := range batch {
		if r.Sequence == sequence {
			return i
		}
	}
	return 0
}

// giveUpOld gives up the records that are too old, which are the first ones.
func (m *Mapping) giveUpOld(batch []Record, attempts int) []Record {
	old := 0
	for m.MaxAge > 0 && old < len(batch) && m.Now().Sub(batch[old].Arrived) > m.MaxAge {
		old++
	}
	if old > 0 {
		m.giveUp(batch[:old], AgeExceeded, attempts)
	}
	return batch[old:]
}

func (m *Mapping) giveUp(batch []Record, condition string, attempts int) {
	if m.Failed != nil {
		m.Failed(Failure{Condition: condition, Attempts: attempts, Records: batch, Event: m.Stream.Event(batch)})
	}
}

// Deployed returns the mapping of a function of this product as the constructs make it by default; a test holds it
// against the template. The failure destination is the test's.
func Deployed(s *Stream, invoke func([]byte) ([]byte, error)) *Mapping {
	return &Mapping{
		Invoke: invoke, Stream: s,
		Batch: 500, Bisect: true, Partial: true, Retries: Forever, MaxAge: 20 * time.Hour,
	}
}
