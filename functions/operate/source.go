package main

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/railtwin/digitaltwin/internal/operate"
	"github.com/railtwin/digitaltwin/internal/wiring"
)

// source reads the sources of a dataset again, as the roles that read them all the time: whoever owns a stream or a
// bucket, and its key, has let those in.
type source struct {
	pipelines *pipelines
	streams   func(role string) streams
	buckets   func(role string) buckets
	now       func() time.Time
	pause     time.Duration // between two reads: a shard has five a second for all its readers

	read     time.Time // a shard, the last time
	next     string    // a dataset and a cursor
	iterator *iterator // that goes on there in a stream
	object   *object   // that goes on there in a bucket
}

// place is where the reading of a dataset has come to, in the order of its sources and of their shards or objects.
type place struct {
	Source   int    `json:"source"`
	Shard    string `json:"shard,omitempty"`    // or the key of an object; empty for the first
	Sequence string `json:"sequence,omitempty"` // the last record that was read of it; empty for none
}

func (p place) cursor() string {
	text, err := json.Marshal(p)
	if err != nil {
		panic("BUG: " + err.Error())
	}
	return string(text)
}

// isFirst reports whether nothing of the source was read yet.
func (p place) isFirst() bool { return p.Shard == "" }

// Read implements [operate.Source].
func (s *source) Read(ctx context.Context, q operate.SourceQuery) (page []operate.SourceRecord, next string,
	err error) {
	w, sources, err := s.sourcesOf(ctx, q.Dataset)
	if err != nil {
		return nil, "", err
	}
	var at place
	if q.Cursor != "" {
		if err := json.Unmarshal([]byte(q.Cursor), &at); err != nil {
			return nil, "", fmt.Errorf("operate: the cursor %s: %w", q.Cursor, err)
		}
	}
	if s.next != q.Dataset+" "+at.cursor() {
		s.forget()
	}
	for len(page) == 0 && at.Source < len(sources) {
		reads := s.objects
		if isStream(sources[at.Source]) {
			reads = s.stream
		}
		if page, at, err = reads(ctx, &w, sources[at.Source], at, q); err != nil {
			s.forget()
			return nil, "", err
		}
	}
	s.next = q.Dataset + " " + at.cursor()
	if at.Source < len(sources) {
		next = at.cursor()
	}
	return page, next, nil
}

// forget forgets what goes on at a place.
func (s *source) forget() {
	if s.object != nil {
		_ = s.object.body.Close()
	}
	s.next, s.iterator, s.object = "", nil, nil
}

func isStream(source string) bool { return strings.Contains(source, ":stream/") }

// sourcesOf are the streams and the buckets with prefixes of a dataset, in order.
func (s *source) sourcesOf(ctx context.Context, dataset string) (w wiring.Pipeline, sources []string, err error) {
	if w, err = s.pipelines.of(ctx, dataset); err != nil {
		return w, nil, err
	}
	for _, of := range slices.Compact(slices.Sorted(maps.Values(w.Sources))) {
		if isStream(of) && w.Reader != "" || !isStream(of) && w.ObjectReader != "" && strings.Contains(of, "/") {
			sources = append(sources, of)
		}
	}
	if len(sources) == 0 {
		return w, nil, fmt.Errorf("%w: %s has no stream and no objects that could be read again: put its records into its "+
			"delivery "+
			"stream once more", operate.ErrRefused, dataset)
	}
	return w, sources, nil
}

// tablesOf are the tables that read a source.
func tablesOf(w *wiring.Pipeline, source string) (tables []string) {
	for table, of := range w.Sources {
		if of == source {
			tables = append(tables, table)
		}
	}
	slices.Sort(tables)
	return tables
}

// Estimate implements [operate.Source]. Neither streams nor buckets say how many records they have.
func (s *source) Estimate(ctx context.Context, q operate.SourceQuery) (int64, error) {
	w, sources, err := s.sourcesOf(ctx, q.Dataset)
	if err != nil {
		return 0, err
	}
	for _, of := range sources {
		if !isStream(of) {
			continue
		}
		if err := s.kept(ctx, s.streams(w.Reader), of, q.From); err != nil {
			return 0, err
		}
	}
	return -1, nil
}
