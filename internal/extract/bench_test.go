package extract

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"
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
			size, rows := 0, 0
			for _, r := range records {
				size += len(r)
				p.Run(r, out)
				rows += len(out.Rows)
			}
			b.SetBytes(int64(size / len(records)))
			b.ReportAllocs()
			i := 0
			for b.Loop() {
				p.Run(records[i], out)
				if i++; i == len(records) {
					i = 0
				}
			}
			perRecord := float64(rows) / float64(len(records))
			b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "records/s")
			b.ReportMetric(perRecord, "rows/record")
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
