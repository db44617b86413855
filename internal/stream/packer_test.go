package stream_test

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/railtwin/digitaltwin/internal/stream"
	"github.com/railtwin/digitaltwin/internal/twin"
)

// pack adds a change of the dataset that the packer is of.
func pack(p *stream.Packer, c *twin.Change, source int) error {
	p.From(source, c.ReceivedAt, c.Position)
	return p.Add(rowOf(c))
}

// rowOf is the part of a change that an engine delivers.
func rowOf(c *twin.Change) *stream.Row {
	return &stream.Row{
		Component: []byte(c.Component), Metric: []byte(c.Metric), Value: []byte(c.Value), Unit: []byte(c.Unit),
		EventTime: c.EventTime, Index: c.Index,
	}
}

// dataset is the one that a change is of.
func dataset(c twin.Change) twin.Dataset {
	return twin.Dataset{Name: c.Dataset, Extractor: c.Extractor, Revision: c.Revision}
}

// Ensure that every change packed comes out once, in order per component, under the key of its
// component, in records that keep to their size and know the earliest source record in them.
func TestPacker(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	for _, size := range []int{0, 1, 700, 5000} {
		p := stream.NewPacker(dataset(full()), size)
		limit := size
		if size == 0 {
			limit = stream.DefaultSize
		}
		for round := range 3 {
			sources := map[string]int{} // by value, which is unique
			for i := range 2000 {
				c := full()
				c.Component, c.Value = fmt.Sprintf("wagon:%d", r.IntN(300)), fmt.Sprintf(`"%d.%d"`, round, i)
				sources[c.Value] = i / 5
				if err := pack(p, &c, i/5); err != nil {
					t.Fatal(err)
				}
			}
			last := map[string]int{}
			first := 0
			for _, record := range p.Records() {
				if record.First < first {
					t.Errorf("size %d: a record of source %d comes after one of %d", size, record.First, first)
				}
				first = record.First
				changes, bad := stream.Decode(record.Data, nil)
				if len(bad) > 0 {
					t.Fatal(bad[0])
				}
				if len(record.Data) > limit && len(changes) > 1 {
					t.Errorf("size %d: a record of %d changes has %d bytes", size, len(changes), len(record.Data))
				}
				if got := sources[changes[0].Value]; got != record.First {
					t.Errorf("size %d: a record begins with source %d and says %d", size, got, record.First)
				}
				for _, c := range changes {
					if key := stream.PartitionKey(c.Component); key != record.Key {
						t.Errorf("size %d: %s has the key %s, not %s", size, c.Component, record.Key, key)
					}
					source, ok := sources[c.Value]
					if !ok {
						t.Fatalf("size %d: %s came twice, or from nowhere", size, c.Value)
					}
					if source < last[c.Component] {
						t.Errorf("size %d: %s goes back in time", size, c.Component)
					}
					last[c.Component] = source
					delete(sources, c.Value)
				}
			}
			if len(sources) > 0 {
				t.Errorf("size %d: %d changes were lost", size, len(sources))
			}
			p.Reset()
			if got := p.Records(); len(got) != 0 {
				t.Errorf("size %d: %d records after a reset", size, len(got))
			}
		}
	}
}

// Ensure that a change beyond the record limit of Kinesis is refused alone, and that one just below
// has a record of its own.
func TestPacker_TooLarge(t *testing.T) {
	small, large := full(), full()
	size := len(stream.AppendChange(nil, &large))
	key := stream.PartitionKey(large.Component)
	large.Value = strings.Repeat("x", len(large.Value)-4+stream.MaxSize-size-len(key)) // its value has four escapes
	size = len(stream.AppendChange(nil, &large)) + len(key)
	large.Value += strings.Repeat("x", stream.MaxSize-size)

	p := stream.NewPacker(dataset(full()), 0)
	tooLarge := large
	tooLarge.Value += "x"
	var refused *stream.TooLargeError
	for range 2 { // into an empty record, and behind another change
		if err := pack(p, &tooLarge, 0); !errors.As(err, &refused) || refused.Size+len(key) != stream.MaxSize+1 {
			t.Fatalf("got %v", err)
		}
		if err := pack(p, &small, 1); err != nil {
			t.Fatal(err)
		}
	}
	if err := pack(p, &large, 2); err != nil {
		t.Fatal(err)
	}
	var got []twin.Change
	for _, r := range p.Records() {
		if len(r.Data)+len(r.Key) > stream.MaxSize {
			t.Errorf("a record has %d bytes", len(r.Data)+len(r.Key))
		}
		got, _ = stream.Decode(r.Data, got)
	}
	if want := []twin.Change{small, small, large}; !slices.Equal(got, want) {
		t.Errorf("got %d changes", len(got))
	}
}

