package api

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"mime"
	"net/http"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/railtwin/digitaltwin/internal/problem"
	"github.com/railtwin/digitaltwin/internal/store"
	"github.com/railtwin/digitaltwin/internal/twin"
)

// maxCells is the maximum number of cells of a matrix.
const maxCells = 1000

// maxRequest is the maximum length of the body of a request in bytes.
const maxRequest = 1 << 20

// selection is the body that asks for a matrix.
type selection struct {
	Components []string `json:"components"`
	Metrics    []string `json:"metrics"`
}

// matrix serves the readings of some metrics of some components: a cell for each pair, component by component,
// in the order of the request.
func (h *handler) matrix(c *call) (answer, error) {
	s, err := parseSelection(c.Request)
	if err != nil {
		return answer{}, err
	}
	v, err := h.viewOf(c)
	if err != nil {
		return answer{}, err
	}
	readings, err := h.readMany(c.Context(), v, store.ReadingQuery{
		Components: distinct(s.Components), Datasets: v.names, Metrics: distinct(s.Metrics),
	})
	if err != nil {
		return answer{}, err
	}
	b := append(c.body, `{"cells":[`...)
	for i, component := range s.Components {
		for j, metric := range s.Metrics {
			if i+j > 0 {
				b = append(b, ',')
			}
			b = append(b, `{"component":`...)
			b = appendString(b, component)
			b = append(b, `,"metric":`...)
			b = appendString(b, metric)
			if n, ok := slices.BinarySearchFunc(readings, position{component, metric}, compareToPosition); ok {
				b = append(b, `,"status":"found","reading":`...)
				b = v.appendReading(b, &readings[n], c.source)
				b = append(b, '}')
			} else {
				b = append(b, `,"status":"absent"}`...)
			}
		}
	}
	return answer{body: append(b, "]}"...)}, nil
}

func compareToPosition(r twin.Reading, p position) int {
	if c := strings.Compare(r.Component, p.component); c != 0 {
		return c
	}
	return strings.Compare(r.Metric, p.metric)
}

func distinct(names []string) []string {
	return slices.Compact(slices.Sorted(slices.Values(names)))
}

// parseSelection reads the body of r.
func parseSelection(r *http.Request) (selection, error) {
	var s selection
	if t := r.Header.Get("Content-Type"); t != "" {
		if m, _, err := mime.ParseMediaType(t); err != nil || m != "application/json" {
			return s, problem.UnsupportedMediaType.New("The body has Content-Type %s. Send Content-Type: application/json.", t)
		}
	}
	body, err := io.ReadAll(io.LimitReader(r.Body, maxRequest+1))
	if err != nil {
		return s, problem.InvalidBody.New("The body could not be read completely.")
	}
	if len(body) > maxRequest {
		return s, problem.BodyTooLarge.New("The body is larger than %d bytes.", maxRequest)
	}
	if !utf8.Valid(body) {
		return s, problem.InvalidBody.New("The body is not valid UTF-8.")
	}
	decoder := json.NewDecoder(bytes.NewReader(body))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&s); err != nil {
		const example = `{"components": ["wagon:1"], "metrics": ["speed"]}`
		return s, problem.InvalidBody.New("The body must be a JSON object such as %s: %s.", example, bodyFault(err))
	}
	if _, err := decoder.Token(); err != io.EOF {
		return s, problem.InvalidBody.New("Unexpected data follows the JSON object in the body.")
	}
	return s, s.check()
}

// bodyFault words an error of encoding/json as the API does.
func bodyFault(err error) string {
	var wrongType *json.UnmarshalTypeError
	switch {
	case errors.Is(err, io.EOF):
		return "it is empty"
	case errors.Is(err, io.ErrUnexpectedEOF):
		return "it ends too early"
	case errors.As(err, &wrongType):
		if wrongType.Field == "" {
			return "it is a JSON " + wrongType.Value
		}
		return wrongType.Field + " must be an array of strings; found a " + wrongType.Value
	}
	return strings.TrimPrefix(err.Error(), "json: ")
}

// check checks the names and the number of cells.
func (s *selection) check() error {
	for _, member := range []struct {
		name  string
		names []string
	}{{"components", s.Components}, {"metrics", s.Metrics}} {
		if len(member.names) == 0 {
			return problem.InvalidBody.New("%s must be an array of at least one name.", member.name).About(member.name)
		}
		for i, name := range member.names {
			if what := wrongName(name); what != "" {
				return problem.InvalidBody.New("%s[%d] %s.", member.name, i, what).About(member.name)
			}
		}
	}
	if n := len(s.Components) * len(s.Metrics); n > maxCells {
		return problem.InvalidBody.New("%d components times %d metrics is %d cells; the maximum is %d. Split the request.",
			len(s.Components), len(s.Metrics), n, maxCells)
	}
	return nil
}
