package operate

import (
	"context"
	"errors"
	"iter"

	"github.com/railtwin/digitaltwin/internal/access"
	"github.com/railtwin/digitaltwin/internal/framing"
	"github.com/railtwin/digitaltwin/internal/store"
	"github.com/railtwin/digitaltwin/internal/twin"
)

// ErrNotFound is wrapped where a run or a file is not there.
var ErrNotFound = errors.New("operate: not found")

// ErrConflict is wrapped where a run was written by somebody else since it was read.
var ErrConflict = errors.New("operate: written by another process")

// ErrRefused is wrapped where a place cannot do what a run asks for, and never will: the run fails with the error's
// text.
var ErrRefused = errors.New("operate: refused")

// Runs keeps runs, for as long as rejects are kept or longer.
type Runs interface {
	// Write writes a run if the stored one has the version that r has, or none is stored and it is 0. It sets
	// r.Version to the next version, or returns [ErrConflict].
	Write(ctx context.Context, r *Run) error
	// Read returns a run as it was written last, or [ErrNotFound].
	Read(ctx context.Context, id string) (*Run, error)
	// List returns runs with an id before that, "" for all, the newest first: fewer than limit only at the end.
	List(ctx context.Context, before string, limit int) ([]*Run, error)
}

// FileQuery selects files of rejects by their names alone.
type FileQuery struct {
	Datasets []string    // in order; none for files of changes and of failed batches only
	From, To twin.Millis // a file of a day that the time from From until before To touches
	After    string      // only names greater than this
	Limit    int         // at most so many; must be positive
}

// Mark says what a run has done with a file: tags of the object.
type Mark struct {
	Replayed string `json:"replayed,omitempty"` // the run that has replayed all of it
	Split    string `json:"split,omitempty"`    // the run that took it out of a greater file
}

// Rejects keeps files of rejects: what package rejects writes, and the batches that AWS Lambda gave up, as names below
// the folders of package rejects.
type Rejects interface {
	// Files returns the names of files in byte order: those below rejects.ExtractFolder of each dataset and below
	// rejects.ApplyFolder and rejects.BatchFolder, which may hold other datasets too, of these days. So all of a folder
	// comes before all of another.
	Files(ctx context.Context, q FileQuery) ([]string, error)
	// Open returns the rejects of a file and its mark, or [ErrNotFound]. A file of package rejects is read by
	// rejects.Decode; a batch that was given up gives a reject for each record, with the reason twin.Batch and the kind
	// twin.KindFramed, or twin.KindChange where it was one of the twin stream. Open has read all of the file, so that an
	// error within the sequence is one of its content: of a line, or the end where it wraps rejects.ErrDamaged.
	Open(ctx context.Context, name string) (iter.Seq2[twin.Reject, error], Mark, error)
	// Write writes a file under a name of package rejects. Writing it again does no harm.
	Write(ctx context.Context, name string, file []byte, m Mark) error
	// Mark marks a file. The other marks that it has stay.
	Mark(ctx context.Context, name string, m Mark) error
	// Remove removes a file. It is no error if it is not there.
	Remove(ctx context.Context, name string) error
}

// Extractor is an extractor as it is deployed.
type Extractor struct {
	SQL     []byte
	Framing framing.Source // how source records lie in the records of its streams
	Flink   bool           // it runs on Apache Flink: its records cannot be run here
	// Tables are the source tables that read a source, by the stream of a position: the name of a Kinesis or Firehose
	// stream, or the bucket (and prefix) of objects. A stream that is not there is read by all tables.
	Tables map[string][]string
}

// Extractors knows the extractors that are deployed.
type Extractors interface {
	// Deployed returns the extractor of a dataset whose SQL has this hash, which is the one in the catalogue. The
	// error says that its SQL is not there.
	Deployed(ctx context.Context, dataset, hash string) (Extractor, error)
}

// SourceRecord is a record of a source, as it was handed to the extractor once.
type SourceRecord struct {
	Data       []byte
	Framing    framing.Source // how source records lie in Data
	Position   twin.Position  // as it was the first time, and so are ReceivedAt and the numbers of rows
	ReceivedAt twin.Millis
	Continues  bool     // it is of the same object as the record before: its rows are numbered on
	Tables     []string // the source tables that read it; none for all
}

// SourceQuery selects records of a source.
type SourceQuery struct {
	Dataset  string
	From, To twin.Millis // what arrived at From or later and before To
	Cursor   string      // where the last page ended; "" for the beginning
	Limit    int         // about so many records; must be positive
}

// Source reads the source of a dataset again: a stream, or the objects below a prefix.
type Source interface {
	// Read returns a page of records in the order of each shard or object, and the cursor of the next page: "" at the
	// end. The error wraps [ErrGone] where the source does not keep what arrived at From any more.
	Read(ctx context.Context, q SourceQuery) (page []SourceRecord, next string, err error)
	// Estimate returns about how many records there are, -1 where that cannot be said.
	Estimate(ctx context.Context, q SourceQuery) (int64, error)
}

// ErrGone is wrapped where a source does not keep what was asked for any more; the error says since when it does.
var ErrGone = errors.New("operate: the source does not keep it any more")

// Pauser stops and starts what takes records of a dataset in. The catalogue says so: see [twin.Dataset].
type Pauser interface {
	// SetPaused pauses a dataset, or resumes it. Doing it again does no harm. It also writes the catalogue.
	SetPaused(ctx context.Context, dataset string, paused bool) error
}

// Store is the side of the store that operations need.
type Store interface {
	store.Forgetter
	Datasets(ctx context.Context) ([]twin.Dataset, error)
	Components(ctx context.Context, q store.ComponentQuery) ([]string, error)
	Readings(ctx context.Context, q store.ReadingQuery) ([]twin.Reading, error)
}

// Grants says who may operate what. Its implementation is *access.Rules.
type Grants interface {
	Operates(c access.Caller, dataset string) bool
}

// AuditLog keeps what was done, for longer than runs.
type AuditLog interface {
	Record(ctx context.Context, a Audit) error
}
