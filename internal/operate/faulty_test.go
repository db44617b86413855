package operate_test

import (
	"context"
	"fmt"

	"github.com/railtwin/digitaltwin/internal/operate"
	"github.com/railtwin/digitaltwin/internal/operate/disk"
	"github.com/railtwin/digitaltwin/internal/store"
	"github.com/railtwin/digitaltwin/internal/stream"
	"github.com/railtwin/digitaltwin/internal/twin"
)

// faulty fails where the rig says so, and else does what is asked for.
type faulty struct{ *rig }

func (f faulty) at(what string) error {
	if f.fail == nil {
		return nil
	}
	return f.fail(what)
}

// Deployed implements [operate.Extractors].
func (f faulty) Deployed(_ context.Context, dataset, _ string) (operate.Extractor, error) {
	return operate.Extractor{SQL: []byte(f.sql[dataset])}, f.at("deployed")
}

// PutRecords implements [stream.Sink].
func (f faulty) PutRecords(ctx context.Context, records []stream.Record) ([]error, error) {
	if err := f.at("put"); err != nil {
		return nil, err
	}
	var changes []twin.Change
	for _, record := range records {
		var bad []*stream.BadLine
		if changes, bad = stream.Decode(record.Data, changes); len(bad) > 0 {
			f.t.Errorf("a line of the stream cannot be read: %v", bad[0])
		}
	}
	f.applied += len(changes)
	_, err := store.NewApplier(f.store, f.time).Apply(ctx, changes)
	if err == nil {
		err = f.at("was put")
	}
	return nil, err
}

// Read implements [operate.Source]: the cursor is the number of the next record.
func (f faulty) Read(_ context.Context, q operate.SourceQuery) (page []operate.SourceRecord, next string, err error) {
	var at int
	_, _ = fmt.Sscan(q.Cursor, &at)
	end := min(at+min(q.Limit, 7), len(f.source))
	if end < len(f.source) {
		next = fmt.Sprint(end)
	}
	return f.source[at:end], next, f.at("source")
}

// Estimate implements [operate.Source].
func (f faulty) Estimate(context.Context, operate.SourceQuery) (int64, error) {
	return int64(len(f.source)), nil
}

// SetPaused implements [operate.Pauser].
func (f faulty) SetPaused(ctx context.Context, dataset string, paused bool) error {
	since := twin.Millis(0)
	if paused {
		since = f.clock
	}
	return f.store.SetPaused(ctx, dataset, since)
}

type faultyRuns struct {
	*disk.Runs
	f faulty
}

func (f faultyRuns) Write(ctx context.Context, r *operate.Run) error {
	if err := f.f.at("write run"); err != nil {
		return err
	}
	if err := f.Runs.Write(ctx, r); err != nil {
		return err
	}
	return f.f.at("wrote run")
}

type faultyRejects struct {
	*disk.Rejects
	f faulty
}

func (f faultyRejects) Write(ctx context.Context, name string, file []byte, m operate.Mark) error {
	if err := f.f.at("keep"); err != nil {
		return err
	}
	return f.Rejects.Write(ctx, name, file, m)
}

func (f faultyRejects) Mark(ctx context.Context, name string, m operate.Mark) error {
	if err := f.f.at("mark"); err != nil {
		return err
	}
	return f.Rejects.Mark(ctx, name, m)
}

func (f faultyRejects) Remove(ctx context.Context, name string) error {
	if err := f.f.at("remove"); err != nil {
		return err
	}
	return f.Rejects.Remove(ctx, name)
}

type faultyAudit struct {
	*disk.Audit
	f faulty
}

func (f faultyAudit) Record(ctx context.Context, a operate.Audit) error {
	if err := f.f.at("audit"); err != nil {
		return err
	}
	return f.Audit.Record(ctx, a)
}
