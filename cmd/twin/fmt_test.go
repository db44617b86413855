package main

import (
	"bytes"
	"os"
	"strings"
	"testing"
)

// Ensure that files are formatted in place, that --check changes none, and that a wrong file stays as it is.
func TestFmt(t *testing.T) {
	t.Chdir(t.TempDir())
	const raw, formatted = "create view v as select a,b from t; -- all\n",
		"CREATE VIEW v AS SELECT a, b FROM t;    -- all\n"
	write(t, "sql/a.sql", raw)
	write(t, "sql/b.sql", formatted)
	write(t, "wrong.sql", "select 'a")
	for _, tc := range []struct {
		args, stdout, stderr string
		status               int
	}{
		{"fmt --check sql", "sql/a.sql\n", "", exitFailure},
		{"fmt sql", "sql/a.sql\n", "", exitOK},
		{"fmt --check sql", "", "", exitOK},
		{"fmt wrong.sql sql", "", "wrong.sql:1:8: rejected: this text is never closed", exitFailure},
		{"fmt missing.sql", "", "missing.sql: there is no such file\n", exitFailure},
		{"fmt", "", "name an extractor", exitUsage},
	} {
		status, stdout, stderr := twin(t, strings.Fields(tc.args)...)
		if status != tc.status || stdout != tc.stdout || !strings.Contains(stderr, tc.stderr) {
			t.Errorf("%s: %d, %q, %q", tc.args, status, stdout, stderr)
		}
	}
	for path, want := range map[string]string{"sql/a.sql": formatted, "wrong.sql": "select 'a"} {
		if got, err := os.ReadFile(path); err != nil || string(got) != want {
			t.Errorf("%s: %q, %v", path, got, err)
		}
	}
	var out bytes.Buffer
	if status := run(t.Context(), console{strings.NewReader(raw), &out, &out}, []string{"fmt", "-"}); status != exitOK ||
		out.String() != formatted {
		t.Errorf("%d, %q", status, out.String())
	}
}
