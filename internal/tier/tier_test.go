package tier

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"

	"github.com/railtwin/digitaltwin/internal/jvm"
)

// recorder is a test that notes how it ended.
type recorder struct {
	testing.TB
	ended string
}

func (r *recorder) Helper()                        {}
func (r *recorder) Skipf(format string, a ...any)  { r.ended = "skip: " + fmt.Sprintf(format, a...) }
func (r *recorder) Fatalf(format string, a ...any) { r.ended = "fail: " + fmt.Sprintf(format, a...) }
func (r *recorder) Fatal(a ...any)                 { r.ended = "fail: " + fmt.Sprint(a...) }

// Ensure that a missing tool skips a test with one line, fails it where it is required, and that an error of another
// kind is no reason to skip.
func TestNeed(t *testing.T) {
	absent := fmt.Errorf("%w: java is missing", jvm.ErrUnavailable)
	for _, tc := range []struct {
		require string
		need    func(testing.TB)
		want    string
	}{
		{"", func(tb testing.TB) { Need(tb, "X", nil) }, ""},
		{"all", func(tb testing.TB) { Need(tb, "X", nil) }, ""},
		{"", func(tb testing.TB) { Need(tb, "X", errors.New("no x")) }, "skip: tier X: no x"},
		{"all", func(tb testing.TB) { Need(tb, "X", errors.New("no x")) }, "fail: tier X: no x, and TWIN_REQUIRE=all"},
		{"", func(tb testing.TB) { Flink(tb, absent) }, "skip: tier Flink: " + absent.Error()},
		{"", func(tb testing.TB) { Flink(tb, errors.New("a mistake")) }, "fail: a mistake"},
		{"all", func(tb testing.TB) { Flink(tb, absent) }, "fail: tier Flink: " + absent.Error() + ", and TWIN_REQUIRE=all"},
	} {
		t.Setenv("TWIN_REQUIRE", tc.require)
		r := &recorder{}
		tc.need(r)
		if r.ended != tc.want {
			t.Errorf("%q, want %q", r.ended, tc.want)
		}
	}
}

// Ensure that an old Node.js is as good as none.
func TestNode(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("the stand-in for Node.js is a shell script")
	}
	bin := t.TempDir()
	t.Setenv("PATH", bin)
	for version, want := range map[string]string{
		"v18.20.4": "it needs Node.js 20 or later, and node is v18.20.4",
		"v20.0.0":  "", "v22.1.0": "",
		"": "it needs Node.js 20 or later, and node is ",
	} {
		script := "#!/bin/sh\necho " + version + "\n"
		if err := os.WriteFile(filepath.Join(bin, "node"), []byte(script), 0o755); err != nil {
			t.Fatal(err)
		}
		got := ""
		if err := findNode(); err != nil {
			got = err.Error()
		}
		if got != want {
			t.Errorf("%q: %q, want %q", version, got, want)
		}
	}
}

// Ensure that package.json asks for the same Node.js.
func TestNode_Package(t *testing.T) {
	b, err := os.ReadFile("../../package.json")
	if err != nil {
		t.Fatal(err)
	}
	var p struct{ Engines struct{ Node string } }
	if err := json.Unmarshal(b, &p); err != nil {
		t.Fatal(err)
	}
	if want := fmt.Sprint(">=", minNode); p.Engines.Node != want {
		t.Errorf("package.json asks for %s, want %s", p.Engines.Node, want)
	}
}

// Ensure that the seed is the one that was asked for, and else always the same.
func TestSeed(t *testing.T) {
	for set, want := range map[string]uint64{"": 1, "20261129": 20261129} {
		t.Setenv("TWIN_SEED", set)
		if got := Seed(); got != want {
			t.Errorf("%q: %d", set, got)
		}
	}
	t.Setenv("TWIN_SEED", "tuesday")
	defer func() {
		if text := fmt.Sprint(recover()); !strings.Contains(text,
			`TWIN_SEED must be a whole number below 2^64, not "tuesday"`) {
			t.Error(text)
		}
	}()
	Seed()
}

// Ensure that the race detector is noticed: under it sync.Pool drops a part of what is put into it.
func TestRace(t *testing.T) {
	p := sync.Pool{}
	dropped := 0
	for range 1000 {
		if p.Put(new(int)); p.Get() == nil {
			dropped++
		}
	}
	if got, want := Race(), dropped > 100; got != want {
		t.Errorf("%v, with %d of 1000 dropped", got, dropped)
	}
}
