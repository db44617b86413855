package text

import (
	"fmt"
	"os"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"unicode/utf8"
)

// Ensure that every function gives what real Flink gave for the recorded cases.
func TestRecorded(t *testing.T) {
	text, err := os.ReadFile("testdata/text.txt")
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
		if got := evaluate(t, args[0], args[1:]); got != unescape(t, want) {
			t.Errorf("%s: got %q, want %s", call, got, want)
		}
		n++
	}
	if n < 100 {
		t.Fatalf("only %d cases were read", n)
	}
}

func unescape(t *testing.T, s string) string {
	u, err := strconv.Unquote(`"` + strings.ReplaceAll(strings.Trim(s, "~"), `"`, `\"`) + `"`)
	if err != nil {
		t.Fatalf("%s: %v", s, err)
	}
	return u
}

func evaluate(t *testing.T, function string, args []string) string {
	t.Helper()
	arg := func(i int) []byte { return []byte(args[i]) }
	n := func(i int) int64 {
		n, err := strconv.ParseInt(args[i], 10, 64)
		if err != nil {
			t.Fatal(err)
		}
		return n
	}
	switch function {
	case "charlength":
		return fmt.Sprint(CharLength(arg(0)))
	case "substring":
		if len(args) == 2 {
			return string(Substring(arg(0), n(1)))
		}
		return show(SubstringLength(arg(0), n(1), n(2)))
	case "left":
		return string(Left(arg(0), n(1)))
	case "right":
		return string(Right(arg(0), n(1)))
	case "position":
		return fmt.Sprint(Position(arg(0), arg(1), n(2)))
	case "replace":
		return string(AppendReplace(nil, arg(0), arg(1), arg(2)))
	case "trim":
		return string(Trim(arg(0), arg(1)))
	case "ltrim":
		return string(TrimLeft(arg(0), arg(1)))
	case "rtrim":
		return string(TrimRight(arg(0), arg(1)))
	case "concatws":
		var parts [][]byte
		for i := range args[1:] {
			if args[i+1] != "NULL" {
				parts = append(parts, arg(i+1))
			}
		}
		return string(AppendJoined(nil, arg(0), parts...))
	case "splitindex":
		return show(SplitIndex(arg(0), arg(1), n(2)))
	case "split":
		all := ""
		Split(arg(0), arg(1), func(part []byte) bool {
			all += "[" + string(part) + "]"
			return true
		})
		return all
	case "upper":
		return string(AppendUpper(nil, arg(0)))
	case "lower":
		return string(AppendLower(nil, arg(0)))
	case "like":
		l, err := CompileLike(args[1], args[2])
		if err != nil {
			t.Fatal(err)
		}
		return fmt.Sprint(l.Match(arg(0)))
	case "extract":
		r, err := CompileRegexp(args[1])
		if err != nil {
			t.Fatal(err)
		}
		if err := r.Extractable(n(2)); err != nil {
			t.Fatal(err)
		}
		return show(r.Extract(arg(0), n(2)))
	case "regexpreplace":
		r, err := CompileRegexp(args[1])
		if err != nil {
			t.Fatal(err)
		}
		if err := r.Replaceable(); err != nil {
			t.Fatal(err)
		}
		return string(r.AppendReplace(nil, arg(0), arg(2)))
	}
	t.Fatalf("no function %s", function)
	return ""
}

func show(s []byte, ok bool) string {
	if !ok {
		return "NULL"
	}
	return string(s)
}

// Ensure that an iteration over parts can be ended.
func TestSplitStops(t *testing.T) {
	n := 0
	Split([]byte("a,b,c"), []byte(","), func([]byte) bool {
		n++
		return n < 2
	})
	if n != 2 {
		t.Errorf("%d parts were yielded, want 2", n)
	}
}

