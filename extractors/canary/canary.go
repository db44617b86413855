// Package canary holds the dataset of the canary: records that only prove that readings arrive. It is no dataset of an
// environment unless the environment asks for it.
package canary

import (
	_ "embed"
	"encoding/json"
	"time"

	"github.com/railtwin/digitaltwin/extractors"
)

// Dataset is the name of the dataset, and Metric that of its one metric.
const (
	Dataset = "twin_canary"
	Metric  = "nonce"
)

//go:embed twin_canary.sql
var sql []byte

// Extractor returns the extractor of the canary.
func Extractor() extractors.Extractor { return extractors.Extractor{Name: Dataset, SQL: sql} }

// Component is the component whose reading a probe becomes.
func Component(probe string) string { return "canary:" + probe }

// Record is a source record of a probe.
func Record(probe, nonce string, sentAt time.Time) []byte {
	b, err := json.Marshal(map[string]string{
		"probe": probe, "nonce": nonce, "sentAt": sentAt.UTC().Format("2006-01-02T15:04:05.000Z"),
	})
	if err != nil {
		panic("BUG: a map of strings is not JSON: " + err.Error())
	}
	return b
}
