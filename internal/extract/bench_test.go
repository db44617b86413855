package extract

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"
	"time"
)

// samples are the extractors and the records that they are measured on: one file is one record, or,
// for .ndjson and .csv, one line is.
func samples(tb testing.TB) map[string][][]byte {
	tb.Helper()
	out := map[string][][]byte{}
	dirs, _ := filepath.Glob("../../extractors/testdata/*")
	for _, dir := range dirs {
		for _, pattern := range []string{"*.json", "*.ndjson", "*.csv"} {
			files, _ := filepath.Glob(filepath.Join(dir, pattern))
			for _, f := range files {
				data, err := os.ReadFile(f)
				if err != nil {
					tb.Fatal(err)
				}
				records := [][]byte{data}
				if filepath.Ext(f) != ".json" {
					records = bytes.Split(bytes.TrimSpace(data), []byte("\n"))
				}
				out[filepath.Base(dir)] = append(out[filepath.Base(dir)], records...)
			}
		}
	}
	if len(out) == 0 {
		tb.Fatal("no samples in extractors/testdata")
	}
	return out
}

// BenchmarkRun measures the engine from the bytes of a record to its rows, on one core.
func BenchmarkRun(b *testing.B) {
	for name, records := range samples(b) {
		b.Run(name, func(b *testing.B) {
			sql, err := os.ReadFile("../../extractors/" + name + ".sql")
			if err != nil {
				b.Fatal(err)
			}
			a, err := Analyze(name+".sql", sql)
			if err != nil {
				b.Fatal(err)
			}
			if a.NeedsFlink() {
				b.Skip("the Go engine does not run it")
			}
			p := a.Program
			out := p.NewOutput()
			rows := 0
			for _, r := range records {
				p.Run(r, out)
				rows += len(out.Rows)
			}
			perRecord(b, records, func(r []byte) { p.Run(r, out) })
			b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "records/s")
			b.ReportMetric(float64(rows)/float64(len(records)), "rows/record")
		})
	}
}

// BenchmarkCompile measures the largest extractor.
func BenchmarkCompile(b *testing.B) {
	files, _ := filepath.Glob("../../extractors/*.sql")
	var largest []byte
	for _, f := range files {
		sql, err := os.ReadFile(f)
		if err != nil {
			b.Fatal(err)
		}
		if len(sql) > len(largest) {
			if _, err := Compile(f, sql); err == nil {
				largest = sql
			}
		}
	}
	b.ReportAllocs()
	for b.Loop() {
		if _, err := Compile("largest.sql", largest); err != nil {
			b.Fatal(err)
		}
	}
}

// partial declares 9 scalars and an array of objects with 3 scalars each, about half of what a record
// of partialRecords holds.
const partial = `
CREATE TABLE wagons (
  header ROW<messageId STRING, sentAt STRING>, wagon ROW<id STRING>, ` + "`position`" + ` ROW<lat DOUBLE, lon DOUBLE>, motion ROW<speedKmh DOUBLE>,
  axles ARRAY<ROW<n INT, bearingTempC DOUBLE, loadKg INT>>, brake ROW<pipePressureBar DOUBLE, applied BOOLEAN>, battery ROW<soc INT>
) WITH ('format' = 'json', 'json.ignore-parse-errors' = 'true');
INSERT INTO digitaltwin SELECT t.wagon.id, 'speed', JSON_STRING(t.motion.speedKmh), 'km/h', TIMESTAMP '2026-11-23 10:15:30'
FROM wagons AS t WHERE t.motion.speedKmh > 1000 AND t.battery.soc BETWEEN 200 AND 300;`

