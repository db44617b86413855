package constructs

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/railtwin/digitaltwin/extractors/canary"
	"github.com/railtwin/digitaltwin/internal/framing"
)

// Pipeline are the choices of one dataset in one environment.
type Pipeline struct {
	SourceSettings                           // of every source table of the file
	Sources        map[string]SourceSettings `json:"sources"` // by table, instead

	Off    bool          `json:"off"`    // the dataset is not deployed; what it holds goes with its stack
	Engine Engine        `json:"engine"` // "lambda" (default) or "flink", for about 190 USD a month
	Flink  FlinkSettings `json:"flink"`

	Producers Access `json:"producers"` // of the new streams

	framing.Source // how records lie in a record of the stream, or in an object

	Profile        Profile `json:"profile"` // default: that of the environment
	Batch          int     `json:"batch"`
	WindowSeconds  int     `json:"windowSeconds"`
	Parallel       int     `json:"parallel"`
	FanOut         bool    `json:"fanOut"`
	Start          Start   `json:"start"`
	Paused         bool    `json:"paused"`
	RetentionHours int     `json:"retentionHours"` // of the new streams
	RetryHours     int     `json:"retryHours"`     // of records that cannot be worked on

	QuietHours QuietHours `json:"quietHours"` // at which silence is no alarm
}

// FlinkSettings are [FlinkProps].
type FlinkSettings struct {
	Parallelism       int  `json:"parallelism"`
	ParallelismPerKPU int  `json:"parallelismPerKpu"`
	AutoScaling       bool `json:"autoScaling"`
	CheckpointSeconds int  `json:"checkpointSeconds"`
}

func (f FlinkSettings) props() FlinkProps {
	return FlinkProps{
		Parallelism: f.Parallelism, ParallelismPerKPU: f.ParallelismPerKPU, AutoScaling: f.AutoScaling,
		Checkpoint: time.Duration(f.CheckpointSeconds) * time.Second,
	}
}

// check finds what the construct would not, or would say less well. account is the environment's, if it is set.
func (p Pipeline) check(account string) []error {
	errs := append(p.SourceSettings.check(), p.Producers.check("producers", account, true)...)
	if err := p.Profile.check(); err != nil {
		errs = append(errs, fmt.Errorf("profile: %w", err))
	}
	if err := p.Source.Check(); err != nil {
		errs = append(errs, err)
	}
	if err := p.QuietHours.check(); err != nil {
		errs = append(errs, fmt.Errorf("quietHours is %w", err))
	}
	if p.Sources == nil {
		return errs
	}
	if p.SourceSettings != (SourceSettings{}) {
		errs = append(errs,
			errors.New("sources and a source beside it exclude each other: one for each table, or one for all"))
	}
	if len(p.Sources) == 0 {
		errs = append(errs, errors.New("sources is empty: name the source tables of the file"))
	}
	for _, table := range slices.Sorted(maps.Keys(p.Sources)) {
		for _, err := range p.Sources[table].check() {
			errs = append(errs, fmt.Errorf("sources: %s: %w", table, err))
		}
	}
	return errs
}

// extractor are the props of a dataset's extractor; made are those that were made before.
func (p Pipeline) extractor(core *DigitalTwinCore, dataset string, sql []byte,
	made map[string]*PipelineExtractor) PipelineExtractorProps {
	props := PipelineExtractorProps{
		Core: core, Dataset: dataset, SQL: sql, Framing: p.Framing, Charset: p.Charset, Producers: p.Producers,
		Profile: p.Profile,
		Batch:   p.Batch, Window: time.Duration(p.WindowSeconds) * time.Second, Parallel: p.Parallel,
		FanOut: p.FanOut, Start: p.Start, Paused: p.Paused,
		Retention: time.Duration(p.RetentionHours) * time.Hour, Retry: time.Duration(p.RetryHours) * time.Hour,
		Engine: p.Engine, Flink: p.Flink.props(), QuietHours: p.QuietHours,
	}
	if p.Sources == nil {
		props.Source = p.source(made)
		return props
	}
	props.Sources = map[string]Source{}
	for table, s := range p.Sources {
		props.Sources[table] = s.source(made)
	}
	return props
}

// pipelinesOf returns what to deploy: what the settings name, or everything that does not need Flink, which is
// chosen for its price and never slipped into.
func pipelinesOf(props EnvironmentProps) (map[string]Pipeline, error) {
	all, err := pipelinesOfSettings(props)
	if err != nil || props.Settings.Canary == nil {
		return all, err
	}
	all = maps.Clone(all)
	all[canary.Dataset] = Pipeline{Producers: props.Settings.Canary.Runners}
	return all, nil
}

func pipelinesOfSettings(props EnvironmentProps) (map[string]Pipeline, error) {
	known := map[string]Pipeline{}
	for _, x := range props.Extractors {
		known[x.Name] = Pipeline{}
	}
	if props.Settings.Datasets == nil {
		for _, x := range props.Extractors {
			if x.NeedsFlink() {
				delete(known, x.Name) // its price is chosen, never slipped into
			}
		}
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
