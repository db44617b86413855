package rejects

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/railtwin/digitaltwin/internal/twin"
)

// line is a reject as it is written.
type line struct {
	Kind       twin.Kind    `json:"kind,omitempty"`
	Dataset    string       `json:"dataset,omitempty"`
	Component  string       `json:"component,omitempty"`
	Position   string       `json:"position,omitempty"`
	ReceivedAt *twin.Millis `json:"received_at,omitempty"`
	Index      uint32       `json:"index,omitempty"`
	Problems   problems     `json:"problems,omitempty"`
	More       int          `json:"more_problems,omitempty"`
	Run        string       `json:"run,omitempty"`
	Text       *string      `json:"payload,omitempty"`
	Bytes      []byte       `json:"payload_base64,omitempty"`
}

type problem struct {
	Reason twin.Reason `json:"reason"`
	Detail string      `json:"detail"`
	Column string      `json:"column,omitempty"`
	Offset *int        `json:"offset,omitempty"` // without it: unknown
}

// formerLine is a line of the former form, which had one problem, and of this one.
type formerLine struct {
	line
	problem
}

func lineOf(r *twin.Reject) *line {
	l := &line{Kind: r.Kind, Dataset: r.Dataset, Component: r.Component, Index: r.Index, More: r.More, Run: r.Run}
	for i := range r.Problems {
		p := &r.Problems[i]
		out := problem{Reason: p.Reason, Detail: p.Detail, Column: p.Column}
		if p.Offset >= 0 {
			out.Offset = &p.Offset
		}
		l.Problems = append(l.Problems, out)
	}
	if p := r.Position; !p.IsZero() {
		l.Position = p.Stream + "/" + p.Shard + "/" + p.Sequence
	}
	if t := r.ReceivedAt; t != 0 && t.InRange() { // others cannot be written
		l.ReceivedAt = &t
	}
	if readable(r.Payload) {
		text := string(r.Payload)
		l.Text = &text
	} else {
		l.Bytes = r.Payload
	}
	return l
}

// readable reports whether a payload is text. What would be twice as long with its escapes is not: so the length of a
// line is bounded by that of its payload.
func readable(payload []byte) bool {
	escapes := 0
	for _, c := range payload {
		switch {
		case c == '"' || c == '\\':
			escapes++
		case c < ' ':
			escapes += len(`\u0000`) - 1
		}
	}
	return escapes <= len(payload) && utf8.Valid(payload)
}

func (l *formerLine) reject() (r twin.Reject, err error) {
	switch l.Kind {
	case "", twin.KindRecord, twin.KindFramed, twin.KindObject, twin.KindChange:
	default:
		return r, fmt.Errorf("the kind %q", l.Kind)
	}
	if l.More < 0 {
		return r, fmt.Errorf("%d more problems", l.More)
	}
	r = twin.Reject{Kind: l.Kind, Dataset: l.Dataset, Component: l.Component, Index: l.Index, Payload: l.Bytes, Run: l.Run}
	if l.Reason != "" {
		l.Problems = append(l.Problems, l.problem)
	}
	for _, p := range l.Problems {
		out := twin.Problem{Reason: p.Reason, Detail: p.Detail, Column: p.Column, Offset: -1}
		if p.Offset != nil {
			if out.Offset = *p.Offset; out.Offset < 0 {
				return r, fmt.Errorf("the offset %d", out.Offset)
			}
		}
		r.Note(out)
	}
	r.More += l.More
	if r.Position, err = position(l.Position); err != nil {
		return r, err
	}
	if t := l.ReceivedAt; t != nil {
		if r.ReceivedAt = *t; !r.ReceivedAt.InRange() {
			return r, errors.New("received_at is " + r.ReceivedAt.OutOfRange())
		}
	}
	if l.Text != nil {
		r.Payload = []byte(*l.Text)
	}
	return r, nil
}

// position reads stream/shard/sequence, of which only the stream may contain slashes.
func position(text string) (p twin.Position, err error) {
	if text == "" {
		return p, nil
	}
	rest, sequence, _ := cutLast(text)
	stream, shard, ok := cutLast(rest)
	if !ok {
		return p, errors.New("a position is stream/shard/sequence")
	}
	return twin.Position{Stream: stream, Shard: shard, Sequence: sequence}, nil
}

func cutLast(s string) (before, after string, ok bool) {
	if i := strings.LastIndexByte(s, '/'); i >= 0 {
		return s[:i], s[i+1:], true
	}
	return s, "", false
}

// problems are read one by one, so that a line full of them takes no more memory than a reject may.
type problems []problem

// UnmarshalJSON keeps as many problems as [twin.Findings] would, and takes a longer list for damaged.
func (p *problems) UnmarshalJSON(text []byte) error {
	d := json.NewDecoder(bytes.NewReader(text))
	if start, err := d.Token(); err != nil || start != json.Delim('[') {
		return errors.New("the problems are no array")
	}
	const most = 2 * twin.MaxProblems // those of each reason, and one of each other reason
	for d.More() {
		if len(*p) == most {
			return fmt.Errorf("more than %d problems", most)
		}
		var one problem
		if err := d.Decode(&one); err != nil {
			return err
		}
		*p = append(*p, one)
	}
	return nil
}
