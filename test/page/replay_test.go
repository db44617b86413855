package page_test

import (
	"strings"
	"testing"

	"github.com/railtwin/digitaltwin/internal/extract"
)

// Ensure that an operator sees which component a reject is of, how many readings its replay changes, and then the
// reading.
func TestReplay(t *testing.T) {
	t.Parallel()
	r := (&rig{t: t, programs: things(t)}).start()
	r.post("things", `{"id":"box:1","t":"20,5","at":"`+stamp(0)+`"}`)
	r.stop()
	sql := strings.NewReplacer("t DOUBLE", "t STRING", "JSON_STRING(t)",
		"JSON_STRING(TRY_CAST(REPLACE(t, ',', '.') AS DOUBLE))").Replace(thingsSQL)
	mended, err := extract.Compile("things.sql", []byte(sql))
	r.must(err)
	r.programs = []*extract.Program{mended}
	r.start()

	b := open(t, r.page("#/rejects"), width, height)
	b.has("#listpane", "1 reject")
	b.has("#listpane .recs", "box:1")
	b.has("#detail h1", `"20,5" does not fit DOUBLE`)
	b.click("#testreplay")
	b.has("#detail", "1 reading changes. It cannot put an old value over a newer one.")
	b.click("#replay")
	b.has("dialog", "Replay 1 record of things?")
	b.has("dialog", "1 reading changes.")
	b.click("dialog .primary")
	b.has("dialog", "Replayed")
	b.click("dialog .primary")
	b.state("#/explore?open=box:1")
	b.has(`[data-metric="temperature"] .v`, "20.5")
	b.quiet(r)
}
