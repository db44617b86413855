package client

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"

	"github.com/railtwin/digitaltwin/internal/problem"
	"github.com/railtwin/digitaltwin/internal/tabular"
)

// Problem is an answer that is not what was asked for, and which call it answers.
type Problem struct {
	problem.Problem

	URL    string `json:"-"` // of the call
	Advice string `json:"-"` // what to do; "" where the detail says it
}

// Error says where, what and what to do.
func (p *Problem) Error() string {
	s := fmt.Sprintf("%s answers %d: %s", p.URL, p.Status, p.Text())
	if p.Advice != "" {
		s += "\n" + p.Advice
	}
	return s
}

// NoSuch reports whether the twin says that there is nothing of a name, rather than that there is no such path.
func (p *Problem) NoSuch() bool {
	return p.Status == http.StatusNotFound && p.Parameter != ""
}

// Text is the detail, or the title where there is none, with its control characters escaped.
func (p *Problem) Text() string {
	text := p.Detail
	if text == "" {
		text = p.Title
	}
	lines := strings.Split(text, "\n")
	for i, line := range lines {
		lines[i] = tabular.Printable(line)
	}
	return strings.Join(lines, "\n")
}

// problem returns the problem that an answer is.
func (c *Client) problem(r Request, a *Answer) *Problem {
	path, _, _ := strings.Cut(r.Path, "?")
	p := &Problem{}
	if json.Unmarshal(a.Body, p) != nil || p.Text() == "" {
		p.Problem = problem.Problem{Title: http.StatusText(a.Status)}
		p.Advice = "Is that a twin? Check the URL."
	}
	p.Status, p.URL = a.Status, c.base+path
	login := c.Login
	if login == "" {
		login = "twin login --url " + c.base
	}
	switch {
	case a.Status >= 300 && a.Status < 400:
		p.Detail = "it redirects to " + a.Header.Get("Location") + ", which is not followed, so that no token goes there"
		p.Advice = "If that is the twin, use its URL."
	case a.Status == http.StatusUnauthorized && c.Tokens == nil:
		p.Advice = "This twin needs a token. Get one: " + login
	case a.Status == http.StatusUnauthorized:
		p.Advice = "The token is refused, a new one too. Log in again, and check this machine's clock: " + login
	case a.Status == http.StatusForbidden && c.Tokens == nil:
		p.Advice = "If this twin needs a token, get one: " + login
	case a.Status == http.StatusForbidden:
		p.Advice = "The token is valid and does not allow this. Ask whoever runs the twin for the right."
	case a.Status == http.StatusTooManyRequests || a.Status == http.StatusServiceUnavailable:
		p.Advice = "Try again" + later(a.Header) + "."
	}
	return p
}

func later(h http.Header) string {
	if text := h.Get("Retry-After"); text != "" {
		return " after " + tabular.Printable(text) + " s"
	}
	return " later"
}
