package page_test

import (
	"flag"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

var seconds = flag.Int("seconds", 3, "how many `seconds` frames are counted for, in each of the turns")

// Ensure that the page is as fluent as an empty one with 10,000 components, of which 1,000 change each second, and that
// no key that is pressed meanwhile is lost.
func TestFrames(t *testing.T) {
	const components, changes, batch = 10_000, 1000, 100
	r := (&rig{t: t, programs: things(t)}).start()
	name := func(i int) string { return fmt.Sprintf("box:%05d", i) }
	for i := 0; i < components; i += 1000 {
		var records []string
		for k := i; k < i+1000; k++ {
			records = append(records, placed(name(k), 20, 44+float64(k%100)/20, 4+float64(k/100)/20, 0))
		}
		r.post("things", records...)
	}
	explorer := open(t, r.page(""), width, height)
	explorer.has("#listpane h1", "10,000 components")
	empty := open(t, r.page("page/icon.svg"), width, height)

	// The load is on the machine while either of them is looked at.
	stop, stopped := make(chan struct{}), make(chan int)
	began := time.Now()
	go func() {
		sent := 0
		tick := time.NewTicker(time.Second * batch / changes)
		defer tick.Stop()
		for ; ; sent++ {
			select {
			case <-stop:
				stopped <- sent * batch
				return
			case <-tick.C:
			}
			var records []string
			for k := range batch {
				records = append(records, thing(name((sent*batch+k*97)%components), float64(sent%50), 0))
			}
			answer, err := http.Post(r.url()+"/dev/records/things?framing=lines", "",
				strings.NewReader(strings.Join(records, "\n")))
			if err == nil {
				answer.Body.Close()
			}
		}
	}()
	count := fmt.Sprintf(`new Promise((done) => {
		let n = 0, from = performance.now();
		const frame = (t) => t - from < %d ? (n++, requestAnimationFrame(frame)) : done(n / (t - from) * 1000);
		requestAnimationFrame((t) => { from = t; requestAnimationFrame(frame); });
	})`, *seconds*1000)
	explorer.press("/")
	explorer.press(kb.ArrowDown)
	// Another program may take the processor away for a while: then it is measured again.
	measure := func() (withAll, without float64) {
		const turns = 3
		for range turns {
			front(empty)
			without += eval[float64](empty, count) / turns
			front(explorer)
			// Scrolling, as people do while they look.
			withAll += eval[float64](explorer, `(document.querySelector('#listpane .grid').scrollTop += 2800, `+count+
				`)`) / turns
		}
		return withAll, without
	}
	enough := false
	for round := 1; round <= 3 && !enough; round++ {
		withAll, without := measure()
		enough = withAll >= 0.9*without
		t.Logf("round %d: %.1f frames/s, %.1f of an empty page: %.2f", round, withAll, without, withAll/without)
	}
	if !enough {
		t.Error("fewer than 0.9 times the frames of an empty page, three times")
	}
	eval[bool](explorer, `(document.querySelector('#listpane .grid').focus(), true)`)
	explorer.press(kb.Home)
	explorer.until(`document.activeElement.getAttribute('aria-rowindex') === '2'`)
	const presses = 60
	for range presses {
		explorer.press(kb.ArrowDown)
	}
	if at := eval[string](explorer, "document.activeElement.getAttribute('aria-rowindex')"); at != fmt.Sprint(presses+2) {
		t.Errorf("after %d keys it is on row %s", presses, at)
	}
	close(stop)
	sent := <-stopped
	if rate := float64(sent) / time.Since(began).Seconds(); rate < changes/2 {
		t.Errorf("only %.0f changes/s were sent", rate)
	} else {
		t.Logf("%.0f changes/s", rate)
	}
	explorer.quiet(r)
}

// front brings a tab to the front: only that one draws.
func front(b *tab) {
	b.t.Helper()
	if _, err := chromedp.Call(b.ctx, page.BringToFront, cdp.Empty{}); err != nil {
		b.t.Fatal(err)
	}
}
