package api

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/railtwin/digitaltwin/internal/twin"
)

// Ensure that the catalogue is read once in its time for readings, and every ten seconds for itself.
func TestCatalogueAge(t *testing.T) {
	f := sample()
	now := time.Unix(0, 0)
	h := newHandler(Config{Reader: f, CatalogueAge: time.Minute, Now: func() time.Time { return now }})
	expect := func(target string, catalogs int) {
		t.Helper()
		if w := get(t, h, target); w.Code != 200 || f.catalogs != catalogs {
			t.Errorf("%s: %d after %d reads of the catalogue, want %d", target, w.Code, f.catalogs, catalogs)
		}
	}
	expect("/v1/components", 1)
	expect("/v1/readings", 1)
	f.datasets = append(f.datasets, twin.Dataset{Name: "x"})
	now = now.Add(10*time.Second - 1)
	expect("/v1/datasets/wayside", 1)
	now = now.Add(1)
	expect("/v1/datasets/x", 2)
	expect("/v1/datasets", 2)
	now = now.Add(time.Minute - 1)
	expect("/v1/components/vehicle:22:790", 2)
	now = now.Add(1)
	expect("/v1/components?dataset=x", 3)
	expect("/v1/components?dataset=x", 3)
	expect("/v1/health", 3)
}

// Ensure that readings are served with the last catalogue where it cannot be read again, which is counted, and that
// it is not asked for with every request meanwhile.
func TestCatalogueStale(t *testing.T) {
	f, stale := sample(), 0
	now := time.Unix(0, 0)
	r := &catalogueFails{fake: f}
	h := newHandler(Config{Reader: r, CatalogueAge: time.Minute, Now: func() time.Time { return now },
		CatalogueStale: func(error) { stale++ }})
	get(t, h, "/v1/components")
	r.err = errors.New("ProvisionedThroughputExceededException")
	now = now.Add(61 * time.Second)
	for _, target := range []string{"/v1/components/vehicle:22:790", "/v1/readings", "/v1/datasets", "/v1/components"} {
		if w := get(t, h, target); w.Code != 200 {
			t.Errorf("%s: %d %s", target, w.Code, w.Body)
		}
	}
	if f.catalogs != 2 || stale != 1 {
		t.Errorf("%d reads of the catalogue, %d counted; want 2 and 1", f.catalogs, stale)
	}
}

// catalogueFails is a Reader whose catalogue alone can fail.
type catalogueFails struct {
	*fake
	err error
}

func (c *catalogueFails) Datasets(ctx context.Context) ([]twin.Dataset, error) {
	datasets, err := c.fake.Datasets(ctx)
	return datasets, errors.Join(err, c.err)
}

// Ensure that without an age a new dataset is seen at once.
func TestCatalogueWithoutAge(t *testing.T) {
	f := sample()
	h := newHandler(Config{Reader: f})
	get(t, h, "/v1/components")
	f.datasets = append(f.datasets, twin.Dataset{Name: "x"})
	if w := get(t, h, "/v1/components?dataset=x"); w.Code != 200 {
		t.Errorf("%d %s", w.Code, w.Body)
	}
}

// Ensure that a failure to read the catalogue is not kept.
func TestCatalogueFailure(t *testing.T) {
	f := sample()
	f.err = errors.New("throttled")
	h := newHandler(Config{Reader: f, CatalogueAge: time.Hour})
	if w := get(t, h, "/v1/components"); w.Code != 503 || w.Header().Get("Retry-After") == "" {
		t.Errorf("%d %s", w.Code, w.Body)
	}
	f.err = nil
	if w := get(t, h, "/v1/components"); w.Code != 200 {
		t.Errorf("%d %s", w.Code, w.Body)
	}
}

// Ensure that a handler without a store is not made.
func TestNewNeedsAReader(t *testing.T) {
	defer func() {
		if v, _ := recover().(string); !strings.Contains(v, "Config.Reader") {
			t.Errorf("%q", v)
		}
	}()
	New(Config{})
}
