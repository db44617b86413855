package disk

import (
	"context"
	"encoding/json"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"slices"
	"strings"
	"sync"

	"github.com/railtwin/digitaltwin/internal/operate"
)

// maxRuns is how many runs are kept. An active one is never taken away.
const maxRuns = 1000

// Runs keeps runs.
type Runs struct {
	root *os.Root
	mu   sync.Mutex
	runs map[string][]byte // as JSON
}

var _ operate.Runs = (*Runs)(nil)

func openRuns(root *os.Root) (*Runs, error) {
	r := &Runs{root: root, runs: map[string][]byte{}}
	if err := root.MkdirAll("runs", dirMode); err != nil {
		return nil, err
	}
	entries, err := fs.ReadDir(root.FS(), "runs")
	if err != nil {
		return nil, err
	}
	for _, e := range entries {
		id, ok := strings.CutSuffix(e.Name(), ".json")
		if !ok {
			continue // of a crash
		}
		text, err := root.ReadFile(pathOf(id))
		if err == nil {
			_, err = parse(text)
		}
		if err != nil {
			return nil, fmt.Errorf("the run %s: %w", id, err)
		}
		r.runs[id] = text
	}
	return r, nil
}

func pathOf(id string) string { return "runs/" + id + ".json" }

func parse(text []byte) (*operate.Run, error) {
	run := &operate.Run{}
	return run, json.Unmarshal(text, run)
}

// Write implements [operate.Runs].
func (r *Runs) Write(_ context.Context, run *operate.Run) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	stored := &operate.Run{}
	if text, ok := r.runs[run.ID]; ok {
		var err error
		if stored, err = parse(text); err != nil {
			return err
		}
	}
	if stored.Version != run.Version {
		return fmt.Errorf("%w: %s", operate.ErrConflict, run.ID)
	}
	next := *run
	next.Version++
	text := mustJSON(&next)
	if err := write(r.root, pathOf(run.ID), text, true); err != nil {
		return fmt.Errorf("disk: the run %s: %w", run.ID, err)
	}
	r.runs[run.ID], run.Version = text, next.Version
	r.prune()
	return nil
}

// prune takes the oldest runs away that have ended.
func (r *Runs) prune() {
	if len(r.runs) <= maxRuns {
		return
	}
	for _, id := range slices.Sorted(maps.Keys(r.runs)) {
		if run, err := parse(r.runs[id]); err == nil && !run.State.Active() {
			if r.root.Remove(pathOf(id)) == nil {
				delete(r.runs, id)
			}
			return
		}
	}
}

// Read implements [operate.Runs].
func (r *Runs) Read(_ context.Context, id string) (*operate.Run, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	text, ok := r.runs[id]
	if !ok {
		return nil, fmt.Errorf("%w: the run %s", operate.ErrNotFound, id)
	}
	return parse(text)
}

// List implements [operate.Runs].
func (r *Runs) List(_ context.Context, before string, limit int) (list []*operate.Run, err error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	ids := slices.Sorted(maps.Keys(r.runs))
	slices.Reverse(ids)
	for _, id := range ids {
		if len(list) == limit {
			break
		}
		if before == "" || id < before {
			run, err := parse(r.runs[id])
			if err != nil {
				return nil, err
			}
			list = append(list, run)
		}
	}
	return list, nil
}
