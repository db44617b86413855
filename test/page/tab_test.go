package page_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"github.com/railtwin/digitaltwin/internal/tier"
)

// patience is how long something may take to appear: the machine may be busy.
const patience = 40 * time.Second

// tab is a tab of a browser.
type tab struct {
	t   *testing.T
	ctx context.Context

	mu       sync.Mutex
	asked    []string // the URLs of its requests
	mistakes []string // exceptions, and what the policy has refused
}

// browser is the browser of all tests. It is started once; each test has a context of its own in it.
var browser = sync.OnceValues(func() (context.Context, error) {
	name := ""
	for _, n := range []string{"chromium", "chromium-browser", "google-chrome"} {
		if path, err := exec.LookPath(n); err == nil {
			name = path
			break
		}
	}
	if name == "" {
		return nil, errors.New("it needs chromium, which is not installed")
	}
	temp, err := os.MkdirTemp("", "page-") // chromium leaves a folder of its socket there when it is stopped
	if err != nil {
		return nil, err
	}
	options := []chromedp.ExecAllocatorOption{chromedp.ExecPath(name), chromedp.Headless, chromedp.NoFirstRun,
		chromedp.Env("TMPDIR=" + temp),
		chromedp.Flag("disable-gpu", true), chromedp.Flag("disable-dev-shm-usage", true),
		chromedp.Flag("hide-scrollbars", true),
		chromedp.Flag("disable-background-networking", true), chromedp.Flag("disable-component-update", true)}
	if os.Getuid() == 0 {
		options = append(options, chromedp.NoSandbox)
	}
	allocator, stop := chromedp.NewExecAllocator(context.Background(), options...)
	ctx, cancel := chromedp.NewContext(allocator)
	stopBrowser = func() {
		cancel()
		stop()
		os.RemoveAll(temp)
	}
	return ctx, chromedp.Do(ctx)
})

var stopBrowser = func() {}

func TestMain(m *testing.M) {
	code := m.Run()
	stopBrowser()
	os.Exit(code)
}

// open opens a tab of a size at an address.
func open(t *testing.T, url string, width, height int64, options ...chromedp.EmulateViewportOption) *tab {
	t.Helper()
	parent, err := browser()
	if parent == nil {
		tier.Need(t, "Browser", err)
	}
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := chromedp.NewContext(parent, chromedp.WithNewBrowserContext())
	t.Cleanup(cancel)
	if err := chromedp.Do(ctx); err != nil { // opens the tab, for as long as ctx lasts
		t.Fatal(err)
	}
	b := &tab{t: t, ctx: ctx}
	b.do(chromedp.EmulateViewport(width, height, options...))
	b.listen()
	b.do(chromedp.Navigate(url))
	return b
}

// listen notes requests and mistakes.
func (b *tab) listen() {
	requests := chromedp.Events(b.ctx, network.RequestWillBeSent)
	exceptions := chromedp.Events(b.ctx, runtime.ExceptionThrown)
	console := chromedp.Events(b.ctx, runtime.ConsoleAPICalled)
	note := func(to *[]string, text string) {
		b.mu.Lock()
		defer b.mu.Unlock()
		*to = append(*to, text)
	}
	go func() {
		for e, err := range requests {
			if err != nil {
				return
			}
			note(&b.asked, e.Request.URL)
		}
	}()
	go func() {
		for e, err := range exceptions {
			if err != nil {
				return
			}
			text := e.ExceptionDetails.Text
			if x := e.ExceptionDetails.Exception; x != nil {
				text += " " + x.Description
			}
			note(&b.mistakes, text)
		}
	}()
	go func() {
		for e, err := range console {
			if err != nil {
				return
			}
			if e.Type == "error" {
				var text []string
				for _, a := range e.Args {
					text = append(text, a.Description+string(a.Value))
				}
				note(&b.mistakes, strings.Join(text, " "))
			}
		}
	}()
}

func (b *tab) do(actions ...chromedp.Action[chromedp.Void]) {
	b.t.Helper()
	ctx, cancel := context.WithTimeout(b.ctx, patience)
	defer cancel()
	if err := chromedp.Do(ctx, actions...); err != nil {
		b.t.Fatal(err)
	}
}

