package local

import (
	"context"
	"sync"

	"github.com/railtwin/digitaltwin/internal/twin"
)

// pause holds what takes records of a dataset in while an operator has paused it.
type pause struct {
	mu      sync.Mutex
	since   twin.Millis   // 0 where it is not paused
	resumed chan struct{} // closed when it is no more
}

// set pauses, or resumes where since is 0.
func (p *pause) set(since twin.Millis) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.since == 0 && since != 0 {
		p.resumed = make(chan struct{})
	}
	if p.since != 0 && since == 0 {
		close(p.resumed)
	}
	p.since = since
}

func (p *pause) get() twin.Millis {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.since
}

// wait waits while it is paused. The error is that of ctx.
func (p *pause) wait(ctx context.Context) error {
	for {
		p.mu.Lock()
		since, resumed := p.since, p.resumed
		p.mu.Unlock()
		if since == 0 {
			return nil
		}
		select {
		case <-ctx.Done():
			return context.Cause(ctx)
		case <-resumed:
		}
	}
}
