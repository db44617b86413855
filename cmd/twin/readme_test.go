package main

import (
	"bytes"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

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
	text, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	readme := string(text)
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

// Ensure that the commands and flags that the README names are there.
func TestReadme_Commands(t *testing.T) {
	readme, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	called := regexp.MustCompile(`(?:go run \./cmd/|\x60)twin ([a-z]+)`).FindAllStringSubmatch(string(readme), -1)
	if len(called) < 4 {
		t.Errorf("the README calls twin %d times", len(called))
	}
	for _, m := range called {
		if m[1] != "help" && find(m[1]) == nil {
			t.Errorf("the README calls %s, and there is no such command", m[0])
		}
	}
}
