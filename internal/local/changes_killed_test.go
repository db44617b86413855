package local_test

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/railtwin/digitaltwin/internal/api"
	"github.com/railtwin/digitaltwin/internal/feed"
	"github.com/railtwin/digitaltwin/internal/store"
	"github.com/railtwin/digitaltwin/internal/store/bolt"
	"github.com/railtwin/digitaltwin/internal/twin"
)

// followedFile names the file that this process, started by a test, writes to and serves until it is killed.
const followedFile = "TWIN_TEST_FOLLOWED_FILE"

func TestMain(m *testing.M) {
	if path := os.Getenv(followedFile); path != "" {
		err := writeAndServe(path)
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	os.Exit(m.Run())
}

// writeAndServe counts on in a store from where it was, and serves its changes at a URL that it says first.
func writeAndServe(path string) error {
	s, err := bolt.Open(path, &bolt.Options{Feed: &bolt.FeedOptions{}})
	if err != nil {
		return err
	}
	ctx := context.Background()
	if err := s.PutDataset(ctx, twin.Dataset{Name: "d"}); err != nil {
		return err
	}
	before, err := s.Readings(ctx, store.ReadingQuery{Components: []string{"counter"}, Datasets: []string{"d"}})
	if err != nil {
		return err
	}
	n := 0
	if len(before) > 0 {
		n = int(before[0].EventTime)
	}
	server := httptest.NewServer(api.New(api.Config{Reader: s, Changes: api.Changes{Log: s.Changes()}}))
	fmt.Println(server.URL)
	for {
		n++
		var items []store.Item
		for _, component := range []string{"counter", fmt.Sprintf("c:%06d", n)} {
			c := &twin.Change{Component: component, Dataset: "d", Metric: "n", Value: strconv.Itoa(n), EventTime: twin.Millis(n)}
			items = append(items, store.Item{Component: component, Dataset: "d", Changes: []*twin.Change{c}})
		}
		if _, err := s.Write(ctx, items); err != nil {
			return err
		}
		time.Sleep(time.Millisecond)
	}
}

// untilKilled follows a counter by streams.
type untilKilled struct {
	*testing.T
	id         string          // last
	counter    int             // as it came last
	components map[string]bool // that came
	gaps       int
}

// follow takes events of a stream until the counter has come to a number, or the stream breaks off.
func (c *untilKilled) follow(url string, until int) {
	c.Helper()
	request, err := http.NewRequestWithContext(c.Context(), http.MethodGet, url+"/v1/changes", nil)
	if err != nil {
		c.Fatal(err)
	}
	request.Header.Set("Accept", feed.ContentType)
	if c.id != "" {
		request.Header.Set(feed.LastEventID, c.id)
	} else {
		request.URL.RawQuery = "snapshot=true"
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		c.Fatal(err)
	}
	defer response.Body.Close()
	kind, id := "", ""
	for lines := bufio.NewScanner(response.Body); c.counter < until && lines.Scan(); {
		name, value, _ := strings.Cut(lines.Text(), ": ")
		switch name {
		case "id":
			id = value
		case "event":
			kind = value
		case "data":
			c.take(kind, value)
			if id != "" { // an event counts once it is whole
				c.id, id = id, ""
			}
		}
	}
}

func (c *untilKilled) take(kind, data string) {
	switch kind {
	case "gap":
		c.gaps++
	case "change":
		var r struct {
			Component string
			Value     int
		}
		if err := json.Unmarshal([]byte(data), &r); err != nil {
			c.Fatal(err)
		}
		if c.components[r.Component] = true; r.Component == "counter" {
			if r.Value < c.counter || c.counter > 0 && r.Value > c.counter+1 {
				c.Errorf("the counter went from %d to %d", c.counter, r.Value)
			}
			c.counter = r.Value
		}
	}
}

// Ensure that a follower goes on where it was after the process was killed, again and again, and misses nothing.
func TestChanges_Killed(t *testing.T) {
	path := filepath.Join(t.TempDir(), "twin.db")
	c := &untilKilled{T: t, components: map[string]bool{}}
	for kills := range 5 {
		cmd := exec.Command(os.Args[0])
		cmd.Env, cmd.Stderr = append(os.Environ(), followedFile+"="+path), os.Stderr
		out, err := cmd.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		url, err := bufio.NewReader(out).ReadString('\n')
		if err != nil {
			t.Fatal(err)
		}
		c.follow(strings.TrimSpace(url), c.counter+30+17*kills)
		if err := cmd.Process.Kill(); err != nil {
			t.Fatal(err)
		}
		_ = cmd.Wait() // killed
	}
	if c.counter < 5*30 || c.gaps > 0 {
		t.Errorf("the counter came to %d, with %d gaps", c.counter, c.gaps)
	}
	for n := 1; n < c.counter; n++ {
		if !c.components[fmt.Sprintf("c:%06d", n)] {
			t.Errorf("c:%06d is missing", n)
		}
	}
}
