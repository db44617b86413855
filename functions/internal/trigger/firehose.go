package trigger

import (
	"encoding/base64"
	"fmt"
	"strconv"
	"strings"

	"github.com/railtwin/digitaltwin/internal/twin"
)

// directShard stands for the shard of records that were put into a delivery stream without one.
const directShard = "direct"

// ParseFirehose returns the records of an event of Amazon Data Firehose, appended to records, and the answer
// that gives every one of them back as it came. It changes the event, which the answer is no part of. An
// error means that the event is not one of Firehose.
func ParseFirehose(event []byte, records []Record) (_ []Record, unchanged []byte, err error) {
	s := scanner{text: event}
	f := firehose{answer: append(make([]byte, 0, len(event)), `{"records":[`...)}
	start := len(records)
	err = s.object(func(key []byte) error {
		switch string(key) {
		case "deliveryStreamArn":
			arn, err := s.string()
			f.arn = string(arn)
			return err
		case "records":
			f.found = true
			return s.array(func() error {
				r, err := f.record(&s)
				records = append(records, r)
				return err
			})
		}
		return s.skip()
	})
	if err == nil {
		err = s.end()
	}
	if err == nil && !f.found {
		err = fmt.Errorf("no records")
	}
	if err != nil {
		return nil, nil, fmt.Errorf("trigger: the event at byte %d: %w", s.pos, err)
	}
	for i := range records[start:] { // the ARN may come after the records
		r := &records[start+i]
		r.Source, r.Position.Stream = f.arn, f.arn[strings.LastIndexByte(f.arn, '/')+1:]
	}
	return records, append(f.answer, `]}`...), nil
}

// firehose is an event that is being read.
type firehose struct {
	arn    string
	answer []byte
	found  bool
}

// record reads one record and answers it. Data is copied into the answer before it is decoded where it lies.
func (f *firehose) record(s *scanner) (Record, error) {
	r := Record{Position: twin.Position{Shard: directShard}}
	var data []byte
	err := s.object(func(key []byte) (err error) {
		switch string(key) {
		case "recordId":
			var id []byte
			id, err = s.string()
			r.Position.Sequence = string(id)
		case "approximateArrivalTimestamp": // milliseconds here
			r.ArrivedAt, err = s.millis()
		case "data":
			data, err = s.string()
		default:
			err = s.skip()
		}
		return err
	})
	if err != nil {
		return r, err
	}
	if r.Position.Sequence == "" {
		return r, fmt.Errorf("a record without recordId")
	}
	if len(f.answer) > len(`{"records":[`) {
		f.answer = append(f.answer, ',')
	}
	f.answer = fmt.Appendf(f.answer, `{"recordId":%q,"result":"Ok","data":"`, r.Position.Sequence)
	f.answer = append(append(f.answer, data...), `"}`...)
	if n, err := base64.StdEncoding.Decode(data, data); err == nil {
		r.Data = data[:n:n]
		return r, nil
	}
	// Firehose never sends this, and if it did, its record must not stop: the text is what cannot be used.
	end := len(f.answer) - len(`"}`)
	r.Data = f.answer[end-len(data) : end : end]
	return r, nil
}

// millis reads milliseconds since 1970.
func (s *scanner) millis() (twin.Millis, error) {
	s.peek()
	start := s.pos
	s.scalar()
	ms, err := strconv.ParseInt(string(s.text[start:s.pos]), 10, 64)
	if err != nil {
		return 0, fmt.Errorf("%q is no time in milliseconds", s.text[start:s.pos])
	}
	return twin.Millis(ms), nil
}
