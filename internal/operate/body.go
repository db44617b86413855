package operate

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"math"
	"mime"
	"net/http"
	"strconv"
	"strings"

	"github.com/railtwin/digitaltwin/internal/problem"
)

// request reads the body of a call that makes a run.
func (c *call) request() (request Request, err error) {
	if t := c.Header.Get("Content-Type"); t != "" {
		if media, _, err := mime.ParseMediaType(t); err != nil || media != "application/json" {
			return request, problem.UnsupportedMediaType.New("Send application/json.")
		}
	}
	body, err := io.ReadAll(http.MaxBytesReader(c.w, c.Body, maxBody))
	if _, ok := errors.AsType[*http.MaxBytesError](err); ok {
		return request, problem.BodyTooLarge.New("The maximum is %d bytes.", maxBody)
	}
	if err != nil {
		return request, problem.InvalidBody.New("The body could not be read completely.")
	}
	var members map[string]json.RawMessage
	decoder := json.NewDecoder(bytes.NewReader(body))
	if err := decoder.Decode(&members); err != nil {
		return request, notRequest(err)
	}
	if decoder.More() {
		return request, problem.InvalidBody.New("The body has more than one JSON value.")
	}
	for name, value := range members {
		if string(value) == "null" {
			return request, problem.InvalidBody.New("%s is null. Leave it out.", quoted(name)).About(name[:min(len(name), 60)])
		}
		members[name] = integer(value)
	}
	written, err := json.Marshal(members)
	if err != nil {
		return request, notRequest(err)
	}
	decoder = json.NewDecoder(bytes.NewReader(written))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&request); err != nil {
		return request, notRequest(err)
	}
	return request, nil
}

func notRequest(err error) error {
	return problem.InvalidBody.New("The body is no request of a run: %s.", strings.TrimPrefix(err.Error(), "json: "))
}

// integer writes a number such as 100.0, which is an integer by JSON Schema, as encoding/json reads integers.
func integer(value json.RawMessage) json.RawMessage {
	f, err := strconv.ParseFloat(string(value), 64)
	if err != nil || f != math.Trunc(f) || math.Abs(f) >= 1<<53 {
		return value
	}
	return strconv.AppendInt(nil, int64(f), 10)
}
