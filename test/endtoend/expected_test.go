package endtoend

import (
	"errors"
	"io/fs"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/railtwin/digitaltwin/extractors"
	"github.com/railtwin/digitaltwin/test/expected"
)

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
			want, err := expected.Parse(e.Name, string(text))
			if err != nil {
				t.Fatal(err)
			}
			w := newWay(t, e)
			w.feed(extractors.Records(e.Name))
			for _, x := range want.Lines {
				var got reading
				target := "/v1/components/" + url.PathEscape(x.Component) + "/metrics/" + url.PathEscape(x.Metric)
				code := w.get(target, &got)
				if x.Absent {
					if code != http.StatusNotFound {
						t.Errorf("%s %s: status %d, must be absent", x.Component, x.Metric, code)
					}
					continue
				}
				if code != http.StatusOK {
					t.Errorf("%s %s: status %d", x.Component, x.Metric, code)
				} else if wrong := x.Check(got.Value, got.unit(), got.EventTime); wrong != "" {
					t.Errorf("%s %s: %s", x.Component, x.Metric, wrong)
				}
			}
			all := w.all(97)
			components := map[string]bool{}
			for _, r := range all {
				components[r.Component] = true
			}
			if len(components) != want.Components || len(all) != want.Readings {
				t.Errorf("%d components, %d readings; want %d and %d", len(components), len(all), want.Components, want.Readings)
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
