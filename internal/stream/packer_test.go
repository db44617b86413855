package stream_test

import (
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
func pack(p *stream.Packer, c *twin.Change, source int) *twin.Problem {
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

// Ensure that a record is filled up to its size to the byte, and no further.
func TestPacker_Size(t *testing.T) {
	c := full()
	packed := func(size int) []stream.Record {
		p := stream.NewPacker(dataset(c), size)
		for i := range 3 {
			if problem := pack(p, &c, i); problem != nil {
				t.Fatal(problem)
			}
		}
		return p.Records()
	}
	whole := len(packed(0)[0].Data)
	for size, want := range map[int]int{whole: 1, whole + 1: 1, whole - 1: 2, whole - 2: 2} {
		if got := packed(size); len(got) != want || len(got[0].Data) > size {
			t.Errorf("%d records, the first of %d bytes, want %d of at most %d", len(got), len(got[0].Data), want, size)
		}
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

// Ensure that a line says what its changes share once, and each of them only what is its own, to the byte.
func TestPacker_Lines(t *testing.T) {
	c := full()
	p := stream.NewPacker(dataset(c), 0)
	add := func(change func()) {
		t.Helper()
		change()
		if problem := p.Add(rowOf(&c)); problem != nil {
			t.Fatal(problem)
		}
	}
	p.From(0, c.ReceivedAt, c.Position)
	add(func() {})
	add(func() { c.Metric, c.Value, c.Unit, c.Index = "speed", "82.4", "km/h", 8 })
	add(func() { c.Metric, c.Value, c.Unit, c.Index = "load.state", `"loaded"`, "", 9 })
	add(func() { c.EventTime, c.Index = c.EventTime+1, 10 })
	add(func() { c.Metric, c.Value, c.Unit, c.Index = "load.mass", "58.4", "t", 11 })
	add(func() { c.EventTime, c.Index = c.EventTime-1, 20 })
	add(func() { c.EventTime = c.EventTime + 1 })
	add(func() { c.Component = sameKey(c.Component) })
	p.From(0, c.ReceivedAt, c.Position)
	add(func() {}) // another source record, alike
	c.ReceivedAt, c.Position, c.Index, c.Unit = 0, twin.Position{}, 0, ""
	p.From(0, c.ReceivedAt, c.Position)
	add(func() {})
	const origin = `{"dataset":"wagons","extractor":"0123456789ab","revision":2,`
	const lineage = `"received_at":"2026-11-23T10:15:31.007Z","position":"source/shardId-000000000003/49590338271490256608559692538361571095921575989136588898",`
	want := origin + `"component":"wagon:33-80-7845-123-4","event_time":"2026-11-23T10:15:30.120Z",` + lineage +
		`"index":7,"changes":[["position","{\"lat\":47.5,\"lon\":7.6}","deg"],["speed","82.4","km/h"],["load.state","\"loaded\""],` +
		`["load.state","\"loaded\"",null,"2026-11-23T10:15:30.121Z"],["load.mass","58.4","t","2026-11-23T10:15:30.121Z"],` +
		`["load.mass","58.4","t",20],["load.mass","58.4","t","2026-11-23T10:15:30.121Z",20]]}` + "\n" +
		origin + `"component":"` + c.Component + `","event_time":"2026-11-23T10:15:30.121Z",` + lineage +
		`"index":20,"changes":[["load.mass","58.4","t"]]}` + "\n" +
		origin + `"component":"` + c.Component + `","event_time":"2026-11-23T10:15:30.121Z",` + lineage +
		`"index":20,"changes":[["load.mass","58.4","t"]]}` + "\n" +
		origin + `"component":"` + c.Component +
		`","event_time":"2026-11-23T10:15:30.121Z","received_at":null,"position":null,"index":0,"changes":[["load.mass","58.4"]]}`
	records := p.Records()
	if len(records) != 1 || string(records[0].Data) != want {
		t.Errorf("%d records\ngot  %s\nwant %s", len(records), records[0].Data, want)
	}
}

// Ensure that a row that no store would take is refused alone, with what is wrong with it and which one it is, and that
// the rows around it are packed; also where component, metric and unit were seen before.
func TestPacker_Refuses(t *testing.T) {
	good := full()
	for name, c := range map[string]struct {
		harm   func(c *twin.Change)
		reason twin.Reason
		detail string
	}{
		"component empty": {func(c *twin.Change) { c.Component = "" }, twin.BadName,
			"position of : the name of the component is empty"},
		"component":       {func(c *twin.Change) { c.Component = "wagon:1\x00" }, twin.BadName, "control character U+0000"},
		"metric":          {func(c *twin.Change) { c.Metric = "\xff" }, twin.BadName, "is not UTF-8"},
		"metric too long": {func(c *twin.Change) { c.Metric = strings.Repeat("m", 256) }, twin.TooLarge, "256 bytes"},
		"unit": {func(c *twin.Change) { c.Unit = "\n" }, twin.BadName,
			`position of wagon:33-80-7845-123-4: the unit "\n"`},
		"early": {func(c *twin.Change) { c.EventTime = twin.MinMillis - 1 }, twin.BadTime,
			"0000-12-31T23:59:59.999Z is outside the years 1 to 9999"},
		"late": {func(c *twin.Change) { c.EventTime = twin.MaxMillis + 1 }, twin.BadTime,
			"position of wagon:33-80-7845-123-4: 10000-01-01"},
		"no JSON":   {func(c *twin.Change) { c.Value = `"` }, twin.BadValue, "is not JSON"},
		"no number": {func(c *twin.Change) { c.Value = "1.2.3" }, twin.BadValue, "is not JSON"},
		"no I-JSON": {func(c *twin.Change) { c.Value = "1e999" }, twin.NotIJSON, "beyond a double"},
		"value too large": {func(c *twin.Change) { c.Value = `"` + strings.Repeat("x", twin.MaxValue) + `"` }, twin.TooLarge,
			"8194 bytes"},
		"number too large": {func(c *twin.Change) { c.Value = strings.Repeat("1", 310) }, twin.NotIJSON, "beyond a double"},
	} {
		p := stream.NewPacker(dataset(good), 0)
		bad := good
		c.harm(&bad)
		var want []twin.Change
		for i := range 6 {
			row := &good
			if i%2 == 1 {
				row = &bad
			}
			problem := pack(p, row, i)
			if i%2 == 0 {
				if want = append(want, good); problem != nil {
					t.Errorf("%s: a good row: %v", name, problem)
				}
				continue
			}
			if problem == nil || problem.Reason != c.reason || !strings.Contains(problem.Detail, c.detail) ||
				problem.Offset != -1 {
				t.Errorf("%s: %+v, want %s %s", name, problem, c.reason, c.detail)
			}
		}
		if got := decoded(t, p.Records()); !slices.Equal(got, want) {
			t.Errorf("%s: %d changes come back, want %d as they were", name, len(got), len(want))
		}
	}
}

// decoded are the changes of records.
func decoded(t *testing.T, records []stream.Record) (changes []twin.Change) {
	t.Helper()
	for _, r := range records {
		var bad []*stream.BadLine
		if changes, bad = stream.Decode(r.Data, changes); len(bad) > 0 {
			t.Fatalf("%v in %s", bad[0], r.Data)
		}
	}
	return changes
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
			c.Component = []string{"y", "x", "x\"", "wagon:1", sameKey("x"), sameKey("y")}[r.IntN(6)]
			n := r.IntN(400)
			c.Metric, c.Value = fmt.Sprintf("m%d", n), []string{"1", "-1.5e-7", "null", `"a\\tb"`, "{\n}", "1\n",
				"\t2"}[r.IntN(7)]
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
