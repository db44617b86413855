package main

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/railtwin/digitaltwin/internal/api"
	"github.com/railtwin/digitaltwin/internal/extract"
	"github.com/railtwin/digitaltwin/internal/store/dynamo"
	"github.com/railtwin/digitaltwin/internal/wiring"
)

// inside implements [api.Inside].
type inside struct {
	pipelines *dynamo.Documents
	activity
}

// Extractor implements [api.Inside]. The lines of an extractor that runs on Flink are not known.
func (i *inside) Extractor(ctx context.Context, dataset, hash string) (x api.Extractor, err error) {
	doc, err := i.pipelines.Get(ctx, dataset)
	if err != nil {
		return x, err
	}
	if doc == nil {
		return x, api.ErrNoExtractor
	}
	w, err := pipelineOf(doc)
	if err != nil {
		return x, err
	}
	sql, err := w.Extractor(hash)
	if err != nil {
		return x, err
	}
	if sql == nil {
		return x, api.ErrNoExtractor
	}
	x.SQL = string(sql)
	if w.Flink {
		return x, nil
	}
	program, err := extract.Compile(dataset+".sql", sql)
	if err != nil {
		return x, fmt.Errorf("inside: the SQL %s of %s: %w", hash, dataset, err)
	}
	x.Lines = program.Lines()
	return x, nil
}

// pipelineOf reads what the deployment has said of a dataset.
func pipelineOf(doc *dynamo.Document) (w wiring.Pipeline, err error) {
	if err := json.Unmarshal(doc.Content, &w); err != nil {
		return w, fmt.Errorf("inside: what was deployed of the dataset %s: %w", doc.ID, err)
	}
	return w, nil
}
