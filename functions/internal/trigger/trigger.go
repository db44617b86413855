// Package trigger reads what AWS Lambda hands to a function for a batch of records, and writes its answer:
// [Parse] and [Answer] for those of a Kinesis stream, which says what is to be handed over again, and
// [ParseFirehose] for those that are on their way through Amazon Data Firehose.
//
// An event has up to 6 MB of JSON, nearly all of it the records' data in base64. The readers walk over it
// once, without encoding/json, and decode the data where it lies: a [Record]'s data is a piece of the event
// itself, valid as long as the event is. What an event holds beside that is skipped.
package trigger

import (
	"encoding/base64"
	"fmt"
	"log/slog"
	"strings"

	"github.com/railtwin/digitaltwin/internal/rejects"
	"github.com/railtwin/digitaltwin/internal/twin"
)

// Record is one record of a source.
type Record struct {
	Source    string        // the ARN of its stream
	Position  twin.Position // stream is the name, not the ARN
	ArrivedAt twin.Millis   // when the stream received it
	Version   string        // of the object that it lies in; empty for a record of a stream
	Data      []byte
}

// Origin says where a record is from, to name what is kept of it.
func (r *Record) Origin() rejects.Origin {
	return rejects.Origin{Position: r.Position, ArrivedAt: r.ArrivedAt, Version: r.Version}
}

// Parse returns the records of an event, appended to records. It changes the event. An error means that
// the event is not one of Kinesis, which is a mistake in the wiring and not in the data.
func Parse(event []byte, records []Record) ([]Record, error) {
	s := scanner{text: event}
	found := false
	err := s.object(func(key []byte) error {
		if string(key) != "Records" {
			return s.skip()
		}
		found = true
		return s.array(func() error {
			var previous Record
			if n := len(records); n > 0 {
				previous = records[n-1]
			}
			r, err := parseRecord(&s, &previous)
			records = append(records, r)
			return err
		})
	})
	if err == nil {
		err = s.end()
	}
	if err == nil && !found {
		err = fmt.Errorf("no Records")
	}
	if err != nil {
		return nil, fmt.Errorf("trigger: the event at byte %d: %w", s.pos, err)
	}
	return records, nil
}

// parseRecord reads one record. Stream and shard are nearly always those of the record before, and then
// share its memory.
func parseRecord(s *scanner, previous *Record) (Record, error) {
	var r Record
	err := s.object(func(key []byte) error {
		switch string(key) {
		case "kinesis":
			return parseKinesis(s, &r)
		case "eventID": // shardId-000000000006:49590338271490256608559692538361571095921575989136588898
			id, err := s.string()
			if err != nil {
				return err
			}
			shard, _, _ := strings.Cut(string(id), ":")
			r.Position.Shard = same(shard, previous.Position.Shard)
			return nil
		case "eventSourceARN":
			arn, err := s.string()
			if err != nil {
				return err
			}
			if string(arn) == previous.Source {
				r.Source, r.Position.Stream = previous.Source, previous.Position.Stream
				return nil
			}
			r.Source, r.Position.Stream = streamOf(string(arn))
			return nil
		}
		return s.skip()
	})
	if err == nil && r.Position.Sequence == "" {
		err = fmt.Errorf("a record without kinesis.sequenceNumber")
	}
	return r, err
}

func parseKinesis(s *scanner, r *Record) error {
	return s.object(func(key []byte) error {
		switch string(key) {
		case "sequenceNumber":
			text, err := s.string()
			r.Position.Sequence = string(text)
			return err
		case "approximateArrivalTimestamp":
			ms, err := s.seconds()
			r.ArrivedAt = twin.Millis(ms)
			return err
		case "data":
			text, err := s.string()
			if err != nil {
				return err
			}
			// In place: three bytes are written where four were read, so what is written is never
			// ahead of what is read. A test holds this against decoding into other memory.
			n, err := base64.StdEncoding.Decode(text, text)
			if err != nil {
				return fmt.Errorf("data: %w", err)
			}
			r.Data = text[:n:n]
			return nil
		}
		return s.skip()
	})
}

// same returns known if the text is the same, so that a batch holds it once.
func same(text, known string) string {
	if text == known {
		return known
	}
	return text
}

// streamOf returns the ARN and the name of a stream: arn:aws:kinesis:eu-central-1:123456789012:stream/name. Who
// reads with enhanced fan-out gets the ARN of the consumer, which is longer by /consumer/name:time.
func streamOf(arn string) (stream, name string) {
	stream, _, _ = strings.Cut(arn, consumer)
	return stream, stream[strings.LastIndexByte(stream, '/')+1:]
}

const consumer = "/consumer/"

// Answer is the answer to an event of a stream of whose records so many are finished: AWS Lambda hands the first one
// that is not, and all after it, over again. It logs why.
func Answer(records []Record, finished int, fault error) []byte {
	if finished == len(records) {
		return []byte(`{"batchItemFailures":[]}`)
	}
	slog.Error("the batch was not finished", "error", fault, "finished", finished, "of", len(records))
	return fmt.Appendf(nil, `{"batchItemFailures":[{"itemIdentifier":%q}]}`, records[finished].Position.Sequence)
}
