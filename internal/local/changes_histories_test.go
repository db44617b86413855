package local_test

import (
	"context"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"github.com/railtwin/digitaltwin/internal/access"
	"github.com/railtwin/digitaltwin/internal/api"
	"github.com/railtwin/digitaltwin/internal/feed/feedtest"
	"github.com/railtwin/digitaltwin/internal/store"
	"github.com/railtwin/digitaltwin/internal/store/bolt"
	"github.com/railtwin/digitaltwin/internal/store/storetest"
	"github.com/railtwin/digitaltwin/internal/twin"
)

// killable is a store that can be killed, and goes on from what is on the disk.
type killable struct {
	t       *testing.T
	clock   *storetest.Clock
	options bolt.FeedOptions
	rules   *access.Rules

	mu      sync.RWMutex // held to kill it
	dir     string
	store   *bolt.Store
	handler http.Handler
	kills   int
}

const killableFile = "twin.db"

func (k *killable) open(dir string) {
	s, err := bolt.Open(filepath.Join(dir, killableFile), &bolt.Options{NoSync: true, Now: k.clock.Now, Feed: &k.options})
	if err != nil {
		k.t.Fatal(err)
	}
	k.dir, k.store = dir, s
	k.handler = api.New(api.Config{
		Reader: s, Changes: api.Changes{Log: s.Changes()}, Now: k.clock.Now, Authenticated: true, Rules: k.rules,
	})
}

// kill goes on from the files as they are, as if the process had been killed. Some of a write may have come to the
// disk.
func (k *killable) kill(r *rand.Rand) {
	k.mu.Lock()
	defer k.mu.Unlock()
	dir := k.t.TempDir()
	for _, name := range []string{killableFile, killableFile + "-journal"} {
		data, err := os.ReadFile(filepath.Join(k.dir, name))
		if err != nil {
			k.t.Fatal(err)
		}
		if name != killableFile && r.IntN(2) == 0 {
			data = append(data, data[max(0, len(data)-50):]...)
		}
		if err := os.WriteFile(filepath.Join(dir, name), data, 0o600); err != nil {
			k.t.Fatal(err)
		}
	}
	old := k.store
	k.open(dir)
	k.kills++
	if err := old.Close(); err != nil {
		k.t.Fatal(err)
	}
}

func do[T any](k *killable, call func(s *bolt.Store) (T, error)) (T, error) {
	k.mu.RLock()
	defer k.mu.RUnlock()
	return call(k.store)
}

func (k *killable) Write(ctx context.Context, items []store.Item) ([][]store.Result, error) {
	return do(k, func(s *bolt.Store) ([][]store.Result, error) { return s.Write(ctx, items) })
}

func (k *killable) PutDataset(ctx context.Context, d twin.Dataset) error {
	_, err := do(k, func(s *bolt.Store) (int, error) { return 0, s.PutDataset(ctx, d) })
	return err
}

func (k *killable) Advance(ctx context.Context, dataset string, newest twin.Millis) error {
	_, err := do(k, func(s *bolt.Store) (int, error) { return 0, s.Advance(ctx, dataset, newest) })
	return err
}

func (k *killable) SetPaused(ctx context.Context, dataset string, since twin.Millis) error {
	_, err := do(k, func(s *bolt.Store) (int, error) { return 0, s.SetPaused(ctx, dataset, since) })
	return err
}

func (k *killable) RemoveDataset(ctx context.Context, name string) error {
	_, err := do(k, func(s *bolt.Store) (int, error) { return 0, s.RemoveDataset(ctx, name) })
	return err
}

func (k *killable) BeginForget(ctx context.Context, target store.Target) (store.Forgetting, error) {
	return do(k, func(s *bolt.Store) (store.Forgetting, error) { return s.BeginForget(ctx, target) })
}

func (k *killable) ContinueForget(ctx context.Context, f *store.Forgetting) error {
	_, err := do(k, func(s *bolt.Store) (int, error) { return 0, s.ContinueForget(ctx, f) })
	return err
}

