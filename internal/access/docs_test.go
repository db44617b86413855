package access

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// Ensure that the file that the documents show is one, and that the examples of grants read what they are said to read.
func TestDocumentedGrants(t *testing.T) {
	docs, err := os.ReadFile("../../docs/access.md")
	if err != nil {
		t.Fatal(err)
	}
	blocks := regexp.MustCompile("(?s)```json\n(.*?)```").FindAllStringSubmatch(string(docs), -1)
	for _, b := range blocks {
		if _, err := Parse("docs/access.md", []byte(b[1]), Known{}); err != nil {
			t.Errorf("%v", err)
		}
	}
	rows := regexp.MustCompile("(?m)^\\| `(\\{.*\\})` \\| `(.*)` \\| `(.*)` \\|$").FindAllStringSubmatch(string(docs), -1)
	if len(blocks) == 0 || len(rows) < 5 {
		t.Fatalf("%d files and %d grants are shown", len(blocks), len(rows))
	}
	for _, row := range rows {
		rules, err := Parse("a.json", []byte(`{"grants": [{"who": "*", "read": `+row[1]+`}]}`), Known{})
		if err != nil {
			t.Fatal(err)
		}
		for i, want := range []bool{true, false} {
			names := strings.Fields(row[2+i])
			scope := rules.Reads(Caller{}).Of(names[0])
			if got := scope != nil && scope.Has(names[1], names[2]); got != want {
				t.Errorf("%s reads %s: %v", row[1], row[2+i], got)
			}
		}
	}
}

// Ensure that the documents have every key of a grant, every kind of caller, and no others.
func TestDocumentedKeys(t *testing.T) {
	docs, err := os.ReadFile("../../docs/access.md")
	if err != nil {
		t.Fatal(err)
	}
	for heading, want := range map[string]string{
		"| key | is | if it is left out |": "who read read.datasets read.components read.metrics operate operate.datasets note",
		"| who | is every caller |":        "client:NAME group:NAME subject:ID *",
	} {
		_, table, _ := strings.Cut(string(docs), heading)
		table, _, _ = strings.Cut(table, "\n\n")
		var got []string
		for _, row := range regexp.MustCompile("(?m)^\\| `([^`]+)` \\|").FindAllStringSubmatch(table, -1) {
			got = append(got, row[1])
		}
		if strings.Join(got, " ") != want {
			t.Errorf("the docs have %v, want %s", got, want)
		}
	}
}

// Ensure that each test that the documents on security name is there.
func TestNamedTestsExist(t *testing.T) {
	docs, err := os.ReadFile("../../docs/security.md")
	if err != nil {
		t.Fatal(err)
	}
	named := regexp.MustCompile("`([a-z/]+) ((?:Test|Fuzz)\\w+)`").FindAllStringSubmatch(string(docs), -1)
	if len(named) < 30 {
		t.Fatalf("only %d tests are named", len(named))
	}
	for _, n := range named {
		files, err := filepath.Glob(filepath.Join("../..", n[1], "*_test.go"))
		if err != nil {
			t.Fatal(err)
		}
		if !slices.ContainsFunc(files, func(file string) bool {
			text, err := os.ReadFile(file)
			return err == nil && strings.Contains(string(text), "\nfunc "+n[2]+"(")
		}) {
			t.Errorf("there is no %s in %s", n[2], n[1])
		}
	}
}
