package constructs_test

import (
	"encoding/json"
	"maps"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/railtwin/digitaltwin/constructs"
)

// The documents about what is deployed, and for those who work with it.
const awsDocs, peopleDocs, operateDocs = "../docs/aws.md", "../docs/people.md", "../docs/operate.md"

// section returns the text below a heading of docs/aws.md, up to the next.
func section(t *testing.T, heading string) string { return sectionOf(t, awsDocs, heading) }

func sectionOf(t *testing.T, file, heading string) string {
	t.Helper()
	_, after, ok := strings.Cut(read(t, file), "\n## "+heading+"\n")
	if !ok {
		t.Fatalf("%s has no section %s", file, heading)
	}
	text, _, _ := strings.Cut(after, "\n## ")
	return text
}

// rowsOf returns the cells of the tables in a text, without their heads.
func rowsOf(text string) (all [][]string) {
	body := false
	for line := range strings.Lines(text) {
		line = strings.TrimSpace(line)
		switch {
		case !strings.HasPrefix(line, "|"):
			body = false
		case strings.HasPrefix(line, "|---"):
			body = true
		case body:
			all = append(all, strings.Split(strings.Trim(line, "|"), " | "))
		}
	}
	return all
}

var quoted = regexp.MustCompile("`([^`]+)`")

// names returns what stands between backquotes.
func names(cell string) (all []string) {
	for _, m := range quoted.FindAllStringSubmatch(cell, -1) {
		all = append(all, m[1])
	}
	return all
}

// compare holds a list of the documents against what there is.
func compare(t *testing.T, what string, got, want []string) {
	t.Helper()
	for _, w := range want {
		if !slices.Contains(got, w) {
			t.Errorf("%s: `%s` is not documented", what, w)
		}
	}
	for i, g := range got {
		if !slices.Contains(want, g) {
			t.Errorf("%s: there is no `%s`", what, g)
		}
		if slices.Contains(got[:i], g) {
			t.Errorf("%s: `%s` is there twice", what, g)
		}
	}
}

// Ensure that the environments that the documents show can be read, and that they name datasets that exist.
func TestDocumentedEnvironments(t *testing.T) {
	blocks := code(t, "json")
	if len(blocks) < 3 {
		t.Fatalf("only %d environments are shown", len(blocks))
	}
	for _, block := range blocks {
		var environments any
		if err := json.Unmarshal([]byte(block), &environments); err != nil {
			t.Errorf("%v:\n%s", err, block)
			continue
		}
		if _, err := constructs.ParseSettings(environments, ""); err != nil {
			t.Errorf("%v:\n%s", err, block)
		}
		for _, s := range environments.(map[string]any) {
			datasets, _ := s.(map[string]any)["datasets"].(map[string]any)
			for dataset := range datasets {
				if _, err := os.Stat("../extractors/" + dataset + ".sql"); err != nil {
					t.Error(err)
				}
			}
		}
	}
}

// Ensure that the outputs that the documents speak of are there.
func TestDocumentedOutputs(t *testing.T) {
	outputs := map[string]bool{}
	for _, s := range everything(t).Stacks {
		for name := range s.Outputs {
			outputs[strings.TrimRight(name, "0123456789ABCDEF")] = true
		}
	}
	found := regexp.MustCompile("output `([A-Za-z]+)`").FindAllStringSubmatch(strings.Join(strings.Fields(read(t, awsDocs)+
		read(t, peopleDocs)), " "), -1)
	if len(found) < 3 {
		t.Fatalf("only %d outputs are named", len(found))
	}
	for _, m := range found {
		if !slices.ContainsFunc(slices.Collect(maps.Keys(outputs)),
			func(o string) bool { return strings.HasSuffix(o, m[1]) }) {
			t.Errorf("there is no output %s: %v", m[1], slices.Sorted(maps.Keys(outputs)))
		}
	}
}

// code returns the blocks of both documents in a language.
func code(t *testing.T, language string) (all []string) {
	t.Helper()
	for _, file := range []string{awsDocs, peopleDocs} {
		for i, part := range strings.Split(read(t, file), "\n```") {
			if text, ok := strings.CutPrefix(part, language+"\n"); ok && i%2 == 1 {
				all = append(all, text)
			}
		}
	}
	return all
}

func read(t *testing.T, file string) string {
	t.Helper()
	b, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}