// Ensure that the keys are the numbers below 64 and that components spread over all of them evenly.
func TestPartitionKey(t *testing.T) {
	count := map[string]int{}
	const n = 64_000
	for i := range n {
		count[stream.PartitionKey(fmt.Sprintf("wagon:33-80-7845-%03d-%d", i/10, i%10))]++
	}
	for i := range stream.Keys {
		if got := count[fmt.Sprint(i)]; got < n/stream.Keys/2 || got > n/stream.Keys*2 {
			t.Errorf("key %d has %d components of %d", i, got, n)
		}
	}
	if len(count) != stream.Keys {
		t.Errorf("there are %d keys", len(count))
	}
}

// Ensure that packing allocates nothing once its memory has grown.
func TestPacker_Allocations(t *testing.T) {
	c := full()
	var rows []stream.Row
	for i := range 500 {
		c.Component = fmt.Sprintf("wagon:%d", i%90)
		rows = append(rows, *rowOf(&c))
	}
	p := stream.NewPacker(dataset(c), 2000)
	packAll := func() {
		for i := range rows {
			p.From(i, c.ReceivedAt, c.Position)
			if err := p.Add(&rows[i]); err != nil {
				t.Fatal(err)
			}
		}
		p.Records()
		p.Reset()
	}
	for range 20 { // the buffers change places until all have grown
		packAll()
	}
	if n := testing.AllocsPerRun(50, packAll); n > 1 {
		t.Errorf("%v allocations for %d rows", n, len(rows))
	}
}

// Ensure that a row says what differs from the one before it in its record, and no more, to the byte.
func TestPacker_Lines(t *testing.T) {
	c := full()
	p := stream.NewPacker(dataset(c), 0)
	add := func(change func()) {
		t.Helper()
		change()
		if err := pack(p, &c, 0); err != nil {
			t.Fatal(err)
		}
	}
	add(func() {})
	p.From(0, c.ReceivedAt, c.Position)
	for _, change := range []func(){
		func() { c.Metric, c.Value, c.Unit, c.Index = "speed", "82.4", "km/h", 8 },
		func() { c.Metric, c.Value, c.Unit, c.Index = "load.state", `"loaded"`, "", 9 },
		func() { c.EventTime++ },
		func() { c.Component = sameKey(c.Component) },
	} {
		change()
		if err := p.Add(rowOf(&c)); err != nil {
			t.Fatal(err)
		}
	}
	c.ReceivedAt, c.Position, c.Index = 0, twin.Position{}, 0
	add(func() {})
	const origin = `{"dataset":"wagons","extractor":"0123456789ab","revision":2,`
	const lineage = `"received_at":"2026-11-23T10:15:31.007Z","position":"source/shardId-000000000003/49590338271490256608559692538361571095921575989136588898",`
	want := origin + `"component":"wagon:33-80-7845-123-4","event_time":"2026-11-23T10:15:30.120Z",` + lineage +
		`"metric":"position","value":"{\"lat\":47.5,\"lon\":7.6}","unit":"deg","index":7}` + "\n" +
		`{` + lineage + `"metric":"speed","value":"82.4","unit":"km/h"}` + "\n" + // another source record, alike
		`{"metric":"load.state","value":"\"loaded\""}` + "\n" +
		`{"event_time":"2026-11-23T10:15:30.121Z","metric":"load.state","value":"\"loaded\"","index":9}` + "\n" +
		`{"component":"` + c.Component + `","metric":"load.state","value":"\"loaded\"","index":9}` + "\n" +
		`{"received_at":null,"position":null,"metric":"load.state","value":"\"loaded\"","index":0}`
	records := p.Records()
	if len(records) != 1 || string(records[0].Data) != want {
		t.Errorf("%d records\ngot  %s\nwant %s", len(records), records[0].Data, want)
	}
}

// sameKey returns another component with the same partition key.
func sameKey(component string) string {
	for i := 0; ; i++ {
		if c := fmt.Sprint("wagon:", i); stream.PartitionKey(c) == stream.PartitionKey(component) {
			return c
		}
	}
}

