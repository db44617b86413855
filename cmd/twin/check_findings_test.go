package main

import (
	"bytes"
	"path/filepath"
	"strings"
	"testing"
)

// Ensure that what is likely wrong with records is named in the first ten lines, with what to write.
func TestCheck_Findings(t *testing.T) {
	const good = `{"id":"1","t":4.5,"at":"2026-01-01T00:00:00Z"}` + "\n"
	for _, tc := range []struct {
		name, file, records string
		flags               []string
		want, cure          string
	}{
		{"a wrong key", "r.ndjson", strings.ReplaceAll(good, `"t"`, `"temp_c"`), nil,
			"warning: t DOUBLE is declared, and no record has this key", "leave it out, if the provider has none"},
		{"a key in another case", "r.ndjson", strings.ReplaceAll(good, `"id"`, `"ID"`), nil,
			"warning: id STRING is declared, and no record has this key", "did you mean ID? Declare ID STRING"},
		{"a document taken for lines", "r.json", "{\"id\":\"1\",\n\"t\":4.5,\n\"at\":\"2026-01-01T00:00:00Z\"}",
			[]string{"--framing", "lines"},
			"is cut into lines, but a record goes over several of them", "--framing plain"},
		{"lines taken for a document", "r.ndjson", good + good, []string{"--framing", "plain"},
			"goes on after its first JSON value", "--framing lines"},
		{"another charset", "r.ndjson", strings.ReplaceAll(good, `"1"`, "\"Z\xfcrich\""), nil,
			"1 record is not UTF-8, first r.ndjson:1 at byte 8 (FC)", `{"charset": "windows-1252"}`},
		{"two bytes a character", "r.json", "{\x00\"\x00i\x00d\x00\"\x00:\x001\x00}\x00", nil,
			"not UTF-8", `{"charset": "utf-16le"}`},
		{"a byte order mark", "r.ndjson", "\xef\xbb\xbf" + good, nil,
			"1 record begins with a byte order mark", `{"charset": "utf-8"}`},
		{"a truncated file", "r.ndjson", good + good[:20], nil,
			"r.ndjson ends within a JSON value, 20 bytes into its last record: the file is cut off", "fetch it again"},
		{"a truncated document", "r.json", "[" + good + ",{", nil,
			"r.json ends within a JSON value", "fetch it again"},
		{"two shapes", "r.ndjson", good + `{"door":"7","isOpen":true,"since":{"ms":12345678901}}`, nil,
			"1 record has another shape and gives nothing, first r.ndjson:2: keys door, isOpen, since",
			"CREATE TABLE name (door STRING, isOpen BOOLEAN, since ROW<ms BIGINT>)"},
		{"a value of two shapes", "r.ndjson", good + strings.ReplaceAll(good, "4.5", `{"v":1}`), nil,
			"t does not fit in 1 record, first r.ndjson:2", "declare a second table, in which t has this type too"},
		{"CSV for a json table", "r.csv", "1;4.5;2026-01-01T00:00:00Z\n", nil,
			"looks like CSV, and the table reads json", "'format' = 'csv'"},
		{"XML", "r.xml", "<r><id>1</id></r>", nil, "looks like XML", "'format' = 'raw'"},
		{"a time with an offset", "r.ndjson", strings.ReplaceAll(good, "00Z", "00.5+01:00"), nil, "at does not fit",
			"write TO_TIMESTAMP_LTZ(REGEXP_REPLACE(`at`, ' *(Z|[+-][0-9:]+)$', ''), 'yyyy-MM-dd''T''HH:mm:ss.S', " +
				"REGEXP_EXTRACT(`at`, '(Z|[+-][0-9:]+)$', 1))"},
		{"a text for unknown", "r.ndjson", good + strings.ReplaceAll(good, "4.5", `"n/a"`), nil, "t does not fit in 1 record",
			"TRY_CAST(t AS DOUBLE)"},
		{"two spellings", "r.ndjson", strings.ReplaceAll(good, `"1"`, `"AB 1"`) + strings.ReplaceAll(good, `"1"`, `"ab-1"`),
			nil,
			`"box:AB 1" and "box:ab-1" look like one component`, "LOWER(x)"},
		{"the year 1970", "r.ndjson", strings.ReplaceAll(good, "2026-", "1970-"), nil, "1 event time lies before 1990",
			"TO_TIMESTAMP_LTZ(x, 0)"},
		{"the year 9000", "r.ndjson", strings.ReplaceAll(good, "2026-", "9000-"), nil,
			"1 event time lies far ahead of the clock", "TO_TIMESTAMP_LTZ(x, 3)"},
		{"U+FFFD", "r.ndjson", strings.ReplaceAll(good, `"1"`, "\"Z\ufffdrich\""), nil, `1 change holds U+FFFD`,
			"name the charset"},
		{"a key that nothing reads", "r.ndjson", strings.ReplaceAll(good, `"t"`, `"h":[{"n":1}],"t"`), nil,
			"note: no table reads 1 key: h ARRAY<ROW<n INT>>", "paste into the table"},
		{"a reading twice", "r.json", "[" + strings.TrimSpace(good) + "," + strings.Replace(good, "4.5", "5", 1) + "]", nil,
			"1 change is overwritten by another value of the same component, metric and time in the same record",
			"only the last is served"},
		{"nothing", "r.json", `{"x":1}`, nil, "1 record gave neither a change nor a reject, first r.json: none of the " +
			"declared keys is in it", "warning"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Chdir(t.TempDir())
			write(t, "boxes.sql", findingsSQL)
			write(t, tc.file, tc.records)
			var out bytes.Buffer
			run(t.Context(), console{strings.NewReader(""), &out, &out},
				append(append([]string{"check"}, tc.flags...), "boxes.sql", tc.file))
			lines := strings.SplitAfterN(out.String(), "\n", 11)
			head := strings.Join(lines[:min(len(lines), 10)], "")
			if !strings.Contains(head, tc.want) || !strings.Contains(head, tc.cure) {
				t.Errorf("the first ten lines have not %q and %q:\n%s", tc.want, tc.cure, head)
			}
		})
	}
}

