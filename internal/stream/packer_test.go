package stream_test

import (
	"bytes"
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/railtwin/digitaltwin/internal/stream"
	"github.com/railtwin/digitaltwin/internal/twin"
)

// Ensure that every change packed comes out once, in order per component, under the key of its
// component, in records that keep to their size and know the earliest source record in them.
func TestPacker(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	for _, size := range []int{0, 1, 700, 5000} {
		p := stream.NewPacker(size)
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
				if err := p.Add(&c, i/5); err != nil {
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

	p := stream.NewPacker(0)
	tooLarge := large
	tooLarge.Value += "x"
	var refused *stream.TooLargeError
	for range 2 { // into an empty record, and behind another change
		if err := p.Add(&tooLarge, 0); !errors.As(err, &refused) || refused.Size+len(key) != stream.MaxSize+1 {
			t.Fatalf("got %v", err)
		}
		if err := p.Add(&small, 1); err != nil {
			t.Fatal(err)
		}
	}
	if err := p.Add(&large, 2); err != nil {
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
	head, tail := stream.AppendHead(nil, c.Dataset, c.Extractor, 1), stream.AppendTail(nil, c.ReceivedAt, c.Position)
	var rows []stream.Row
	for i := range 500 {
		rows = append(rows, stream.Row{Component: fmt.Appendf(nil, "wagon:%d", i%90), Metric: []byte("speed"), Value: []byte("82.4"), EventTime: c.EventTime})
	}
	p := stream.NewPacker(2000)
	pack := func() {
		for i := range rows {
			if err := p.AddRow(head, tail, &rows[i], i); err != nil {
				t.Fatal(err)
			}
		}
		p.Records()
		p.Reset()
	}
	for range 20 { // the buffers change places until all have grown
		pack()
	}
	if n := testing.AllocsPerRun(50, pack); n > 1 {
		t.Errorf("%v allocations for %d rows", n, len(rows))
	}
	var packed int
	for i := range rows {
		_ = p.AddRow(head, tail, &rows[i], i)
	}
	for _, r := range p.Records() {
		packed += bytes.Count(r.Data, []byte("\n")) + 1
	}
	if packed != len(rows) {
		t.Errorf("%d rows were packed of %d", packed, len(rows))
	}
}

// Ensure that rows are written alike whatever row was packed before: another component, metric, unit, time,
// file or source.
func TestPacker_Rows(t *testing.T) {
	c := full()
	heads := [][]byte{stream.AppendHead(nil, "a", "1", 1), stream.AppendHead(nil, "b", "1", 1)}
	tails := [][]byte{stream.AppendTail(nil, 0, twin.Position{}), stream.AppendTail(nil, c.ReceivedAt, c.Position)}
	r := rand.New(rand.NewPCG(5, 6))
	p := stream.NewPacker(0)
	want := map[string]string{}
	for i := range 2000 {
		row := stream.Row{
			Component: []byte([]string{"", "x", "x\"", "wagon:1"}[r.IntN(4)]), Metric: fmt.Appendf(nil, "m%d", r.IntN(400)),
			Value: []byte([]string{"1", `"a"`, "\n"}[r.IntN(3)]), Unit: []byte([]string{"", "km/h", "\""}[r.IntN(3)]),
			EventTime: []twin.Millis{0, c.EventTime, twin.MinMillis - 1}[r.IntN(3)], Index: uint16(i),
		}
		head, tail := heads[r.IntN(2)], tails[r.IntN(2)]
		if err := p.AddRow(head, tail, &row, i); err != nil {
			t.Fatal(err)
		}
		key := stream.PartitionKey(string(row.Component))
		want[key] += string(stream.AppendRow(nil, head, tail, &row)) + "\n"
	}
	got := map[string]string{}
	for _, record := range p.Records() {
		got[record.Key] += string(record.Data) + "\n"
	}
	if !maps.Equal(got, want) {
		t.Errorf("got  %.300s\nwant %.300s", got, want)
	}
}

func BenchmarkPacker(b *testing.B) {
	c := full()
	head, tail := stream.AppendHead(nil, c.Dataset, c.Extractor, 1), stream.AppendTail(nil, c.ReceivedAt, c.Position)
	row := stream.Row{Metric: []byte("speed"), Value: []byte("82.4"), Unit: []byte("km/h"), EventTime: c.EventTime}
	var components [][]byte
	for i := range 1000 {
		components = append(components, fmt.Appendf(nil, "wagon:%d", i))
	}
	p := stream.NewPacker(0)
	b.ReportAllocs()
	i := 0
	for b.Loop() {
		row.Component = components[i%len(components)]
		if err := p.AddRow(head, tail, &row, i); err != nil {
			b.Fatal(err)
		}
		if i++; i%5000 == 0 {
			p.Reset()
		}
	}
}
