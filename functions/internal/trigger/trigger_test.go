package trigger

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-lambda-go/events"

	"github.com/railtwin/digitaltwin/internal/twin"
)

func recorded(t testing.TB) []byte {
	t.Helper()
	b, err := os.ReadFile("testdata/event.json")
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// Ensure that a recorded event is read: name of the stream, shard, sequence number, arrival and data.
func TestParse(t *testing.T) {
	got, err := Parse(recorded(t), nil)
	if err != nil {
		t.Fatal(err)
	}
	position := twin.Position{Stream: "lambda-stream", Shard: "shardId-000000000006"}
	first, second := position, position
	first.Sequence = "49590338271490256608559692538361571095921575989136588898"
	second.Sequence = "49590338271490256608559692540925702759324208523137515618"
	const arn = "arn:aws:kinesis:us-east-2:123456789012:stream/lambda-stream"
	want := []Record{
		{Source: arn, Position: first, ArrivedAt: 1545084650987, Data: []byte("Hello, this is a test.")},
		{Source: arn, Position: second, ArrivedAt: 1545084711166, Data: []byte("This is only a test.")},
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got  %+v\nwant %+v", got, want)
	}
}

// Ensure that a record that came by enhanced fan-out, under the ARN of the consumer, is one of its stream.
func TestParseFanOut(t *testing.T) {
	const arn = "arn:aws:kinesis:eu-central-1:123456789012:stream/wagons"
	record := `{"kinesis":{"sequenceNumber":"1","data":""},"eventID":"shardId-000000000000:1","eventSourceARN":"` + arn +
		`/consumer/twin:1732800000"}`
	got, err := Parse([]byte(`{"Records":[`+record+`,`+record+`]}`), nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range got {
		if r.Source != arn || r.Position.Stream != "wagons" {
			t.Errorf("the stream is %s, named %s", r.Source, r.Position.Stream)
		}
	}
}

// Ensure that the event of the hand-written reader is the one of the documented types.
func TestParseAgreesWithTheLibrary(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for range 200 {
		var event events.KinesisEvent
		for i := range 1 + r.IntN(20) {
			data := make([]byte, r.IntN(200))
			for j := range data {
				data[j] = byte(r.Uint32())
			}
			event.Records = append(event.Records, events.KinesisEventRecord{
				EventID: fmt.Sprintf("shardId-%012d:%d", r.IntN(3), i), EventSource: "aws:kinesis",
				EventSourceArn: "arn:aws:kinesis:eu-central-1:123456789012:stream/" + []string{"a", "b/ü\"\\"}[r.IntN(2)],
				Kinesis: events.KinesisRecord{
					PartitionKey: "k", SequenceNumber: fmt.Sprint(i), Data: data,
					ApproximateArrivalTimestamp: events.SecondsEpochTime{Time: time.UnixMilli(1545084650987 + int64(i)).UTC()},
				},
			})
		}
		b, err := json.Marshal(event)
		if err != nil {
			t.Fatal(err)
		}
		got, err := Parse(b, nil)
		if err != nil {
			t.Fatal(err)
		}
		if len(got) != len(event.Records) {
			t.Fatalf("%d records, want %d", len(got), len(event.Records))
		}
		for i, want := range event.Records {
			shard, _, _ := strings.Cut(want.EventID, ":")
			stream := want.EventSourceArn[strings.LastIndexByte(want.EventSourceArn, '/')+1:]
			if got[i].Position != (twin.Position{Stream: stream, Shard: shard, Sequence: want.Kinesis.SequenceNumber}) {
				t.Fatalf("position %+v of %+v", got[i].Position, want)
			}
			if !bytes.Equal(got[i].Data, want.Kinesis.Data) {
				t.Fatalf("data %x, want %x", got[i].Data, want.Kinesis.Data)
			}
			// The library writes a float, which can be a millisecond off.
			if d := int64(got[i].ArrivedAt) - want.Kinesis.ApproximateArrivalTimestamp.UnixMilli(); d < -1 || d > 1 {
				t.Fatalf("arrived at %s, want %s", got[i].ArrivedAt, want.Kinesis.ApproximateArrivalTimestamp)
			}
		}
	}
}

// Ensure that base64 in its own memory gives what it gives in other memory, for every length near the
// sizes of the decoder's steps.
func TestBase64InPlace(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	for n := range 300 {
		data := make([]byte, n)
		for i := range data {
			data[i] = byte(r.Uint32())
		}
		event := fmt.Appendf(nil, `{"Records":[{"kinesis":{"sequenceNumber":"1","data":"%s"}}]}`,
			base64.StdEncoding.EncodeToString(data))
		got, err := Parse(event, nil)
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(got[0].Data, data) {
			t.Fatalf("%d bytes: got %x, want %x", n, got[0].Data, data)
		}
	}
}

// Ensure that times are milliseconds, however they are written.
func TestArrival(t *testing.T) {
	for text, want := range map[string]twin.Millis{
		"1545084650.987": 1545084650987, "1545084650": 1545084650000, "1545084650.9": 1545084650900,
		"1545084650.9879": 1545084650987, "1.545084650987E9": 1545084650987, "0": 0,
	} {
		got, err := Parse([]byte(`{"Records":[{"kinesis":{"sequenceNumber":"1","approximateArrivalTimestamp": `+text+` }}]}`),
			nil)
		if err != nil || got[0].ArrivedAt != want {
			t.Errorf("%s is %v (%v), want %v", text, got, err, want)
		}
	}
}

// Ensure that an event that is not one of Kinesis is an error that says where.
func TestNotAnEvent(t *testing.T) {
	for _, event := range []string{
		``, `null`, `[]`, `{}`, `{"Records":{}}`, `{"Records":[`, `{"Records":[{"kinesis":1}]}`, `{"Records":[{}]}`,
		`{"Records":[{"kinesis":{"sequenceNumber":"1","data":"%"}}]}`, `{"Records":[{"kinesis":{"sequenceNumber":"1"}}]} x`,
		`{"Records":[{"kinesis":{"sequenceNumber":"1","approximateArrivalTimestamp":"now"}}]}`,
		`{"Records":[{"kinesis":{"sequenceNumber":"1`,
		`{"Records":[,]}`, `{"a":}`, `{"a":]`, `{"a":"\`, `{"a":[[[`, `{"a":,"b":1}`,
	} {
		if got, err := Parse([]byte(event), nil); err == nil ||
			!strings.HasPrefix(err.Error(), "trigger: the event at byte ") {
			t.Errorf("%s: %v, %v", event, got, err)
		}
	}
}

// Ensure that the answers are what AWS Lambda reads.
func TestAnswers(t *testing.T) {
	records := []Record{{Position: twin.Position{Sequence: "4958"}}, {Position: twin.Position{Sequence: "4959"}}}
	for want, answer := range map[string][]byte{"": Answer(records, 2, nil),
		"4959": Answer(records, 1, errors.New("throttled"))} {
		var r events.KinesisEventResponse
		if err := json.Unmarshal(answer, &r); err != nil {
			t.Fatal(err)
		}
		got := ""
		for _, f := range r.BatchItemFailures {
			got += f.ItemIdentifier
		}
		if got != want || r.BatchItemFailures == nil {
			t.Errorf("%s means %q, want %q", answer, got, want)
		}
	}
}

// Fuzz that no event breaks the reader, and that what encoding/json reads it reads alike.
func FuzzParse(f *testing.F) {
	f.Add(recorded(f))
	f.Add([]byte(`{"Records":[{"kinesis":{"sequenceNumber":"1","data":"aGk="},"eventID":"s:1","x":[1,{"y":null}]}]}`))
	f.Add([]byte(`{"Records":[{"kinesis":{"sequenceNumber":"\u0031","data":"aG\/k"}}]}`))
	f.Fuzz(func(t *testing.T, event []byte) {
		var want struct {
			Records []struct {
				Kinesis struct {
					SequenceNumber string
					Data           []byte
				}
			}
		}
		valid := json.Unmarshal(event, &want) == nil
		got, err := Parse(bytes.Clone(event), nil)
		if err != nil || !valid {
			return
		}
		for i := range min(len(got), len(want.Records)) {
			// encoding/json matches names case-insensitively and takes the last of several.
			if w := want.Records[i].Kinesis; len(got) == len(want.Records) && w.SequenceNumber == got[i].Position.Sequence &&
				bytes.Count(event, []byte("ata\"")) == len(got) && !bytes.Equal(w.Data, got[i].Data) {
				t.Errorf("data %q, want %q", got[i].Data, w.Data)
			}
		}
	})
}
