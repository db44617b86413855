package token

import (
	"net/http"
	"strings"
)

// FromHeader returns the access token of a request: of the header Authorization, with the scheme Bearer in any case
// (RFC 6750, 2.1). A token anywhere else, such as in the query string, is none. Two headers are refused: who passes the
// request on may look at the other one.
func FromHeader(h http.Header) (string, error) {
	switch values := h.Values("Authorization"); len(values) {
	case 0:
		return "", ErrMissing
	case 1:
		return FromValue(values[0])
	default:
		return "", malformed("there is more than one header Authorization")
	}
}

// FromValue is FromHeader of the value of a header Authorization.
func FromValue(value string) (string, error) {
	scheme, raw, _ := strings.Cut(value, " ")
	raw = strings.Trim(raw, " ")
	if !strings.EqualFold(scheme, "Bearer") || raw == "" {
		return "", ErrMissing
	}
	return raw, nil
}
