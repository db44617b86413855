package api

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"testing"

	"github.com/railtwin/digitaltwin/internal/twin"
)

// told is what a twin tells of itself.
type told struct{ err error }

func (o told) Activity(context.Context) (Activity, error) {
	a := Activity{Since: 1, Datasets: []DatasetActivity{}}
	for _, d := range sample().datasets {
		at := twin.Millis(2)
		a.Datasets = append(a.Datasets, DatasetActivity{Dataset: d.Name, LastRecord: &at, Minutes: []MinuteActivity{{}}})
	}
	return a, o.err
}

func (o told) Extractor(_ context.Context, dataset, _ string) (Extractor, error) {
	if dataset == "plain" {
		return Extractor{}, ErrNoExtractor
	}
	return Extractor{SQL: "SELECT 1", Lines: map[string]int{"speed": 1}}, o.err
}

// Ensure that who may read a part of a dataset only learns neither what comes into it nor its SQL, and that a twin that
// tells nothing has no such calls.
func TestInside(t *testing.T) {
	all := newHandler(Config{Reader: sample(), Inside: told{}})
	if body := get(t, all, "/v1/activity").Body.String(); !strings.Contains(body, `"dataset":"wayside"`) {
		t.Error(body)
	}
	if body := get(t, all, "/v1/datasets/wayside/extractor").Body.String(); !strings.Contains(body, `"sql":"SELECT 1"`) {
		t.Error(body)
	}
	part := restricted(t, sample(), `{"datasets": "wayside", "metrics": "speed"}`)
	if body := get(t, part, "/v1/activity").Body.String(); strings.Contains(body, "wayside") {
		t.Error(body)
	}
	for path, h := range map[string]http.Handler{
		"/v1/datasets/wayside/extractor": part,
		"/v1/activity":                   New(Config{Reader: sample()}),
	} {
		if w := do(t, h, "GET", path, ""); w.Code != http.StatusNotFound {
			t.Errorf("%s: %d %s", path, w.Code, w.Body)
		}
	}
	for _, elsewhere := range []bool{false, true} {
		h := New(Config{Reader: sample(), InsideElsewhere: elsewhere})
		if body := get(t, h, "/v1/openapi.json").Body.String(); strings.Contains(body, "/v1/activity") != elsewhere {
			t.Errorf("elsewhere %t: the document has the wrong calls", elsewhere)
		}
	}
}

// Ensure that numbers that cannot be read are a problem that says when to ask again, and never zeros.
func TestInside_Unavailable(t *testing.T) {
	h := newHandler(Config{Reader: sample(), Inside: told{errors.New("throttled: secret-name")}})
	w := get(t, h, "/v1/activity")
	if got := problemOf(w); got != "503 activity-unavailable" || w.Header().Get("Retry-After") != "60" ||
		strings.Contains(w.Body.String(), "secret") {
		t.Errorf("%s, %v: %s", got, w.Header(), w.Body)
	}
}
