package lsp

import (
	"encoding/json"
	"flag"
	"io"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/railtwin/digitaltwin/extractors"
)

var edits = flag.Duration("edits", time.Second, "how long TestEdits edits")

// Ensure that edits of real extractors, such as a person makes them and worse, break nothing: after each of them the
// document is analysed, and asked at a place. -args -edits 10m edits for long.
func TestEdits(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	all := extractors.All()
	texts := make([]string, len(all))
	for i, e := range all {
		texts[i] = string(e.SQL)
	}
	n := 0
	for start := time.Now(); time.Since(start) < *edits; {
		text := texts[r.IntN(len(texts))]
		for range 1 + r.IntN(20) {
			text = edited(r, text, texts)
			ask(t, text, r.IntN(len(text)+1))
			n++
		}
	}
	t.Logf("%d edits", n)
}

// edited returns a text with a part taken out, doubled, cut off, or replaced by one of another text.
func edited(r *rand.Rand, text string, others []string) string {
	if text == "" {
		return others[0]
	}
	from := r.IntN(len(text))
	to := min(len(text), from+1+r.IntN(1<<r.IntN(8)))
	switch r.IntN(6) {
	case 0:
		return text[:from] + text[to:]
	case 1:
		return text[:to] + text[from:]
	case 2:
		return text[:from]
	case 3:
		other := others[r.IntN(len(others))]
		at := r.IntN(len(other))
		return text[:from] + other[at:min(len(other), at+to-from)] + text[to:]
	case 4:
		signs := []string{"'", "`", "(", ")", ",", ".", ";", "--", "/*", "<", ">", "[", "]", "\x00", "\xff", "😀", "\n",
			"CASE", " AS ", "NULL", "t."}
		return text[:from] + signs[r.IntN(len(signs))] + text[from:]
	}
	return text[:from] + string(rune(r.IntN(0x250))) + text[to:]
}

// ask opens a text and asks everything at a byte, without the recovery of a server.
func ask(t *testing.T, text string, at int) {
	t.Helper()
	defer func() {
		if v := recover(); v != nil {
			t.Fatalf("panic %v at byte %d of\n%q", v, at, text)
		}
	}()
	s := &server{out: io.Discard, documents: map[string]*document{}}
	if err := s.open("file:///x.sql", text); err != nil {
		t.Fatal(err)
	}
	d := s.documents["file:///x.sql"]
	p := d.position(at)
	at = d.offset(p)
	for _, result := range []any{d.hover(at), d.complete(at), d.definition(at)} {
		if _, err := json.Marshal(result); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := d.format(); err != nil {
		t.Fatal(err)
	}
}

// FuzzAsk is TestEdits by coverage.
func FuzzAsk(f *testing.F) {
	for _, e := range extractors.All() {
		f.Add(string(e.SQL), 100)
	}
	f.Fuzz(func(t *testing.T, text string, at int) { ask(t, text, min(max(at, 0), len(text))) })
}
