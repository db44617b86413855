package flink_test

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/railtwin/digitaltwin/internal/extract"
	"github.com/railtwin/digitaltwin/test/flink"
)

// charsetNames are all names that Java 17 has for charsets, a charset a line.
const charsetNames = "../../internal/extract/decode/testdata/charsets.list"

// notCharsets are names that look like one.
var notCharsets = []string{"CP-1252", "CP 1252", "WINDOWS1252", "ISO 8859-1", "latin-1", "Latin_1", "US_ASCII", "UTF_8",
	"utf 8",
	"UTF-16-LE", " UTF-8", "UTF-8 ", "", "\u212aOI8-R", "u\u017f-ascii"}

// rawTable is table i, of a charset, and what delivers its text.
func rawTable(i int, charset string) string {
	return fmt.Sprintf("CREATE TABLE t%d (s STRING) WITH ('format' = 'raw', 'raw.charset' = '%s');\n"+
		"INSERT INTO digitaltwin SELECT 'c', '%[2]s', JSON_STRING(s), 'u', TO_TIMESTAMP_LTZ(0, 0) FROM t%[1]d;\n",
		i, charset)
}

// Ensure that every name of a charset that the Go engine takes is one on the JVM and reads every byte alike, and that
// what the JVM does not know is refused.
func TestCharsets(t *testing.T) {
	o := flink.Start(t)
	list, err := os.ReadFile(charsetNames)
	if err != nil {
		t.Fatal(err)
	}
	records := [][]byte{{}}
	for b := range 256 {
		records[0] = append(records[0], byte(b))
		records = append(records, []byte{byte(b), 'a', byte(b)})
	}
	var tables []string
	for i, n := range strings.Fields(string(list)) {
		if i%2 == 1 {
			n = strings.ToUpper(n)
		}
		sql := rawTable(i, n)
		if _, err := extract.Compile("t.sql", []byte(sql)); err == nil { // some are left out
			tables = append(tables, sql)
		}
	}
	if len(tables) < 250 {
		t.Errorf("the Go engine takes only %d names", len(tables))
	}
	batches := slices.Collect(slices.Chunk(tables, 25))
	inParallel(len(batches), func(i int) {
		found := compare(t, o, fmt.Sprint("charsets ", i), strings.Join(batches[i], ""), records)
		counted(func() {
			fail(t, found)
			tally.cases += len(batches[i])
		})
	})
	for _, n := range notCharsets {
		sql := rawTable(0, n)
		if _, err := extract.Compile("t.sql", []byte(sql)); err == nil {
			t.Errorf("the Go engine takes the charset %q", n)
		}
		if v, err := o.Plan(sql, nil); err != nil || v.Script == nil {
			t.Errorf("Flink takes the charset %q: %v", n, err)
		}
	}
}
