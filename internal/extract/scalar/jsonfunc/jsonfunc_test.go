package jsonfunc

import (
	"encoding/json"
	"fmt"
	"os"
	"strconv"
	"strings"
	"testing"
	"unicode/utf8"
)

// Ensure that every function gives what real Flink gave for the recorded cases.
func TestRecorded(t *testing.T) {
	text, err := os.ReadFile("testdata/json.txt")
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for line := range strings.Lines(string(text)) {
		line = strings.TrimSuffix(line, "\n")
		if line == "" || line[0] == '#' {
			continue
		}
		call, want, ok := strings.Cut(line, " -> ")
		if !ok {
			t.Fatalf("no result: %s", line)
		}
		args := strings.Split(call, " | ")
		for i := range args {
			args[i] = unescape(t, args[i])
		}
		if got := evaluate(t, args[0], []byte(args[1]), args[2:]); got != unescape(t, want) {
			t.Errorf("%s: got %q, want %s", call, got, want)
		}
		n++
	}
	if n < 105 {
		t.Fatalf("only %d cases were read", n)
	}
}

func unescape(t *testing.T, s string) string {
	s = strings.Trim(s, "~")
	for {
		before, rest, ok := strings.Cut(s, `<\`)
		inside, after, _ := strings.Cut(rest, ">")
		if !ok {
			return s
		}
		c, err := strconv.Unquote(`"\` + inside + `"`)
		if err != nil {
			t.Fatal(err)
		}
		s = before + c + after
	}
}

func evaluate(t *testing.T, function string, text []byte, args []string) string {
	t.Helper()
	if function == "kind" {
		if k := Kind(text); k != 0 {
			return string(k)
		}
		return "0"
	}
	p, err := CompileQuery(args[0])
	if err != nil {
		t.Fatal(err)
	}
	show := func(s []byte, o Outcome) string {
		if len(s) > 0 && o != Found {
			t.Errorf("%s %s: %q beside an outcome", text, args, s)
		}
		return [...]string{string(s), "EMPTY", "ERROR"}[o]
	}
	wrapper := func() Wrapper {
		return map[string]Wrapper{"none": Without, "conditional": Conditional, "unconditional": Unconditional}[args[1]]
	}
	switch function {
	case "value":
		return show(p.AppendValue(nil, text))
	case "query":
		return show(p.AppendQuery(nil, text, wrapper()))
	case "strings":
		var all []byte
		o := p.Strings(text, wrapper(), func(e []byte, ok bool) {
			if !ok {
				e = []byte("NULL")
			}
			all = append(append(all, e...), ';')
		})
		return show(all, o)
	case "exists":
		found, o := p.Exists(text)
		if o != Found {
			return show(nil, o)
		}
		return fmt.Sprint(found)
	}
	t.Fatalf("no function %s", function)
	return ""
}

// Ensure that a value found is appended behind what the slice holds, and nothing else ever is.
func TestAppends(t *testing.T) {
	p, err := Compile("$.a")
	if err != nil {
		t.Fatal(err)
	}
	for text, want := range map[string]string{`{"a":"x"}`: "dst:x", `{"b":"x"}`: "dst:"} {
		if got, _ := p.AppendValue([]byte("dst:"), []byte(text)); string(got) != want {
			t.Errorf("%s: got %s, want %s", text, got, want)
		}
	}
	p, err = Compile("$")
	if err != nil {
		t.Fatal(err)
	}
	if got, _ := p.AppendQuery([]byte("dst:"), []byte(`[1]`), Without); string(got) != "dst:[1]" {
		t.Errorf("got %s", got)
	}
}

// Ensure that paths take and refuse what the reference says.
func TestCompile(t *testing.T) {
	for _, good := range []string{"$", "lax $.a", "strict $.a.b", "$['k.x']", `$["k,x"]`, "$.a[0][-1].b",
		"LAX $['a b']['c']", "$.ä", "$['']"} {
		if _, err := Compile(good); err != nil {
			t.Errorf("%s: %v", good, err)
		}
	}
	for _, bad := range []string{
		"", "a", "$.", "$..a", "$.*", "$[*]", "$.a[?(@.b)]", "$.a[1:2]", "$['a','b']", "$['a", "$[0", "$a", "$.a b", "laxx $",
		"lax$.a",
		"$[+1]", "$[--1]", "$[1234567890]", `$['a"b']`, `$['a\b']`, "$.length()", "$[]",
	} {
		if _, err := Compile(bad); err == nil {
			t.Errorf("%s is taken", bad)
		}
	}
	if _, err := Compile("$.a[*]"); err == nil || !strings.Contains(err.Error(), "JSON_QUERY takes it") {
		t.Errorf("got %v", err)
	}
}

// Ensure that the limits of Flink's parser hold: at them a text is JSON, beyond them it is not.
func TestLimits(t *testing.T) {
	for name, text := range map[string]func(n int) string{
		"depth":    func(n int) string { return strings.Repeat("[", n+1000) + strings.Repeat("]", n+1000) },
		"integer":  func(n int) string { return strings.Repeat("1", n+1000) },
		"fraction": func(n int) string { return "0." + strings.Repeat("1", n+999) },
		"name":     func(n int) string { return `{"` + strings.Repeat("ä", n+50_000) + `":1}` },
		"astral":   func(n int) string { return `{"` + strings.Repeat("😀", n+25_000) + `":1}` },
		"escapes":  func(n int) string { return `{"` + strings.Repeat(`\n\u0041`, n+25_000) + `":1}` },
	} {
		if Kind([]byte(text(0))) == 0 {
			t.Errorf("%s: refused at the limit", name)
		}
		if Kind([]byte(text(1))) != 0 {
			t.Errorf("%s: taken beyond the limit", name)
		}
	}
}

// Ensure that any text under any path gives valid JSON or nothing, that what encoding/json takes is taken
// with the same meaning, and that a lax path fails for the text null only.
func FuzzRead(f *testing.F) {
	f.Add("$.a", `{"a":{"b":[1,2.50,1e3]}}`)
	f.Add("lax $.a[0]", `{"a":[null]}`)
	f.Add("$", `[1] x`)
	f.Add("lax $[*].b", `{"x":{"b":"\ud83d\ude00"},"x":0}`)
	f.Fuzz(func(t *testing.T, path, text string) {
		p, err := CompileQuery(path)
		if err != nil || !utf8.ValidString(text) {
			return
		}
		q, o := p.AppendQuery(nil, []byte(text), Unconditional)
		if o == Found && !json.Valid(q) {
			t.Errorf("%q is not JSON", q)
		}
		if _, v := p.AppendValue(nil, []byte(text)); p.Lax && (o == Failed || v == Failed) &&
			strings.Trim(text, blanks)[:4] != "null" {
			t.Error("a lax path failed")
		}
		p.Strings([]byte(text), Without, func([]byte, bool) {})
		p.Exists([]byte(text))
		var want any
		if json.Unmarshal([]byte(text), &want) != nil {
			return
		}
		root, err := Compile("$")
		if err != nil {
			t.Fatal(err)
		}
		if all, o := root.AppendQuery(nil, []byte(text), Without); o == Found {
			var got any
			if err := json.Unmarshal(all, &got); err != nil ||
				fmt.Sprint(got) != fmt.Sprint(want) && !strings.Contains(text, `\u`) {
				t.Errorf("%s was written as %s", text, all)
			}
		}
	})
}

func BenchmarkValue(b *testing.B) {
	p, err := Compile("lax $.motion.speedKmh")
	if err != nil {
		b.Fatal(err)
	}
	text := []byte(`{"header":{"messageId":"7f9c1a52","sentAt":"2026-11-23T10:15:30.123Z"},"motion":{"speedKmh":82.4,"heading":127},"axles":[{"n":1,"loadKg":11820},{"n":2,"loadKg":11790}]}`)
	buf := make([]byte, 0, 64)
	b.SetBytes(int64(len(text)))
	b.ReportAllocs()
	for b.Loop() {
		p.AppendValue(buf, text)
	}
}
