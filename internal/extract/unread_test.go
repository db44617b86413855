package extract

import "testing"

// Ensure that what Flink does not read of a record is a problem beside its rows: further lines of csv, and a further
// JSON value, on the scanner's way and on the cursor's; but no blank line and no other text.
func TestUnreadRest(t *testing.T) {
	for _, tc := range []struct {
		format, record string
		rows, problems int
	}{
		{"csv", "a,1\nb,2", 1, 1},
		{"csv", "a,1\r\n\r\n \n", 1, 0},
		{"csv", "\"a\nb\",1\n", 1, 0},
		{"csv", "a,x\nb,2", 1, 2},
		{"json", `{"s":"a","n":1}{"s":"b","n":2}`, 1, 1},
		{"json", "{\"s\":\"a\",\"n\":1}\n [{\"s\":\"b\",\"n\":2}]", 1, 1},
		{"json", `[{"s":"a","n":1},{"s":"b","n":2}] {"s":"c"}`, 2, 1},
		{"json", `[] {"s":"c"}`, 0, 1},
		{"json", `{"s":"a","n":"x"}{"s":"b","n":2}`, 1, 2},
		{"json", `[{"s":"a","n":"x"}]{"s":"b","n":2}`, 1, 2},
		{"json", "{\"s\":\"a\",\"n\":1}\n", 1, 0},
		{"json", `{"s":"a","n":1} trailing }`, 1, 0},
		{"json", "{\"s\":\"a\",\"n\":1}\x00{", 1, 0},
	} {
		p, err := Compile("rest.sql", []byte("CREATE TABLE t (s STRING, n INT) WITH ("+
			"'format' = '"+tc.format+"', '"+tc.format+".ignore-parse-errors' = 'true');\n"+
			"INSERT INTO digitaltwin SELECT s, 'm', '1', 'u', TO_TIMESTAMP_LTZ(0, 0) FROM t;"))
		if err != nil {
			t.Fatal(err)
		}
		out := p.NewOutput()
		for range 2 { // the second time by what was learnt
			if p.Run([]byte(tc.record), out); len(out.Rows) != tc.rows || len(out.Problems) != tc.problems {
				t.Errorf("%s %q: %d rows, problems %+v; want %d and %d",
					tc.format, tc.record, len(out.Rows), out.Problems, tc.rows, tc.problems)
			}
		}
	}
}
