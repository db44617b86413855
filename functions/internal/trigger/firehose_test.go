package trigger

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"reflect"
	"testing"

	"github.com/aws/aws-lambda-go/events"

	"github.com/railtwin/digitaltwin/internal/twin"
)

// Ensure that a recorded event of a delivery stream is read, and answered with its records as they came.
func TestParseFirehose(t *testing.T) {
	event, err := os.ReadFile("testdata/firehose.json")
	if err != nil {
		t.Fatal(err)
	}
	got, answer, err := ParseFirehose(event, nil)
	if err != nil {
		t.Fatal(err)
	}
	const arn = "arn:aws:firehose:eu-central-1:123456789012:deliverystream/wagons-to-s3"
	const id = "4957267222366551442280524692665695463097248605953589248200000"
	position := func(n string) twin.Position {
		return twin.Position{Stream: "wagons-to-s3", Shard: "direct", Sequence: id + n}
	}
	want := []Record{
		{Source: arn, Position: position("0"), ArrivedAt: 1763962200120, Data: []byte("Hello World")},
		{Source: arn, Position: position("1"), ArrivedAt: 1763962200123, Data: []byte("Hello Again!")},
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got  %+v\nwant %+v", got, want)
	}
	if want := `{"records":[{"recordId":"` + id + `0","result":"Ok","data":"SGVsbG8gV29ybGQ="},` +
		`{"recordId":"` + id + `1","result":"Ok","data":"SGVsbG8gQWdhaW4h"}]}`; string(answer) != want {
		t.Errorf("the answer is %s\nwant          %s", answer, want)
	}
}

// Ensure that events and answers are those of the documented types.
func TestParseFirehoseAgreesWithTheLibrary(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 6))
	for range 200 {
		event := events.KinesisFirehoseEvent{DeliveryStreamArn: "arn:aws:firehose:eu-central-1:123456789012:deliverystream/d"}
		for i := range 1 + r.IntN(20) {
			data := make([]byte, r.IntN(200))
			for j := range data {
				data[j] = byte(r.Uint32())
			}
			event.Records = append(event.Records, events.KinesisFirehoseEventRecord{RecordID: fmt.Sprint(i, "\"é"), Data: data})
			event.Records[i].ApproximateArrivalTimestamp.Time = twin.Millis(1545084650987 + int64(i)).Time()
		}
		b, err := json.Marshal(event)
		if err != nil {
			t.Fatal(err)
		}
		got, answer, err := ParseFirehose(b, nil)
		if err != nil {
			t.Fatal(err)
		}
		var response events.KinesisFirehoseResponse
		if err := json.Unmarshal(answer, &response); err != nil {
			t.Fatal(err)
		}
		if len(got) != len(event.Records) || len(response.Records) != len(event.Records) {
			t.Fatalf("%d records, %d answered, want %d", len(got), len(response.Records), len(event.Records))
		}
		for i, want := range event.Records {
			if !bytes.Equal(got[i].Data, want.Data) || got[i].Position.Sequence != want.RecordID ||
				got[i].ArrivedAt.Time() != want.ApproximateArrivalTimestamp.Time {
				t.Fatalf("read %+v, sent %+v", got[i], want)
			}
			if a := response.Records[i]; a.RecordID != want.RecordID || a.Result != "Ok" || !bytes.Equal(a.Data, want.Data) {
				t.Fatalf("answered %+v, sent %+v", a, want)
			}
		}
	}
}

// Ensure that what is no base64 goes back as it came and is kept as it is, and that the records around it stand.
func TestParseFirehoseKeepsWhatItCannotDecode(t *testing.T) {
	event := `{"deliveryStreamArn":"a/d","records":[{"recordId":"1","data":"%%%"},{"recordId":"2","data":"` +
		base64.StdEncoding.EncodeToString([]byte("two")) + `"}]}`
	got, answer, err := ParseFirehose([]byte(event), nil)
	if err != nil || len(got) != 2 || string(got[0].Data) != "%%%" || string(got[1].Data) != "two" {
		t.Errorf("%v, %s", err, got)
	}
	const want = `{"records":[{"recordId":"1","result":"Ok","data":"%%%"},{"recordId":"2","result":"Ok","data":"dHdv"}]}`
	if string(answer) != want {
		t.Errorf("the answer is %s", answer)
	}
}

// Ensure that an event of something else is an error, for the wiring is wrong.
func TestNotFirehose(t *testing.T) {
	for _, event := range []string{
		``, `{}`, `{"Records":[]}`, `{"records":[{}]}`, `{"records":[{"recordId":"1","approximateArrivalTimestamp":"now"}]}`,
		`{"records":[{"recordId":"1"}]} x`, `{"records":[{"recordId":1}]}`,
	} {
		if got, _, err := ParseFirehose([]byte(event), nil); err == nil {
			t.Errorf("%s: %v", event, got)
		}
	}
}
