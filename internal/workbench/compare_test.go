package workbench_test

import (
	"strings"
	"testing"

	"github.com/railtwin/digitaltwin/internal/workbench"
)

// Ensure that two versions are compared by the readings that would be served, not by every change.
func TestCompare(t *testing.T) {
	before := open(t, boxSQL)
	after := open(t, strings.NewReplacer("'Cel'", "'K'", "'open'", "'door.open'").Replace(boxSQL))
	records := file(t, "r.ndjson", `{"id":"1","t":4.5,"opened":true,"at_time":"2026-01-01T00:00:01Z"}
{"id":"1","t":9,"opened":false,"at_time":"2026-01-01T00:00:00Z"}`)
	differences, was, is, err := workbench.Compare(t.Context(), before, after, workbench.Inputs{Paths: []string{records}})
	if err != nil || was.Changes != 4 || is.Changes != 4 {
		t.Fatalf("%v, %s, %s", err, was, is)
	}
	var b strings.Builder
	if err := workbench.WriteDifferences(&b, differences); err != nil {
		t.Fatal(err)
	}
	want := `COMPONENT  METRIC       OLD      NEW
box:1      door.open    -        true
box:1      open         true     -
box:1      temperature  4.5 Cel  4.5 K
`
	if b.String() != want {
		t.Errorf("got\n%s\nwant\n%s", &b, want)
	}
	if same, _, _, err := workbench.Compare(t.Context(), before, before,
		workbench.Inputs{Paths: []string{records}}); err != nil || len(same) != 0 {
		t.Errorf("a version differs from itself: %v, %v", same, err)
	}
}
