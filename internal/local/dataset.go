package local

import (
	"sync"
	"sync/atomic"

	"github.com/railtwin/digitaltwin/internal/extract"
	"github.com/railtwin/digitaltwin/internal/twin"
)

// dataset is one dataset that is served.
type dataset struct {
	twin.Dataset
	tables   []extract.Table
	program  *extract.Program // nil where it is hosted
	hosted   *hosted          // nil where there is a program
	feeds    []Feed
	arrivals arrivals
	memories sync.Pool    // of *memory, for posted bodies
	readings atomic.Int64 // in the store
	counter
}
