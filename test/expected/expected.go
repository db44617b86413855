// Package expected reads the expected.txt files of package extractors: what people stated by hand of a dataset's
// samples, line by line, and how many components and readings there are in all.
//
// [Parse] reads a file, and [Line.Check] holds a line against what an API says.
package expected

import (
	"encoding/json"
	"fmt"
	"reflect"
	"regexp"
	"strconv"
	"strings"
)

// Line is what is expected of one component.metric.
type Line struct {
	Component, Metric string
	Absent            bool   // there must be no reading; the rest is empty
	Value, Kind, Unit string // kind: double, long, bool, string or json
	EventTime         string // RFC 3339 in UTC with milliseconds
}

// Dataset is what the expected.txt of a dataset says.
type Dataset struct {
	Lines                []Line
	Components, Readings int
}

var (
	section   = regexp.MustCompile(`^# dataset (\w+)\.`)
	total     = regexp.MustCompile(`^# count: (\d+) components?, (\d+) readings?`)
	sectioned = regexp.MustCompile(`(\w+) (\d+) components?, (\d+) readings?`)
)

// Parse reads the lines and totals of one dataset; a file may hold several, one after the other.
func Parse(dataset, text string) (d Dataset, err error) {
	of := dataset
	for i, line := range strings.Split(text, "\n") {
		switch {
		case strings.HasPrefix(line, "# of these:"):
			for _, m := range sectioned.FindAllStringSubmatch(line, -1) {
				if m[1] == dataset {
					d.Components, _ = strconv.Atoi(m[2])
					d.Readings, _ = strconv.Atoi(m[3])
				}
			}
		case line == "" || strings.HasPrefix(line, "#"):
			if m := section.FindStringSubmatch(line); m != nil {
				of = m[1]
			}
			if m := total.FindStringSubmatch(line); m != nil {
				d.Components, _ = strconv.Atoi(m[1])
				d.Readings, _ = strconv.Atoi(m[2])
			}
		case of != dataset:
		default:
			f := strings.Split(line, "\t")
			switch {
			case len(f) == 3 && f[2] == "ABSENT":
				d.Lines = append(d.Lines, Line{Component: f[0], Metric: f[1], Absent: true})
			case len(f) == 6:
				d.Lines = append(d.Lines, Line{Component: f[0], Metric: f[1], Value: f[2], Kind: f[3], Unit: f[4], EventTime: f[5]})
			default:
				return d, fmt.Errorf("expected: line %d has %d columns", i+1, len(f))
			}
		}
	}
	if len(d.Lines) == 0 || d.Readings == 0 {
		return d, fmt.Errorf("expected: %d lines and a total of %d readings for %s", len(d.Lines), d.Readings, dataset)
	}
	return d, nil
}

// Check returns what is wrong with a reading of the line's component.metric, or "". A reading without a unit
// has the unit "".
func (l *Line) Check(value json.RawMessage, unit, eventTime string) string {
	var got, want any
	if err := json.Unmarshal(value, &got); err != nil {
		return err.Error()
	}
	switch l.Kind {
	case "string":
		want = l.Value
	case "double", "long", "bool", "json":
		if err := json.Unmarshal([]byte(l.Value), &want); err != nil {
			return "the expectation is no JSON: " + err.Error()
		}
		// Numbers compare by value; a long beyond 2^53 would not survive a float64.
		if l.Kind == "long" && string(value) != l.Value {
			if f, err := strconv.ParseFloat(string(value), 64); err != nil || strconv.FormatFloat(f, 'f', -1, 64) != l.Value {
				return fmt.Sprintf("value %s, want %s", value, l.Value)
			}
		}
	default:
		return "unknown type " + l.Kind
	}
	switch {
	case !reflect.DeepEqual(got, want):
		return fmt.Sprintf("value %s, want %s %s", value, l.Kind, l.Value)
	case unit != l.Unit:
		return fmt.Sprintf("unit %q, want %q", unit, l.Unit)
	case eventTime != l.EventTime:
		return fmt.Sprintf("event time %s, want %s", eventTime, l.EventTime)
	}
	return ""
}
