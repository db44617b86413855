package lambda

import (
	"crypto/md5"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"sync"
	"time"
)

// Record is a record of a stream.
type Record struct {
	Shard    int
	Sequence string
	Key      string
	Data     []byte
	Arrived  time.Time
}

// Stream is a Kinesis stream in memory.
type Stream struct {
	ARN string
	// Now is the clock that records arrive by. Default: time.Now.
	Now func() time.Time

	mu     sync.Mutex
	shards [][]Record
	count  int
}

// NewStream returns an empty stream with a name.
func NewStream(name string, shards int) *Stream {
	return &Stream{ARN: "arn:aws:kinesis:eu-central-1:123456789012:stream/" + name, Now: time.Now,
		shards: make([][]Record, shards)}
}

// Put appends a record to the shard that its partition key falls into.
func (s *Stream) Put(key string, data []byte) Record {
	s.mu.Lock()
	defer s.mu.Unlock()
	hash := md5.Sum([]byte(key))
	shard := int(uint64(binary.BigEndian.Uint32(hash[:])) * uint64(len(s.shards)) >> 32)
	s.count++
	r := Record{Shard: shard, Sequence: fmt.Sprintf("4959%052d", s.count), Key: key, Data: data, Arrived: s.Now()}
	s.shards[shard] = append(s.shards[shard], r)
	return r
}

// Shards is how many there are.
func (s *Stream) Shards() int { return len(s.shards) }

// Records returns at most so many records of a shard from a position on.
func (s *Stream) Records(shard, from, most int) []Record {
	s.mu.Lock()
	defer s.mu.Unlock()
	all := s.shards[shard][from:]
	return all[:min(len(all), most)]
}

// Len is how many records there are in all shards.
func (s *Stream) Len() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.count
}

// Event is what a function is given for records of a shard.
func (s *Stream) Event(records []Record) []byte {
	type kinesis struct {
		Version  string          `json:"kinesisSchemaVersion"`
		Key      string          `json:"partitionKey"`
		Sequence string          `json:"sequenceNumber"`
		Data     string          `json:"data"`
		Arrived  json.RawMessage `json:"approximateArrivalTimestamp"`
	}
	type record struct {
		Kinesis kinesis `json:"kinesis"`
		Source  string  `json:"eventSource"`
		Version string  `json:"eventVersion"`
		ID      string  `json:"eventID"`
		Name    string  `json:"eventName"`
		Role    string  `json:"invokeIdentityArn"`
		Region  string  `json:"awsRegion"`
		ARN     string  `json:"eventSourceARN"`
	}
	var all struct{ Records []record }
	for _, r := range records {
		ms := r.Arrived.UnixMilli()
		all.Records = append(all.Records, record{
			Kinesis: kinesis{"1.0", r.Key, r.Sequence, base64.StdEncoding.EncodeToString(r.Data),
				fmt.Appendf(nil, "%d.%03d", ms/1000, ms%1000)},
			Source: "aws:kinesis", Version: "1.0", ID: ShardID(r.Shard) + ":" + r.Sequence, Name: "aws:kinesis:record",
			Role: "arn:aws:iam::123456789012:role/function", Region: "eu-central-1", ARN: s.ARN,
		})
	}
	b, err := json.Marshal(all)
	if err != nil {
		panic("BUG: an event of strings is not JSON: " + err.Error())
	}
	return b
}

// ShardID is the name of a shard.
func ShardID(shard int) string { return fmt.Sprintf("shardId-%012d", shard) }
