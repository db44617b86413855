package page_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

const width, height = 1440, 900

// Ensure that components are found, shown in columns of choice, opened, and that a change is shown as it happens.
func TestExplore(t *testing.T) {
	t.Parallel()
	r := (&rig{t: t, programs: things(t)}).start()
	r.post("things", placed("box:1", 20, 47.4, 8.5, 0), placed("box:2", 22.5, 46.9, 7.4, 0),
		thing("crate:9", 7, 5*time.Minute))
	b := open(t, r.page(""), width, height)
	b.has("#listpane h1", "3 components")
	b.click("#search")
	b.press("box")
	b.has("#listpane h1", "2 components")
	b.has("#listpane .bar", "of 3")
	b.press(kb.Escape)
	b.has("#listpane h1", "3 components")

	// Search without a hit names the kinds that there are.
	b.click("#search")
	b.press("wagn:")
	b.has(".nothing", `No component is called "wagn:". Names begin with: box, crate`)
	b.click(".nothing a")
	b.has("#listpane h1", "2 components")

	// Opened: values as the API gives them, with units, and where they come from.
	b.press(kb.ArrowDown)
	b.click("#listpane .grid .row")
	b.has("#detail h1", "box:1")
	b.has(`[data-metric="temperature"] .v`, "20.0")
	b.has(`[data-metric="temperature"] .unit`, "Cel")
	b.has(".why", "Received on stream local, shard post-1")
	b.has(".why pre", "SELECT id, 'temperature', JSON_STRING(t)")
	b.has("#footer", "curl '"+r.url()+"/v1/components/box:1'")
	r.post("things", thing("box:1", 31.5, 0))
	b.has(`[data-metric="temperature"] .v`, "31.5")
	b.has("#listpane .grid", "31.5")
	b.has(".why", "being newer than")
	b.has(".why", "Received on stream local, shard post-2") // the lineage of the change that the feed brought
	b.until(`document.querySelector('[data-metric="temperature"] .spark path')`)

	// The state stands in the address: another tab shows the same.
	hash := eval[string](b, "location.hash")
	if !strings.Contains(hash, "open=box:1") || !strings.Contains(hash, "q=box:") {
		t.Errorf("the address has %s", hash)
	}
	other := open(t, r.page(hash), width, height)
	other.has("#detail h1", "box:1")
	other.has("#listpane h1", "2 components")

	// Columns: chosen in a dialog, kept in the address.
	b.press(kb.Escape)
	b.click("#columns")
	b.click("dialog label:first-of-type input")
	b.until(`location.hash.includes('cols=')`)
	b.click("dialog .primary")
	b.until(`document.querySelectorAll('#listpane .head [role=columnheader]').length === 3`)

	// Stale: what is older than its promise has a mark and a word, and can be filtered.
	b.state("#/explore")
	b.click("#staleonly")
	b.until(`[...document.querySelectorAll('#listpane .grid .row:not([hidden])')].map((e) => e.innerText.replace(/\s+/g, ' ')).join('|').includes('crate:9')`)
	b.until(`document.querySelectorAll('#listpane .grid .row:not([hidden])').length === 1`)
	b.has("#listpane .grid .row:not([hidden]) .age", "stale5min")
	b.quiet(r)
}

// quiet ensures that nothing went wrong in the tab, and that it asked nobody but its own twin.
func (b *tab) quiet(r *rig) {
	b.t.Helper()
	if m := b.found(&b.mistakes); len(m) > 0 {
		b.t.Errorf("mistakes: %q", m)
	}
	asked := b.found(&b.asked)
	if len(asked) == 0 {
		b.t.Error("no request was noted")
	}
	for _, url := range asked {
		if !strings.HasPrefix(url, r.url()+"/") && !strings.HasPrefix(url, "data:") && !strings.HasPrefix(url, "blob:") {
			b.t.Errorf("the page asked %s", url)
		}
	}
}

