package main

import (
	"bytes"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// Ensure that the tutorial holds, block by block: the files that it saves, the commands with what they print, the
// parts of files that it shows, and the lines that it changes.
func TestTutorial(t *testing.T) {
	text, err := os.ReadFile("../../docs/tutorial.md")
	if err != nil {
		t.Fatal(err)
	}
	t.Chdir(t.TempDir())
	write(t, "go.mod", "module example.org/clone\n")
	write(t, filepath.FromSlash("extractors/extractors.go"), "package extractors\n")
	s := &session{}
	blocks := regexp.MustCompile("(?ms)^```(\\w+)(?: (\\S+))?\n(.*?)^```").FindAllStringSubmatch(string(text), -1)
	if len(blocks) < 10 {
		t.Fatalf("%d blocks", len(blocks))
	}
	for _, b := range blocks {
		file := filepath.FromSlash(b[2])
		switch language, block := b[1], b[3]; language {
		case "json":
			write(t, file, block)
		case "sql":
			if got, err := os.ReadFile(file); err != nil || !strings.Contains(string(got), block) {
				t.Errorf("%v: %s is\n%s\nand the tutorial shows\n%s", err, file, got, block)
			}
		case "diff":
			patch(t, file, block)
		case "console":
			s.play(t, block)
		default:
			t.Errorf("a block of %s", language)
		}
	}
}

// patch replaces the lines of a file that begin with - in block by those that begin with +.
func patch(t *testing.T, file, block string) {
	t.Helper()
	var before, after strings.Builder
	for line := range strings.Lines(block) {
		if text, ok := strings.CutPrefix(line, "-"); ok {
			before.WriteString(text)
		} else {
			after.WriteString(strings.TrimPrefix(line, "+"))
		}
	}
	text, err := os.ReadFile(file)
	if err != nil || strings.Count(string(text), before.String()) != 1 {
		t.Fatalf("%v: %s has not once\n%s", err, file, before.String())
	}
	write(t, file, strings.Replace(string(text), before.String(), after.String(), 1))
}

// session runs commands, one of which may be "twin up", which goes on.
type session struct {
	url string
	out output // of twin up
}

// play runs the commands of a block, and compares what they print.
func (s *session) play(t *testing.T, block string) {
	t.Helper()
	for _, part := range strings.Split("\n"+block, "\n$ ")[1:] {
		command, want, _ := strings.Cut(part, "\n")
		got := s.command(t, command)
		if missing, ok := shows(got, want); !ok {
			t.Errorf("$ %s\nprints\n%s\nand the tutorial shows\n%s\nin it, where %q is not", command, got, want,
				missing)
		}
	}
}

const shownURL = "http://127.0.0.1:8080"

func (s *session) command(t *testing.T, command string) string {
	t.Helper()
	if args, ok := strings.CutPrefix(command, "go run ./cmd/twin "); ok {
		words := strings.Fields(args)
		if words[0] == "up" {
			s.url, _ = startUp(t, &s.out, words[1:]...)
			eventually(t, "the sample is served", func() bool {
				return strings.Contains(fetch(t, s.url+"/v1/components"), "weatherstation:wx-12")
			})
			return strings.ReplaceAll(s.out.String(), s.url, shownURL)
		}
		if words[0] == "get" {
			words = append(words, "--url", s.url)
		}
		var out bytes.Buffer
		run(t.Context(), console{strings.NewReader(""), &out, &out}, words)
		return out.String()
	}
	m := regexp.MustCompile(`^curl (?:--data-binary '(.*)' )?` + shownURL + `(\S+)$`).FindStringSubmatch(command)
	if m == nil {
		t.Fatalf("the test knows no command %s", command)
	}
	if m[1] == "" {
		return fetch(t, s.url+m[2])
	}
	response, err := http.Post(s.url+m[2], "", strings.NewReader(m[1]))
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	answer, err := io.ReadAll(response.Body)
	if err != nil || response.StatusCode != http.StatusOK {
		t.Errorf("%s: %v, %s", command, err, answer)
	}
	return string(answer)
}

var (
	blanks = regexp.MustCompile(` +`)
	ages   = regexp.MustCompile(` \d+ (s|min|h|d)( stale)?\b`)
)

// shows reports whether got is want, in which ... stands for any lines. Blanks are as good as one, and ages do not
// count.
func shows(got, want string) (missing string, ok bool) {
	lines := func(text string) []string {
		var out []string
		for line := range strings.Lines(text) {
			line = strings.TrimSpace(blanks.ReplaceAllString(line, " "))
			if line = ages.ReplaceAllString(line, " AGE"); line != "" {
				out = append(out, line)
			}
		}
		return out
	}
	rest, skip := lines(got), false
	for _, w := range lines(want) {
		if w == "..." {
			skip = true
			continue
		}
		at := slices.Index(rest, w)
		if at < 0 || at > 0 && !skip {
			return w, false
		}
		rest, skip = rest[at+1:], false
	}
	return strings.Join(rest, "\n"), skip || len(rest) == 0
}
