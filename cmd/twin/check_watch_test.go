package main

import (
	"context"
	"path/filepath"
	"strings"
	"testing"
)

// Ensure that --watch checks again after a file was changed, goes on after a diagnostic, and ends well.
func TestCheck_Watch(t *testing.T) {
	sql := filepath.Join(t.TempDir(), "boxes.sql")
	write(t, sql, boxSQL)
	records := filepath.Join(t.TempDir(), "records.ndjson")
	write(t, records, boxRecord)
	var out output
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	status := make(chan int, 1)
	go func() {
		status <- run(ctx, console{strings.NewReader(""), &out, &out}, []string{"check", "--watch", sql, records})
	}()
	printed := func(what string, times int) func() bool {
		return func() bool { return strings.Count(out.String(), what) == times }
	}
	eventually(t, "it has checked", printed("1 record: 1 change", 1))
	write(t, records, boxRecord+"\n"+boxRecord)
	eventually(t, "it has seen the new record", printed("2 records: 2 changes", 1))
	write(t, sql, "SELEKT "+boxSQL)
	eventually(t, "it has seen the typo", printed("boxes.sql:1:1: rejected", 1))
	write(t, sql, boxSQL)
	eventually(t, "it has seen the typo mended", printed("2 records: 2 changes", 2))
	cancel()
	if s := <-status; s != exitOK {
		t.Errorf("status %d\n%s", s, &out)
	}
}
