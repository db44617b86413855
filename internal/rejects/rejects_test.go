package rejects

import (
	"bytes"
	"compress/gzip"
	"io"
	"math/rand/v2"
	"os"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/railtwin/digitaltwin/internal/twin"
)

var samples = []twin.Reject{
	{
		Kind: twin.KindRecord, Dataset: "wagons", ReceivedAt: 1545084650987, Index: 3, Payload: []byte("{\"a\":\"ü<\n\"}"),
		Position: twin.Position{Stream: "wagons", Shard: "shardId-000000000001", Sequence: "4959"},
		Findings: twin.Findings{More: 4, Problems: []twin.Problem{
			{Reason: twin.Unreadable, Detail: `axles[2].bearingTempC is "hot" & no number`, Column: "axles[2].bearingTempC",
				Offset: 0},
			{Reason: twin.BadValue, Detail: "2 values are NaN", Offset: -1},
		}},
	},
	{
		Kind: twin.KindChange, Dataset: "wagons", Component: "wagon:1", Payload: []byte{0xff, 0, 0xfe},
		Findings: twin.Findings{Problems: []twin.Problem{{Reason: twin.TooLarge, Detail: "too large", Offset: -1}}},
	},
	{Kind: twin.KindRecord, Payload: []byte{}, Findings: twin.Findings{Problems: []twin.Problem{{Reason: twin.Panicked,
		Offset: 7}}}},
}

// decoded reads a whole file that has no faults.
func decoded(t testing.TB, file io.Reader) (all []twin.Reject) {
	t.Helper()
	for r, err := range Decode(file) {
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, r)
	}
	return all
}

// Ensure that a reject comes back with all that it had, its bytes above all.
func TestRoundTrip(t *testing.T) {
	if got := decoded(t, bytes.NewReader(Encode(samples).Data)); !reflect.DeepEqual(got, samples) {
		t.Errorf("got  %+v\nwant %+v", got, samples)
	}
}

// Ensure that a file can be read with zcat: text is text, and what is unknown is left out.
func TestLines(t *testing.T) {
	z, err := gzip.NewReader(bytes.NewReader(Encode(samples).Data))
	if err != nil {
		t.Fatal(err)
	}
	got, err := io.ReadAll(z)
	if err != nil {
		t.Fatal(err)
	}
	const want = `{"kind":"record","dataset":"wagons","position":"wagons/shardId-000000000001/4959","received_at":"2018-12-17T22:10:50.987Z","index":3,` +
		`"problems":[{"reason":"unreadable","detail":"axles[2].bearingTempC is \"hot\" & no number","column":"axles[2].bearingTempC","offset":0},` +
		`{"reason":"bad-value","detail":"2 values are NaN"}],"more_problems":4,"payload":"{\"a\":\"ü<\n\"}"}
{"kind":"change","dataset":"wagons","component":"wagon:1","problems":[{"reason":"too-large","detail":"too large"}],"payload_base64":"/wD+"}
{"kind":"record","problems":[{"reason":"panic","detail":"","offset":7}],"payload":""}
`
	if string(got) != strings.ReplaceAll(want, "ü<\n", `ü<\n`) {
		t.Errorf("got\n%s", got)
	}
}

// Ensure that a file of the former form is read, its lines of one record as one reject.
func TestFormerForm(t *testing.T) {
	file, err := os.Open("testdata/former.ndjson.gz")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = file.Close() }()
	got := decoded(t, file)
	want := []twin.Reject{samples[0], samples[1], samples[2]}
	for i := range want {
		want[i].Kind, want[i].Component, want[i].Index, want[i].More = "", "", 0, 0
	}
	want[0].Position.Stream = "lake/a"
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got  %+v\nwant %+v", got, want)
	}
}

