package extract

import (
	"bytes"
	"encoding/json"
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
			p, err := Compile(name+".sql", sql)
			if err != nil {
				b.Fatal(err)
			}
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

// BenchmarkScanFilter compares a typed scan of the wagon's record, with a filter that no record
// passes, with a strict validating scan of the same bytes by encoding/json: pass by pass in turns, the
// best pass of each. Run it with GOEXPERIMENT=jsonv2, whose validation is the faster one.
func BenchmarkScanFilter(b *testing.B) {
	records := samples(b)["wagon_telemetry"]
	sql, err := os.ReadFile("../../extractors/wagon_telemetry.sql")
	if err != nil {
		b.Fatal(err)
	}
	filtered := bytes.Replace(sql, []byte("WHERE t.wagon.id IS NOT NULL"), []byte("WHERE t.motion.speedKmh > 1000 AND t.battery.soc BETWEEN 200 AND 300"), 1)
	p, err := Compile("wagon_telemetry.sql", filtered)
	if err != nil || bytes.Equal(sql, filtered) {
		b.Fatal("the filter was not put in", err)
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
