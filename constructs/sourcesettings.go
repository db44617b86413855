package constructs

import (
	"errors"
	"fmt"
	"strings"
)

// SourceSettings choose a [Source]; where nothing is chosen it is a new stream with one shard.
type SourceSettings struct {
	SourceARN    string `json:"sourceArn"`    // an existing stream
	SourceKeyARN string `json:"sourceKeyArn"` // the key of the existing stream, or of the objects

	// SourceOf is the dataset whose new stream is read, or <dataset>/<table> where it makes one for each table.
	SourceOf string `json:"sourceOf"`

	Shards   int  `json:"shards"`   // of a new stream
	OnDemand bool `json:"onDemand"` // a new stream that scales by itself

	FirehoseRoleARN string `json:"firehoseRoleArn"` // of a delivery stream with direct puts, see [DirectPuts]

	Bucket string `json:"bucket"` // of objects, see [ObjectsIn]
	Prefix string `json:"prefix"` // of their names
}

// check finds what is chosen twice, or half.
func (s SourceSettings) check() []error {
	var errs []error
	var chosen []string
	for _, c := range []struct {
		name string
		set  bool
	}{
		{"sourceArn", s.SourceARN != ""}, {"sourceOf", s.SourceOf != ""}, {"shards", s.Shards != 0}, {"onDemand", s.OnDemand},
		{"firehoseRoleArn", s.FirehoseRoleARN != ""}, {"bucket", s.Bucket != ""},
	} {
		if c.set {
			chosen = append(chosen, c.name)
		}
	}
	if n := len(chosen); n > 1 {
		errs = append(errs, fmt.Errorf("%s and %s exclude each other", strings.Join(chosen[:n-1], ", "), chosen[n-1]))
	}
	if s.SourceKeyARN != "" && s.SourceARN == "" && s.Bucket == "" {
		errs = append(errs,
			errors.New("sourceKeyArn is for a stream or a bucket that exists; sourceArn or bucket is missing"))
	}
	if s.Prefix != "" && s.Bucket == "" {
		errs = append(errs, errors.New("prefix is for objects; bucket is missing"))
	}
	if s.Shards < 0 {
		errs = append(errs, fmt.Errorf("shards is %d: want at least 1", s.Shards))
	}
	return errs
}

// source is what is chosen; made are the extractors that were made before, by dataset.
func (s SourceSettings) source(made map[string]*PipelineExtractor) Source {
	switch {
	case s.SourceOf != "":
		dataset, table := s.ofDataset()
		return StreamOf(made[dataset], table)
	case s.SourceARN != "":
		return StreamARN(s.SourceARN, s.SourceKeyARN)
	case s.FirehoseRoleARN != "":
		return DirectPuts(s.FirehoseRoleARN)
	case s.Bucket != "":
		return ObjectsIn(s.Bucket, s.Prefix, s.SourceKeyARN)
	case s.OnDemand:
		return NewOnDemandStream()
	}
	return NewStream(max(s.Shards, 1))
}

// ofDataset is the dataset whose stream is read, and its table if one is named.
func (s SourceSettings) ofDataset() (dataset, table string) {
	dataset, table, _ = strings.Cut(s.SourceOf, "/")
	return dataset, table
}
