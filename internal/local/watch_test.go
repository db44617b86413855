package local_test

import (
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/railtwin/digitaltwin/internal/local"
	"github.com/railtwin/digitaltwin/internal/store/bolt"
)

// watched is a twin of a folder of extractors that is watched.
type watched struct {
	*rig
	dir string

	mu   sync.Mutex
	said string
}

func watch(t *testing.T) *watched {
	t.Helper()
	w := &watched{dir: t.TempDir()}
	w.write(t, "boxes.sql", boxSQL)
	w.write(t, "testdata/boxes/a.json", record("1", 1, 0))
	library, err := local.Directory(w.dir)
	if err != nil {
		t.Fatal(err)
	}
	sources := local.Sources{Samples: library.Samples}
	s, err := bolt.Open(filepath.Join(t.TempDir(), "twin.db"), &bolt.Options{NoSync: true})
	if err != nil {
		t.Fatal(err)
	}
	p := library.Compile().Programs[0]
	feeds, err := sources.Feeds("boxes", p)
	if err != nil {
		t.Fatal(err)
	}
	w.rig = startWith(t, s, p, feeds...)
	watch := local.NewWatch(w.dir, sources, func(text string) {
		w.mu.Lock()
		defer w.mu.Unlock()
		w.said += text + "\n"
	})
	go watch.Run(t.Context(), w.twin)
	return w
}

// write replaces a file of the folder.
func (w *watched) write(t *testing.T, name, text string) {
	t.Helper()
	path := filepath.Join(w.dir, name)
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

// hears waits until something is said.
func (w *watched) hears(t *testing.T, text string) {
	t.Helper()
	for range 200 {
		w.mu.Lock()
		said := w.said
		w.mu.Unlock()
		if strings.Contains(said, text) {
			return
		}
		time.Sleep(50 * time.Millisecond)
	}
	t.Fatalf("%q was not said, but:\n%s", text, w.said)
}

// reads waits until a reading is served with a text in it.
func (w *watched) reads(t *testing.T, path, text string) {
	t.Helper()
	var body string
	for range 200 {
		_, body = w.get(path)
		if strings.Contains(body, text) {
			return
		}
		time.Sleep(50 * time.Millisecond)
	}
	t.Fatalf("%s has no %q, but: %s", path, text, body)
}

func (w *watched) get(path string) (int, string) {
	resp, err := http.Get(w.url + path)
	if err != nil {
		w.t.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		w.t.Fatal(err)
	}
	return resp.StatusCode, string(body)
}

// Ensure that new and changed extractors and samples are taken up while the twin runs, that a broken one leaves the
// last good one running, and that readings and counts stay.
func TestWatch(t *testing.T) {
	w := watch(t)
	const reading = "/v1/components/box:1/metrics/temperature"
	w.reads(t, reading, `"value":1`)

	w.write(t, "boxes.sql", strings.ReplaceAll(boxSQL, "'Cel'", "'K'"))
	w.hears(t, "boxes has changed, and is served in its new version")
	w.reads(t, reading, `"unit":"K"`)

	before := status(t, w)
	w.write(t, "boxes.sql", "SELEKT")
	w.hears(t, "boxes is broken: its last good version is served")
	w.reads(t, reading, `"unit":"K"`)

	w.write(t, "testdata/boxes/a.json", strings.ReplaceAll(record("1", 1, 0), `"1"`, `"2"`))
	w.write(t, "boxes.sql", strings.ReplaceAll(boxSQL, "'Cel'", "'F'"))
	w.reads(t, "/v1/components/box:2/metrics/temperature", `"unit":"F"`)
	w.reads(t, reading, `"unit":"K"`) // of a record that no longer comes

	w.write(t, "testdata/boxes/a.json", "no record")
	w.hears(t, "boxes keeps its last good feed")

	w.write(t, "crates.sql", strings.NewReplacer("boxes", "crates", "box:", "crate:").Replace(boxSQL))
	w.write(t, "testdata/crates/a.json", record("7", 7, 0))
	w.hears(t, "crates is new, and served")
	w.reads(t, "/v1/components/crate:7/metrics/temperature", `"value":7`)
	if after := status(t, w); after.Records < before.Records || after.Applied < before.Applied {
		t.Errorf("counts went back: %+v, then %+v", before, after)
	}
	if err := w.stop(); err != nil {
		t.Error(err)
	}
}

// status returns the counts of boxes.
func status(t *testing.T, w *watched) local.Status {
	t.Helper()
	for _, s := range w.twin.Status() {
		if s.Dataset == "boxes" {
			return s
		}
	}
	t.Fatal("boxes are not served")
	return local.Status{}
}

// Ensure that a capture whose times cannot be moved is sent once, and said to keep them.
func TestFeeds_FixedTimes(t *testing.T) {
	sql := strings.ReplaceAll(boxSQL, "`at` TIMESTAMP_LTZ(3))",
		"d STRING, `at` AS TO_TIMESTAMP_LTZ(d, 'yyyyMMdd', 'UTC'))")
	p := compile(t, "boxes.sql", sql)
	file := filepath.Join(t.TempDir(), "a.json")
	if err := os.WriteFile(file, []byte(`{"id":"1","t":1,"d":"20260102"}`), 0o600); err != nil {
		t.Fatal(err)
	}
	feeds, err := local.Sources{Files: map[string][]string{"boxes": {file}},
		Samples: local.Embedded().Samples}.Feeds("boxes", p)
	if err != nil || len(feeds) != 1 || feeds[0].String() != "a.json, once: its times are in no known form and stay as "+
		"recorded" {
		t.Errorf("%v, %v", feeds, err)
	}
}
