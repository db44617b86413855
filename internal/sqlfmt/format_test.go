package sqlfmt

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"

	"github.com/railtwin/digitaltwin/internal/extract"
	"github.com/railtwin/digitaltwin/internal/extract/diag"
	"github.com/railtwin/digitaltwin/internal/extract/syntax"
)

// texts are the extractors of the repository and the statements of the engine's tests, by their names.
func texts(t testing.TB) map[string][]byte {
	t.Helper()
	all := map[string][]byte{}
	for pattern, least := range map[string]int{
		"../../extractors/*.sql": 10, "../../test/example/*.sql": 1, "../extract/testdata/*/*.sql": 2,
	} {
		files, err := filepath.Glob(pattern)
		if err != nil || len(files) < least {
			t.Fatalf("%s: %d files, %v", pattern, len(files), err)
		}
		for _, f := range files {
			text, err := os.ReadFile(f)
			if err != nil {
				t.Fatal(err)
			}
			all[f] = text
		}
	}
	review, err := txtar.ParseFile("testdata/review.txtar")
	if err != nil || len(review.Files) < 30 {
		t.Fatal(err)
	}
	for _, f := range review.Files {
		all[f.Name] = f.Data
	}
	return all
}

// Ensure that a formatted file is the same tree with the same comments, gets the same verdict, and is formatted.
func TestFormat_Meaning(t *testing.T) {
	for name, text := range texts(t) {
		got, err := Format(name, text)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if a, b := tree(name, text), tree(name, got); a != b {
			t.Errorf("%s: the tree of the formatted file is another: %s", name, difference(a, b))
		}
		if a, b := verdict(name, text), verdict(name, got); a != b {
			t.Errorf("%s: was %s, is %s", name, a, b)
		}
		if again, err := Format(name, got); err != nil || !bytes.Equal(again, got) {
			t.Errorf("%s: formatting twice is another thing: %s, %v", name, difference(string(got), string(again)), err)
		}
	}
}

// Ensure that the extractors of the repository are formatted.
func TestFormat_House(t *testing.T) {
	for name, text := range texts(t) {
		if !strings.Contains(name, "extractors") && !strings.Contains(name, "example") {
			continue
		}
		if got, err := Format(name, text); err != nil || !bytes.Equal(got, text) {
			t.Errorf("%s: %s, %v\nIf that is right: go run ./cmd/twin fmt %s", name,
				difference(string(text), string(got)), err, name)
		}
	}
}

// Ensure that each pair of files of testdata/lines.txtar is a text and the same formatted.
func TestFormat_Cases(t *testing.T) {
	archive, err := txtar.ParseFile("testdata/lines.txtar")
	if err != nil || len(archive.Files) == 0 {
		t.Fatal(err)
	}
	for i := 0; i+1 < len(archive.Files); i += 2 {
		in, want := archive.Files[i], archive.Files[i+1]
		got, err := Format(in.Name, in.Data)
		if err != nil || !bytes.Equal(got, want.Data) {
			t.Errorf("%s: %v, got\n%s\nwant\n%s", in.Name, err, got, want.Data)
		}
	}
}

func TestFormat_Error(t *testing.T) {
	for text, want := range map[string]string{
		"SELECT 'a":    "a.sql:1:8: rejected: this text is never closed",
		"SELECT \xff":  "a.sql:1:8: rejected: this byte is not UTF-8",
		"SELECT \"a\"": "double quotes do not quote",
	} {
		if got, err := Format("a.sql", []byte(text)); err == nil || got != nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %q, %v, want %q", text, got, err, want)
		}
	}
}

// Ensure that whatever can be cut into tokens is formatted, keeps its tokens and comments, and is formatted then.
func FuzzFormat(f *testing.F) {
	for _, text := range texts(f) {
		f.Add(string(text))
	}
	f.Add("select a,b -- c\n,d from t /* x */ union all select 1,- -2,3 from u where a=1 and b<=2;;SET 'a'='b'")
	f.Fuzz(func(t *testing.T, text string) {
		got, err := Format("fuzz.sql", []byte(text))
		if err != nil {
			if strings.HasPrefix(err.Error(), "BUG") {
				t.Fatal(err)
			}
			return
		}
		again, err := Format("fuzz.sql", got)
		if err != nil || !bytes.Equal(again, got) {
			t.Errorf("%q became %q, and that %q, %v", text, got, again, err)
		}
	})
}

func verdict(name string, text []byte) string {
	a, err := extract.Analyze(name, text)
	if list, ok := err.(diag.List); ok {
		return messages(list)
	}
	a.Dataset.Extractor = "" // the hash of the text
	return fmt.Sprintf("%+v %+v %s %s", a.Dataset, a.Tables, messages(a.Clauses), messages(a.Warnings))
}

func messages(list diag.List) string {
	var b strings.Builder
	for _, d := range list {
		fmt.Fprintf(&b, "%s: %s; ", d.Verdict, d.Message)
	}
	return b.String()
}

// tree writes the tree of a file without the places of its nodes.
func tree(name string, text []byte) string {
	file, _ := syntax.Parse(diag.Source{Name: name, Text: string(text)})
	var b strings.Builder
	dump(&b, reflect.ValueOf(file))
	return b.String()
}

func dump(b *strings.Builder, v reflect.Value) {
	switch v.Kind() {
	case reflect.Pointer, reflect.Interface:
		if v.IsNil() {
			b.WriteString("nil\n")
			return
		}
		dump(b, v.Elem())
	case reflect.Struct:
		if v.Type() == reflect.TypeFor[syntax.Span]() {
			return
		}
		b.WriteString(v.Type().Name() + "{\n")
		for i := range v.NumField() {
			dump(b, v.Field(i))
		}
		b.WriteString("}\n")
	case reflect.Slice:
		fmt.Fprintf(b, "%d\n", v.Len())
		for i := range v.Len() {
			dump(b, v.Index(i))
		}
	default:
		fmt.Fprintf(b, "%v\n", v)
	}
}

// difference shows the first line that differs.
func difference(want, got string) string {
	w, g := strings.Split(want, "\n"), strings.Split(got, "\n")
	for i := range min(len(w), len(g)) {
		if w[i] != g[i] {
			return fmt.Sprintf("line %d\n got %s\nwant %s", i+1, g[i], w[i])
		}
	}
	return fmt.Sprintf("%d lines, want %d", len(g), len(w))
}