func (k *killable) Datasets(ctx context.Context) ([]twin.Dataset, error) {
	return do(k, func(s *bolt.Store) ([]twin.Dataset, error) { return s.Datasets(ctx) })
}

func (k *killable) Components(ctx context.Context, q store.ComponentQuery) ([]string, error) {
	return do(k, func(s *bolt.Store) ([]string, error) { return s.Components(ctx, q) })
}

func (k *killable) Readings(ctx context.Context, q store.ReadingQuery) ([]twin.Reading, error) {
	return do(k, func(s *bolt.Store) ([]twin.Reading, error) { return s.Readings(ctx, q) })
}

// serve answers a request.
func (k *killable) serve(r *http.Request) *httptest.ResponseRecorder {
	k.mu.RLock()
	defer k.mu.RUnlock()
	w := httptest.NewRecorder()
	k.handler.ServeHTTP(w, r)
	return w
}

// historyRules are those of the callers that follow random histories.
const historyRules = `{"grants": [
	{"who": "client:all", "read": {"datasets": "*"}},
	{"who": "client:some", "read": {"datasets": "plain", "metrics": ["metric.0", "metric.7*"]}},
	{"who": "client:some", "read": {"datasets": "short", "components": "h*"}},
	{"who": "client:few", "read": {"datasets": ["also", "plain"], "metrics": "metric.1"}}
]}`

// Ensure that what followers hold by the change feed is what the store serves them, whatever they may read and ask for,
// over random histories in which readings expire and components are forgotten and the process is killed again and
// again. More of them run with
//
//	go test ./internal/local -run TestChanges_Histories -v -timeout 1h -args -histories 10000
func TestChanges_Histories(t *testing.T) {
	r := rand.New(rand.NewPCG(rand.Uint64(), 0))
	rules, err := access.Parse("access.json", []byte(historyRules), access.Known{})
	if err != nil {
		t.Fatal(err)
	}
	var all []*feedtest.Follower
	var stores []*killable
	storetest.Histories(t, func(t *testing.T) storetest.World {
		k := &killable{t: t, clock: storetest.NewClock(), rules: rules}
		if r.IntN(2) == 0 {
			k.options.Bytes = 4 << 10 // so that there are gaps
		}
		k.open(t.TempDir())
		t.Cleanup(func() { k.store.Close() })
		stores = append(stores, k)
		followers := []*feedtest.Follower{
			{Caller: "all"}, {Caller: "all", Query: "dataset=short"},
			{Caller: "all", Query: "metrics=metric.1,metric.2&fields=source"},
			{Caller: "some"}, {Caller: "few", Query: "prefix=h"},
		}
		all = append(all, followers...)
		maybeKill := func() {
			if r.IntN(3) == 0 || k.kills == 0 {
				k.kill(r)
			}
		}
		return storetest.World{
			Store: k, Clock: k.clock,
			During: func(t *testing.T, _ int) { maybeKill() },
			After: func(t *testing.T) {
				maybeKill()
				if err := k.store.TellExpired(t.Context()); err != nil {
					t.Fatal(err)
				}
				for _, f := range followers {
					if r.IntN(4) > 0 { // some come back later
						f.Follow(t, k.serve)
					}
				}
			},
		}
	}, 400)
	var sum feedtest.Follower
	kills := 0
	for _, f := range all {
		sum.Gaps, sum.Changes, sum.Forgotten = sum.Gaps+f.Gaps, sum.Changes+f.Changes, sum.Forgotten+f.Forgotten
	}
	for _, k := range stores {
		kills += k.kills
	}
	t.Logf("%d changes, %d times something forgotten, %d gaps, %d kills", sum.Changes, sum.Forgotten, sum.Gaps, kills)
	if sum.Changes == 0 || sum.Forgotten == 0 || kills == 0 {
		t.Error("the histories show nothing")
	}
}
