// Package rejects is how inputs that could not be used are kept: a gzip file of JSON lines, one for each
// [Entry], with the reason, where it came from and all of its bytes, so that it can be looked at and
// replayed once the extractor or the source is mended.
//
// [Encode] writes a file and [Decode] reads one. [Key] names it after the first record that is in it, so
// that an invocation that is repeated writes the same file again and not a second one.
package rejects

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"github.com/railtwin/digitaltwin/internal/twin"
)

// Entry is a reject and when its record was received, which a replay needs for the same rank.
type Entry struct {
	twin.Reject
	ReceivedAt twin.Millis // 0 where unknown
}

// line is an entry as it is written. A payload that is text is written as text, to be read by people.
type line struct {
	Reason     twin.Reason  `json:"reason"`
	Detail     string       `json:"detail"`
	Dataset    string       `json:"dataset"`
	Column     string       `json:"column,omitempty"`
	Offset     *int         `json:"offset,omitempty"` // without it: unknown
	Position   string       `json:"position,omitempty"`
	ReceivedAt *twin.Millis `json:"received_at,omitempty"`
	Text       *string      `json:"payload,omitempty"`
	Bytes      []byte       `json:"payload_base64,omitempty"`
}

// Key returns the name of the file that begins with e, below the folder prefix:
// prefix/2026/11/25/stream/shard/sequence.ndjson.gz, the day being that of the record's arrival.
func Key(prefix string, e *Entry) string {
	p := e.Position
	if p.IsZero() {
		p.Sequence = "unknown"
	}
	parts := []string{strings.TrimSuffix(prefix, "/"), e.ReceivedAt.Time().Format("2006/01/02")}
	for _, name := range []string{p.Stream, p.Shard, p.Sequence} {
		if name != "" {
			parts = append(parts, name)
		}
	}
	return strings.Join(parts, "/") + ".ndjson.gz"
}

// Encode returns entries as a file.
func Encode(entries []Entry) ([]byte, error) {
	var out bytes.Buffer
	z := gzip.NewWriter(&out)
	e := json.NewEncoder(z)
	e.SetEscapeHTML(false)
	for i := range entries {
		if err := e.Encode(entries[i].line()); err != nil {
			return nil, fmt.Errorf("rejects: %w", err)
		}
	}
	if err := z.Close(); err != nil {
		return nil, fmt.Errorf("rejects: %w", err)
	}
	return out.Bytes(), nil
}

func (e *Entry) line() line {
	l := line{Reason: e.Reason, Detail: e.Detail, Dataset: e.Dataset, Column: e.Column}
	if e.Offset >= 0 {
		l.Offset = &e.Offset
	}
	if p := e.Position; !p.IsZero() {
		l.Position = p.Stream + "/" + p.Shard + "/" + p.Sequence
	}
	if e.ReceivedAt != 0 {
		l.ReceivedAt = &e.ReceivedAt
	}
	if utf8.Valid(e.Payload) {
		text := string(e.Payload)
		l.Text = &text
	} else {
		l.Bytes = e.Payload
	}
	return l
}

// maxLine is the longest line that is read: a Kinesis record has at most 10 MiB, and escaped at most six
// times that.
const maxLine = 64 << 20

// Decode reads a file.
func Decode(r io.Reader) ([]Entry, error) {
	z, err := gzip.NewReader(r)
	if err != nil {
		return nil, fmt.Errorf("rejects: not a gzip file: %w", err)
	}
	var entries []Entry
	lines := bufio.NewScanner(z)
	lines.Buffer(nil, maxLine)
	for n := 1; lines.Scan(); n++ {
		var l line
		if err := json.Unmarshal(lines.Bytes(), &l); err != nil {
			return nil, fmt.Errorf("rejects: line %d: %w", n, err)
		}
		e, err := l.entry()
		if err != nil {
			return nil, fmt.Errorf("rejects: line %d: %w", n, err)
		}
		entries = append(entries, e)
	}
	if err := lines.Err(); err != nil {
		return nil, fmt.Errorf("rejects: %w", err)
	}
	return entries, nil
}

func (l *line) entry() (Entry, error) {
	e := Entry{Reject: twin.Reject{Reason: l.Reason, Detail: l.Detail, Dataset: l.Dataset, Column: l.Column, Offset: -1, Payload: l.Bytes}}
	if l.Offset != nil {
		if e.Offset = *l.Offset; e.Offset < 0 {
			return e, fmt.Errorf("the offset %d", e.Offset)
		}
	}
	if l.Position != "" {
		// A shard and a sequence number have no slash.
		stream, sequence, _ := cutLast(l.Position)
		stream, shard, ok := cutLast(stream)
		if !ok {
			return e, errors.New("a position is stream/shard/sequence")
		}
		e.Position = twin.Position{Stream: stream, Shard: shard, Sequence: sequence}
	}
	if l.ReceivedAt != nil {
		e.ReceivedAt = *l.ReceivedAt
	}
	if l.Text != nil {
		e.Payload = []byte(*l.Text)
	}
	return e, nil
}

func cutLast(s string) (before, after string, ok bool) {
	if i := strings.LastIndexByte(s, '/'); i >= 0 {
		return s[:i], s[i+1:], true
	}
	return s, "", false
}
