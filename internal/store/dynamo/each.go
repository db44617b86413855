package dynamo

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"runtime/debug"
	"sync"
	"time"

	"github.com/aws/smithy-go"

	"github.com/railtwin/digitaltwin/internal/store/swap"
	"github.com/railtwin/digitaltwin/internal/twin"
)

// parallel is how many requests of one call are under way at a time.
const parallel = 32

// each calls do for 0 to n-1, some at a time, until ctx ends, and returns the first error. An error, or a panic, of
// one does not stop the others.
func each(ctx context.Context, n int, do func(ctx context.Context, i int) error) error {
	if err := ctx.Err(); err != nil {
		return fmt.Errorf("dynamo: %w", err)
	}
	if n == 1 {
		return guarded(ctx, 0, do)
	}
	var mu sync.Mutex
	var first error
	work := make(chan int)
	var wg sync.WaitGroup
	for range min(n, parallel) {
		wg.Go(func() {
			for i := range work {
				if err := guarded(ctx, i, do); err != nil {
					mu.Lock()
					if first == nil {
						first = err
					}
					mu.Unlock()
				}
			}
		})
	}
	for i := range n {
		select {
		case work <- i:
			continue
		case <-ctx.Done():
		}
		break
	}
	close(work)
	wg.Wait()
	if first == nil && ctx.Err() != nil {
		first = fmt.Errorf("dynamo: %w", ctx.Err())
	}
	return first
}

func guarded(ctx context.Context, i int, do func(ctx context.Context, i int) error) (err error) {
	defer func() {
		if v := recover(); v != nil {
			err = &swap.PermanentError{Reason: twin.Panicked,
				Detail: fmt.Sprintf("the store failed on it: %v\n%s", v, debug.Stack())}
		}
	}()
	return do(ctx, i)
}

// permanent makes an error one that nobody tries again where that is what it is: it would fail again, and must not hold
// up others. An error that passes, or that needs an operator, stays as it is.
func permanent(err error) error {
	var answer smithy.APIError
	switch {
	case errors.Is(err, errCorrupt):
		return &swap.PermanentError{Reason: twin.Unstorable, Detail: err.Error()}
	case errors.As(err, &answer) && answer.ErrorCode() == "ValidationException":
		return &swap.PermanentError{Reason: twin.Unstorable, Detail: "DynamoDB refuses it: " + answer.ErrorMessage()}
	}
	return err
}

// pause waits before what was throttled is sent again: a random time below a limit that doubles with each attempt.
func (s *Store) pause(ctx context.Context, attempt int) error {
	d := rand.N(min(50*time.Millisecond<<min(attempt, 10), s.maxBackoff) + 1)
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-t.C:
		return nil
	}
}