// Ensure that rows come back as they were, whatever was packed before them: another component, metric, unit,
// time, source or kind, in the same record or another.
func TestPacker_Rows(t *testing.T) {
	for _, size := range []int{0, 300, 1500} {
		r := rand.New(rand.NewPCG(5, 6))
		c := full()
		p := stream.NewPacker(dataset(c), size)
		want := map[string][]twin.Change{}
		for i := range 5000 {
			c := c
			c.Component = []string{"", "x", "x\"", "wagon:1", sameKey("x"), sameKey("")}[r.IntN(6)]
			n := r.IntN(400)
			c.Metric, c.Value = fmt.Sprintf("m%d", n), []string{"1", "-1.5e-7", "null", `"a\tb"`, "{\n}", "1\n", "\t2"}[r.IntN(7)]
			c.Unit = []string{"", "km/h", "\""}[r.IntN(3)]
			c.EventTime = []twin.Millis{0, 1, 2, 3, c.EventTime, twin.MinMillis}[r.IntN(6)]
			c.Index = uint32(i)
			row := rowOf(&c)
			if n < 20 {
				c.Unit = "kPa"
				row.Unit, row.Kind = []byte(c.Unit), uint16(20-n)
			}
			if r.IntN(2) == 0 {
				c.ReceivedAt, c.Position = 0, twin.Position{}
			}
			p.From(i, c.ReceivedAt, c.Position)
			if err := p.Add(row); err != nil {
				t.Fatal(err)
			}
			key := stream.PartitionKey(c.Component)
			want[key] = append(want[key], c)
		}
		got := map[string][]twin.Change{}
		for _, record := range p.Records() {
			var bad []*stream.BadLine
			if got[record.Key], bad = stream.Decode(record.Data, got[record.Key]); len(bad) > 0 {
				t.Fatalf("size %d: %v in %s", size, bad[0], record.Data)
			}
		}
		if !reflect.DeepEqual(got, want) {
			t.Errorf("size %d: the changes differ", size)
		}
	}
}

// The changes of a wagon's record follow each other, as an engine delivers them.
func wagonRows(wagons int) (rows [][]stream.Row) {
	metrics := []string{"axle.1.bearing.temperature", "axle.2.bearing.temperature", "brake.applied", "brake.pressure", "heading",
		"load.mass", "load.state", "mileage", "movement.state", "position", "speed", "train.number", "train.place"}
	values := []string{"22.0", "23.2", "false", "5.03", "118", "58.4", `"loaded"`, "464982.0", `"moving"`, `{"lat":47.491503,"lon":8.082773}`, "81.8", `"45254"`, "5"}
	units := []string{"Cel", "Cel", "", "bar", "deg", "t", "", "km", "", "deg", "km/h", "", ""}
	for w := range wagons {
		c := full()
		c.Component = fmt.Sprintf("wagon:33-80-7845-%03d-%d", w/10, w%10)
		var record []stream.Row
		for i := range metrics {
			c.Metric, c.Value, c.Unit, c.Index = metrics[i], values[i], units[i], uint32(i)
			record = append(record, *rowOf(&c))
		}
		rows = append(rows, record)
	}
	return rows
}

// packed packs all rows n times over.
func packed(b *testing.B, p *stream.Packer, rows [][]stream.Row) {
	c := full()
	for i := range rows {
		p.From(i, c.ReceivedAt, c.Position)
		for j := range rows[i] {
			if err := p.Add(&rows[i][j]); err != nil {
				b.Fatal(err)
			}
		}
	}
}

// BenchmarkPacker packs the records of 500 wagons.
func BenchmarkPacker(b *testing.B) {
	rows := wagonRows(500)
	p := stream.NewPacker(dataset(full()), 0)
	packed(b, p, rows)
	var size int
	for _, r := range p.Records() {
		size += len(r.Data)
	}
	changes := len(rows) * len(rows[0])
	b.ReportAllocs()
	for b.Loop() {
		p.Reset()
		packed(b, p, rows)
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*changes), "ns/change")
	b.ReportMetric(float64(size)/float64(changes), "B/change")
}

// BenchmarkDecode decodes what BenchmarkPacker packs.
func BenchmarkDecode(b *testing.B) {
	rows := wagonRows(500)
	p := stream.NewPacker(dataset(full()), 0)
	packed(b, p, rows)
	records := p.Records()
	var changes []twin.Change
	b.ReportAllocs()
	for b.Loop() {
		for _, r := range records {
			changes, _ = stream.Decode(r.Data, changes[:0])
		}
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*len(rows)*len(rows[0])), "ns/change")
}
