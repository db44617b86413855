package extract

import (
	"bytes"
	"fmt"
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/railtwin/digitaltwin/internal/extract/diag"
	"github.com/railtwin/digitaltwin/internal/extract/function"
	"github.com/railtwin/digitaltwin/internal/extract/sqlcase"
	"github.com/railtwin/digitaltwin/internal/extract/syntax"
)

const reference = "../../docs/sql.md"

// Ensure that the reference lists exactly the functions, refusals and reserved words of the engine.
// -update rewrites those parts of it.
func TestReferenceTables(t *testing.T) {
	text, err := os.ReadFile(reference)
	if err != nil {
		t.Fatal(err)
	}
	want := text
	for name, table := range map[string]string{
		"functions": functionTable(), "foreign": foreignTable(), "refused": refusedTable(),
		"reserved": wrap(syntax.ReservedWords()),
	} {
		part := regexp.MustCompile(`(?s)<!-- ` + name + ` -->\n.*?<!-- end -->`)
		if !part.Match(want) {
			t.Fatalf("%s has no part %q", reference, name)
		}
		want = part.ReplaceAllLiteral(want, []byte("<!-- "+name+" -->\n"+table+"<!-- end -->"))
	}
	if bytes.Equal(text, want) {
		return
	}
	if !*update {
		t.Fatalf("%s does not tell what the engine takes; run go test ./internal/extract -update", reference)
	}
	if err := os.WriteFile(reference, want, 0o644); err != nil {
		t.Fatal(err)
	}
}

func functionTable() string {
	var b strings.Builder
	b.WriteString("| function | gives | example | |\n|---|---|---|---|\n")
	for _, f := range function.All() {
		doc, example := strings.ReplaceAll(f.Doc, "|", `\|`), strings.ReplaceAll(f.Example, "|", `\|`)
		fmt.Fprintf(&b, "| `%s` | %s | `%s` | `%s` |\n", f.Signature, doc, example, f.Gives)
	}
	return b.String()
}

// foreignTable lists the functions that need Flink; those of which there is more to say come in a table.
func foreignTable() string {
	var plain []string
	var table strings.Builder
	for _, f := range function.AllForeign() {
		if f.Hint == "" {
			plain = append(plain, "`"+f.Signature.String()+"`")
		} else {
			fmt.Fprintf(&table, "| `%s` | %s |\n", f.Signature, f.Hint)
		}
	}
	return wrap(plain) + "\n| function | |\n|---|---|\n" + table.String()
}

func refusedTable() string {
	var b strings.Builder
	b.WriteString("| function | why | |\n|---|---|---|\n")
	for _, n := range function.RefusedNames() {
		if r, _ := function.Refused(n, 1); r.Verdict == diag.Rejected {
			fmt.Fprintf(&b, "| `%s` | %s | %s |\n", n, r.Reason, r.Hint)
		}
	}
	return b.String()
}

func wrap(words []string) string {
	var b strings.Builder
	line := 0
	for _, w := range words {
		if line += len(w) + 1; line > 110 {
			b.WriteString("\n")
			line = len(w) + 1
		}
		b.WriteString(w + " ")
	}
	return b.String() + "\n"
}

// Ensure that every function does what its example in the reference says.
func TestFunctionExamples(t *testing.T) {
	for _, f := range function.All() {
		t.Run(f.Name, func(t *testing.T) {
			c := sqlcase.Case{Expr: f.Example, Columns: "dash STRING, missing STRING"}
			p, err := Compile("example.sql", []byte(c.Extractor()))
			if err != nil {
				t.Fatal(err)
			}
			got := evaluate(t, p, `{"dash": "-"}`)
			if got != f.Gives && got != `"`+f.Gives+`"` {
				t.Errorf("%s = %s, the reference says %s", f.Example, got, f.Gives)
			}
		})
	}
}

// Ensure that every case and every extractor in the documents holds.
func TestReferenceCases(t *testing.T) {
	for document, least := range map[string]int{reference: 60, "../../docs/howto.md": 10} {
		text, err := os.ReadFile(document)
		if err != nil {
			t.Fatal(err)
		}
		n := 0
		cases, err := sqlcase.ParseDocument(document, string(text))
		if err != nil {
			t.Fatal(err)
		}
		for _, c := range cases {
			n++
			checkCase(t, c)
		}
		if n < least {
			t.Errorf("%s: only %d cases found", document, n)
		}
		for _, block := range regexp.MustCompile("(?s)```verdict\n(.*?)```").FindAllSubmatch(text, -1) {
			for _, v := range sqlcase.ParseVerdicts(document, string(block[1])) {
				checkVerdict(t, v)
			}
		}
		for _, block := range regexp.MustCompile("(?s)```sql\n(SET .*?)```").FindAllSubmatch(text, -1) {
			if _, err := Compile("docs.sql", block[1]); err != nil {
				t.Errorf("%s: %v", document, err)
			}
		}
	}
}
