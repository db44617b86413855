package page_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// Ensure that a person signs in by the issuer's page, comes back to the state that was asked for, and that the token is
// nowhere but in memory.
func TestSignIn(t *testing.T) {
	t.Parallel()
	r := (&rig{t: t, programs: things(t), auth: true}).start()
	r.post("things", thing("box:1", 20, 0))
	b := open(t, r.page("#/explore?open=box:1"), width, height)
	b.signIn(r)
	b.has("#connection", "Live")
	b.has("#detail h1", "box:1")
	b.has(`[data-metric="temperature"] .v`, "20.0")
	b.has("#footer", `curl -H "Authorization: Bearer $TOKEN"`)
	if at := eval[string](b, "location.href"); !strings.HasSuffix(at, "/#/explore?open=box:1") {
		t.Errorf("it came back to %s", at)
	}
	if kept := eval[string](b,
		"JSON.stringify([{...localStorage}, {...sessionStorage}, document.cookie])"); strings.Contains(kept, "ey") {
		t.Errorf("the browser keeps %s", kept)
	}
	// The feed needs the token too: a change is shown.
	r.post("things", thing("box:1", 33, 0))
	b.has("#listpane .grid", "33.0")
}

// signIn signs in as the operator of a twin.
func (b *tab) signIn(r *rig) {
	b.t.Helper()
	text, err := os.ReadFile(filepath.Join(r.dir, "auth.json"))
	r.must(err)
	var directory struct {
		People map[string]struct{ Password string }
	}
	r.must(json.Unmarshal(text, &directory))
	b.has("#connection", "Signed out")
	b.has("#detail", "This twin is read with an account.")
	b.click("#signin")
	b.until(`document.querySelector('input[type=password]')`)
	b.click("input[name=username]")
	b.press("operator")
	b.click("input[type=password]")
	b.press(directory.People["operator"].Password)
	b.click("button")
}

// Ensure that the document of the API is shown for people, with every call, under the policy of the page.
func TestDocs(t *testing.T) {
	t.Parallel()
	r := (&rig{t: t, programs: things(t)}).start()
	b := open(t, r.page("docs"), width, height)
	b.until(`document.querySelectorAll('.opblock').length > 15`)
	b.has("#document", "/v1/components/{component}/metrics/{metric}")
	b.has("#document", "/v1/operations/rejects")
	b.click(".opblock-summary-control")
	b.has(".opblock.is-open", "Responses")
	b.quiet(r)
}
