package cost

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
)

// Workload is what an environment is to do.
type Workload struct {
	// Datasets are what flows, by dataset.
	Datasets map[string]Flow `json:"datasets"`
	// Reads are the calls of the API.
	Reads Reads `json:"reads"`
	// TokensPerDay are the access tokens that clients ask for.
	TokensPerDay float64 `json:"tokensPerDay"`
	// PageHoursPerDay are the hours of a day that the page is open, of all people together.
	PageHoursPerDay float64 `json:"pageHoursPerDay"`
	// Followers are those who follow all changes at any time, by streams.
	Followers float64 `json:"followers"`
}

// Flow is what flows of one dataset, steadily.
type Flow struct {
	RecordsPerSecond float64 `json:"recordsPerSecond"`
	RecordBytes      float64 `json:"recordBytes"`
	Metrics          float64 `json:"metrics"`    // that a record gives
	Components       float64 `json:"components"` // that report in turns, all equally often
}

// Reads are the calls of the API.
type Reads struct {
	PerDay      float64 `json:"perDay"`
	Components  float64 `json:"components"`  // whose readings a call answers; default 1
	AnswerBytes float64 `json:"answerBytes"` // default 1,000
}

// ReadWorkload reads a workload as JSON. The error has every mistake.
func ReadWorkload(text []byte) (w Workload, err error) {
	d := json.NewDecoder(bytes.NewReader(text))
	d.DisallowUnknownFields() // a misspelt figure must not be zero
	if err := d.Decode(&w); err != nil {
		return w, fmt.Errorf("cost: the workload: %w", err)
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return w, errors.New("cost: the workload: it is more than one JSON value")
	}
	if w.Reads.Components == 0 {
		w.Reads.Components = 1
	}
	if w.Reads.AnswerBytes == 0 {
		w.Reads.AnswerBytes = 1000
	}
	var errs []error
	for _, name := range slices.Sorted(maps.Keys(w.Datasets)) {
		f := w.Datasets[name]
		for _, n := range []struct {
			name  string
			value float64
		}{{"recordsPerSecond", f.RecordsPerSecond}, {"recordBytes", f.RecordBytes}, {"metrics", f.Metrics},
			{"components", f.Components}} {
			if n.value <= 0 {
				errs = append(errs, fmt.Errorf("cost: the workload: %s.%s is %g: want more than 0", name, n.name, n.value))
			}
		}
	}
	if w.Reads.PerDay < 0 || w.TokensPerDay < 0 || w.PageHoursPerDay < 0 || w.Followers < 0 {
		errs = append(errs, errors.New("cost: the workload: reads.perDay, tokensPerDay, pageHoursPerDay and followers must "+
			"not be negative"))
	}
	return w, errors.Join(errs...)
}

// String is the workload in a line.
func (w Workload) String() string {
	var parts []string
	for _, name := range slices.Sorted(maps.Keys(w.Datasets)) {
		f := w.Datasets[name]
		parts = append(parts, fmt.Sprintf("%s: %s records/s of %s B, %s metrics, %s components",
			name, number(f.RecordsPerSecond), number(f.RecordBytes), number(f.Metrics), number(f.Components)))
	}
	if w.Reads.PerDay > 0 {
		parts = append(parts, number(w.Reads.PerDay)+" reads a day")
	}
	if w.TokensPerDay > 0 {
		parts = append(parts, number(w.TokensPerDay)+" tokens a day")
	}
	if w.Followers > 0 {
		parts = append(parts, number(w.Followers)+" followers")
	}
	return strings.Join(parts, "; ")
}

// fits finds datasets of the workload that the environment does not have.
func (w Workload) fits(p Plan) error {
	if w.Followers > 0 && p.Feed == nil {
		return fmt.Errorf("cost: the workload has followers, and %s no change feed: set \"changes\": {}", p.Environment)
	}
	var has, lacks []string
	for _, d := range p.Datasets {
		has = append(has, d.Name)
	}
	for _, name := range slices.Sorted(maps.Keys(w.Datasets)) {
		if !slices.Contains(has, name) {
			lacks = append(lacks, name)
		}
	}
	if len(lacks) > 0 {
		return fmt.Errorf("cost: the workload has %s, which %s does not deploy; it deploys %s",
			strings.Join(lacks, ", "), p.Environment, strings.Join(has, ", "))
	}
	return nil
}
