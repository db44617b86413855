package constructs

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/railtwin/digitaltwin/internal/wiring"
)

// Pipeline are the choices of one dataset in one environment.
type Pipeline struct {
	SourceARN     string         `json:"sourceArn"`    // an existing stream; empty: a new one
	SourceKeyARN  string         `json:"sourceKeyArn"` // the key of the existing stream
	Shards        int            `json:"shards"`       // of a new stream
	Framing       wiring.Framing `json:"framing"`
	Batch         int            `json:"batch"`
	WindowSeconds int            `json:"windowSeconds"`
	Parallel      int            `json:"parallel"`
	Paused        bool           `json:"paused"`
}

// check finds what the construct would not, or would say less well.
func (p Pipeline) check() []error {
	var errs []error
	if p.SourceARN != "" && p.Shards != 0 {
		errs = append(errs, errors.New("sourceArn and shards exclude each other"))
	}
	if p.SourceARN == "" && p.SourceKeyARN != "" {
		errs = append(errs, errors.New("sourceKeyArn is for a stream that exists; sourceArn is missing"))
	}
	return errs
}

func (p Pipeline) extractor(core *DigitalTwinCore, dataset string, sql []byte) PipelineExtractorProps {
	source := NewStream(max(p.Shards, 1))
	if p.SourceARN != "" {
		source = StreamARN(p.SourceARN, p.SourceKeyARN)
	}
	return PipelineExtractorProps{
		Core: core, Dataset: dataset, SQL: sql, Source: source, Framing: p.Framing,
		Batch: p.Batch, Window: time.Duration(p.WindowSeconds) * time.Second, Parallel: p.Parallel, Paused: p.Paused,
	}
}

// pipelinesOf returns what to deploy: what the settings name, or everything.
func pipelinesOf(props EnvironmentProps) (map[string]Pipeline, error) {
	known := map[string]Pipeline{}
	for _, x := range props.Extractors {
		known[x.Name] = Pipeline{}
	}
	if props.Settings.Datasets == nil {
		return known, nil
	}
	for _, name := range slices.Sorted(maps.Keys(props.Settings.Datasets)) {
		if _, ok := known[name]; !ok {
			return nil, fmt.Errorf("constructs: environment %s: there is no extractor for the dataset %q; there are %s",
				props.Settings.Name, name, strings.Join(slices.Sorted(maps.Keys(known)), ", "))
		}
	}
	return props.Settings.Datasets, nil
}
