package local_test

import (
	"log/slog"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/railtwin/digitaltwin/internal/extract"
	"github.com/railtwin/digitaltwin/internal/flink"
	"github.com/railtwin/digitaltwin/internal/local"
	"github.com/railtwin/digitaltwin/internal/store/bolt"
	"github.com/railtwin/digitaltwin/internal/tier"
)

// host runs a twin whose boxes are extracted on Flink, by sql, or skips the test.
func host(t *testing.T, sql string) *rig {
	t.Helper()
	runner, err := flink.Build(t.Context())
	tier.Flink(t, err)
	store, err := bolt.Open(filepath.Join(t.TempDir(), "twin.db"), &bolt.Options{NoSync: true})
	if err != nil {
		t.Fatal(err)
	}
	r := &rig{t: t, log: &lockedBuffer{}}
	if r.twin, err = local.Open(t.Context(), nil, nil, store, slog.New(slog.NewTextHandler(r.log, nil))); err != nil {
		t.Fatal(err)
	}
	analysis, err := extract.Analyze("boxes.sql", []byte(apartSQL))
	if err != nil {
		t.Fatal(err)
	}
	if err := r.twin.Host(t.Context(), local.Foreign{Analysis: analysis, SQL: []byte(sql)}, runner); err != nil {
		t.Fatal(err)
	}
	r.run()
	return r
}

// Ensure that an extractor on Flink is served, each of its tables with its own records, and that what it loses
// shows in the status: records that cannot be read, wholly or in part, as rejects, and rows with a NULL as dropped.
func TestHost(t *testing.T) {
	r := host(t, apartSQL)
	lines := strings.Join([]string{record("1", 3, 9), `{"id":`,
		`{"id":"2","t":"warm","lid":"on","at":"2026-11-23T10:15:30Z"}`}, "\n")
	r.do("POST", "/dev/records/boxes?table=lids", `{"id":"1","t":5,"lid":"open","at":"2026-11-23T10:15:30Z"}`)
	if status, body := r.do("POST", "/dev/records/boxes?framing=lines&table=boxes", lines); status != 200 ||
		!strings.Contains(body, "Apache Flink has the records") {
		t.Fatal(status, body)
	}
	want := local.Status{Dataset: "boxes", Tally: local.Tally{Records: 4, Changes: 2, Applied: 2, Rejected: 2, Dropped: 1},
		Readings: 2}
	for start := time.Now(); ; time.Sleep(100 * time.Millisecond) {
		s := r.twin.Status()[0]
		if s == want {
			break
		}
		if time.Since(start) > 5*time.Minute {
			t.Fatalf("the status is %+v\nwant          %+v\n%s", s, want, r.log.text())
		}
	}
	if v := r.temperature("1"); v != "3.0" {
		t.Errorf("box 1 has %q", v)
	}
}

// Ensure that a job that Flink refuses, or that fails on its records, is shown as failed with the first line of why,
// and that records are refused from then on.
func TestHost_Failed(t *testing.T) {
	tables, _, _ := strings.Cut(apartSQL, "INSERT")
	windowed := strings.Replace(tables, "TIMESTAMP_LTZ(3)", "TIMESTAMP_LTZ(3), WATERMARK FOR `at` AS `at`", 1) +
		`INSERT INTO digitaltwin
SELECT id, 'temperature', JSON_STRING(CAST(MAX(id) AS INT)), 'Cel', window_end
FROM TABLE(TUMBLE(TABLE boxes, DESCRIPTOR(` + "`at`" + `), INTERVAL '1' SECOND)) GROUP BY id, window_start, window_end;`
	for _, test := range []struct{ sql, want string }{
		{strings.Replace(apartSQL, "JSON_STRING(t)", "JSON_STRING(temperature)", 1),
			"boxes.sql:7:55: Column 'temperature' not found in any table"},
		{windowed, "Job execution failed. <- For input string: 'no number'. Invalid character found."},
	} {
		r := host(t, test.sql)
		for n, start := 0, time.Now(); ; n++ {
			if status, body := r.do("POST", "/dev/records/boxes", record("no number", 3, n%60)); status == 503 &&
				strings.Contains(body, `"title":"No job"`) {
				break
			}
			if time.Since(start) > 3*time.Minute {
				t.Fatalf("records are taken for ever; the status is %+v\n%s", r.twin.Status()[0], r.log.text())
			}
			time.Sleep(100 * time.Millisecond)
		}
		if got := r.twin.Status()[0].Failed; got != test.want {
			t.Errorf("failed with %q, want %q", got, test.want)
		}
		if !strings.Contains(r.log.text(), test.want) {
			t.Errorf("the log does not say %q but\n%s", test.want, r.log.text())
		}
	}
}