// Ensure that whatever a name holds, it is text: it cannot pass for another one, and starts nothing.
func TestHostileNames(t *testing.T) {
	t.Parallel()
	r := (&rig{t: t, programs: things(t)}).start()
	names := []string{"box:\u202e7-\u2066evil", "box:<img src=x onerror=alert(1)>", "box:\u200bzero",
		`box:"'${alert(1)}{{x}}`, "box:a/b%2Fc?d#e", "<script>alert(1)</script>:1"}
	var records []string
	for i, name := range names {
		records = append(records, fmt.Sprintf(`{"id":%q,"t":%d,"at":%q}`, name, i, stamp(0)))
	}
	r.post("things", records...)
	b := open(t, r.page(""), width, height)
	b.has("#listpane h1", fmt.Sprintf("%d components", len(names)))
	list := b.text("#listpane .grid")
	for _, want := range []string{"U+202E", "U+2066", "U+200B", "<img src=x onerror=alert(1)>",
		"<script>alert(1)</script>"} {
		if !strings.Contains(list, want) {
			t.Errorf("the list does not show %s: %s", want, list)
		}
	}
	if eval[bool](b, `/[\u202a-\u202e\u2066-\u2069\u200b]/.test(document.body.innerText)`) {
		t.Error("a character that cannot be seen is in the page")
	}
	for _, name := range names {
		b.state("#/explore?open=" + eval[string](b, fmt.Sprintf("encodeURIComponent(%q)", name)))
		b.has("#detail .dh", "1 metric")
	}
	if n := eval[int](b, "document.querySelectorAll('#listpane img, #detail img, main script').length"); n > 0 {
		t.Errorf("%d elements came out of names", n)
	}
	b.quiet(r)
}

// Ensure that everything works by the keyboard alone.
func TestKeyboard(t *testing.T) {
	t.Parallel()
	r := (&rig{t: t, programs: things(t)}).start()
	var records []string
	for i := range 200 {
		records = append(records, placed(fmt.Sprintf("box:%03d", i), float64(i), 46+float64(i)/100, 8, 0))
	}
	r.post("things", records...)
	r.post("things", `{"id":"box:1","t":"warm"}`)
	b := open(t, r.page(""), width, height)
	b.has("#listpane h1", "200 components")
	focused := func(want string) {
		t.Helper()
		b.until(fmt.Sprintf("(document.activeElement.textContent + document.activeElement.id).includes(%q)", want))
	}
	b.press("/")
	focused("search")
	b.press("box:")
	b.press(kb.ArrowDown)
	focused("box:000")
	b.press(kb.ArrowDown + kb.ArrowDown)
	focused("box:002")
	b.press(kb.End)
	focused("box:199")
	b.press(kb.PageUp + kb.Home + kb.ArrowDown)
	focused("box:001")
	b.press(kb.ArrowRight + kb.ArrowRight)
	b.until(`document.activeElement.getAttribute('role') === 'gridcell'`)
	b.press(kb.ArrowLeft + kb.ArrowLeft)
	b.press(kb.Enter)
	b.has("#detail h1", "box:001")
	b.press(kb.Tab) // to the detail
	b.until(`document.activeElement.closest('#detail')`)
	b.press("m")
	focused("mapcanvas")
	b.press("+" + kb.ArrowLeft + "0")
	b.press(kb.Escape)
	b.has("#detail", "Choose a component")
	b.press("s")
	b.until(`location.hash.includes('stale=1')`)
	b.press("s")
	b.press("c")
	b.until(`document.querySelector('dialog[open]')`)
	b.press(kb.Escape)
	b.until(`!document.querySelector('dialog')`)
	b.press("?")
	b.has("dialog h1", "Keyboard")
	b.press(kb.Escape)
	b.until(`!document.querySelector('dialog')`)
	before := eval[string](b, "getComputedStyle(document.body).backgroundColor")
	b.press("t")
	b.until(fmt.Sprintf("getComputedStyle(document.body).backgroundColor !== %q", before))
	b.press("d")
	b.has("#listpane h1", "1 dataset")
	b.press("r")
	b.has("#listpane h1", "1 reject")
	b.has("#detail h1", `"warm" does not fit DOUBLE`)
	b.press("j")
	b.quiet(r)
}

// Ensure that the page shows that the twin is away, keeps what it knows, and goes on by itself when it is back.
func TestReconnect(t *testing.T) {
	t.Parallel()
	r := (&rig{t: t, programs: things(t)}).start()
	r.post("things", thing("box:1", 20, 0))
	b := open(t, r.page("#/explore?open=box:1"), width, height)
	b.has("#connection", "Live")
	b.has(`[data-metric="temperature"] .v`, "20.0")
	r.stop()
	b.has("#connection", "Reconnecting")
	b.has("#listpane .notes", "No answer since")
	b.has(`[data-metric="temperature"] .v`, "20.0")
	r.start()
	r.post("things", thing("box:1", 25, 0))
	b.has("#connection", "Live")
	b.has(`[data-metric="temperature"] .v`, "25.0")
	b.has("#listpane .grid", "25.0")
}

// Ensure that the page shows changes of a twin without a feed too: it asks again and again.
func TestWithoutFeed(t *testing.T) {
	t.Parallel()
	r := (&rig{t: t, programs: things(t), polled: true}).start()
	r.post("things", thing("box:1", 20, 0))
	b := open(t, r.page(""), width, height)
	b.has("#listpane .grid", "20.0")
	r.post("things", thing("box:1", 25, 0))
	b.has("#listpane .grid", "25.0")
	for _, url := range b.found(&b.asked) {
		if strings.Contains(url, "/v1/changes") {
			t.Errorf("it asked %s", url)
		}
	}
}

