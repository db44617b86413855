package decode_test

import (
	"encoding/hex"
	"flag"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/railtwin/digitaltwin/internal/extract/check"
	"github.com/railtwin/digitaltwin/internal/extract/decode"
	"github.com/railtwin/digitaltwin/internal/extract/diag"
	"github.com/railtwin/digitaltwin/internal/extract/syntax"
)

var update = flag.Bool("update", false, "write what is decoded into the case files")

// A case file has tables, and messages with what they give. Lines that begin with
//
//	#             say what follows
//	CREATE TABLE  declare the table that the messages below are of
//	<             are messages; \xNN is a byte
//	>             are the rows of the message above, one a line
//	!             are its problems: the column, @ and the offset, and what is wrong
//
// The results were recorded on Flink 2.2.0: rows as its decoder gave them. Problems are ours.
func caseFiles(t testing.TB) []string {
	files, err := filepath.Glob("testdata/*.txt")
	if err != nil {
		t.Fatal(err)
	}
	more, err := filepath.Glob("testdata/json/*.txt")
	if err != nil || len(files) == 0 || len(more) == 0 {
		t.Fatal("no case files", err)
	}
	return append(files, more...)
}

// tableOf makes the decoder of a CREATE TABLE statement.
func tableOf(t testing.TB, ddl string) *decode.Decoder {
	t.Helper()
	file, problems := syntax.Parse(diag.Source{Name: "case", Text: ddl + ";"})
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	var said []string
	result := check.Check(file, func(_, _ int, _ diag.Verdict, message, _ string) { said = append(said, message) })
	if len(result.Tables) != 1 || result.Tables[0].Decoder == nil {
		t.Fatalf("%s: %q", ddl, said)
	}
	return result.Tables[0].Decoder
}

var escape = regexp.MustCompile(`\\x[0-9A-F]{2}`)

// message is the bytes of a message as it stands in a case file.
func message(line string) []byte {
	return escape.ReplaceAllFunc([]byte(line), func(e []byte) []byte {
		b, _ := hex.DecodeString(string(e[2:]))
		return b
	})
}

// eachCase calls f for every message of a case file and returns the file with what f gives in place of
// the results.
func eachCase(t testing.TB, text string, f func(d *decode.Decoder, ddl string, msg []byte) []string) string {
	var out []string
	var decoder *decode.Decoder
	ddl := ""
	for _, line := range strings.Split(strings.TrimSuffix(text, "\n"), "\n") {
		switch {
		case strings.HasPrefix(line, "> "), strings.HasPrefix(line, "! "):
			continue
		case strings.HasPrefix(line, "CREATE TABLE"):
			decoder, ddl = tableOf(t, line), line
		}
		out = append(out, line)
		if msg, ok := strings.CutPrefix(line, "< "); ok {
			out = append(out, f(decoder, ddl, message(msg))...)
		} else if line == "<" {
			out = append(out, f(decoder, ddl, nil)...)
		}
	}
	return strings.Join(out, "\n") + "\n"
}

// Ensure that every message in the case files gives the rows that Flink gives, and says what is wrong.
func TestCases(t *testing.T) {
	for _, name := range caseFiles(t) {
		t.Run(filepath.Base(name), func(t *testing.T) {
			text, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			got := eachCase(t, string(text), func(d *decode.Decoder, _ string, msg []byte) []string {
				dump := newDumper(d)
				d.Decode(msg, dump.rec, dump)
				return dump.lines
			})
			if *update {
				if err := os.WriteFile(name, []byte(got), 0o644); err != nil {
					t.Fatal(err)
				}
				return
			}
			want, have := strings.Split(string(text), "\n"), strings.Split(got, "\n")
			for i := range min(len(want), len(have)) {
				if want[i] != have[i] {
					t.Fatalf("%s:%d:\n got %s\nwant %s", name, i+1, have[i], want[i])
				}
			}
			if len(want) != len(have) {
				t.Fatalf("%s: results are missing; run with -update", name)
			}
		})
	}
}

// Ensure that the cursor, which decodes what the scanner gives up, gives the same for all messages.
func TestCasesWithoutScanner(t *testing.T) {
	for _, name := range caseFiles(t) {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		scanned := 0
		eachCase(t, string(text), func(d *decode.Decoder, ddl string, msg []byte) []string {
			if strings.Contains(ddl, "'json'") {
				whole, walked := newDumper(d), newDumper(d)
				d.Decode(msg, whole.rec, whole)
				d.Walk(msg, walked.rec, walked)
				if a, b := strings.Join(whole.lines, "\n"), strings.Join(walked.lines, "\n"); a != b {
					t.Errorf("%s: %q\n    scanner %s\n    cursor  %s", name, msg, a, b)
				}
				if d.Scan(msg, whole.rec, newDumper(d)) {
					scanned++
				}
			}
			return nil
		})
		if strings.Contains(name, "json") && scanned == 0 {
			t.Errorf("%s: the scanner decodes none of the messages, so nothing is compared", name)
		}
	}
}