// eval evaluates an expression, and waits for a promise.
func eval[T any](b *tab, expression string) T {
	b.t.Helper()
	v, err := tryEval[T](b, expression)
	if err != nil {
		b.t.Fatalf("%s: %v", expression, err)
	}
	return v
}

func tryEval[T any](b *tab, expression string) (T, error) {
	ctx, cancel := context.WithTimeout(b.ctx, 3*patience)
	defer cancel()
	return chromedp.Run(ctx, chromedp.Evaluate[T](expression, chromedp.EvalAwaitPromise))
}

// until waits until an expression is true. The page may be left for another meanwhile, as a sign-in does.
func (b *tab) until(expression string) {
	b.t.Helper()
	end := time.Now().Add(patience)
	for {
		holds, err := tryEval[bool](b, "Boolean("+expression+")")
		if err != nil && !strings.Contains(err.Error(), "navigated") {
			b.t.Fatalf("%s: %v", expression, err)
		}
		if holds {
			return
		}
		if time.Now().After(end) {
			b.t.Fatalf("it never was true that %s\n%s\nmistakes: %q", expression, eval[string](b, "document.body.innerText"),
				b.found(&b.mistakes))
		}
		time.Sleep(50 * time.Millisecond)
	}
}

// has waits until an element has a text in it.
func (b *tab) has(selector, text string) {
	b.t.Helper()
	b.until(fmt.Sprintf("(document.querySelector(%q)?.textContent ?? '').includes(%q)", selector, text))
}

// text is that of an element, with white space as one blank.
func (b *tab) text(selector string) string {
	b.t.Helper()
	return eval[string](b, fmt.Sprintf("(document.querySelector(%q)?.textContent ?? '').replace(/\\s+/g, ' ').trim()",
		selector))
}

// press presses keys, one after the other: characters, or names of package kb.
func (b *tab) press(keys string) {
	b.t.Helper()
	for _, r := range keys {
		if _, named := kb.Keys[r]; named && (r < ' ' || r > '~') {
			b.do(chromedp.KeyEvent(string(r)))
			continue
		}
		// One event with its text, so that a page that takes the key keeps the text from an input, as it is with a keyboard.
		b.key(input.DispatchKeyEventTypeKeyDown, string(r))
		b.key(input.DispatchKeyEventTypeKeyUp, string(r))
	}
}

func (b *tab) key(kind input.DispatchKeyEventType, text string) {
	b.t.Helper()
	p := input.DispatchKeyEventParams{Type: kind, Key: text}
	if kind == input.DispatchKeyEventTypeKeyDown {
		p.Text = text
	}
	if _, err := chromedp.Call(b.ctx, input.DispatchKeyEvent, p); err != nil {
		b.t.Fatal(err)
	}
}

// click clicks an element where it is seen.
func (b *tab) click(selector string) {
	b.t.Helper()
	at := fmt.Sprintf(`(() => {
		const e = document.querySelector(%q), r = e?.getBoundingClientRect();
		if (!r?.width) return [];
		const x = r.left + Math.min(r.width / 2, 60), y = r.top + r.height / 2, hit = document.elementFromPoint(x, y);
		return hit && e.contains(hit) ? [x, y] : [];
	})()`, selector)
	b.until(at + ".length")
	xy := eval[[]float64](b, at)
	b.do(chromedp.MouseClickXY(xy[0], xy[1]))
}

// state goes to a state of the page.
func (b *tab) state(hash string) {
	b.t.Helper()
	eval[bool](b, fmt.Sprintf("(location.hash = %q, true)", hash))
}

// picture writes a picture of the tab.
func (b *tab) picture(file string) {
	b.t.Helper()
	ctx, cancel := context.WithTimeout(b.ctx, patience)
	defer cancel()
	png, err := chromedp.Run(ctx, chromedp.CaptureScreenshot())
	if err != nil {
		b.t.Fatal(err)
	}
	if err := os.WriteFile(file, png, 0o644); err != nil {
		b.t.Fatal(err)
	}
}

func (b *tab) found(list *[]string) []string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return append([]string(nil), *list...)
}
