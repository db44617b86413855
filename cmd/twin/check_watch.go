package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
	"time"
)

// pollEvery is how often --watch looks at the files. Polling works on every file system.
const pollEvery = 300 * time.Millisecond

// watchFiles checks whenever one of the files is another than before, until ctx ends.
func (ch *check) watchFiles(ctx context.Context, c console) error {
	tick := time.NewTicker(pollEvery)
	defer tick.Stop()
	seen := ""
	for {
		if state := ch.state(); state != seen {
			seen = state
			fmt.Fprintf(c.out, "--- %s %s\n", time.Now().Format(time.TimeOnly), strings.Join(ch.sql, " "))
			if err := ch.once(ctx, c); err != nil && !errors.Is(err, errShown) && ctx.Err() == nil {
				fmt.Fprintln(c.err, err)
			}
		}
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		}
	}
}

// state changes with any of the files: their sizes, times, and whether they are there.
func (ch *check) state() string {
	var b strings.Builder
	for _, path := range slices.Concat([]string{ch.old}, ch.sql, ch.inputs.Paths) {
		if info, err := os.Stat(path); err == nil {
			fmt.Fprintf(&b, "%d %d\n", info.Size(), info.ModTime().UnixNano())
		} else {
			b.WriteString("none\n")
		}
	}
	return b.String()
}
