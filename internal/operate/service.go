package operate

import (
	"context"
	"crypto/rand"
	"encoding/base32"
	"errors"
	"fmt"
	"log/slog"
	"regexp"
	"time"

	"github.com/railtwin/digitaltwin/internal/access"
	"github.com/railtwin/digitaltwin/internal/stream"
	"github.com/railtwin/digitaltwin/internal/twin"
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

func (s *Service) now() twin.Millis { return twin.MillisOf(s.Now()) }

// Ids have the time, so that they are in its order, and 80 bits that nobody can guess. They are fit for tags and paths.
const idTime = "20060102t150405.000"

var (
	idRandom = base32.NewEncoding("abcdefghijkmnpqrstuvwxyz23456789").WithPadding(base32.NoPadding)
	idForm   = regexp.MustCompile(`^[0-9]{8}t[0-9]{6}\.[0-9]{3}-[a-z2-9]{16}$`)
)

func newID(now time.Time) string {
	random := make([]byte, 10)
	_, _ = rand.Read(random) // which never fails
	return now.UTC().Format(idTime) + "-" + idRandom.EncodeToString(random)
}

// Create makes a run for the caller of ctx and starts it. The error says what is wrong with the request, that the
// caller may not make it, or is a fault of the infrastructure.
func (s *Service) Create(ctx context.Context, r Request) (*Run, error) {
	c, p := s.caller(ctx)
	if p != nil {
		return nil, p
	}
	return s.create(ctx, c, r)
}

// create makes a run for a caller.
func (s *Service) create(ctx context.Context, c access.Caller, r Request) (*Run, error) {
	now := s.now()
	if p := r.check(now); p != nil {
		return nil, p
	}
	datasets, err := s.Store.Datasets(ctx)
	if err != nil {
		return nil, err
	}
	if p := s.may(c, &r, datasets); p != nil {
		return nil, p
	}
	if err := s.ready(ctx, &r); err != nil {
		return nil, err
	}
	run := &Run{ID: newID(s.Now()), Request: r, By: c.Subject, Client: c.Client, State: Running, Created: now,
		Updated: now}
	if run.By == "" {
		run.By = c.Client
	}
	if err := s.audit(ctx, "created", run); err != nil {
		return nil, err
	}
	if err := s.Runs.Write(ctx, run); err != nil {
		return nil, err
	}
	if err := s.Start(ctx, run.ID); err != nil { // who asks for the run starts it again
		s.Log.ErrorContext(ctx, "operate: a run was not started", "run", run.ID, "error", err)
	}
	return run, nil
}

// ready refuses a run that could not be carried out now.
func (s *Service) ready(ctx context.Context, r *Request) error {
	switch {
	case r.Kind == Rebuild && s.Source == nil:
		return notSupported.New("This twin does not keep its source records, so that no dataset can be rebuilt.")
	case (r.Kind == Pause || r.Kind == Resume) && s.Pauser == nil:
		return notSupported.New("This twin cannot pause a dataset.")
	case r.Kind == Rebuild:
		if err := s.checkRevision(ctx, r); err != nil {
			return err
		}
	}
	if r.Dry() || r.Kind != Replay && r.Kind != Drop && r.Kind != Rebuild {
		return nil
	}
	runs, err := s.Runs.List(ctx, "", listed)
	if err != nil {
		return err
	}
	for _, other := range runs {
		if other.Kind == r.Kind && other.Dataset == r.Dataset && other.State.Active() && !other.Dry() {
			return runConflict.New("The run %s does that for %s already. Wait for it, or cancel it.", other.ID, r.Dataset)
		}
	}
	return nil
}

// listed is how many runs a page has.
const listed = 100

// read returns a run that a caller may see. One that he may not see is not there.
func (s *Service) read(ctx context.Context, c access.Caller, id string) (*Run, error) {
	absent := runNotFound.New("There is no run %s.", quoted(id))
	if !idForm.MatchString(id) {
		return nil, absent
	}
	run, err := s.Runs.Read(ctx, id)
	if errors.Is(err, ErrNotFound) {
		return nil, absent
	}
	if err != nil {
		return nil, err
	}
	datasets, err := s.Store.Datasets(ctx)
	if err != nil {
		return nil, err
	}
	if !s.sees(c, run, datasets) {
		return nil, absent
	}
	return run, nil
}

// stalled is how long an active run may go without a checkpoint until it is started again.
const stalled = 2 * time.Minute

// revive starts a run again that seems to have stopped.
func (s *Service) revive(ctx context.Context, run *Run) {
	if !run.State.Active() || s.now() < run.Updated+twin.Millis(stalled.Milliseconds()) {
		return
	}
	if err := s.Start(ctx, run.ID); err != nil {
		s.Log.ErrorContext(ctx, "operate: a run was not started again", "run", run.ID, "error", err)
	}
}

// cancel makes a run end at its next checkpoint. It is no error if it has ended.
func (s *Service) cancel(ctx context.Context, c access.Caller, id string) (*Run, error) {
	for range 10 { // a runner writes too
		run, err := s.read(ctx, c, id)
		if err != nil || run.State != Running {
			return run, err
		}
		run.State = Cancelling
		if err := s.Runs.Write(ctx, run); errors.Is(err, ErrConflict) {
			continue
		} else if err != nil {
			return nil, err
		}
		by := *run
		if by.By = c.Subject; by.By == "" {
			by.By = c.Client
		}
		if err := s.audit(ctx, "cancel", &by); err != nil {
			return nil, err
		}
		if err := s.Start(ctx, id); err != nil {
			s.Log.ErrorContext(ctx, "operate: a run that is cancelled was not started", "run", id, "error", err)
		}
		return run, nil
	}
	return nil, fmt.Errorf("%w: %s, again and again", ErrConflict, id)
}

// audit writes a line about a run.
func (s *Service) audit(ctx context.Context, action string, run *Run) error {
	shown := run.shown()
	err := s.Audit.Record(ctx, Audit{At: s.Now().UTC(), By: run.By, Client: run.Client, Action: action, Run: &shown})
	if err != nil {
		return fmt.Errorf("operate: the audit log was not written: %w", err)
	}
	return nil
}

// shown is a run as it is served: without what is for the runner, and without its SQL. It says whether it is a dry run
// also where its request did not: a client reads what is missing as false.
func (r *Run) shown() Run {
	shown, dry := *r, r.Dry()
	shown.DryRun = &dry
	shown.Checkpoint, shown.Version = Checkpoint{}, 0
	shown.SQL = "" // Extractor is its hash
	return shown
}
