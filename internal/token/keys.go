package token

import (
	"context"
	"maps"
	"sync"
	"time"
)

// When keys are fetched, and how long they are kept.
const (
	fetchEvery = time.Minute     // at most, whatever keys tokens name
	firstRetry = time.Second     // after a failure; each further one doubles it up to fetchEvery
	refresh    = time.Hour       // keys are looked at again, so that one that was withdrawn ends
	keepOld    = 24 * time.Hour  // a key that the issuer does not list any more, or that cannot be asked for
	fetchTime  = 5 * time.Second // for discovery and keys together
)

// keys are the keys of an issuer, by their kid. Only one request for them is under way at a time. Who names a key that
// is known does not wait for it.
type keys struct {
	source *source
	now    func() time.Time

	mu       sync.Mutex
	known    map[string]known
	fetched  time.Time     // successfully
	next     time.Time     // no fetch before
	failures int           // since the last success
	failure  error         // of the last fetch; nil after a success
	pending  chan struct{} // closed when the fetch under way ends; nil without one
}

// known is a key, and when the issuer listed it last.
type known struct {
	key
	listed time.Time
}

func newKeys(s *source, now func() time.Time) *keys {
	return &keys{source: s, now: now, known: make(map[string]known)}
}

// find returns the key that a token names.
func (k *keys) find(ctx context.Context, id string) (key, error) {
	found, ok, wait := k.look(id)
	if !ok && wait != nil {
		select {
		case <-wait:
		case <-ctx.Done():
			return key{}, because(ErrUnreachable, "it did not answer in time")
		}
		found, ok, _ = k.look(id)
	}
	if ok {
		return found, nil
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.failure != nil {
		return key{}, k.failure // the key may be one that the issuer has
	}
	return key{}, refused("its key is none of the issuer's (kid)")
}

// look returns a key if it is known, and otherwise what to wait for, nil if a fetch would be too early. Keys that are
// known but old are fetched beside.
func (k *keys) look(id string) (key, bool, chan struct{}) {
	k.mu.Lock()
	defer k.mu.Unlock()
	now := k.now()
	found, ok := k.known[id]
	ok = ok && now.Before(found.listed.Add(keepOld))
	if k.pending == nil && !now.Before(k.next) && (!ok || !now.Before(k.fetched.Add(refresh))) {
		k.pending = make(chan struct{})
		go k.fetch(k.pending)
	}
	return found.key, ok, k.pending
}

// fetch asks the issuer. It belongs to no call: a caller that goes away must not take it from the others.
func (k *keys) fetch(done chan struct{}) {
	ctx, cancel := context.WithTimeout(context.Background(), fetchTime)
	defer cancel()
	listed, err := k.source.keys(ctx)

	k.mu.Lock()
	defer k.mu.Unlock()
	defer close(done)
	now := k.now()
	k.pending, k.failure = nil, err
	if err != nil {
		k.next = now.Add(min(firstRetry<<min(k.failures, 6), fetchEvery))
		k.failures++
		return
	}
	k.failures, k.fetched, k.next = 0, now, now.Add(fetchEvery)
	for id, key := range listed {
		k.known[id] = known{key, now}
	}
	maps.DeleteFunc(k.known, func(_ string, old known) bool { return !now.Before(old.listed.Add(keepOld)) })
	// An issuer that gives its keys new names all day must not fill the memory.
	if len(k.known) > 2*maxKeys {
		maps.DeleteFunc(k.known, func(_ string, old known) bool { return old.listed.Before(now) })
	}
}
