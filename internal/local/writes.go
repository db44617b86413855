package local

import (
	"fmt"
	"sync"
	"time"
)

// slowWrite is after how long a write that has not ended counts as one that does not.
const slowWrite = 5 * time.Second

// writes knows whether the store takes writes.
type writes struct {
	mu     sync.Mutex
	err    error         // of the last write; nil after one that succeeded
	began  time.Time     // when the write under way began, zero without one
	failed chan struct{} // closed by the next write that fails
}

func newWrites() *writes { return &writes{failed: make(chan struct{})} }

// begin says that a write begins.
func (w *writes) begin() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.began = time.Now()
}

// end says how the write has ended.
func (w *writes) end(err error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.began, w.err = time.Time{}, err
	if err != nil {
		close(w.failed)
		w.failed = make(chan struct{})
	}
}

// problem returns why the store takes no writes, nil where it does as far as is known.
func (w *writes) problem() error {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.err != nil {
		return fmt.Errorf("the store takes no writes: %w", w.err)
	}
	if waited := time.Since(w.began); !w.began.IsZero() && waited >= slowWrite {
		return fmt.Errorf("the store has not finished a write for %d s", int(waited.Seconds()))
	}
	return nil
}

// failure returns what is closed when the next write fails.
func (w *writes) failure() <-chan struct{} {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.failed
}
