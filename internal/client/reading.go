package client

import (
	"encoding/json"
	"net/url"
	"time"
)

// Reading is a reading as the API serves it.
type Reading struct {
	Component string          `json:"component"`
	Metric    string          `json:"metric"`
	Value     json.RawMessage `json:"value"`
	Unit      string          `json:"unit"` // empty for null
	EventTime time.Time       `json:"eventTime"`
	StaleAt   *time.Time      `json:"staleAt"` // nil where none is expected at intervals
	Dataset   string          `json:"dataset"`
}

// Stale reports whether r is older at a time than its dataset should be.
func (r *Reading) Stale(now time.Time) bool { return r.StaleAt != nil && now.After(*r.StaleAt) }

// TwinPath is the path of a component, or of a metric of it where one is named.
func TwinPath(component, metric string) string {
	path := "/v1/components/" + url.PathEscape(component)
	if metric != "" {
		path += "/metrics/" + url.PathEscape(metric)
	}
	return path
}
