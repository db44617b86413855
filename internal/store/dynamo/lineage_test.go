package dynamo

import (
	"testing"

	"github.com/railtwin/digitaltwin/internal/twin"
)

// Ensure that the lineage of a real Kinesis record is packed into 32 bytes, and none into none.
func TestPackLineage_Size(t *testing.T) {
	s := twin.Source{Extractor: "0123456789ab", Position: twin.Position{
		Stream: "wagon-telemetry-SourceStream3F2A91C7-Qm4Xk0aZ8bTy", Shard: "shardId-000000000002",
		Sequence: "49590338271490256608559692538361571095921575989136588898",
	}}
	if got := len(packLineage(&s)); got != 32 {
		t.Errorf("%d bytes", got)
	}
	if got := packLineage(&twin.Source{ReceivedAt: 5}); got != nil {
		t.Errorf("nothing takes %d bytes", len(got))
	}
}

// FuzzPackLineage ensures that every lineage comes back, but for its origin, whose id does.
func FuzzPackLineage(f *testing.F) {
	f.Add("0123456789ab", "s", "shardId-000000000002", "49590338271490256608559692538361571095921575989136588898")
	f.Add("", "", "shardId-99999999999", "0")
	f.Add("x", "", "shardId-0000000000001", "007")
	f.Add("", "", "shardId-+00000000001", "-1")
	f.Fuzz(func(t *testing.T, extractor, stream, shard, sequence string) {
		s := twin.Source{Extractor: extractor, Position: twin.Position{Stream: stream, Shard: shard, Sequence: sequence}}
		p, id, err := unpackLineage(packLineage(&s))
		if err != nil || p != (twin.Position{Shard: shard, Sequence: sequence}) {
			t.Fatalf("%+v came back as %+v, %v", s, p, err)
		}
		want := originID{}
		if extractor != "" || stream != "" {
			want = originOf(&s).id()
		}
		if id != want {
			t.Fatalf("%+v came back with the origin %s, want %s", s, id, want)
		}
	})
}

// FuzzUnpackLineage ensures that no bytes make the decoder fail.
func FuzzUnpackLineage(f *testing.F) {
	f.Add([]byte{7, 1, 2, 3, 4, 5, 6, 2, 9, 9})
	f.Add([]byte{0, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 1})
	f.Add([]byte{1, 2})
	f.Fuzz(func(t *testing.T, b []byte) {
		p, _, err := unpackLineage(b)
		if err != nil && (p.Sequence != "" || p.Stream != "") {
			t.Fatalf("%v comes with %+v", err, p)
		}
	})
}
