package access

import (
	"os"
	"path/filepath"
	"regexp"
	"strconv"
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
		"| key | is | if it is left out |": "who read read.datasets " +
			"read.components read.metrics operate operate.datasets note",
		"| who | is every caller |": "client:NAME group:NAME subject:ID *",
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

// Ensure that each test that the documents on security name is there, and each attack that is named.
func TestNamedTestsExist(t *testing.T) {
	docs, err := os.ReadFile("../../docs/security.md")
	if err != nil {
		t.Fatal(err)
	}
	named := regexp.MustCompile("`([a-z/]+) ((?:Test|Fuzz)\\w+)`(?: \\| `([^`]+)`)?").FindAllStringSubmatch(string(docs),
		-1)
	attacks := 0
	for _, n := range named {
		tests := sources(t, filepath.Join("../..", n[1], "*_test.go"))
		if !strings.Contains(tests, "\nfunc "+n[2]+"(") {
			t.Errorf("there is no %s in %s", n[2], n[1])
		}
		if n[3] == "" {
			continue
		}
		attacks++
		if !strings.Contains(tests+attackSources(t), strconv.Quote(n[3])) {
			t.Errorf("%s in %s has nothing called %q", n[2], n[1], n[3])
		}
	}
	if len(named) < 60 || attacks < 30 {
		t.Errorf("only %d tests and %d attacks are named", len(named), attacks)
	}
}

// attackSources are the lists of attacks that several packages run.
func attackSources(t *testing.T) string {
	return sources(t, "../token/tokentest/attacks.go") + sources(t, "accesstest/attacks.go")
}

// sources is the text of the files that match a pattern.
func sources(t *testing.T, pattern string) string {
	t.Helper()
	files, err := filepath.Glob(pattern)
	if err != nil || len(files) == 0 {
		t.Fatalf("no files %s, %v", pattern, err)
	}
	var b strings.Builder
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		b.Write(text)
	}
	return b.String()
}

// Ensure that there are at least as many attacks with a name as the documents say.
func TestAttacksAreNamed(t *testing.T) {
	n := len(regexp.MustCompile(`(?m)^\t\{(?:Name|name): "`).FindAllString(attackSources(t), -1)) +
		len(regexp.MustCompile(`(?m)^\t\t\{"[^"]+", .*, \d+\},$`).FindAllString(sources(t,
			"../../functions/operate/attacks_test.go"), -1)) +
		len(regexp.MustCompile(`(?m)^func TestAttack_`).FindAllString(sources(t, "../operate/attack_test.go"), -1))
	docs, err := os.ReadFile("../../docs/security.md")
	if err != nil {
		t.Fatal(err)
	}
	var said int
	if m := regexp.MustCompile(`At least (\d+) attacks are tests`).FindSubmatch(docs); m != nil {
		said, _ = strconv.Atoi(string(m[1]))
	}
	if n < said || said < 60 {
		t.Errorf("there are %d attacks, and the documents say %d", n, said)
	}
}
