package operate

import (
	"cmp"
	"context"
	"errors"
	"strings"

	"github.com/railtwin/digitaltwin/internal/rejects"
	"github.com/railtwin/digitaltwin/internal/twin"
)

// filesAtOnce is how many names of files are asked for at once, and removeAtOnce how many files are removed after one
// checkpoint.
const (
	filesAtOnce  = 500
	removeAtOnce = 50
)

// eachFile calls do for every file that the run may select rejects of and that it has not done yet, in order of names.
// A file that do wants to be removed is removed once its counts are in a checkpoint.
func (w *work) eachFile(ctx context.Context, do func(ctx context.Context, name string) (remove bool, err error)) error {
	if err := w.removeFiles(ctx); err != nil {
		return err
	}
	from, to := w.window()
	at := &w.Checkpoint
	if at.File != "" { // first, because files may have come that are before it in order
		if err := w.doFile(ctx, at.File, do); err != nil {
			return err
		}
	}
	for {
		names, err := w.Rejects.Files(ctx, FileQuery{Datasets: []string{w.Dataset}, From: from, To: to, After: at.After,
			Limit: filesAtOnce})
		if err != nil {
			return err
		}
		for _, name := range names {
			if w.Limit > 0 && w.Counts.Records >= w.Limit {
				return w.removeFiles(ctx)
			}
			if err := w.doFile(ctx, name, do); err != nil {
				return err
			}
		}
		if len(names) < filesAtOnce {
			return w.removeFiles(ctx)
		}
	}
}

// doFile does one file.
func (w *work) doFile(ctx context.Context, name string,
	do func(ctx context.Context, name string) (remove bool, err error)) error {
	remove, err := do(ctx, name)
	if err != nil {
		return err
	}
	at := &w.Checkpoint
	at.After, at.File, at.Line = name, "", 0
	if remove {
		at.Remove = append(at.Remove, name)
	}
	if len(at.Remove) >= removeAtOnce {
		return w.removeFiles(ctx)
	}
	return w.rest(ctx)
}

// removeFiles removes what is to be removed, once a checkpoint says so.
func (w *work) removeFiles(ctx context.Context) error {
	at := &w.Checkpoint
	if len(at.Remove) == 0 {
		return nil
	}
	saved := w.save(ctx)
	if saved != nil && !errors.Is(saved, errCancelled) {
		return saved
	}
	for _, name := range at.Remove {
		if err := w.Rejects.Remove(ctx, name); err != nil {
			return err
		}
	}
	at.Remove = nil
	return saved
}

// opened is a file of rejects that was read.
type opened struct {
	name    string
	mark    Mark
	list    []twin.Reject
	damaged bool // something in it cannot be read
}

// open reads a file. It is nil where the file is gone, or nothing is to be done with it any more: another run has
// replayed it, or this one made it of a greater one.
func (w *work) open(ctx context.Context, name string) (*opened, error) {
	o, err := w.Service.open(ctx, name)
	if err != nil || o == nil || o.mark.Replayed != "" && o.mark.Replayed != w.ID || o.mark.Split == w.ID {
		return nil, err
	}
	return o, nil
}

func (s *Service) open(ctx context.Context, name string) (*opened, error) {
	o := &opened{name: name}
	sequence, mark, err := s.Rejects.Open(ctx, name)
	if errors.Is(err, ErrNotFound) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	o.mark = mark
	for r, err := range sequence {
		if err != nil {
			s.Log.WarnContext(ctx, "operate: a part of a file of rejects cannot be read", "file", name, "error", err)
			o.damaged = true
			continue
		}
		if r.Kind == "" { // the form of before did not say it
			r.Kind = twin.KindRecord
			if strings.HasPrefix(name, rejects.ApplyFolder) {
				r.Kind = twin.KindChange
			}
		}
		o.list = append(o.list, r)
	}
	return o, nil
}

// selects reports whether a run is for a reject: by its first problem, as lists group them. What a replay has rejected
// again is not for the same one.
func (r *Run) selects(reject *twin.Reject) bool {
	from, to := r.window()
	at := reject.ReceivedAt
	return reject.Dataset == r.Dataset && (reject.Run == "" || reject.Run != r.ID) &&
		(r.Reason == "" || reject.Reason() == r.Reason) && (r.Column == "" || columnOf(reject) == r.Column) &&
		(r.Like == "" || rejects.Like(detailOf(reject)) == r.Like) &&
		(at == 0 && r.From == nil || at >= from && at < to)
}

// columnOf is the column of the first problem.
func columnOf(r *twin.Reject) string {
	if len(r.Problems) == 0 {
		return ""
	}
	return r.Problems[0].Column
}

// detailOf is what is wrong, of the first problem.
func detailOf(r *twin.Reject) string {
	if len(r.Problems) == 0 {
		return ""
	}
	return r.Problems[0].Detail
}

// keep keeps rejects as a file, under a name that only they can have.
func (w *work) keep(ctx context.Context, list []twin.Reject, m Mark) error {
	if len(list) == 0 {
		return nil
	}
	first := &list[0]
	folder := rejects.ExtractFolder(first.Dataset)
	if first.Kind == twin.KindChange {
		folder = rejects.ApplyFolder
	}
	origin := rejects.Origin{Position: first.Position, ArrivedAt: cmp.Or(first.ReceivedAt, w.Created)}
	file := rejects.Encode(list)
	return w.Rejects.Write(ctx, rejects.Key(folder, origin, file), file.Data, m)
}

// keepByKind keeps rejects of several kinds: changes of all datasets together, others by dataset.
func (w *work) keepByKind(ctx context.Context, list []twin.Reject, m Mark) error {
	changes := map[string][]twin.Reject{}
	var order []string
	for _, r := range list {
		key := "record " + r.Dataset
		if r.Kind == twin.KindChange {
			key = "change"
		}
		if changes[key] == nil {
			order = append(order, key)
		}
		changes[key] = append(changes[key], r)
	}
	for _, key := range order {
		if err := w.keep(ctx, changes[key], m); err != nil {
			return err
		}
	}
	return nil
}
