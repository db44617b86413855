package seats

import (
	"context"
	"sync"
	"time"
)

// Memory is a [Book] of one process. Seats end when they are given back: who sits there is in the same process, and
// cannot go without that. The zero value is ready.
type Memory struct {
	mu    sync.Mutex
	taken map[string]int
}

// Take implements [Book].
func (m *Memory) Take(_ context.Context, holder string, n int, _ time.Time) (release func(), err error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.taken[holder] >= n {
		return nil, ErrTaken
	}
	if m.taken == nil {
		m.taken = map[string]int{}
	}
	m.taken[holder]++
	return func() {
		m.mu.Lock()
		defer m.mu.Unlock()
		if m.taken[holder]--; m.taken[holder] == 0 {
			delete(m.taken, holder)
		}
	}, nil
}
