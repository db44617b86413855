package lint

import (
	"go/scanner"
	"go/token"
	"path"
	"regexp"
	"strings"
	"testing"
	"unicode/utf8"
)

// maxColumns is the width of a line; a tab counts as one column.
const maxColumns = 120

var alignment = regexp.MustCompile(`: +`)

// Ensure that lines are short enough to be read side by side. Longer may be what cannot be broken: raw strings, words
// such as addresses, and tables and blocks of code in Markdown. The spaces by which gofmt aligns do not count.
func TestColumns(t *testing.T) {
	for _, name := range files(t) {
		if strings.Contains(name, "testdata/") || strings.HasPrefix(name, "internal/page/vendor/") {
			continue
		}
		text := read(t, name)
		var free map[int]bool
		switch path.Ext(name) {
		case ".go":
			free = longStrings(text)
		case ".md":
			free = tablesAndCode(text)
		case ".java", ".py", ".sh":
		default:
			continue
		}
		n := 0
		for line := range strings.Lines(string(text)) {
			n++
			line = alignment.ReplaceAllString(strings.TrimRight(line, "\r\n"), ": ")
			word := !strings.Contains(strings.TrimPrefix(strings.TrimSpace(line), "// "), " ")
			if utf8.RuneCountInString(line) > maxColumns && !free[n] && !word {
				t.Errorf("%s:%d: the line is longer than %d columns", name, n, maxColumns)
			}
		}
	}
}

// longStrings returns the numbers of the lines of a Go file which hold a part of a raw string, or a long string without
// a blank.
func longStrings(text []byte) map[int]bool {
	lines := map[int]bool{}
	set := token.NewFileSet()
	file := set.AddFile("", set.Base(), len(text))
	var s scanner.Scanner
	s.Init(file, text, nil, 0)
	for {
		pos, kind, literal := s.Scan()
		if kind == token.EOF {
			return lines
		}
		if kind != token.STRING || literal[0] != '`' && (len(literal) < maxColumns/2 || strings.Contains(literal, " ")) {
			continue
		}
		first := file.Line(pos)
		for i := range strings.Count(literal, "\n") + 1 {
			lines[first+i] = true
		}
	}
}

// tablesAndCode returns the numbers of the lines of a Markdown file which are rows of tables or stand in blocks of
// code.
func tablesAndCode(text []byte) map[int]bool {
	lines, code, n := map[int]bool{}, false, 0
	for line := range strings.Lines(string(text)) {
		n++
		line = strings.TrimSpace(line)
		fence := strings.HasPrefix(line, "```")
		if fence {
			code = !code
		}
		lines[n] = code || fence || strings.HasPrefix(line, "|")
	}
	return lines
}
