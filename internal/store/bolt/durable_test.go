package bolt_test

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/railtwin/digitaltwin/internal/store"
	"github.com/railtwin/digitaltwin/internal/store/bolt"
	"github.com/railtwin/digitaltwin/internal/twin"
)

// childFile names the file that this process, started by a test, writes to until it is killed.
const childFile = "TWIN_TEST_BOLT_FILE"

func TestMain(m *testing.M) {
	if path := os.Getenv(childFile); path != "" {
		writeForEver(path)
	}
	os.Exit(m.Run())
}

// numbered is the n-th write: it moves a wide item on and adds a component.
func numbered(n int) []store.Item {
	var out []store.Item
	for _, component := range []string{"same", fmt.Sprintf("c:%06d", n)} {
		c := &twin.Change{Component: component, Dataset: "d", Metric: "n", Value: fmt.Sprint(n), EventTime: twin.Millis(n)}
		out = append(out, store.Item{Component: component, Dataset: "d", Changes: []*twin.Change{c}})
	}
	return out
}

// writeForEver says each number once its write has returned.
func writeForEver(path string) {
	s, err := bolt.Open(path, nil)
	for n := 1; err == nil; n++ {
		if _, err = s.Write(context.Background(), numbered(n)); err == nil {
			fmt.Println(n)
		}
	}
	fmt.Fprintln(os.Stderr, err)
	os.Exit(1)
}

// Ensure that what a write has returned for is there after the process was killed, again and again,
// and that the file opens without a repair.
func TestStore_Killed(t *testing.T) {
	path := filepath.Join(t.TempDir(), "twin.db")
	for kills := range 5 {
		cmd := exec.Command(os.Args[0])
		cmd.Env, cmd.Stderr = append(os.Environ(), childFile+"="+path), os.Stderr
		out, err := cmd.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		said, lines := 0, bufio.NewScanner(out)
		for lines.Scan() { // to the last that it managed to say
			if _, err := fmt.Sscan(lines.Text(), &said); err != nil {
				t.Fatal(err)
			}
			if said == 20+7*kills {
				if err := cmd.Process.Kill(); err != nil {
					t.Fatal(err)
				}
			}
		}
		_ = cmd.Wait() // killed

		s, err := bolt.Open(path, nil)
		if err != nil {
			t.Fatal(err)
		}
		all, err := s.Components(t.Context(), store.ComponentQuery{Datasets: []string{"d"}, Prefix: "c:", Limit: 1_000_000})
		if err != nil || len(all) < said {
			t.Errorf("after kill %d: %d components of %d, %v", kills, len(all), said, err)
		}
		got, err := s.Readings(t.Context(), store.ReadingQuery{Components: []string{"same"}, Datasets: []string{"d"}})
		if err != nil || len(got) != 1 || int(got[0].EventTime) < said {
			t.Errorf("after kill %d: %v of %d, %v", kills, got, said, err)
		}
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
	}
}

// Ensure that a closed store says so.
func TestStore_Closed(t *testing.T) {
	s, err := bolt.Open(filepath.Join(t.TempDir(), "twin.db"), nil)
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	results, err := s.Write(t.Context(), numbered(1))
	if err == nil || results[0][0].Outcome != store.Unfinished {
		t.Errorf("writing: %v %v", results, err)
	}
	if _, err := s.Datasets(t.Context()); err == nil {
		t.Error("reading goes on")
	}
}
