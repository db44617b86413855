package operate

import (
	"context"
	"log/slog"
	"time"

	"github.com/railtwin/digitaltwin/internal/stream"
)

// Config is what a service is made of. All but Source, Pauser, Grants, Now and Log is needed.
type Config struct {
	Runs       Runs
	Rejects    Rejects
	Store      Store
	Extractors Extractors
	Sink       stream.Sink // the twin stream; what it has taken is kept
	Source     Source      // nil: no dataset can be rebuilt
	Pauser     Pauser      // nil: no dataset can be paused
	Audit      AuditLog

	// Start makes somebody call [Service.Step] for a run soon: it is called for a new run, for one that is cancelled,
	// and for one that seems to have stopped. It does not wait for the run.
	Start func(ctx context.Context, id string) error

	Grants Grants // nil: who has the scope operates everything
	// Anonymous lets calls without a caller do everything. For local mode without tokens, on the loopback only.
	Anonymous bool

	Now func() time.Time // nil is time.Now
	Log *slog.Logger     // nil is slog.Default()
}

// Service makes runs and works on them. It is safe for concurrent use.
type Service struct{ Config }

// New returns a service.
func New(c Config) *Service {
	if c.Now == nil {
		c.Now = time.Now
	}
	if c.Log == nil {
		c.Log = slog.Default()
	}
	return &Service{c}
}
