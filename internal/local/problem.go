package local

import (
	"encoding/json"
	"net/http"
)

// problem is an answer that says what is wrong (RFC 9457), as those of the API are.
type problem struct {
	Title   string   `json:"title"`
	Status  int      `json:"status"`
	Detail  string   `json:"detail"`
	Allowed []string `json:"allowed,omitempty"` // what may stand there instead
}

func (p problem) write(w http.ResponseWriter) {
	w.Header().Set("Content-Type", "application/problem+json")
	writeJSON(w, p.Status, p)
}

// writeJSON writes v, which must be plain data, under the Content-Type that is set.
func writeJSON(w http.ResponseWriter, status int, v any) {
	body, err := json.Marshal(v)
	if err != nil {
		panic("BUG: an answer cannot be JSON: " + err.Error())
	}
	w.Header().Set("X-Content-Type-Options", "nosniff")
	w.WriteHeader(status)
	w.Write(append(body, '\n')) // a caller that is gone need not be told
}
