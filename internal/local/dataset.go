package local

import (
	"context"
	"sync"
	"sync/atomic"

	"github.com/railtwin/digitaltwin/internal/extract"
	"github.com/railtwin/digitaltwin/internal/twin"
)

// dataset is one dataset that is served, in one version of its extractor.
type dataset struct {
	twin.Dataset
	tables   []extract.Table
	program  *extract.Program // nil where it is hosted
	hosted   *hosted          // nil where there is a program
	feeds    []Feed
	stop     context.CancelFunc // ends the feeds; nil where they do not run
	memories sync.Pool          // of *memory, for posted bodies
	*standing
}

// standing is what a dataset keeps from version to version.
type standing struct {
	arrivals arrivals
	pause    pause
	readings atomic.Int64 // in the store
	counter
}

func newDataset(p *extract.Program) *dataset {
	return &dataset{Dataset: p.Dataset(), tables: p.Tables(), program: p, standing: &standing{}}
}