const findingsSQL = `CREATE TABLE boxes (id STRING, t DOUBLE, ` + "`at`" + ` TIMESTAMP_LTZ(3)) WITH (
  'format' = 'json', 'json.timestamp-format.standard' = 'ISO-8601', 'json.ignore-parse-errors' = 'true');
INSERT INTO digitaltwin (component, metric, ` + "`value`" + `, unit, event_time)
SELECT CONCAT('box:', id), 'temperature', JSON_STRING(t), 'Cel', ` + "`at`" + ` FROM boxes WHERE id IS NOT NULL;
`

// Ensure that records that are right are not warned of, and that types and units of a metric that change are.
func TestCheck_FindingsOfMetrics(t *testing.T) {
	t.Chdir(t.TempDir())
	write(t, "boxes.sql", strings.NewReplacer("t DOUBLE", "t STRING, u STRING", "JSON_STRING(t), 'Cel'",
		"t, u").Replace(findingsSQL))
	const record = `{"id":"1","t":"4.5","u":"Cel","at":"2026-01-01T00:00:00Z"}` + "\n"
	for records, want := range map[string]string{
		record + record: "", record + strings.ReplaceAll(record, "4.5", "null"): "",
		record + strings.ReplaceAll(record, "4.5", "true"): "temperature is a boolean in 1 change (first r.ndjson:2), a " +
			"number in 1 change (first r.ndjson:1)",
		record + strings.ReplaceAll(record, "Cel", "K"): "temperature has the unit Cel in 1 change (first r.ndjson:1), the " +
			"unit K in 1 change (first r.ndjson:2)",
	} {
		write(t, "r.ndjson", records)
		var out bytes.Buffer
		run(t.Context(), console{strings.NewReader(""), &out, &bytes.Buffer{}}, []string{"check", "boxes.sql", "r.ndjson"})
		if got := out.String(); !strings.Contains(got, want) || strings.Contains(got, "warning: ") != (want != "") {
			t.Errorf("want a warning %q:\n%s", want, got)
		}
	}
}

// Ensure that several extractors are checked at once, each over all records, and that one that does not compile fails
// the check and keeps no other from being checked.
func TestCheck_Several(t *testing.T) {
	dir := t.TempDir()
	a, b, bad := filepath.Join(dir, "a.sql"), filepath.Join(dir, "b.sql"), filepath.Join(dir, "bad.sql")
	write(t, a, findingsSQL)
	write(t, b, findingsSQL)
	write(t, bad, "SELEKT 1;")
	records := filepath.Join(dir, "r.ndjson")
	write(t, records, `{"id":"1","t":4.5,"at":"2026-01-01T00:00:00Z"}`)
	for _, tc := range []struct {
		files  []string
		status int
		want   int // extractors whose records were run
	}{
		{[]string{a, b, records}, exitOK, 2}, {[]string{a, b}, exitOK, 0}, {[]string{bad, a, b, records}, exitFailure, 2},
		{[]string{a, bad}, exitFailure, 0},
	} {
		var out bytes.Buffer
		status := run(t.Context(), console{strings.NewReader(""), &out, &out}, append([]string{"check"}, tc.files...))
		if got := strings.Count(out.String(), "1 record: 1 change"); status != tc.status || got != tc.want {
			t.Errorf("%v: status %d, %d extractors were run:\n%s", tc.files, status, got, &out)
		}
	}
}