// Ensure that a component is forgotten only by who types its name, after its readings were counted.
func TestForget(t *testing.T) {
	t.Parallel()
	r := (&rig{t: t, programs: things(t)}).start()
	r.post("things", thing("box:1", 20, 0))
	b := open(t, r.page("#/explore?open=box:1"), width, height)
	b.click("#forget")
	b.has("dialog", "1 reading goes. It comes back with its next record.")
	b.click("dialog input")
	b.press("box:")
	b.until(`document.querySelector('#doforget').disabled`)
	b.press("1")
	b.click("#doforget")
	b.has("dialog", "Forgetting box:1")
	b.click("dialog .primary")
}

// Ensure that the map shows what holds a position, that a disc opens its component, and that names stand at the open
// one.
func TestMap(t *testing.T) {
	t.Parallel()
	r := (&rig{t: t, programs: things(t)}).start()
	r.post("things", placed("box:1", 20, 47.4, 8.5, 0), placed("box:2", 22.5, 46.9, 7.4, 2*time.Minute),
		thing("crate:9", 7, 0))
	b := open(t, r.page(""), width, height)
	b.has(".legend", "fresh 1")
	b.has(".legend", "stale 1")
	b.until(`document.querySelector('#mapcanvas').getAttribute('aria-label').includes('Map of 2 components')`)
	// The ground has the colours of land and water, so it was read and drawn.
	colours := `(() => { const c = document.querySelector('#mapcanvas'), d = c.getContext('2d').getImageData(0, 0, c.width, c.height).data, seen = new Set();
		for (let i = 0; i < d.length; i += 4) seen.add(d[i] + ',' + d[i + 1] + ',' + d[i + 2]); return seen; })()`
	b.until(colours + ".has('252,252,251') && " + colours + ".has('211,226,240')")
	x := eval[[]float64](b,
		`(() => { const r = document.querySelector('#mapcanvas').getBoundingClientRect(); return [r.left, r.top, r.width, r.height]; })()`)
	// Two positions fit into the map with a margin of 40 px: the eastern one is at its right.
	opened := false
	for dy := 40.0; dy < x[3] && !opened; dy += 7 {
		b.do(chromedp.MouseClickXY(x[0]+x[2]-40, x[1]+dy))
		opened = eval[bool](b, "location.hash.includes('open=')")
	}
	if !opened {
		t.Fatal("no disc was where it should be")
	}
	b.has("#detail h1", "box:1")
	b.has(".legend", "open")
}

// Ensure that a phone has one column with tabs, with nothing wider than the screen.
func TestPhone(t *testing.T) {
	t.Parallel()
	r := (&rig{t: t, programs: things(t)}).start()
	r.post("things", placed("box:1", 20, 47.4, 8.5, 0), thing("box:2", 21, 5*time.Minute))
	b := open(t, r.page(""), 390, 844, chromedp.EmulateScale(1), chromedp.EmulateMobile)
	b.has("#listpane h1", "2 components")
	fits := func(what string) {
		t.Helper()
		if w := eval[int](b, "document.scrollingElement.scrollWidth"); w > 390 {
			t.Errorf("%s is %d px wide", what, w)
		}
		small := eval[[]string](b,
			`[...document.querySelectorAll('button, .tabs a, #listpane .grid .row')].filter((e) => e.offsetParent && !e.hidden)
			.map((e) => [e.getBoundingClientRect(), e]).filter(([r]) => r.height < 40).map(([r, e]) => e.outerHTML.slice(0, 80) + ' ' + r.height)`)
		if len(small) > 0 {
			t.Errorf("%s has small targets: %q", what, small)
		}
	}
	fits("the list")
	b.has("#listpane .two", "20.0 Cel")
	b.click("#listpane .grid .row")
	b.until(`getComputedStyle(document.querySelector('#listpane')).display === 'none'`)
	b.has("#detail h1", "box:1")
	b.until(`document.querySelector('.minimap').width > 300`)
	fits("the detail")
	b.click(".dback a")
	b.until(`getComputedStyle(document.querySelector('#listpane')).display !== 'none'`)
	b.click(".tabs a:nth-child(2)")
	b.until(`document.querySelector('#mapcanvas').clientWidth === 390`)
	b.click(".tabs a:nth-child(3)")
	b.has("#listpane h1", "1 dataset")
	fits("the datasets")
	b.quiet(r)
}
