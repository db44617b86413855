package local_test

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/railtwin/digitaltwin/internal/extract"
	"github.com/railtwin/digitaltwin/internal/local"
	"github.com/railtwin/digitaltwin/internal/store/bolt"
)

// Ensure that the API gets paths as they were sent: a name may hold what a multiplexer would clean away.
func TestHandler_OddNames(t *testing.T) {
	r := start(t, filepath.Join(t.TempDir(), "twin.db"))
	for _, name := range []string{"a/../b//c", "..", "50%", "Holzgartenstr. 1", "😀"} {
		body, _ := json.Marshal(map[string]any{"id": name, "t": 1, "at": "1999-12-31T00:00:00Z"})
		if status, answer := r.do("POST", "/dev/records/boxes", string(body)); status != 200 {
			t.Fatal(status, answer)
		}
		escaped := strings.NewReplacer("%", "%25", "/", "%2F", " ", "%20").Replace(name)
		if v := r.temperature(escaped); v == "" {
			t.Errorf("%q is not found", name)
		}
	}
}

// Ensure that a twin finds the state of the one before it, drained to the last record.
func TestRun_Restart(t *testing.T) {
	path := filepath.Join(t.TempDir(), "twin.db")
	const boxes = 5000
	var records [][]byte
	for i := range boxes {
		records = append(records, []byte(record(fmt.Sprint(i), float64(i), 0)))
	}
	sent := make(chan struct{})
	first := start(t, path, notifying{local.Once{Name: "test", Records: records}, sent})
	<-sent
	if err := first.stop(); err != nil {
		t.Fatal(err)
	}
	if s := first.twin.Status()[0]; s.Records != boxes || s.Applied != boxes {
		t.Errorf("the first twin says %+v", s)
	}
	second := start(t, path)
	for _, i := range []int{0, boxes / 2, boxes - 1} {
		if v := second.temperature(fmt.Sprint(i)); strings.TrimSuffix(v, ".0") != fmt.Sprint(i) {
			t.Errorf("box %d has %q", i, v)
		}
	}
}

// notifying is a feed that says when it has sent everything.
type notifying struct {
	local.Feed
	sent chan struct{}
}

func (n notifying) Run(ctx context.Context, in *local.Intake) error {
	defer close(n.sent)
	return n.Feed.Run(ctx, in)
}

// Ensure that a dataset that is no longer served leaves the catalogue, that one which only does not
// compile stays, and that both find their readings again.
func TestOpen_Catalogue(t *testing.T) {
	s, err := bolt.Open(filepath.Join(t.TempDir(), "twin.db"), &bolt.Options{NoSync: true})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	log := slog.New(slog.DiscardHandler)
	a, b, c := compile(t, "a.sql", boxSQL), compile(t, "b.sql", boxSQL), compile(t, "c.sql", boxSQL)
	for _, step := range []struct {
		programs []*extract.Program
		keep     []string
		want     string
	}{
		{[]*extract.Program{a, b, c}, nil, "a b c"},
		{[]*extract.Program{a}, []string{"b"}, "a b"},
		{[]*extract.Program{a, c}, nil, "a c"},
	} {
		if _, err := local.Open(t.Context(), step.programs, step.keep, s, log); err != nil {
			t.Fatal(err)
		}
		datasets, err := s.Datasets(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		var names []string
		for _, d := range datasets {
			names = append(names, d.Name)
		}
		if got := strings.Join(names, " "); got != step.want {
			t.Errorf("got %s, want %s", got, step.want)
		}
	}
}

// Ensure that readings are counted as they are in the store.
func TestStatus_Readings(t *testing.T) {
	var records [][]byte
	for i := range 250 {
		records = append(records, []byte(record(fmt.Sprint(i), 1, 0)), []byte(record(fmt.Sprint(i), 2, 1)))
	}
	r := start(t, filepath.Join(t.TempDir(), "twin.db"), local.Once{Name: "test", Records: records})
	deadline := time.Now().Add(time.Minute)
	for r.twin.Status()[0].Readings != 250 {
		if time.Now().After(deadline) {
			t.Fatalf("the status is %+v", r.twin.Status()[0])
		}
		time.Sleep(10 * time.Millisecond)
	}
}