// partialRecords makes records of about 616 bytes that differ in every value.
func partialRecords() [][]byte {
	var out [][]byte
	r := rand.New(rand.NewPCG(1, 2))
	for range 256 {
		axle := func(n int) string {
			return fmt.Sprintf(`{"n":%d,"bearingTempC":%.2f,"loadKg":%d}`, n, 20+60*r.Float64(), 9000+r.IntN(9000))
		}
		out = append(out,
			fmt.Appendf(nil,
				`{"header":{"messageId":"%08x-0d3e-4b0e-9a51-%012x","type":"wagon.telemetry","schema":"v3","sentAt":"2026-11-23T10:15:%02d.%03dZ"},"wagon":{"id":"33 80 7845 %03d-4","operator":"RailCo Cargo","fleet":"tank"},"position":{"lat":%.6f,"lon":%.6f,"alt":%.1f,"fix":"3D","sats":%d},"motion":{"speedKmh":%.1f,"heading":%d,"mileageKm":%.1f},"axles":[%s,%s,%s,%s],"brake":{"pipePressureBar":%.2f,"applied":%t},"battery":{"v":%.2f,"soc":%d}}`,
				r.Uint32(), r.Uint64N(1<<48), r.IntN(60), r.IntN(1000), r.IntN(1000), 46+2*r.Float64(), 7+2*r.Float64(),
				900*r.Float64(), 4+r.IntN(9),
				120*r.Float64(), r.IntN(360), 200000*r.Float64(), axle(1), axle(2), axle(3), axle(4), 3+2*r.Float64(),
				r.IntN(2) == 0, 11+2*r.Float64(), r.IntN(101)))
	}
	return out
}

// BenchmarkScanFilter compares a typed scan, with a filter that no record passes, with a strict
// validating scan of the same bytes by encoding/json: pass by pass in turns, the best pass of each. Run
// it with GOEXPERIMENT=jsonv2, whose validation is the faster one.
func BenchmarkScanFilter(b *testing.B) {
	sql, err := os.ReadFile("../../extractors/wagon_telemetry.sql")
	if err != nil {
		b.Fatal(err)
	}
	whole := bytes.Replace(sql, []byte("WHERE t.wagon.id IS NOT NULL"),
		[]byte("WHERE t.motion.speedKmh > 1000 AND t.battery.soc BETWEEN 200 AND 300"), 1)
	b.Run("half", func(b *testing.B) { scanFilter(b, []byte(partial), partialRecords()) })
	b.Run("whole", func(b *testing.B) { scanFilter(b, whole, samples(b)["wagon_telemetry"]) })
}

func scanFilter(b *testing.B, sql []byte, records [][]byte) {
	p, err := Compile("wagons.sql", sql)
	if err != nil {
		b.Fatal(err)
	}
	out := p.NewOutput()
	size := 0
	scan := func() {
		for _, r := range records {
			if p.Run(r, out); len(out.Rows) > 0 {
				b.Fatal("a record passed the filter")
			}
		}
	}
	validate := func() {
		for _, r := range records {
			if !json.Valid(r) {
				b.Fatal("not JSON")
			}
		}
	}
	for _, r := range records {
		size += len(r)
	}
	best := [2]time.Duration{time.Hour, time.Hour}
	for b.Loop() {
		for i, pass := range []func(){scan, validate} {
			start := time.Now()
			pass()
			best[i] = min(best[i], time.Since(start))
		}
	}
	rate := func(d time.Duration) float64 { return float64(size) / 1e6 / d.Seconds() }
	b.ReportMetric(rate(best[0]), "scan-MB/s")
	b.ReportMetric(rate(best[1]), "validate-MB/s")
	b.ReportMetric(float64(best[1])/float64(best[0]), "ratio")
}

// perRecord measures f on one record after the other.
func perRecord(b *testing.B, records [][]byte, f func([]byte)) {
	size := 0
	for _, r := range records {
		size += len(r)
	}
	b.SetBytes(int64(size / len(records)))
	b.ReportAllocs()
	i := 0
	for b.Loop() {
		f(records[i])
		if i++; i == len(records) {
			i = 0
		}
	}
}
