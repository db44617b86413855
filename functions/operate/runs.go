package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/railtwin/digitaltwin/internal/operate"
	"github.com/railtwin/digitaltwin/internal/store/dynamo"
)

// runs keeps runs beside the catalogue, for so long after their last checkpoint.
type runs struct {
	documents *dynamo.Documents
	keep      time.Duration
}

// Write implements [operate.Runs].
func (r *runs) Write(ctx context.Context, run *operate.Run) error {
	stored := *run
	stored.Version = 0 // the document has it
	content, err := json.Marshal(&stored)
	if err != nil {
		return err
	}
	doc := dynamo.Document{ID: run.ID, Content: content, Version: run.Version}
	err = r.documents.Swap(ctx, &doc, run.Updated.Time().Add(r.keep))
	if errors.Is(err, dynamo.ErrChanged) {
		return fmt.Errorf("%w: %w", operate.ErrConflict, err)
	}
	run.Version = doc.Version
	return err
}

// Read implements [operate.Runs].
func (r *runs) Read(ctx context.Context, id string) (*operate.Run, error) {
	doc, err := r.documents.Get(ctx, id)
	if err == nil && doc == nil {
		err = fmt.Errorf("%w: the run %s", operate.ErrNotFound, id)
	}
	if err != nil {
		return nil, err
	}
	return runOf(doc)
}

// List implements [operate.Runs].
func (r *runs) List(ctx context.Context, before string, limit int) (list []*operate.Run, err error) {
	docs, err := r.documents.Before(ctx, before, limit)
	for i := range docs {
		run, err := runOf(&docs[i])
		if err != nil {
			return nil, err
		}
		list = append(list, run)
	}
	return list, err
}

func runOf(doc *dynamo.Document) (*operate.Run, error) {
	run := &operate.Run{}
	if err := json.Unmarshal(doc.Content, run); err != nil {
		return nil, fmt.Errorf("operate: the run %s: %w", doc.ID, err)
	}
	run.Version = doc.Version
	return run, nil
}
