package api

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"net/http"
	"strconv"
	"strings"
	"sync"

	"github.com/railtwin/digitaltwin/internal/access"
	"github.com/railtwin/digitaltwin/internal/problem"
	"github.com/railtwin/digitaltwin/internal/twin"
)

// call is one request on its way through its endpoint.
type call struct {
	*http.Request
	route *route
	names []string // in the path, decoded
	*parameters
	readable *access.Readable // by the caller; nil in a public call
	body     []byte           // where the endpoint appends the answer

	// Of calls that have several forms:
	form  *form
	limit int         // of a page, in entries
	now   twin.Millis // with a filter: the time of the call
}

// answer is what an endpoint returns.
type answer struct {
	body []byte
	next *link // to the next page; nil without one

	form   *form                     // of the body; nil where the call has no other than JSON
	stream func(http.ResponseWriter) // answers in the place of all that, as long as the caller listens
}

// maxBody is the longest body in bytes. The answer of a Lambda function has at most 6 MB, in which every quote of a
// body takes two bytes.
const maxBody = 4 << 20

// bodies holds memory for answers.
var bodies = sync.Pool{New: func() any { b := make([]byte, 0, 16<<10); return &b }}

// maxKept is the size up to which memory goes back to bodies.
const maxKept = 256 << 10

// ServeHTTP answers one request.
func (h *handler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	memory := bodies.Get().(*[]byte)
	a, err := h.serve(r, (*memory)[:0])
	switch {
	case err != nil:
		h.refuse(w, r, err)
	case a.stream != nil:
		a.stream(w)
	default:
		send(w, r, a)
		*memory = a.body
	}
	if cap(*memory) <= maxKept {
		bodies.Put(memory)
	}
}

// serve finds the endpoint of r and runs it. A panic is an error: nothing was written yet.
func (h *handler) serve(r *http.Request, memory []byte) (a answer, err error) {
	defer func() {
		if v := recover(); v != nil {
			h.Log.ErrorContext(r.Context(), "api: panic", "panic", v, "method", r.Method, "path", r.URL.EscapedPath())
			err = problem.InternalError.New("The request failed because of a fault in the service. The fault was logged.")
		}
	}()
	t, names, err := find(r)
	if err != nil {
		return answer{}, err
	}
	var readable *access.Readable
	if !t.public {
		if readable, err = h.authorize(r.Context()); err != nil {
			return answer{}, err
		}
	}
	if allowed := t.allow(); r.Method != allowed[0] && r.Method != allowed[len(allowed)-1] {
		p := problem.MethodNotAllowed.New("%s allows %s.", t.pattern, strings.Join(allowed, " and "))
		return answer{}, p.About("", allowed...)
	}
	if err := t.names(names); err != nil {
		return answer{}, err
	}
	p, err := parseParameters(r.URL.RawQuery, t)
	if err != nil {
		return answer{}, err
	}
	c := &call{Request: r, route: t, names: names, parameters: p, readable: readable, body: memory}
	if err := h.choose(c); err != nil {
		return answer{}, err
	}
	a, err = t.serve(h, c)
	a.form = c.form
	if err == nil && len(a.body) > maxBody {
		err = answerTooLarge.New("The answer would be larger than %d bytes. Ask for fewer metrics or components, "+
			"or page through GET /v1/readings.", maxBody)
	}
	return a, err
}

// refuse sends the problem that err is, or that stands for it.
func (h *handler) refuse(w http.ResponseWriter, r *http.Request, err error) {
	var p *problem.Problem
	if !errors.As(err, &p) {
		if !errors.Is(err, context.Canceled) { // by a caller that went away
			h.Log.ErrorContext(r.Context(), "api: store failed", "error", err,
				"method", r.Method, "path", r.URL.EscapedPath())
		}
		p = problem.StoreUnavailable.New("The store did not answer. Try again.")
	}
	if call, ok := errors.AsType[*refused](err); ok {
		metadata := ""
		if h.OAuth != nil {
			metadata = h.Base(r) + MetadataPath
		}
		w.Header().Set("WWW-Authenticate", call.refusal.Header(metadata))
	}
	writeProblem(w, r, p)
}

// TooLarge answers a request whose answer is too large for what carries it: AWS Lambda for example.
func TooLarge(w http.ResponseWriter, r *http.Request) {
	p := answerTooLarge.New("The answer is too large to be sent. " +
		"Ask for fewer metrics or components, or set a smaller limit.")
	writeProblem(w, r, p)
}

func writeProblem(w http.ResponseWriter, r *http.Request, p *problem.Problem) {
	p.Instance = problem.Instance(r.URL.EscapedPath())
	p.SetHeader(w.Header())
	write(w, r, p.Status, problem.ContentType, p.JSON())
}

// send sends a, or 304 if the caller has it.
func send(w http.ResponseWriter, r *http.Request, a answer) {
	header := w.Header()
	media := "application/json"
	if a.form != nil {
		media = a.form.media
		header.Add("Vary", "Accept")
	}
	if a.next != nil {
		header.Set("Link", "<"+a.next.url+`>; rel="next"`)
	}
	tag := entityTag(a.body)
	header.Set("ETag", tag)
	// A POST is not conditional: there If-None-Match would mean "do not perform it" (RFC 9110, 13.1.2).
	if r.Method != http.MethodPost && matches(r.Header["If-None-Match"], tag) {
		header.Set("Cache-Control", cacheControl)
		w.WriteHeader(http.StatusNotModified)
		return
	}
	write(w, r, http.StatusOK, media, a.body)
}

// cacheControl lets the caller's own cache keep an answer, if it asks each time whether it still holds.
const cacheControl = "no-cache, private"

func write(w http.ResponseWriter, r *http.Request, status int, contentType string, body []byte) {
	header := w.Header()
	header.Set("Content-Type", contentType)
	header.Set("Content-Length", strconv.Itoa(len(body)))
	header.Set("Cache-Control", cacheControl)
	header.Set("X-Content-Type-Options", "nosniff")
	w.WriteHeader(status)
	if r.Method != http.MethodHead {
		_, _ = w.Write(body) // a caller that went away needs no answer
	}
}

// entityTag returns a strong entity tag for body.
func entityTag(body []byte) string {
	sum := sha256.Sum256(body)
	var b [24]byte
	b[0], b[23] = '"', '"'
	base64.RawURLEncoding.Encode(b[1:23], sum[:16])
	return string(b[:])
}

// matches reports whether tag is in If-None-Match fields, compared weakly (RFC 9110, 13.1.2). What is not a
// list of entity tags matches nothing from there on.
func matches(fields []string, tag string) bool {
	for _, field := range fields {
		if strings.Trim(field, " \t") == "*" {
			return true
		}
		for {
			field = strings.TrimPrefix(strings.TrimLeft(field, " \t,"), "W/")
			if !strings.HasPrefix(field, `"`) {
				break
			}
			end := strings.IndexByte(field[1:], '"')
			if end < 0 {
				break
			}
			if field[:end+2] == tag {
				return true
			}
			field = field[end+2:]
		}
	}
	return false
}
