package api

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/railtwin/digitaltwin/internal/filter"
)

// formsPage returns the rows of the table of docs/forms.md that begins with a heading, cell by cell.
func formsPage(t *testing.T, heading string) (rows [][]string) {
	t.Helper()
	text, err := os.ReadFile("../../docs/forms.md")
	if err != nil {
		t.Fatal(err)
	}
	_, table, found := strings.Cut(string(text), "\n| "+heading+" |")
	if !found {
		t.Fatalf("docs/forms.md has no table of %s", heading)
	}
	for i, line := range strings.Split(table, "\n") {
		if i < 2 {
			continue
		}
		if !strings.HasPrefix(line, "|") {
			break
		}
		cells := strings.Split(strings.ReplaceAll(strings.Trim(line, "|"), `\|`, "\x00"), "|")
		for n, c := range cells {
			cells[n] = strings.Trim(strings.ReplaceAll(c, "\x00", "|"), " `")
		}
		rows = append(rows, cells)
	}
	return rows
}

// Ensure that the docs have the forms of each call, with their media types and limits.
func TestDocsHaveTheForms(t *testing.T) {
	rows := formsPage(t, "`format=`")
	if len(rows) != len(forms) {
		t.Fatalf("%d rows for %d forms", len(rows), len(forms))
	}
	for i, f := range forms {
		limit := ""
		switch {
		case f.whole:
			limit = "all"
		case f.limit > 0:
			limit = fmt.Sprint(f.limit)
		}
		want := []string{f.name, f.mediaType(), "", "", "", rows[i][5], limit}
		for n, on := range []calls{listComponents, getTwin, listReadings} {
			if f.on&on != 0 {
				want[2+n] = "yes"
			}
		}
		if strings.Join(rows[i], "|") != strings.Join(want, "|") {
			t.Errorf("got %q, want %q", rows[i], want)
		}
	}
}

// Ensure that each condition in the docs is one.
func TestDocsHaveConditions(t *testing.T) {
	for _, row := range formsPage(t, "condition") {
		if _, err := filter.Parse(row[0]); err != nil {
			t.Errorf("%s: %v", row[0], err)
		}
	}
}

// Ensure that the docs have the limits of the handler, and calls that it answers.
func TestDocsOfFormsAreTrue(t *testing.T) {
	text, err := os.ReadFile("../../docs/forms.md")
	if err != nil {
		t.Fatal(err)
	}
	page := strings.Join(strings.Fields(string(text)), " ")
	for _, want := range []string{
		fmt.Sprintf("A call counts up to %d,000 components, or looks at the readings of %d,000.", maxCounted/1000,
			maxSearched/1000),
		fmt.Sprintf("streams up to %d GiB. On AWS an answer has at most %d MiB", maxStream>>30, maxBody>>20),
		fmt.Sprintf("Answers of %d KiB and more", MinCompressed>>10),
		"`" + strings.TrimSpace(beginCSV(&call{route: &route{call: listReadings}, parameters: noParameters})) + "`",
	} {
		if !strings.Contains(page, want) {
			t.Errorf("docs/forms.md does not say %q", want)
		}
	}
	h := newHandler(Config{Reader: sample()})
	calls := 0
	for rest := page; ; calls++ {
		_, call, found := strings.Cut(rest, "'http://127.0.0.1:8080")
		if !found {
			break
		}
		target, after, _ := strings.Cut(call, "'")
		if w := get(t, h, target); w.Code != 200 {
			t.Errorf("%s: %s", target, w.Body)
		}
		rest = after
	}
	if calls != 2 {
		t.Errorf("%d calls", calls)
	}
}
