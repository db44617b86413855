package flink

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/railtwin/digitaltwin/internal/wiring"
)

// Job is an extractor with what it reads and where its changes go.
type Job struct {
	Dataset string
	SQL     []byte
	Sources map[string]*Stream // by source table
	Sink    Sink               // takes the records of the twin stream
	// Savepoint is where an earlier run of the dataset was stopped, whose position is taken up; "" for none.
	Savepoint string
	// Groups changes the property groups, if it is not nil.
	Groups func(groups map[string]map[string]string)
}

// write writes the files of the job below dir: its property groups and its SQL.
func (j Job) write(dir string) (groups, sql string, err error) {
	groups, sql = filepath.Join(dir, "groups.json"), filepath.Join(dir, "extractor.sql")
	text, err := json.Marshal(propertyGroups(j))
	if err != nil {
		return "", "", err
	}
	if err := errors.Join(os.WriteFile(groups, text, 0o600), os.WriteFile(sql, j.SQL, 0o600)); err != nil {
		return "", "", fmt.Errorf("flink: %w", err)
	}
	return groups, sql, nil
}

// propertyGroup is how the file of property groups has one.
type propertyGroup struct {
	ID  string            `json:"PropertyGroupId"`
	Map map[string]string `json:"PropertyMap"`
}

// propertyGroups returns the groups that the job would have on AWS.
func propertyGroups(job Job) []propertyGroup {
	settings := wiring.Flink{
		Dataset: job.Dataset, Tables: map[string]wiring.FlinkSource{},
		Sink: wiring.FlinkSink{StreamARN: arn("twin"), Region: region},
	}
	for table := range job.Sources {
		settings.Tables[table] = wiring.FlinkSource{StreamARN: arn(table), Region: region, Start: "TRIM_HORIZON"}
	}
	groups := settings.Groups()
	if job.Groups != nil {
		job.Groups(groups)
	}
	var out []propertyGroup
	for _, id := range slices.Sorted(maps.Keys(groups)) {
		out = append(out, propertyGroup{id, groups[id]})
	}
	return out
}

const region = "local"

func arn(stream string) string {
	return "arn:aws:kinesis:" + region + ":000000000000:stream/" + strings.ReplaceAll(stream, " ", "-")
}