// Ensure that a file is named after its origin and its content, so that the same one has the same name and any other
// one has another.
func TestKey(t *testing.T) {
	stream := Origin{Position: samples[0].Position, ArrivedAt: samples[0].ReceivedAt}
	object := Origin{Position: twin.Position{Stream: "lake", Shard: "a%2Fb", Sequence: "12"}, ArrivedAt: 1545084650987,
		Version: "v/1"}
	for want, o := range map[string]Origin{
		"rejects/extract/wagons/2018/12/17/wagons/shardId-000000000001/4959-": stream,
		"rejects/extract/wagons/2018/12/17/lake/a%2Fb/v%2F1/12-":              object,
		"rejects/extract/wagons/1970/01/01/unknown-":                          {},
	} {
		got := Key("rejects/extract/wagons/", o, Encode(samples))
		if sum, ok := strings.CutPrefix(got, want); !ok || len(sum) != len("0123456789abcdef.ndjson.gz") ||
			!strings.HasSuffix(sum, ".ndjson.gz") {
			t.Errorf("%s, want %s and a sum", got, want)
		}
		if again := Key("rejects/extract/wagons", o, Encode(samples)); again != got {
			t.Errorf("%s, and then %s", got, again)
		}
	}
	later := slices.Clone(samples)
	later[0].Problems = slices.Clone(later[0].Problems)
	later[0].Problems[0].Detail = "said at another time"
	if Key("p", stream, Encode(later)) != Key("p", stream, Encode(samples)) {
		t.Error("the name depends on the sentences")
	}
	for i, harm := range []func(r *twin.Reject){
		func(r *twin.Reject) { r.Kind = twin.KindFramed }, func(r *twin.Reject) { r.Dataset = "x" },
		func(r *twin.Reject) { r.Component = "x" },
		func(r *twin.Reject) { r.Position.Sequence = "x" }, func(r *twin.Reject) { r.ReceivedAt++ },
		func(r *twin.Reject) { r.Index++ }, func(r *twin.Reject) { r.More++ },
		func(r *twin.Reject) { r.Payload = append(bytes.Clone(r.Payload), ' ') },
		func(r *twin.Reject) { r.Problems = r.Problems[:1] },
		func(r *twin.Reject) { r.Problems = []twin.Problem{r.Problems[1], r.Problems[0]} },
	} {
		changed := slices.Clone(samples)
		if harm(&changed[0]); Key("p", stream, Encode(changed)) == Key("p", stream, Encode(samples)) {
			t.Errorf("change %d makes no other name", i)
		}
	}
	other := object
	other.Version = "v/2"
	names := map[string]bool{}
	for _, o := range []Origin{stream, object, other} {
		for _, list := range [][]twin.Reject{samples, samples[:1], samples[1:], {samples[1], samples[0], samples[2]}} {
			names[Key("p", o, Encode(list))] = true
		}
	}
	if len(names) != 12 {
		t.Errorf("12 different files have %d names", len(names))
	}
	object.Version = strings.Repeat("v", 1024)
	if got := Key("p", object, Encode(nil)); len(got) > 256 {
		t.Errorf("a name of %d bytes", len(got))
	}
}

// Ensure that a reject is at most a tenth longer than its payload, whatever that is made of, and that what belongs to a
// record does not become part of its line without bound.
func TestSize(t *testing.T) {
	const size = 1 << 19
	sentence := strings.Repeat("x", 10_000)
	random := make([]byte, size)
	fill(random)
	for name, payload := range map[string][]byte{
		"text":     []byte(strings.Repeat(`{"c":"bus:1","v":"n/a"},`, size/24)),
		"quotes":   bytes.Repeat([]byte{'"'}, size),
		"controls": bytes.Repeat([]byte{1}, size),
		"random":   random,
		"slashes":  []byte(strings.Repeat(`\\`, size/2)),
	} {
		r := twin.Reject{Kind: twin.KindRecord, Payload: payload}
		for i := range 2000 {
			r.Note(twin.Problem{Reason: twin.Unreadable, Detail: sentence, Column: "c", Offset: i})
		}
		file := Encode([]twin.Reject{r})
		if len(file.Data) > size*11/10 {
			t.Errorf("%s: %d bytes", name, len(file.Data))
		}
		if got := decoded(t, bytes.NewReader(file.Data)); len(got) != 1 || !bytes.Equal(got[0].Payload, payload) ||
			got[0].Found() != 2000 {
			t.Errorf("%s: it does not come back", name)
		}
	}
}

// fill fills b with what cannot be compressed.
func fill(b []byte) {
	r := rand.New(rand.NewPCG(1, 2))
	for i := range b {
		b[i] = byte(r.Uint32())
	}
}

// Ensure that a reject with a time that cannot be written is kept all the same, without it.
func TestTimesThatCannotBeWritten(t *testing.T) {
	r := twin.Reject{Kind: twin.KindRecord, ReceivedAt: twin.MaxMillis + 1, Payload: []byte("x")}
	got := decoded(t, bytes.NewReader(Encode([]twin.Reject{r}).Data))
	if r.ReceivedAt = 0; len(got) != 1 || !reflect.DeepEqual(got[0], r) {
		t.Errorf("got %+v", got)
	}
}
