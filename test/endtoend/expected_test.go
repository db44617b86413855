package endtoend

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// expectation is one line of an expected.txt.
type expectation struct {
	component, metric string
	absent            bool
	value, kind, unit string
	eventTime         string
}

// expected is what a dataset's expected.txt says.
type expected struct {
	lines                []expectation
	components, readings int
}

var (
	section   = regexp.MustCompile(`^# dataset (\w+)\.`)
	total     = regexp.MustCompile(`^# count: (\d+) components?, (\d+) readings?`)
	sectioned = regexp.MustCompile(`(\w+) (\d+) components?, (\d+) readings?`)
)

// parseExpected reads the lines and totals of one dataset; a file may hold several, one after the other.
func parseExpected(dataset, text string) (e expected, err error) {
	of := dataset
	for i, line := range strings.Split(text, "\n") {
		switch {
		case strings.HasPrefix(line, "# of these:"):
			for _, m := range sectioned.FindAllStringSubmatch(line, -1) {
				if m[1] == dataset {
					e.components, _ = strconv.Atoi(m[2])
					e.readings, _ = strconv.Atoi(m[3])
				}
			}
		case line == "" || strings.HasPrefix(line, "#"):
			if m := section.FindStringSubmatch(line); m != nil {
				of = m[1]
			}
			if m := total.FindStringSubmatch(line); m != nil {
				e.components, _ = strconv.Atoi(m[1])
				e.readings, _ = strconv.Atoi(m[2])
			}
		case of != dataset:
		default:
			f := strings.Split(line, "\t")
			switch {
			case len(f) == 3 && f[2] == "ABSENT":
				e.lines = append(e.lines, expectation{component: f[0], metric: f[1], absent: true})
			case len(f) == 6:
				e.lines = append(e.lines, expectation{component: f[0], metric: f[1], value: f[2], kind: f[3], unit: f[4], eventTime: f[5]})
			default:
				return e, fmt.Errorf("line %d has %d columns", i+1, len(f))
			}
		}
	}
	if len(e.lines) == 0 || e.readings == 0 {
		return e, fmt.Errorf("%d lines and a total of %d readings for %s", len(e.lines), e.readings, dataset)
	}
	return e, nil
}

// check returns what is wrong with a reading, or "".
func (e *expectation) check(got *reading) string {
	var value any
	if err := json.Unmarshal(got.Value, &value); err != nil {
		return err.Error()
	}
	var want any
	switch e.kind {
	case "string":
		want = e.value
	case "double", "long", "bool", "json":
		if err := json.Unmarshal([]byte(e.value), &want); err != nil {
			return "the expectation is no JSON: " + err.Error()
		}
		// Numbers compare by value; a long beyond 2^53 would not survive a float64.
		if e.kind == "long" && string(got.Value) != e.value {
			if f, err := strconv.ParseFloat(string(got.Value), 64); err != nil || strconv.FormatFloat(f, 'f', -1, 64) != e.value {
				return fmt.Sprintf("value %s, want %s", got.Value, e.value)
			}
		}
	default:
		return "unknown type " + e.kind
	}
	switch {
	case !reflect.DeepEqual(value, want):
		return fmt.Sprintf("value %s, want %s %s", got.Value, e.kind, e.value)
	case got.unit() != e.unit:
		return fmt.Sprintf("unit %q, want %q", got.unit(), e.unit)
	case got.EventTime != e.eventTime:
		return fmt.Sprintf("event time %s, want %s", got.EventTime, e.eventTime)
	}
	return ""
}

// Every line and total of every expected.txt, which people stated by hand from the raw files, holds for
// what the API says after the samples went the whole way. A new dataset need not have one.
func TestExpected(t *testing.T) {
	stated := 0
	for _, e := range served(t) {
		text, err := os.ReadFile(filepath.Join("..", "..", "extractors", "testdata", e.Name, "expected.txt"))
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		stated++
		t.Run(e.Name, func(t *testing.T) {
			if err != nil {
				t.Fatal(err)
			}
			want, err := parseExpected(e.Name, string(text))
			if err != nil {
				t.Fatal(err)
			}
			w := newWay(t, e)
			w.feed(sampleRecords(e.Name))
			for _, x := range want.lines {
				var got reading
				target := "/v1/components/" + url.PathEscape(x.component) + "/metrics/" + url.PathEscape(x.metric)
				code := w.get(target, &got)
				if x.absent {
					if code != http.StatusNotFound {
						t.Errorf("%s %s: status %d, must be absent", x.component, x.metric, code)
					}
					continue
				}
				if code != http.StatusOK {
					t.Errorf("%s %s: status %d", x.component, x.metric, code)
				} else if wrong := x.check(&got); wrong != "" {
					t.Errorf("%s %s: %s", x.component, x.metric, wrong)
				}
			}
			all := w.all(97)
			components := map[string]bool{}
			for _, r := range all {
				components[r.Component] = true
			}
			if len(components) != want.components || len(all) != want.readings {
				t.Errorf("%d components, %d readings; want %d and %d", len(components), len(all), want.components, want.readings)
			}
			declared(t, e.Name, w, all)
		})
	}
	if stated == 0 {
		t.Error("there is no expected.txt")
	}
}

// declared ensures that the catalogue names every metric that was delivered, with its unit.
func declared(t *testing.T, dataset string, w *way, all []reading) {
	t.Helper()
	var d struct {
		Metrics []struct {
			Metric string
			Units  []*string
		}
		NewestEventTime string
	}
	if code := w.get("/v1/datasets/"+dataset, &d); code != http.StatusOK {
		t.Fatalf("dataset: status %d", code)
	}
	newest := ""
	undeclared := map[string]bool{}
	for _, r := range all {
		newest = max(newest, r.EventTime)
		found := false
		for _, m := range d.Metrics {
			pattern := "^" + strings.ReplaceAll(regexp.QuoteMeta(m.Metric), `\*`, ".+") + "$"
			if ok, _ := regexp.MatchString(pattern, r.Metric); ok && slices.ContainsFunc(m.Units, func(u *string) bool {
				return u != nil && *u == "*" || r.hasUnit(u) // * is what the record decides
			}) {
				found = true
			}
		}
		if !found {
			undeclared[r.Metric] = true // or with another unit
		}
	}
	if len(undeclared) > 0 {
		t.Errorf("the catalogue does not name %v", undeclared)
	}
	if d.NewestEventTime != newest {
		t.Errorf("newest event time %s, want %s", d.NewestEventTime, newest)
	}
}
