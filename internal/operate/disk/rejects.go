package disk

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"iter"
	"os"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/railtwin/digitaltwin/internal/operate"
	"github.com/railtwin/digitaltwin/internal/rejects"
	"github.com/railtwin/digitaltwin/internal/twin"
)

const (
	keepFor   = 30 * 24 * time.Hour
	maxSize   = 256 << 20 // of all files in bytes
	markEnd   = ".mark"
	fileEnd   = ".ndjson.gz"
	pruneDown = 10 // where there is too much, down to nine tenths
)

// Rejects keeps files of rejects. The names are in memory, in order.
type Rejects struct {
	root *os.Root
	now  func() time.Time

	mu    sync.Mutex
	names []string
	size  map[string]int64
	total int64
}

var _ operate.Rejects = (*Rejects)(nil)

func openRejects(root *os.Root, now func() time.Time) (*Rejects, error) {
	r := &Rejects{root: root, now: now, size: map[string]int64{}}
	if err := root.MkdirAll("rejects", dirMode); err != nil {
		return nil, err
	}
	err := fs.WalkDir(root.FS(), "rejects", func(path string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() || !strings.HasSuffix(path, fileEnd) {
			return err
		}
		info, err := e.Info()
		if err == nil {
			r.add(path, info.Size())
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	return r, r.prune()
}

// add notes a file. The caller holds r.mu.
func (r *Rejects) add(name string, size int64) {
	if i, found := slices.BinarySearch(r.names, name); !found {
		r.names = slices.Insert(r.names, i, name)
	}
	r.total += size - r.size[name]
	r.size[name] = size
}

// Files implements [operate.Rejects].
func (r *Rejects) Files(_ context.Context, q operate.FileQuery) (names []string, err error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	folders := []string{rejects.ApplyFolder}
	for _, d := range q.Datasets {
		folders = append(folders, rejects.ExtractFolder(d))
	}
	i, found := slices.BinarySearch(r.names, q.After)
	if found {
		i++
	}
	for _, name := range r.names[i:] {
		if len(names) == q.Limit {
			break
		}
		if slices.ContainsFunc(folders, func(f string) bool { return strings.HasPrefix(name, f) }) &&
			rejects.Touches(name, q.From, q.To) {
			names = append(names, name)
		}
	}
	return names, nil
}

// Open implements [operate.Rejects].
func (r *Rejects) Open(_ context.Context, name string) (iter.Seq2[twin.Reject, error], operate.Mark, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	m, err := r.mark(name)
	if err != nil {
		return nil, m, err
	}
	data, err := r.root.ReadFile(name)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, m, fmt.Errorf("%w: %s", operate.ErrNotFound, name)
	}
	if err != nil {
		return nil, m, err
	}
	return rejects.Decode(bytes.NewReader(data)), m, nil
}

func (r *Rejects) mark(name string) (m operate.Mark, err error) {
	text, err := r.root.ReadFile(name + markEnd)
	if errors.Is(err, fs.ErrNotExist) {
		return m, nil
	}
	if err == nil {
		err = json.Unmarshal(text, &m)
	}
	return m, err
}

// Write implements [operate.Rejects]. The mark comes first: a file of a run is never there without it.
func (r *Rejects) Write(ctx context.Context, name string, file []byte, m operate.Mark) error {
	if m != (operate.Mark{}) {
		if err := r.Mark(ctx, name, m); err != nil {
			return err
		}
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if err := write(r.root, name, file, false); err != nil {
		return fmt.Errorf("disk: %s: %w", name, err)
	}
	r.add(name, int64(len(file)))
	return r.prune()
}

// Mark implements [operate.Rejects].
func (r *Rejects) Mark(_ context.Context, name string, m operate.Mark) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	old, err := r.mark(name)
	if err != nil {
		return err
	}
	m = operate.Mark{Replayed: cmp.Or(m.Replayed, old.Replayed), Split: cmp.Or(m.Split, old.Split)}
	return write(r.root, name+markEnd, mustJSON(m), false)
}

// Remove implements [operate.Rejects].
func (r *Rejects) Remove(_ context.Context, name string) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.remove(name)
}

func (r *Rejects) remove(name string) error {
	for _, path := range []string{name, name + markEnd} {
		if err := r.root.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	if i, found := slices.BinarySearch(r.names, name); found {
		r.names = slices.Delete(r.names, i, i+1)
	}
	r.total -= r.size[name]
	delete(r.size, name)
	return nil
}

// prune takes away what is too old, or too much. The caller holds r.mu, or nobody else has r.
func (r *Rejects) prune() error {
	old := twin.MillisOf(r.now().Add(-keepFor))
	if r.total <= maxSize && (len(r.names) == 0 || rejects.Touches(r.names[0], old, twin.MaxMillis)) {
		return nil
	}
	byDay := slices.Clone(r.names)
	slices.SortStableFunc(byDay, func(a, b string) int { return cmp.Compare(rejects.DayOf(a), rejects.DayOf(b)) })
	most := r.total
	if most > maxSize {
		most = maxSize - maxSize/pruneDown
	}
	for _, name := range byDay {
		if r.total <= most && rejects.Touches(name, old, twin.MaxMillis) {
			return nil
		}
		if err := r.remove(name); err != nil {
			return err
		}
	}
	return nil
}
