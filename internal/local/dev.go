package local

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"

	"github.com/railtwin/digitaltwin/internal/capture"
	"github.com/railtwin/digitaltwin/internal/flink"
)

// maxBody is the greatest length of a posted body: the greatest record of a Kinesis stream.
const maxBody = 10 << 20

// devPath is where the part of the server begins that only a local twin has.
const devPath = "/dev/"

// dev serves the part of the server that only a local twin has.
func (t *Twin) dev(w http.ResponseWriter, r *http.Request) {
	what, name, _ := strings.Cut(strings.TrimPrefix(r.URL.EscapedPath(), devPath), "/")
	switch {
	case what == "records" && name != "":
		t.devRecords(w, r, name)
	case what == "rejects" && name == "":
		t.devRejects(w, r)
	default:
		problem{Status: http.StatusNotFound, Title: "Nothing here",
			Detail: "There are POST /dev/records/{dataset} and GET /dev/rejects."}.write(w)
	}
}

// allow answers a request of another method and reports whether it is the right one.
func allow(w http.ResponseWriter, r *http.Request, method string) bool {
	if r.Method == method || method == http.MethodGet && r.Method == http.MethodHead {
		return true
	}
	w.Header().Set("Allow", method)
	problem{Status: http.StatusMethodNotAllowed, Title: "Method not allowed", Detail: "Use " + method + "."}.write(w)
	return false
}

func (t *Twin) devRecords(w http.ResponseWriter, r *http.Request, escaped string) {
	if !allow(w, r, http.MethodPost) {
		return
	}
	name, err := url.PathUnescape(escaped)
	d := t.datasets[name]
	if err != nil || d == nil {
		problem{Status: http.StatusNotFound, Title: "Unknown dataset",
			Detail: fmt.Sprintf("There is no dataset %q.", name), Allowed: t.Names()}.write(w)
		return
	}
	table, p := readTable(r, d)
	if p.Status != 0 {
		p.write(w)
		return
	}
	records, p := readRecords(w, r)
	if p.Status != 0 {
		p.write(w)
		return
	}
	answer, err := t.post(r.Context(), d, table, records)
	if errors.Is(err, flink.ErrEnded) {
		problem{Status: http.StatusServiceUnavailable, Title: "No job",
			Detail: "The job of " + d.Name + " on Apache Flink has ended: its feed is at its end, or it failed, as the log says. Start the twin anew."}.write(w)
		return
	}
	if err != nil {
		problem{Status: http.StatusServiceUnavailable, Title: "Not stored",
			Detail: "The twin ends, or the store did not take the changes in time: " + err.Error()}.write(w)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	writeJSON(w, http.StatusOK, answer)
}

// readTable returns the source table that the records of a request are of, "" for all of them. The problem has
// a status if there is none of that name.
func readTable(r *http.Request, d *dataset) (string, problem) {
	name := r.URL.Query().Get("table")
	var known []string
	for _, t := range d.tables {
		if t.Name == name {
			return name, problem{}
		}
		known = append(known, t.Name)
	}
	if name == "" {
		return "", problem{}
	}
	return "", problem{Status: http.StatusBadRequest, Title: "Unknown table",
		Detail: fmt.Sprintf("The extractor of %s declares no table %q.", d.Name, name), Allowed: known}
}

// readRecords returns the records of a request's body. The problem has a status if there are none.
func readRecords(w http.ResponseWriter, r *http.Request) ([][]byte, problem) {
	framing := capture.File
	if s := r.URL.Query().Get("framing"); s != "" {
		if err := framing.UnmarshalText([]byte(s)); err != nil {
			return nil, problem{Status: http.StatusBadRequest, Title: "Unknown framing",
				Detail:  "The parameter framing is lines (a line is a record) or file (the body is one record).",
				Allowed: []string{string(capture.Lines), string(capture.File)}}
		}
	}
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxBody))
	if tooLarge, ok := errors.AsType[*http.MaxBytesError](err); ok {
		return nil, problem{Status: http.StatusRequestEntityTooLarge, Title: "Body too large",
			Detail: fmt.Sprintf("A body may have %d MB. Send the records in several requests.", tooLarge.Limit>>20)}
	}
	if err != nil {
		return nil, problem{Status: http.StatusBadRequest, Title: "Body not readable", Detail: err.Error()}
	}
	if len(bytes.TrimSpace(body)) == 0 {
		return nil, problem{Status: http.StatusBadRequest, Title: "No record",
			Detail: "The body is empty. It should be one record, or with ?framing=lines one record a line."}
	}
	return framing.Split(body), problem{}
}

// devRejects serves the newest rejects of all datasets, oldest first.
func (t *Twin) devRejects(w http.ResponseWriter, r *http.Request) {
	if !allow(w, r, http.MethodGet) {
		return
	}
	list := []reportable{}
	for _, reject := range t.rejects.newest() {
		for _, p := range reject.Problems {
			list = append(list, reportable{Dataset: reject.Dataset, Reason: p.Reason, Detail: p.Detail,
				Column: p.Column, Offset: offset(p.Offset), Payload: string(reject.Payload)})
		}
	}
	w.Header().Set("Content-Type", "application/json")
	writeJSON(w, http.StatusOK, map[string]any{"rejects": list})
}
