package local

import (
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/railtwin/digitaltwin/extractors"
	"github.com/railtwin/digitaltwin/internal/capture"
	"github.com/railtwin/digitaltwin/internal/extract"
	"github.com/railtwin/digitaltwin/internal/framing"
)

// WagonDataset is the dataset whose records [Wagons] makes. MotionDataset has the same records.
const (
	WagonDataset  = "wagon_telemetry"
	MotionDataset = "wagon_motion"
)

// Sources say what feeds the datasets of a twin.
type Sources struct {
	Samples func(dataset string) ([]extractors.Sample, error)
	Wagons  int                 // of the datasets of wagons; 0 for none
	Files   map[string][]string // by dataset; they take the place of its samples, or of the wagons
	Once    bool                // captures are sent once and as they are, instead of replayed
}

// Feeds returns the feeds of a dataset: its files, or the wagons, or its samples, or none. Without its
// program, which tells where a record has its times, captures are sent once and as they are.
func (s Sources) Feeds(dataset string, p *extract.Program) ([]Feed, error) {
	if paths := s.Files[dataset]; len(paths) > 0 {
		samples := make([]extractors.Sample, len(paths))
		for i, path := range paths {
			data, err := os.ReadFile(path)
			if err != nil {
				return nil, fmt.Errorf("read the feed of %s: %w", dataset, err)
			}
			source, err := s.sourceOf(dataset, path)
			if err != nil {
				return nil, err
			}
			samples[i] = extractors.Sample{Name: filepath.Base(path), Data: data, Source: source}
		}
		return s.captures(p, samples)
	}
	if dataset == WagonDataset || dataset == MotionDataset {
		if s.Wagons == 0 {
			return nil, nil
		}
		return []Feed{Wagons{s.Wagons}}, nil
	}
	samples, err := s.Samples(dataset)
	if err != nil {
		return nil, err
	}
	return s.captures(p, samples)
}

// sourceOf returns how the records lie in a file of a dataset: as the file beside it says, or else as for the dataset's
// own samples.
func (s Sources) sourceOf(dataset, file string) (framing.Source, error) {
	source, found, err := framing.SourceBeside(file)
	if found || err != nil {
		return source, err
	}
	samples, err := s.Samples(dataset)
	if len(samples) == 0 || err != nil {
		return framing.Source{}, err
	}
	return samples[0].Source, nil
}

func (s Sources) captures(p *extract.Program, samples []extractors.Sample) ([]Feed, error) {
	var feeds []Feed
	for _, sample := range samples {
		records, err := sample.Records()
		if err != nil {
			return nil, err
		}
		if s.Once || p == nil {
			feeds = append(feeds, Once{Name: sample.Name, Records: records})
			continue
		}
		c, err := capture.New(p, p.TablesOf(sample.Name), records, sample.Source.Zone)
		if err != nil {
			return nil, fmt.Errorf("replay %s: %w", sample.Name, err)
		}
		if !c.Moves() {
			feeds = append(feeds, Once{Name: sample.Name, Records: records, Fixed: true})
			continue
		}
		feeds = append(feeds, Replay{Name: sample.Name, Capture: c, Period: period(p)})
	}
	return feeds, nil
}

// usualPeriod is how often a capture is replayed whose dataset promises no interval.
const usualPeriod = 15 * time.Second

// period is how often a capture is replayed: as often as its dataset should have a reading, within what
// is good to watch.
func period(p *extract.Program) time.Duration {
	interval := p.Dataset().Interval
	if interval == 0 {
		return usualPeriod
	}
	return min(max(interval, time.Second), time.Minute)
}