// Ensure that escapes that make Flink throw are refused.
func TestLikeRefusals(t *testing.T) {
	for _, tt := range [][3]string{
		{"50!x", "!", "stands before none of"},
		{"50!", "!", "stands before none of"},
		{`a_\b`, "", "stands before none of"},
		{"50%", "!!", "takes one character"},
		{"50%", "😀", "takes one character of ASCII"},
		{"50%", "ü", "takes one character of ASCII"},
		{`50"%`, `"`, "takes one character of ASCII"},
		{"50%", "\n", "takes one character of ASCII"},
		{`a"b%`, "!", "cannot compile the pattern"},
		{`a\b%`, "!", "cannot compile the pattern"},
		{`a\\b`, `\`, "cannot compile the pattern"},
		{"uü%", "u", "stands before none of"},
	} {
		if _, err := CompileLike(tt[0], tt[1]); err == nil || !strings.Contains(err.Error(), tt[2]) {
			t.Errorf("%s ESCAPE %s: got %v", tt[0], tt[1], err)
		}
	}
}

// Ensure that what Java has and RE2 has not, or reads otherwise, is refused by name.
func TestRegexpRefusals(t *testing.T) {
	for pattern, want := range map[string]string{
		`a(?=b)`: "look-around", `(?<!a)b`: "look-around", `(?>a)`: "atomic group", `a*+`: "possessive",
		`(a)\1`: "back-reference", `\k<n>`: "back-reference", `\bword`: "word boundary", `[a&&b]`: "&& in a class",
		`[a[b]]`: "class within a class", `a$b`: "not at the end", `(a$)`: "$ within a group", `(?m)a`: "flags other than",
		`a(?i)b`: "flags other than", `(a*)*`: "can match nothing", `^*`: "behind ^", `*a`: "nothing before it",
		`a{2`: "{ without }", `a{3,2}`: "not {n}, {n,}", `a{1001}`: "up to 1000", `a{+1}`: "not {n}",
		`a**`: "behind a quantifier",
		`(a`:  "( without )", `a)`: ") without (", `[a`: "[ without ]", `[]a]`: "] first",
		`[z-a]`:  "does not end with a greater",
		`[a-\d]`: "does not end with a greater", `\p{L}`: "depends on the version of Unicode", `\pL`: "depends on",
		`(?i)\p{Lower}`: "or on case", `\R`: `escape \R`, `\x4`: "not \\xhh", `\ud83d`: "not \\xhh",
		`a\`:     "backslash at the end",
		`\Qa\E+`: `behind \E`, `(?<n>a)(?<n>b)`: "two groups named", `(?<1>a)`: "not letters and digits",
		`(?<n`:            "name does not end",
		`(?:a{500}){500}`: "too large",
	} {
		if _, err := CompileRegexp(pattern); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: got %v, want %s", pattern, err, want)
		}
	}
	r, err := CompileRegexp(`(?:(a)b*)+|c*`)
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		err  error
		want string
	}{
		{r.Extractable(1), "within a group that is repeated"},
		{r.Extractable(2), "has no group 2"},
		{r.Extractable(-1), "has no group -1"},
		{r.Replaceable(), "can match nothing"},
	} {
		if tt.err == nil || !strings.Contains(tt.err.Error(), tt.want) {
			t.Errorf("got %v, want %s", tt.err, tt.want)
		}
	}
	if _, ok := r.Extract([]byte("a"), 7); ok {
		t.Error("there is a group 7")
	}
}

// Ensure that LIKE agrees with the regular expression that defines it.
func FuzzLike(f *testing.F) {
	f.Add("abcbc", "%_bc", "")
	f.Add("50%_off", "50!%%", "!")
	f.Add("a\nb", "_%_", "")
	f.Fuzz(func(t *testing.T, s, pattern, escape string) {
		if !utf8.ValidString(s) || !utf8.ValidString(pattern) || !utf8.ValidString(escape) {
			return
		}
		l, err := CompileLike(pattern, escape)
		if err != nil {
			return
		}
		if escape != "" && strings.ContainsFunc(pattern, func(r rune) bool { return r < ' ' || r > 0x7F }) {
			return // which Flink writes otherwise; see plainLike
		}
		esc := escape
		if esc == "" && strings.Contains(pattern, "_") {
			esc = `\`
		}
		var re strings.Builder
		escaped := false
		for _, r := range pattern {
			switch c := string(r); {
			case !escaped && c == esc:
				escaped = true
				continue
			case !escaped && c == "%":
				re.WriteString(`(?s:.*)`)
			case !escaped && c == "_":
				re.WriteString(`[^\n\r\x{85}\x{2028}\x{2029}]`)
			default:
				re.WriteString(regexp.QuoteMeta(c))
			}
			escaped = false
		}
		if got, want := l.Match([]byte(s)), regexp.MustCompile(`\A`+re.String()+`\z`).MatchString(s); got != want {
			t.Fatalf("%q LIKE %q ESCAPE %q: got %v", s, pattern, escape, got)
		}
	})
}

// Ensure that a pattern is refused or works: the match is in the text, its replacement by itself leaves
// the text as it is, and no group or text makes it panic.
func FuzzRegexp(f *testing.F) {
	for _, p := range []string{`(?i)^a(b|c)+?$`, `[^\s\w-]{2,}|\d$`, `(?<n>.)\Q.\E`, `\p{Alpha}|\x41`} {
		f.Add(p, "abc\r\n.A-\u2028")
	}
	f.Fuzz(func(t *testing.T, pattern, s string) {
		r, err := CompileRegexp(pattern)
		if err != nil || !utf8.ValidString(pattern) || !utf8.ValidString(s) {
			return
		}
		for g := int64(0); r.Extractable(g) == nil; g++ {
			if got, ok := r.Extract([]byte(s), g); ok && !strings.Contains(s, string(got)) {
				t.Fatalf("%s of %q: %q", pattern, s, got)
			}
		}
		if r.Replaceable() != nil {
			return
		}
		match, ok := r.Extract([]byte(s), 0)
		if ok && len(match) == 0 {
			t.Fatalf("%s matches nothing in %q", pattern, s)
		}
		if got := r.AppendReplace(nil, []byte(s), []byte("\x00")); !ok && string(got) != s ||
			ok && strings.Count(string(got), "\x00") <= strings.Count(s, "\x00")-len(s) {
			t.Fatalf("%s of %q: %q", pattern, s, got)
		}
	})
}

// Ensure that positions and parts agree with each other for any text.
func FuzzChars(f *testing.F) {
	f.Add("héllo 😀", "l", 2)
	f.Fuzz(func(t *testing.T, s, seek string, n int) {
		if !utf8.ValidString(s) || !utf8.ValidString(seek) {
			return
		}
		b := []byte(s)
		if got := string(Left(b, int64(n))) + string(Right(b, int64(CharLength(b))-max(0, int64(n)))); got != s {
			t.Fatalf("%q cut after %d: %q", s, n, got)
		}
		if p := Position([]byte(seek), b, int64(n)); p > 0 && !strings.HasPrefix(string(Substring(b, int64(p))), seek) &&
			seek != "" {
			t.Fatalf("%q in %q from %d: %d", seek, s, n, p)
		}
		if u := AppendUpper(nil, b); !utf8.Valid(u) || !utf8.Valid(AppendLower(nil, u)) {
			t.Fatalf("%q in upper case: %q", s, u)
		}
	})
}

func BenchmarkLike(b *testing.B) {
	l, err := CompileLike("wagon:%-4", "")
	if err != nil {
		b.Fatal(err)
	}
	s := []byte("wagon:33-80-7845-123-4")
	b.ReportAllocs()
	for b.Loop() {
		l.Match(s)
	}
}

func BenchmarkJoined(b *testing.B) {
	parts := [][]byte{[]byte("wagon"), []byte("33 80 7845 123-4"), []byte("axle")}
	buf := make([]byte, 0, 64)
	b.ReportAllocs()
	for b.Loop() {
		AppendJoined(buf, []byte(":"), parts...)
	}
}

func BenchmarkExtract(b *testing.B) {
	r, err := CompileRegexp(`axle\.(\d+)\.`)
	if err != nil {
		b.Fatal(err)
	}
	s := []byte("wagon axle.12.bearing")
	b.ReportAllocs()
	for b.Loop() {
		r.Extract(s, 1)
	}
}
