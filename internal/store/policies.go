package store

import (
	"context"
	"fmt"
	"sync"
	"time"

	"github.com/railtwin/digitaltwin/internal/twin"
)

// policyAge is how long the catalogue is used before it is read again.
const policyAge = time.Minute

// policies is the catalogue by name, as it was at most a minute ago.
type policies struct {
	read func(context.Context) ([]twin.Dataset, error)

	mu     sync.Mutex
	byName map[string]*twin.Dataset
	at     time.Time
}

// get returns the catalogue, which must not be changed. A catalogue that cannot be read again goes
// on as it was, for its settings change rarely and what waits behind it is data.
func (p *policies) get(ctx context.Context, now time.Time) (map[string]*twin.Dataset, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.byName != nil && now.Sub(p.at) < policyAge {
		return p.byName, nil
	}
	datasets, err := p.read(ctx)
	if err != nil {
		if p.byName != nil {
			return p.byName, nil
		}
		return nil, fmt.Errorf("store: reading the catalogue for its policies: %w", err)
	}
	p.byName, p.at = make(map[string]*twin.Dataset, len(datasets)), now
	for i := range datasets {
		p.byName[datasets[i].Name] = &datasets[i]
	}
	return p.byName, nil
}
