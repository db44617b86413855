package local

import (
	"context"
	"crypto/sha256"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/railtwin/digitaltwin/extractors"
	"github.com/railtwin/digitaltwin/internal/extract"
	"github.com/railtwin/digitaltwin/internal/framing"
)

// Watch takes up what changes in a folder of extractors, made as for [Directory], and in the files that feed them,
// while a twin runs. What is broken leaves the last good version running.
type Watch struct {
	Dir     string
	Sources Sources
	// Say is told what was taken up, and what was not and why.
	Say func(string)

	seen map[string]string // the state of each dataset when it was taken up or refused
	next map[string]string // a state that is seen for the first time: its files may be half-written
}

// watchEvery is how often the files are looked at. Polling works on every file system; a changed file is taken up once
// it has been the same twice.
const watchEvery = 300 * time.Millisecond

// NewWatch begins with the files as they are now.
func NewWatch(dir string, sources Sources, say func(string)) *Watch {
	w := &Watch{Dir: dir, Sources: sources, Say: say}
	w.seen = w.states()
	return w
}

// Run takes up changes until ctx ends.
func (w *Watch) Run(ctx context.Context, t *Twin) {
	for sleep(ctx, watchEvery) == nil {
		w.look(ctx, t)
	}
}

// look takes up what has changed and stands still.
func (w *Watch) look(ctx context.Context, t *Twin) {
	now := w.states()
	for _, dataset := range slices.Sorted(maps.Keys(now)) {
		state := now[dataset]
		switch {
		case state == w.seen[dataset]:
			delete(w.next, dataset)
			continue
		case state != w.next[dataset]:
			if w.next == nil {
				w.next = make(map[string]string)
			}
			w.next[dataset] = state
			continue
		}
		w.seen[dataset] = state
		w.take(ctx, t, dataset)
	}
	for _, dataset := range slices.Sorted(maps.Keys(w.seen)) {
		if _, ok := now[dataset]; !ok {
			delete(w.seen, dataset)
			w.Say(fmt.Sprintf("%s.sql is gone: its last version is served until the twin is restarted", dataset))
		}
	}
}

// take takes up one dataset.
func (w *Watch) take(ctx context.Context, t *Twin, dataset string) {
	before := t.dataset(dataset)
	kept := "it is not served"
	if before != nil {
		kept = "its last good version is served"
	}
	sql, err := os.ReadFile(filepath.Join(w.Dir, dataset+".sql"))
	if err != nil {
		w.Say(fmt.Sprintf("%v: %s", err, kept))
		return
	}
	a, err := extract.Analyze(dataset+".sql", sql)
	switch {
	case err != nil:
		w.Say(fmt.Sprintf("%v\n%s is broken: %s", err, dataset, kept))
		return
	case a.NeedsFlink():
		w.Say(fmt.Sprintf("%s needs Flink: restart the twin with --flink; %s", dataset, kept))
		return
	}
	feeds, err := w.Sources.Feeds(dataset, a.Program)
	if err != nil {
		if before == nil || before.program == nil {
			w.Say(fmt.Sprintf("%s has no feed: %v", dataset, err))
		} else {
			feeds = before.feeds
			w.Say(fmt.Sprintf("%s keeps its last good feed: %v", dataset, err))
		}
	}
	if err := t.Replace(ctx, a.Program, feeds); err != nil {
		w.Say(fmt.Sprintf("%v: %s", err, kept))
		return
	}
	what := "is new, and served"
	if before != nil {
		what = "has changed, and is served in its new version"
	}
	w.Say(fmt.Sprintf("%s %s: extractor %s", dataset, what, a.Dataset.Extractor))
}

// states returns a text for each dataset in the folder that changes with any of its files.
func (w *Watch) states() map[string]string {
	states := make(map[string]string)
	files, _ := filepath.Glob(filepath.Join(w.Dir, "*.sql")) // a folder that is gone has none
	for _, file := range files {
		dataset := strings.TrimSuffix(filepath.Base(file), ".sql")
		sql, err := os.ReadFile(file)
		if err != nil {
			continue
		}
		var b strings.Builder
		fmt.Fprintf(&b, "%x\n", sha256.Sum256(sql))
		samples := w.Sources.Files[dataset]
		for _, feed := range samples {
			samples = append(samples[:len(samples):len(samples)], filepath.Join(filepath.Dir(feed), framing.SourceFile))
		}
		if len(samples) == 0 {
			samples, _ = filepath.Glob(filepath.Join(w.Dir, "testdata", dataset, "*"))
		}
		for _, sample := range samples {
			if info, err := os.Stat(sample); err == nil && extractors.IsSample(filepath.Base(sample)) {
				fmt.Fprintf(&b, "%s %d %d\n", sample, info.Size(), info.ModTime().UnixNano())
			}
		}
		states[dataset] = b.String()
	}
	return states
}
