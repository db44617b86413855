package main

import (
	"bytes"
	"crypto/md5"
	"encoding/binary"
)

// The format of an aggregated record of the Kinesis Producer Library: a magic number, a protocol buffers
// message, and its MD5.
//
//	message AggregatedRecord { repeated string partition_key_table = 1; repeated string explicit_hash_key_table = 2; repeated Record records = 3; }
//	message Record { required uint64 partition_key_index = 1; optional uint64 explicit_hash_key_index = 2; required bytes data = 3; repeated Tag tags = 4; }
var aggregateMagic = []byte{0xf3, 0x89, 0x9a, 0xc2}

// deaggregate returns the records in an aggregated record. Anything else, also one that only begins like
// it, is a record of its own.
func deaggregate(data []byte) ([][]byte, bool) {
	message, ok := bytes.CutPrefix(data, aggregateMagic)
	if !ok || len(message) < md5.Size {
		return nil, false
	}
	message, sum := message[:len(message)-md5.Size], message[len(message)-md5.Size:]
	if actual := md5.Sum(message); !bytes.Equal(actual[:], sum) {
		return nil, false
	}
	var records [][]byte
	ok = fields(message, func(number int, value []byte) bool {
		if number != 3 {
			return true
		}
		var record []byte
		ok := fields(value, func(number int, value []byte) bool {
			if number == 3 {
				record = value
			}
			return true
		})
		records = append(records, record)
		return ok
	})
	return records, ok
}

// fields walks over a protocol buffers message and visits the fields that have a length; it reports
// whether the message was whole.
func fields(message []byte, visit func(number int, value []byte) bool) bool {
	for len(message) > 0 {
		tag, n := binary.Uvarint(message)
		if n <= 0 {
			return false
		}
		message = message[n:]
		v, n := binary.Uvarint(message)
		if n <= 0 {
			return false
		}
		message = message[n:]
		switch tag & 7 {
		case 0: // a number, read already
		case 2:
			if v > uint64(len(message)) || !visit(int(tag>>3), message[:v]) {
				return false
			}
			message = message[v:]
		default:
			return false
		}
	}
	return true
}
