package main

import (
	"context"
	"slices"
	"strings"
	"testing"

	"github.com/railtwin/digitaltwin/extractors"
	"github.com/railtwin/digitaltwin/internal/wiring"
)

const twoTables = `CREATE TABLE stations (id STRING, name STRING, ts TIMESTAMP_LTZ(3)) WITH ('format' = 'json', 'json.timestamp-format.standard' = 'ISO-8601', 'json.ignore-parse-errors' = 'true');
CREATE TABLE states (id STRING, bikes INT, ts TIMESTAMP_LTZ(3)) WITH ('format' = 'json', 'json.timestamp-format.standard' = 'ISO-8601', 'json.ignore-parse-errors' = 'true');
INSERT INTO digitaltwin SELECT id, 'name', JSON_STRING(name), CAST(NULL AS STRING), ts FROM stations;
INSERT INTO digitaltwin SELECT id, 'bikes', JSON_STRING(bikes), '1', ts FROM states;`

const stationRecord = `{"id":"station:1","name":"Oslo S","bikes":3,"ts":"2025-11-24T05:30:00.000Z"}`

// bikes is the function with an extractor of two tables that read these streams.
func bikes(t *testing.T, sources map[string]string) *fixture {
	t.Helper()
	f := &fixture{}
	f.extractor = newExtractor(f.Open(t, extractors.Extractor{Name: "bikes", SQL: []byte(twoTables)}, wiring.Plain,
		sources))
	return f
}

// Ensure that a record is read by the tables of its stream, in one event and from event to event, and that tables
// that share a stream all read it.
func TestTablesOfTheStream(t *testing.T) {
	const arn = "arn:aws:kinesis:eu-central-1:123456789012:stream/"
	for _, c := range []struct {
		stations, states string
		want             []string // the metrics of one record of stream wagons
	}{
		{arn + "wagons", arn + "other", []string{"name"}},
		{arn + "other", arn + "wagons", []string{"bikes"}},
		{arn + "wagons", arn + "wagons", []string{"bikes", "name"}},
	} {
		f := bikes(t, map[string]string{"stations": c.stations, "states": c.states})
		if got := f.invoke(t, context.Background(), event(stationRecord)); got != "" {
			t.Errorf("unfinished from %s", got)
		}
		var got []string
		for _, change := range f.Stream.Changes(t) {
			got = append(got, change.Metric)
		}
		slices.Sort(got)
		if !slices.Equal(got, c.want) || len(f.Kept.Rejects) != 0 {
			t.Errorf("stations read %s, states read %s: %v, rejects %v", c.stations, c.states, got, f.Kept.Rejects)
		}
	}
}

// Ensure that a stream that no table reads is an error, for the wiring is wrong.
func TestUnknownStream(t *testing.T) {
	f := bikes(t, map[string]string{"stations": "arn:a", "states": "arn:b"})
	_, err := f.Invoke(context.Background(), event(stationRecord))
	if err == nil || !strings.Contains(err.Error(), "stream/wagons: there are arn:a, arn:b") {
		t.Errorf("%v", err)
	}
}
