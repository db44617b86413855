package lsp

import (
	"net/url"
	"path"
	"sort"
	"strings"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/railtwin/digitaltwin/internal/extract"
	"github.com/railtwin/digitaltwin/internal/extract/diag"
	"github.com/railtwin/digitaltwin/internal/sqlfmt"
)

// document is one version of an open file, with the engine's analysis of it.
type document struct {
	uri, name, text string
	lines           []int // where each line begins, in bytes
	*extract.Inspection
}

func newDocument(uri, text string) *document {
	d := &document{uri: uri, name: "extractor.sql", text: text, lines: []int{0}}
	if u, err := url.Parse(uri); err == nil && path.Base(u.Path) != "." && path.Base(u.Path) != "/" {
		d.name = path.Base(u.Path)
	}
	for i := range len(text) {
		if text[i] == '\n' {
			d.lines = append(d.lines, i+1)
		}
	}
	d.Inspection = extract.Inspect(d.name, []byte(text))
	return d
}

// line returns the text of a line without its end.
func (d *document) line(n int) string {
	end := len(d.text)
	if n+1 < len(d.lines) {
		end = d.lines[n+1] - 1
	}
	return strings.TrimSuffix(d.text[d.lines[n]:end], "\r")
}

// offset returns the byte at a position. A position outside is the nearest inside, as the protocol has it.
func (d *document) offset(p position) int {
	switch {
	case p.Line < 0:
		return 0
	case p.Line >= len(d.lines):
		return len(d.text)
	}
	line, units := d.line(p.Line), 0
	for i, r := range line {
		if units >= p.Character {
			return d.lines[p.Line] + i
		}
		units += utf16.RuneLen(safe(r))
	}
	return d.lines[p.Line] + len(line)
}

// position returns where a byte is.
func (d *document) position(offset int) position {
	offset = min(max(offset, 0), len(d.text))
	n := sort.SearchInts(d.lines, offset+1) - 1
	return position{n, units(d.text[d.lines[n]:offset])}
}

func (d *document) span(pos, end int) textRange { return textRange{d.position(pos), d.position(end)} }

// units counts the UTF-16 units of a text.
func units(text string) (n int) {
	for _, r := range text {
		n += utf16.RuneLen(safe(r))
	}
	return n
}

// safe is a rune that UTF-16 has.
func safe(r rune) rune {
	if utf16.RuneLen(r) < 0 {
		return utf8.RuneError
	}
	return r
}

type diagnostic struct {
	Range    textRange `json:"range"`
	Severity int       `json:"severity"` // 1 error, 2 warning, 3 information
	Source   string    `json:"source"`
	Message  string    `json:"message"`
}

// diagnostics returns what the engine says of the document. What needs Flink is no mistake.
func (d *document) diagnostics() []diagnostic {
	all := make([]diagnostic, 0, len(d.Diagnostics))
	for _, x := range d.Diagnostics {
		n := min(max(x.Line-1, 0), len(d.lines)-1)
		line := []rune(d.line(n))
		from := min(max(x.Column-1, 0), len(line))
		to := min(from+max(x.Width, 1), len(line))
		message := x.Message
		if x.Hint != "" {
			message += "\n" + x.Hint
		}
		severity := map[diag.Verdict]int{diag.Rejected: 1, diag.Warning: 2, diag.NeedsFlink: 3}[x.Verdict]
		if x.Verdict == diag.NeedsFlink {
			message = "needs Flink: " + message
		}
		all = append(all, diagnostic{
			Range:    textRange{position{n, units(string(line[:from]))}, position{n, units(string(line[:to]))}},
			Severity: severity, Source: "twin", Message: message,
		})
	}
	return all
}

// format returns the edit that formats the document: none where it cannot be cut into tokens.
func (d *document) format() (any, error) {
	type edit struct {
		Range   textRange `json:"range"`
		NewText string    `json:"newText"`
	}
	text, err := sqlfmt.Format(d.name, []byte(d.text))
	if err != nil || string(text) == d.text {
		return []edit{}, nil // the diagnostics say what is wrong
	}
	return []edit{{d.span(0, len(d.text)), string(text)}}, nil
}
