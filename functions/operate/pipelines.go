package main

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/railtwin/digitaltwin/internal/operate"
	"github.com/railtwin/digitaltwin/internal/store/dynamo"
	"github.com/railtwin/digitaltwin/internal/wiring"
)

// pipelines is what the deployment has said of each dataset.
type pipelines struct {
	documents *dynamo.Documents
	now       func() time.Time

	mu    sync.Mutex
	owner map[string]string // datasets by the functions that run their extractors
	until time.Time         // when owner is read again
}

// of returns the pipeline of a dataset, and [operate.ErrNotFound] where the deployment has said nothing of it.
func (p *pipelines) of(ctx context.Context, dataset string) (w wiring.Pipeline, err error) {
	doc, err := p.documents.Get(ctx, dataset)
	if err == nil && doc == nil {
		err = fmt.Errorf("%w: what was deployed of the dataset %s", operate.ErrNotFound, dataset)
	}
	if err == nil {
		err = json.Unmarshal(doc.Content, &w)
	}
	return w, err
}

// Deployed implements [operate.Extractors].
func (p *pipelines) Deployed(ctx context.Context, dataset, hash string) (e operate.Extractor, err error) {
	w, err := p.of(ctx, dataset)
	if err != nil {
		return e, err
	}
	sql, err := w.Extractor(hash)
	if err != nil {
		return e, err
	}
	if sql == nil {
		return e, fmt.Errorf("%w: the SQL %s of %s", operate.ErrNotFound, hash, dataset)
	}
	e = operate.Extractor{SQL: sql, Framing: framingOf(&w), Flink: w.Flink, Tables: map[string][]string{}}
	for table, source := range w.Sources {
		name := streamOf(source)
		e.Tables[name] = append(e.Tables[name], table)
	}
	for _, tables := range e.Tables {
		slices.Sort(tables)
	}
	return e, nil
}

// streamOf is what positions call a source: the name of a stream, or a bucket.
func streamOf(source string) string {
	if arn, name, ok := strings.Cut(source, ":stream/"); ok && strings.HasPrefix(arn, "arn:") {
		return name
	}
	bucket, _, _ := strings.Cut(source, "/")
	return bucket
}

// ownerAge is how long a new pipeline may go unseen.
const ownerAge = time.Minute

// datasetOf is the dataset whose extractor a function runs, "" for none.
func (p *pipelines) datasetOf(ctx context.Context, function string) (string, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if now := p.now(); !now.Before(p.until) {
		docs, err := p.documents.All(ctx)
		if err != nil {
			return "", err
		}
		p.owner, p.until = map[string]string{}, now.Add(ownerAge)
		for _, doc := range docs {
			var w wiring.Pipeline
			if err := json.Unmarshal(doc.Content, &w); err != nil {
				return "", fmt.Errorf("operate: the pipeline of %s: %w", doc.ID, err)
			}
			for _, f := range w.Functions {
				p.owner[f] = doc.ID
			}
		}
	}
	return p.owner[unqualified(function)], nil
}

// unqualified is the ARN of a function without a version or alias.
func unqualified(arn string) string {
	parts := strings.Split(arn, ":")
	return strings.Join(parts[:min(len(parts), 7)], ":")
}
