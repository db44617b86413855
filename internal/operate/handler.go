package operate

import "net/http"

// Path is where the routes of [Handler] begin.
const Path = "/v1/operations"

// Handler serves /v1/operations and what is below it. The caller of a request is that of its context, see package access.
func Handler(s *Service) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { http.NotFound(w, r) })
}
