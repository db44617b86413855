package framing

import (
	"bytes"
	"crypto/md5"
	"encoding/binary"
	"errors"
)

// An aggregate is the magic, a protocol buffer and the MD5 digest of that. Of the buffer
//
//	message AggregatedRecord {
//	  repeated string partition_keys = 1; repeated string hash_keys = 2; repeated Record records = 3;
//	}
//	message Record { uint64 partition_key = 1; uint64 hash_key = 2; bytes data = 3; repeated Tag tags = 4; }
//
// only the data of the records count here.
var magic = []byte{0xF3, 0x89, 0x9A, 0xC2}

const (
	recordsField = 3
	dataField    = 3
)

var errMalformed = errors.New("framing: a KPL aggregate whose digest is right and whose content is not; the producer " +
	"is broken")

// deaggregate gives the records of an aggregate, or data itself if it is none. It stops where emit
// says no.
func deaggregate(data []byte, emit func([]byte, error) bool) {
	body, ok := aggregate(data)
	if !ok {
		emit(data, nil)
		return
	}
	stopped := false
	whole := fields(body, func(number uint64, record []byte) bool {
		if number != recordsField {
			return true
		}
		var user []byte // a record without data is an empty one
		if !fields(record, func(number uint64, value []byte) bool {
			if number == dataField {
				user = value
			}
			return true
		}) {
			return false
		}
		stopped = !emit(user, nil)
		return !stopped
	})
	if !whole && !stopped {
		emit(data, errMalformed)
	}
}

// aggregate returns the protocol buffer of an aggregate. What only begins like one is an ordinary record.
func aggregate(data []byte) (body []byte, ok bool) {
	if len(data) < len(magic)+md5.Size || !bytes.HasPrefix(data, magic) {
		return nil, false
	}
	body = data[len(magic) : len(data)-md5.Size]
	sum := md5.Sum(body)
	return body, bytes.Equal(sum[:], data[len(data)-md5.Size:])
}

// fields calls f with each field of a protocol buffer, until f says no. It is false then, and where
// the buffer is malformed.
func fields(b []byte, f func(number uint64, value []byte) bool) bool {
	for len(b) > 0 {
		tag, n := binary.Uvarint(b)
		if n <= 0 {
			return false
		}
		b = b[n:]
		size := uint64(0)
		switch tag & 7 {
		case 0:
			if _, n = binary.Uvarint(b); n <= 0 {
				return false
			}
			b = b[n:]
			continue
		case 1:
			size = 8
		case 2:
			if size, n = binary.Uvarint(b); n <= 0 {
				return false
			}
			b = b[n:]
		case 5:
			size = 4
		default:
			return false
		}
		if size > uint64(len(b)) {
			return false
		}
		if tag&7 == 2 && !f(tag>>3, b[:size:size]) {
			return false
		}
		b = b[size:]
	}
	return true
}
