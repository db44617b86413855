// Package reply writes the answers of the parts of the API that no cache may keep: operating, and what only a local
// twin has. Failures are those of package problem.
package reply

import (
	"encoding/json"
	"net/http"
)

// JSON answers with a status and v, which must be plain data.
func JSON(w http.ResponseWriter, status int, v any) {
	body, err := json.Marshal(v)
	if err != nil {
		panic("BUG: an answer cannot be JSON: " + err.Error())
	}
	h := w.Header()
	h.Set("Content-Type", "application/json")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	_, _ = w.Write(append(body, '\n')) // a caller that is gone need not be told
}
