package stream_test

import (
	"fmt"
	"testing"

	"github.com/railtwin/digitaltwin/internal/stream"
	"github.com/railtwin/digitaltwin/internal/twin"
)

// The changes of a wagon's record follow each other, as an engine delivers them.
func wagonRows(wagons int) (rows [][]stream.Row) {
	metrics := []string{"axle.1.bearing.temperature", "axle.2.bearing.temperature", "brake.applied", "brake.pressure",
		"heading",
		"load.mass", "load.state", "mileage", "movement.state", "position", "speed", "train.number", "train.place"}
	values := []string{"22.0", "23.2", "false", "5.03", "118", "58.4", `"loaded"`, "464982.0", `"moving"`,
		`{"lat":47.491503,"lon":8.082773}`, "81.8", `"45254"`, "5"}
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
