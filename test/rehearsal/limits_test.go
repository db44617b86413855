package rehearsal

import (
	"context"
	"fmt"
	"net/http"
	"sync"
	"time"
)

// quota asks more often than the one client may that has limits.
func (r *rehearsal) quota(ctx context.Context) error {
	name, err := r.resource(ctx, coreStack, "AWS::SecretsManager::Secret", "TwinClient"+visitor)
	if err != nil {
		return err
	}
	c, err := r.newConsumer(ctx, visitor, name)
	if err != nil {
		return err
	}
	for i := range daily + 1 {
		want := http.StatusOK
		if i == daily {
			want = http.StatusTooManyRequests
		}
		a, err := c.get(ctx, "/v1/datasets")
		if err != nil {
			return err
		}
		if a.status != want {
			return fmt.Errorf("call %d of the %d that are allowed a day: %s, want %d", i+1, daily, a, want)
		}
	}
	return nil
}

// throttling asks faster than the stage allows.
func (r *rehearsal) throttling(ctx context.Context) error {
	var mu sync.Mutex
	statuses := map[int]int{}
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			for range 4 * burst / 8 {
				a, err := r.consumer.get(ctx, "/v1/health")
				mu.Lock()
				if err != nil {
					a.status = 0
				}
				statuses[a.status]++
				mu.Unlock()
			}
		})
	}
	wg.Wait()
	if statuses[http.StatusTooManyRequests] == 0 || statuses[http.StatusOK] == 0 || len(statuses) != 2 {
		return fmt.Errorf("%d calls at once, at %d a second, have the statuses %v, want some 200 and some 429", 4*burst, rate,
			statuses)
	}
	time.Sleep(2 * time.Second) // for the steps that follow
	return nil
}
