package syntax

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/railtwin/digitaltwin/internal/extract/diag"
)

// Ensure that any text is cut into tokens that lie in it one after the other, the last at its end.
func FuzzLex(f *testing.F) {
	for _, s := range []string{
		"SELECT a, `b``c`, 'it''s', U&'\\00e9', 1.5e-3 -- comment", "/* open", "'open", "`open", "\"x\"", "1abc",
		"a<=b<>c!=d||e", "\xff", "ä.ö[1]",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		last := 0
		tokens := lex(text, func(pos, end int, _ diag.Verdict, message, _ string) {
			if pos < 0 || end < pos || end > len(text) || message == "" {
				t.Errorf("diagnostic %q for bytes %d to %d of %d", message, pos, end, len(text))
			}
		})
		for _, k := range tokens {
			if k.pos < last || k.end < k.pos || k.end > len(text) {
				t.Fatalf("token %+v after byte %d of %d", k, last, len(text))
			}
			last = k.end
		}
		if end := tokens[len(tokens)-1]; end.kind != eof || end.pos != len(text) {
			t.Errorf("the last token is %+v, want the end at %d", end, len(text))
		}
	})
}

// Ensure that any text is parsed without a panic, and that a statement that could not be read is
// always complained about.
func FuzzParse(f *testing.F) {
	files, _ := filepath.Glob("../../../extractors/*.sql")
	for _, name := range files {
		sql, err := os.ReadFile(name)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(string(sql))
	}
	f.Add("CREATE TABLE t (a ROW<b ARRAY<MAP<STRING, INT>>>) WITH ('format' = 'json'); INSERT INTO digitaltwin SELECT * " +
		"FROM t, UNNEST(t.a) x (y);")
	f.Add("EXECUTE STATEMENT SET BEGIN INSERT INTO d SELECT CASE a WHEN 1 THEN 2 END FROM t; END; SET 'a' = 'b'")
	f.Add("INSERT INTO d SELECT JSON_OBJECT(KEY 'a' VALUE 1 ABSENT ON NULL), TRIM(LEADING FROM x), NOT a IN (1,2) OR b " +
		"IS NOT DISTINCT FROM c FROM t")
	f.Fuzz(func(t *testing.T, text string) {
		file, list := Parse(diag.Source{Name: "fuzz.sql", Text: text})
		bad := 0
		for _, s := range file.Statements {
			if pos, end := s.Range(); pos < 0 || end < pos || end > len(text) {
				t.Errorf("%T at bytes %d to %d of %d", s, pos, end, len(text))
			}
			if _, ok := s.(*Bad); ok {
				bad++
			}
		}
		if bad > 0 && len(list) == 0 {
			t.Errorf("%d statements could not be read, and nothing is said of it", bad)
		}
	})
}
