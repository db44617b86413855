package flink_test

import (
	"fmt"
	"os"
	"testing"

	"github.com/railtwin/digitaltwin/internal/tier"
)

// disagreement is one record on which the engines differ.
type disagreement struct {
	sql    string
	record []byte
	text   string
}

// report fails the test for the first disagreements, and keeps all of them.
func report(t *testing.T, all []disagreement) {
	t.Helper()
	fail(t, all)
	keep(t, all)
}

func fail(t *testing.T, all []disagreement) {
	t.Helper()
	for _, d := range all[:min(len(all), 5)] {
		sql := d.sql
		if len(sql) > 1500 {
			sql = "" // an extractor
		}
		t.Errorf("record %q\n%s%s", d.record, d.text, sql)
	}
	if len(all) > 0 {
		t.Errorf("%d records differ (TWIN_SEED=%d)", len(all), tier.Seed())
	}
}

// keep writes disagreements to the file named by TWIN_FLINK_DIFFS.
func keep(t *testing.T, all []disagreement) {
	path := os.Getenv("TWIN_FLINK_DIFFS")
	if path == "" || len(all) == 0 {
		return
	}
	f, err := os.OpenFile(path, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o644)
	if err != nil {
		t.Error(err)
		return
	}
	defer f.Close()
	for _, d := range all {
		fmt.Fprintf(f, "== %s\nrecord %q\n%s%s\n", t.Name(), d.record, d.text, d.sql)
	}
}
