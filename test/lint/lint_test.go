// Package lint holds what tools and habits ask of the text of the program, as tests, so that the one
// test command covers them: formatting, vet, staticcheck, code that nothing reaches, names, lengths, who may import
// what, and what must not be written into a repository.
package lint

import (
	"bytes"
	"go/format"
	"path"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// Ensure that Go files are formatted as gofmt does it.
func TestFormat(t *testing.T) {
	for _, name := range files(t) {
		if path.Ext(name) != ".go" {
			continue
		}
		source := read(t, name)
		if formatted, err := format.Source(source); err != nil {
			t.Errorf("%s: %v", name, err)
		} else if !bytes.Equal(formatted, source) {
			t.Errorf("%s is not formatted: gofmt -w %s", name, name)
		}
	}
}

// maxLines is where a file, of tests too, has become more than one concept.
const maxLines = 350

// Ensure that files stay short enough to be one concept.
func TestLength(t *testing.T) {
	for _, name := range files(t) {
		if path.Ext(name) != ".go" && path.Ext(name) != ".java" {
			continue
		}
		if n := bytes.Count(read(t, name), []byte("\n")); n > maxLines {
			t.Errorf("%s has %d lines, more than %d: is it one concept?", name, n, maxLines)
		}
	}
}

var vague = regexp.MustCompile(`(?i)(^|[/_.-])(utils?|common|helpers?|misc|base|stuff)([/_.-]|$)`)

// Ensure that files and folders are named after what they hold.
func TestNames(t *testing.T) {
	for _, name := range files(t) {
		if !strings.Contains(name, "testdata/") && vague.MatchString(name) {
			t.Errorf("%s: the name does not say what it holds", name)
		}
	}
}

// forbidden are texts that belong to one machine, or to nobody. They are written in pieces, so that this
// file does not hold them.
var forbidden = []struct {
	pattern *regexp.Regexp
	why     string
	in      func(name string) bool
}{
	{regexp.MustCompile(`(^|[^a-zA-Z0-9_.])/(work|root|farm|home|tmp/bash_jobs)/[a-z]`), "a path of one machine",
		anywhere},
	{regexp.MustCompile(`registry\.npmjs\.` + `org|proxy\.golang\.` + `org|repo1?\.maven\.` +
		`(org|apache)|repo\.maven\.apache\.` + `org`), "a registry is the user's own setting", anywhere},
	{regexp.MustCompile(`\b(TO` + `DO|FIX` + `ME)\b`), "a promise left in the text: keep it, or leave it out", source},
	{regexp.MustCompile(`AKIA[0-9A-Z]{16}|-----BEGIN [A-Z ]*PRIVATE` + ` KEY-----`), "a secret", anywhere},
}

func anywhere(name string) bool { return !strings.Contains(name, "testdata/") }

func source(name string) bool {
	return anywhere(name) && slices.Contains([]string{".go", ".java", ".sql", ".sh"}, path.Ext(name))
}

// Ensure that nothing is written into the repository that does not belong there.
func TestForbidden(t *testing.T) {
	for _, name := range files(t) {
		content := read(t, name)
		if bytes.IndexByte(content[:min(len(content), 8000)], 0) >= 0 {
			continue // no text
		}
		for _, f := range forbidden {
			if !f.in(name) {
				continue
			}
			if at := f.pattern.FindIndex(content); at != nil {
				line := 1 + bytes.Count(content[:at[0]], []byte("\n"))
				t.Errorf("%s:%d: %q: %s", name, line, content[at[0]:at[1]], f.why)
			}
		}
	}
}
