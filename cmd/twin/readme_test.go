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

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

func readReadme(t *testing.T) string {
	t.Helper()
	return readFile(t, "../../README.md")
}

func readFile(t *testing.T, path string) string {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// fence returns the first block of the README in a language that holds a text.
func fence(t *testing.T, readme, language, holds string) string {
	t.Helper()
	for _, m := range regexp.MustCompile("(?ms)^```"+language+"\n(.*?)^```").FindAllStringSubmatch(readme, -1) {
		if strings.Contains(m[1], holds) {
			return m[1]
		}
	}
	t.Fatalf("the README has no %s block with %q", language, holds)
	return ""
}

// Ensure that the dataset of the README does what the README shows, word for word, and that the typo in it
// is explained as it says.
func TestReadme_Dataset(t *testing.T) {
	readme := readReadme(t)
	const file, records = "extractors/greenhouse.sql", "extractors/testdata/greenhouse/sample.ndjson"
	sql := fence(t, readme, "sql", "CREATE TABLE greenhouse")
	t.Chdir(t.TempDir())
	write(t, filepath.FromSlash(file), sql)
	write(t, filepath.FromSlash(records), fence(t, readme, "json", `"house"`))
	for _, tc := range []struct{ sql, args, holds string }{
		{sql, "check " + file + " " + records, "greenhouse:north"},
		{strings.Replace(sql, "JSON_STRING(humidity)", "JSON_STRING(humidty)", 1), "check " + file, "humidty"},
	} {
		write(t, filepath.FromSlash(file), tc.sql)
		var out bytes.Buffer
		run(t.Context(), console{strings.NewReader(""), &out, &out}, strings.Fields(tc.args))
		got := "$ go run ./cmd/twin " + tc.args + "\n" + out.String()
		if want := fence(t, readme, "console", tc.holds); got != want {
			t.Errorf("got\n%s\nand the README shows\n%s", got, want)
		}
	}
}

// Ensure that the commands and flags that the README and the documents name are there.
func TestReadme_Commands(t *testing.T) {
	flags := []string{"--all", "--data-binary"} // of cdk and of curl
	everyCommand(func(cmd *cobra.Command) {
		cmd.Flags().VisitAll(func(f *pflag.Flag) { flags = append(flags, "--"+f.Name) })
	})
	root := newRoot(console{strings.NewReader(""), io.Discard, io.Discard})
	root.InitDefaultHelpCmd()
	for path, least := range map[string]int{
		"README.md": 6, "docs/sql.md": 1, "docs/aws.md": 1, "docs/people.md": 1, "docs/costs.md": 2, "docs/tutorial.md": 6,
		"docs/howto.md": 1, "docs/changes.md": 2,
	} {
		text, err := os.ReadFile("../../" + path)
		if err != nil {
			t.Fatal(err)
		}
		called := regexp.MustCompile(`(?:go run \./cmd/|\x60|\$ )twin ([a-z]+)`).FindAllStringSubmatch(string(text), -1)
		for _, m := range called {
			if cmd, _, err := root.Find(m[1:]); err != nil || cmd == root {
				t.Errorf("%s calls %s, and there is no such command", path, m[0])
			}
		}
		if len(called) < least {
			t.Errorf("%s calls twin %d times", path, len(called))
		}
		if path != "README.md" {
			continue // docs/aws.md has flags of many programs
		}
		for _, flag := range regexp.MustCompile("(?:^|[ `])(--[a-z][a-z-]*)").FindAllStringSubmatch(string(text), -1) {
			if !slices.Contains(flags, flag[1]) {
				t.Errorf("%s has %s, and there is no such flag", path, flag[1])
			}
		}
	}
}

// Ensure that the README shows what "twin up" prints, what "twin get" and curl show of it, and what a post is answered:
// word for word where nothing depends on the time.
func TestReadme_Up(t *testing.T) {
	readme := readReadme(t)
	var out output
	url, stop := startUp(t, &out, "--data", filepath.Join(t.TempDir(), ".twin"))
	shown := fence(t, readme, "console", "$ go run ./cmd/twin up\n")
	printed := func() string {
		text := strings.ReplaceAll(out.String(), url, "http://127.0.0.1:8080")
		return "$ go run ./cmd/twin up\n" + regexp.MustCompile(`state in \S+;`).ReplaceAllString(text,
			"state in .twin/twin.db;")
	}
	greeting, table, _ := strings.Cut(shown, "\n\nDATASET                               RECORDS/S")
	if got := printed(); !strings.HasPrefix(got, greeting+"\n\n") {
		t.Errorf("up prints\n%s\nand the README shows\n%s", got, greeting)
	}

	// The curl commands.
	session := fence(t, readme, "console", "$ go run ./cmd/twin get wagon:")
	calls := regexp.MustCompile(`(?m)^\$ curl '?(http://127\.0\.0\.1:8080[^ '\n]*)'?\n(.*)$`).
		FindAllStringSubmatch(session, -1)
	if len(calls) != 1 {
		t.Fatalf("the README has %d calls of curl after get", len(calls))
	}
	wagon := regexp.MustCompile(`wagon:[-\d]+`).FindString(session)
	target := strings.Replace(calls[0][1], "http://127.0.0.1:8080", url, 1)
	eventually(t, wagon+" has a position", func() bool {
		return strings.Contains(fetch(t, target), `"metric":"position"`)
	})
	if got, want := masked(fetch(t, target)), masked(calls[0][2]); got != want {
		t.Errorf("curl shows\n%s\nand the README\n%s", got, want)
	}
	for _, m := range regexp.MustCompile(`curl '(http://127\.0\.0\.1:8080[^']*)'`).FindAllStringSubmatch(shown, -1) {
		if body := fetch(t, strings.Replace(m[1], "http://127.0.0.1:8080", url, 1)); !strings.Contains(body, `"next"`) {
			t.Errorf("%s: %s", m[1], body)
		}
	}

	// The table of get: its columns, and metrics with their units as the catalogue declares them.
	_, readings, _ := twin(t, "get", wagon, "--url", url)
	heading := func(table string) []string { line, _, _ := strings.Cut(table, "\n"); return strings.Fields(line) }
	rows := strings.Split(session[:strings.Index(session, "$ curl")], "\n")[1:]
	if !slices.Equal(heading(rows[0]), heading(readings)) {
		t.Errorf("get shows the columns %v, and the README %v", heading(readings), rows[0])
	}
	declared := fetch(t, url+"/v1/datasets/wagon_telemetry")
	for _, row := range rows[1 : len(rows)-1] {
		name := regexp.MustCompile(`\.\d+\.`).ReplaceAllString(strings.Fields(row)[0], ".*.")
		unit := regexp.MustCompile(`"metric":"` + regexp.QuoteMeta(name) +
			`","units":\["?([^"\]]*)`).FindStringSubmatch(declared)
		if unit == nil || unit[1] != "null" && !strings.Contains(row, "  "+unit[1]+" ") {
			t.Errorf("the README shows %s, and the catalogue has %v", row, unit)
		}
	}

	// The post.
	post := regexp.MustCompile(`(?s)\$ curl --data-binary '(.*?)' http://127\.0\.0\.1:8080(\S+)\n(.*)`).
		FindStringSubmatch(fence(t, readme, "console", "$ curl --data-binary"))
	response, err := http.Post(url+post[2], "", strings.NewReader(post[1]))
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	if answer, _ := io.ReadAll(response.Body); string(answer) != post[3] {
		t.Errorf("the post is answered\n%s\nand the README shows\n%s", answer, post[3])
	}

	// The table at the end.
	if status := stop(); status != exitOK {
		t.Errorf("up ended with status %d: %s", status, &out)
	}
	last := out.String()[strings.LastIndex(out.String(), "DATASET "):]
	first := func(table string) (names []string) {
		for line := range strings.Lines(strings.TrimSpace(table)) {
			names = append(names, strings.Fields(line)[0])
		}
		return names
	}
	table = "DATASET RECORDS/S" + table
	if !slices.Equal(heading(table), heading(last)) || !slices.Equal(first(table), first(last)) {
		t.Errorf("up ends with\n%s\nand the README shows\n%s", last, table)
	}
}

// masked returns a JSON text with its values left out, but for those that say of what kind they are.
func masked(text string) string {
	text = regexp.MustCompile(`"(eventTime|staleAt|receivedAt|sequence|shard)":"[^"]*"`).ReplaceAllString(text,
		`"$1":""`)
	return regexp.MustCompile(`-?\d+\.\d+`).ReplaceAllString(strings.TrimSpace(text), "0")
}
