package dynamo

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"sync"

	"github.com/aws/smithy-go"

	"github.com/railtwin/digitaltwin/internal/store"
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

// panicked is a panic as an error.
type panicked struct {
	value any
	stack []byte
}

func (p *panicked) Error() string { return fmt.Sprintf("the store failed: %v\n%s", p.value, p.stack) }

func guarded(ctx context.Context, i int, do func(ctx context.Context, i int) error) (err error) {
	defer func() {
		if v := recover(); v != nil {
			err = &panicked{v, debug.Stack()}
		}
	}()
	return do(ctx, i)
}

// refusal returns the outcome of readings that failed for good: they would fail again, so they must not be offered
// again and again while others wait. An error that passes, or that needs an operator, is none: ok is false.
func refusal(err error) (r store.Result, ok bool) {
	var broken *panicked
	var answer smithy.APIError
	switch {
	case errors.As(err, &broken):
		return store.Result{Outcome: store.Refused, Reason: twin.Panicked, Detail: fmt.Sprintf("the store failed on it: %v", broken.value)}, true
	case errors.Is(err, errCorrupt):
		return store.Result{Outcome: store.Refused, Reason: twin.Unstorable, Detail: err.Error()}, true
	case errors.As(err, &answer) && answer.ErrorCode() == "ValidationException":
		return store.Result{Outcome: store.Refused, Reason: twin.Unstorable, Detail: "DynamoDB refuses it: " + answer.ErrorMessage()}, true
	}
	return r, false
}
