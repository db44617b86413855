// Package problem holds what an HTTP answer says when a request fails: a [Problem] of a stable [Kind], as RFC 9457
// (problem+json) has it. Every part of the API answers with it: reading, operating, and what only a local twin has.
package problem

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
	"strings"
)

// ContentType is the media type of a problem.
const ContentType = "application/problem+json"

// Type begins the type of every problem. The types are stable; callers may compare them.
const Type = "urn:digital-twin:problem:"

// Problem is an answer that is not what was asked for. It is an error.
type Problem struct {
	Type      string   `json:"type,omitempty"` // [Type] and the name of its kind; "" where callers need not compare it
	Title     string   `json:"title"`
	Status    int      `json:"status"`              // of HTTP
	Detail    string   `json:"detail"`              // what is wrong and what to do
	Instance  string   `json:"instance,omitempty"`  // the path of the request, see [Instance]
	Parameter string   `json:"parameter,omitempty"` // what it is about: a parameter, or a member of the body
	Allowed   []string `json:"allowed,omitempty"`   // the values that it may have

	RetryAfter int `json:"-"` // seconds; 0 for no advice
}

func (p *Problem) Error() string { return p.Title + ": " + p.Detail }

// About names the parameter, or the member of the body, and what is allowed there.
func (p *Problem) About(parameter string, allowed ...string) *Problem {
	p.Parameter, p.Allowed = parameter, allowed
	return p
}

// JSON returns the body of p.
func (p *Problem) JSON() []byte {
	b, err := json.Marshal(p)
	if err != nil {
		panic("BUG: a problem is strings and numbers: " + err.Error())
	}
	return b
}

// SetHeader sets the headers that belong to p: Content-Type, Retry-After, and Allow where a method is not allowed.
func (p *Problem) SetHeader(h http.Header) {
	h.Set("Content-Type", ContentType)
	h.Set("X-Content-Type-Options", "nosniff")
	if p.RetryAfter > 0 {
		h.Set("Retry-After", strconv.Itoa(p.RetryAfter))
	}
	if p.Status == http.StatusMethodNotAllowed && len(p.Allowed) > 0 {
		h.Set("Allow", strings.Join(p.Allowed, ", "))
	}
}

// Write answers with p. No cache may keep it.
func (p *Problem) Write(w http.ResponseWriter) {
	p.SetHeader(w.Header())
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(p.Status)
	_, _ = w.Write(append(p.JSON(), '\n')) // a caller that is gone need not be told
}

// Instance returns the path of a request as a URI reference: what follows // would be a host, and before : a scheme.
func Instance(path string) string {
	switch {
	case strings.HasPrefix(path, "//"):
		return "/." + path
	case !strings.HasPrefix(path, "/"):
		return "/" + path
	}
	return path
}

// Kind is a kind of problem: its name, title and status are the same each time.
type Kind struct {
	Name, Title string
	Status      int // of HTTP
}

// New returns a problem of kind k.
func (k Kind) New(format string, args ...any) *Problem {
	p := &Problem{Type: k.Type(), Title: k.Title, Status: k.Status, Detail: fmt.Sprintf(format, args...)}
	if k.Status == http.StatusServiceUnavailable {
		p.RetryAfter = 1
	}
	return p
}

// Type returns the type of the problems of kind k.
func (k Kind) Type() string { return Type + k.Name }
