package jvm

import (
	"strings"
	"sync"
)

// Tail keeps the end of what is written to it: the last words of a JVM that failed.
type Tail struct {
	mu  sync.Mutex
	end []byte
}

const tailSize = 4096

func (t *Tail) Write(p []byte) (int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.end = append(t.end, p...)
	if n := len(t.end) - tailSize; n > 0 {
		t.end = t.end[n:]
	}
	return len(p), nil
}

func (t *Tail) String() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	return strings.TrimSpace(string(t.end))
}
