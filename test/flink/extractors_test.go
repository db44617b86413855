package flink_test

import (
	"bytes"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/railtwin/digitaltwin/extractors"
	"github.com/railtwin/digitaltwin/internal/fleet"
	"github.com/railtwin/digitaltwin/internal/tier"
	"github.com/railtwin/digitaltwin/test/flink"
	"github.com/railtwin/digitaltwin/test/flink/generate"
)

// samples returns the records of a dataset; a .json file is one record, else a line is.
func samples(dataset string) (records [][]byte) {
	for _, s := range extractors.Samples(dataset) {
		if filepath.Ext(s.Name) == ".json" {
			records = append(records, s.Data)
			continue
		}
		for line := range bytes.Lines(s.Data) {
			records = append(records, bytes.TrimSuffix(line, []byte("\n")))
		}
	}
	if dataset == "wagon_telemetry" {
		records = append(records, wagons()...)
	}
	return records
}

// wagons returns some minutes of a generated fleet.
func wagons() (records [][]byte) {
	start := time.Date(2026, 11, 23, 10, 0, 0, 0, time.UTC)
	f := fleet.New(1, 5, start)
	for s := range 120 {
		f.Advance(start.Add(time.Duration(s)*time.Second),
			func(_ string, r []byte) { records = append(records, bytes.Clone(r)) })
	}
	return records
}

// Ensure both engines deliver the same for every extractor over its whole sample.
func TestExtractors(t *testing.T) {
	o := flink.Start(t)
	for _, e := range extractors.OnGo() {
		t.Run(e.Name, func(t *testing.T) {
			t.Parallel()
			records := samples(e.Name)
			if len(records) == 0 {
				t.Fatal("no sample")
			}
			report(t, compare(t, o, e.Name, string(e.SQL), records))
			counted(func() { tally.extractors++; tally.records += len(records) })
		})
	}
}

// Ensure both engines deliver the same for real records that were spoilt, through every extractor.
func TestMutatedRecords(t *testing.T) {
	o := flink.Start(t)
	all := extractors.OnGo()
	each := (mutants() + len(all) - 1) / len(all)
	for i, e := range all {
		t.Run(e.Name, func(t *testing.T) {
			t.Parallel()
			g := generate.New(tier.Seed() + uint64(i))
			var base, records [][]byte
			for _, r := range samples(e.Name) {
				base = append(base, generate.Trim(r, 3))
			}
			for k := range each {
				records = append(records, g.Mutate(base[k%len(base)]))
			}
			var all []disagreement
			for some := range slices.Chunk(records, 2000) {
				all = append(all, compare(t, o, e.Name, string(e.SQL), some)...)
			}
			report(t, smaller(t, o, e.Name, all))
			counted(func() { tally.mutants += len(records) })
		})
	}
}
