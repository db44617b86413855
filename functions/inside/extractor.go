package main

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"strings"

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
	var w wiring.Pipeline
	if err := json.Unmarshal(doc.Content, &w); err != nil {
		return x, fmt.Errorf("inside: what was deployed of the dataset %s: %w", dataset, err)
	}
	sql, err := wiring.UnpackSQL(w.SQL)
	if err != nil {
		return x, err
	}
	// The catalogue entry and the pipeline are two items: between their writes one is of another version.
	if sum := sha256.Sum256(sql); hash == "" || !strings.HasPrefix(hex.EncodeToString(sum[:]), hash) {
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
