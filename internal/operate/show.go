package operate

import (
	"context"
	"errors"
	"regexp"
	"strings"
	"unicode/utf8"

	"github.com/railtwin/digitaltwin/internal/access"
	"github.com/railtwin/digitaltwin/internal/twin"
)

// maxShown is how many bytes of a payload are served.
const maxShown = 1 << 20

// Shown is one reject with its record.
type Shown struct {
	ID         string      `json:"id"`
	Dataset    string      `json:"dataset"`
	Kind       twin.Kind   `json:"kind"`
	Component  string      `json:"component,omitempty"`
	ReceivedAt twin.Millis `json:"receivedAt,omitempty"`
	Stream     string      `json:"stream,omitempty"`
	Shard      string      `json:"shard,omitempty"`
	Sequence   string      `json:"sequence,omitempty"`
	Run        string      `json:"run,omitempty"`      // the replay that it is a reject of again
	Replayed   string      `json:"replayed,omitempty"` // the run that has replayed it

	Problems []ShownProblem `json:"problems"`
	More     int            `json:"moreProblems,omitempty"`
	Size     int            `json:"size"`              // of the payload in bytes; its first MB is served
	Payload  string         `json:"payload,omitempty"` // where it is text
	Bytes    []byte         `json:"payloadBase64,omitempty"`
}

// ShownProblem is one thing that is wrong with a reject.
type ShownProblem struct {
	Reason twin.Reason `json:"reason"`
	Detail string      `json:"detail"`
	Column string      `json:"column,omitempty"`
	Offset *int        `json:"offset,omitempty"` // in bytes of the payload
	Line   int         `json:"line,omitempty"`   // of the deployed SQL, that declares the column
	SQL    string      `json:"sql,omitempty"`    // the text of that line
}

// show returns a reject with its record, and writes a line of audit about who has read it. What the caller may not
// operate is not there.
func (s *Service) show(ctx context.Context, c access.Caller, id string) (*Shown, error) {
	absent := rejectNotFound.New("There is no reject %s. Its file may have been dropped, replayed in part, or expired: "+
		"list again.", quoted(id))
	datasets, err := s.Store.Datasets(ctx)
	if err != nil {
		return nil, err
	}
	dataset := id
	for range 3 {
		dataset = dataset[:max(0, strings.LastIndexByte(dataset, ':'))]
	}
	d, known := find(datasets, dataset)
	if known && !s.operates(c, dataset) || !known && !s.operatesAll(c, datasets) || !known && dataset != "" {
		return nil, absent
	}
	r, mark, err := s.findReject(ctx, id)
	if err != nil {
		return nil, err
	}
	if r == nil {
		return nil, absent
	}
	by := c.Subject
	if by == "" {
		by = c.Client
	}
	if err := s.Audit.Record(ctx, Audit{At: s.Now().UTC(), By: by, Client: c.Client, Action: "show",
		Reject: id}); err != nil {
		return nil, err
	}
	out := shownOf(id, r)
	out.Replayed = mark.Replayed
	if out.Component, err = s.newNamer(datasets).component(ctx, r); err != nil {
		return nil, err
	}
	return out, s.addLines(ctx, out, d)
}

func shownOf(id string, r *twin.Reject) *Shown {
	out := &Shown{
		ID: id, Dataset: r.Dataset, Kind: r.Kind, Component: r.Component, ReceivedAt: r.ReceivedAt, Stream: r.Position.Stream,
		Shard: r.Position.Shard, Sequence: r.Position.Sequence, Run: r.Run, More: r.More, Size: len(r.Payload),
		Problems: []ShownProblem{},
	}
	for _, p := range r.Problems {
		one := ShownProblem{Reason: p.Reason, Detail: p.Detail, Column: p.Column}
		if p.Offset >= 0 {
			one.Offset = &p.Offset
		}
		out.Problems = append(out.Problems, one)
	}
	if head := r.Payload[:min(len(r.Payload), maxShown)]; utf8.Valid(head) {
		out.Payload = string(head)
	} else {
		out.Bytes = head
	}
	return out
}

// addLines adds the lines of the deployed SQL that declare the columns, where it can be had.
func (s *Service) addLines(ctx context.Context, out *Shown, d twin.Dataset) error {
	if d.Name == "" {
		return nil
	}
	x, err := s.Extractors.Deployed(ctx, d.Name, d.Extractor)
	if errors.Is(err, ErrNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	for i := range out.Problems {
		p := &out.Problems[i]
		p.Line, p.SQL = lineOf(string(x.SQL), p.Column)
	}
	return nil
}

// lineOf returns the line of an SQL text that declares a column, given by its path: motion.speedKmh is of the column
// motion. It is 0 where there is none.
func lineOf(sql, path string) (number int, text string) {
	name := path[:len(path)-len(strings.TrimLeftFunc(path, func(r rune) bool { return r != '.' && r != '[' }))]
	if name == "" {
		return 0, ""
	}
	declares := regexp.MustCompile("^(?:.*[(,])?\\s*`?" + regexp.QuoteMeta(name) + "`?\\s+[A-Za-z]")
	for line := range strings.Lines(sql) {
		number++
		if declares.MatchString(line) {
			return number, strings.TrimRight(line, "\r\n")
		}
	}
	return 0, ""
}
