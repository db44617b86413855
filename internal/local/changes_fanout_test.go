package local_test

import (
	"bufio"
	"bytes"
	"context"
	"flag"
	"fmt"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"runtime"
	"strconv"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/railtwin/digitaltwin/internal/api"
	"github.com/railtwin/digitaltwin/internal/feed"
	"github.com/railtwin/digitaltwin/internal/store"
	"github.com/railtwin/digitaltwin/internal/store/bolt"
	"github.com/railtwin/digitaltwin/internal/tier"
	"github.com/railtwin/digitaltwin/internal/twin"
)

var fanoutSeconds = flag.Int("fanout", 2, "seconds for which 200 followers follow 1,000 changes a second")

const (
	fanoutFollowers = 200
	fanoutCells     = 50 // each changes 20 times a second
	fanoutEvery     = 50 * time.Millisecond
)

// Ensure that 200 followers each receive all of 1,000 changes a second, of one process that has one core for them, for
// itself and for the followers: nothing is lost, and nothing comes out of order within a cell. For longer:
//
//	go test ./internal/local -run TestChanges_Fanout -v -args -fanout 60
func TestChanges_Fanout(t *testing.T) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
	s, err := bolt.Open(filepath.Join(t.TempDir(), "twin.db"), &bolt.Options{NoSync: true, Feed: &bolt.FeedOptions{}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	if err := s.PutDataset(t.Context(), twin.Dataset{Name: "d", Interval: time.Second}); err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(api.New(api.Config{
		Reader: s, CatalogueAge: time.Second, Changes: api.Changes{Log: s.Changes()},
	}))
	t.Cleanup(server.Close)
	client := &http.Client{Transport: &http.Transport{}}
	t.Cleanup(client.CloseIdleConnections)

	rounds := int(time.Duration(*fanoutSeconds) * time.Second / fanoutEvery)
	var live, done sync.WaitGroup
	problems := make(chan error, fanoutFollowers)
	live.Add(fanoutFollowers)
	for range fanoutFollowers {
		done.Go(func() {
			begun := sync.OnceFunc(live.Done)
			defer begun() // also where it fails before
			problems <- receive(t.Context(), client, server.URL, rounds, begun)
		})
	}
	live.Wait()
	before := cpu()
	tick := time.NewTicker(fanoutEvery)
	defer tick.Stop()
	for round := 1; round <= rounds; round++ {
		<-tick.C
		var items []store.Item
		for cell := range fanoutCells {
			component := fmt.Sprintf("wagon:%02d", cell)
			c := &twin.Change{
				Component: component, Dataset: "d", Metric: "axle.1.bearing.temperature", Value: strconv.Itoa(round), Unit: "Cel",
				EventTime: twin.MillisOf(time.Now()) + twin.Millis(round),
			}
			items = append(items, store.Item{Component: component, Dataset: "d", Changes: []*twin.Change{c}})
		}
		if _, err := s.Write(t.Context(), items); err != nil {
			t.Fatal(err)
		}
	}
	done.Wait()
	used := cpu() - before
	for range fanoutFollowers {
		if err := <-problems; err != nil {
			t.Fatal(err)
		}
	}
	share := used.Seconds() / float64(*fanoutSeconds)
	t.Logf("%d deliveries, %.0f %% of a core, with the followers", rounds*fanoutCells*fanoutFollowers, 100*share)
	if share > 1 && !tier.Race() {
		t.Errorf("1,000 changes a second take %.2f s of a core", share)
	}
}

// receive follows until every cell was changed in every round, and fails where one is left out or comes out of order.
func receive(ctx context.Context, client *http.Client, url string, rounds int, live func()) error {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, url+"/v1/changes", nil)
	if err != nil {
		return err
	}
	request.Header.Set("Accept", feed.ContentType)
	response, err := client.Do(request)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	var seen [fanoutCells]int
	left := rounds * fanoutCells
	for lines := bufio.NewScanner(response.Body); left > 0; {
		if !lines.Scan() {
			return fmt.Errorf("the stream ended, with %d changes to come: %w", left, lines.Err())
		}
		line := lines.Bytes()
		switch {
		case bytes.Equal(line, []byte("event: live")):
			live()
		case bytes.Equal(line, []byte("event: gap")):
			return fmt.Errorf("a gap, with %d changes to come", left)
		case bytes.HasPrefix(line, []byte(`data: {"component":"wagon:`)):
			cell, err := strconv.Atoi(string(line[26:28]))
			if err != nil {
				return err
			}
			value := line[bytes.Index(line, []byte(`"value":`))+8:]
			round, err := strconv.Atoi(string(value[:bytes.IndexByte(value, ',')]))
			if err != nil || round != seen[cell]+1 {
				return fmt.Errorf("cell %d went from %d to %d: %w", cell, seen[cell], round, err)
			}
			seen[cell], left = round, left-1
		}
	}
	return nil
}

// cpu returns the CPU time of this process.
func cpu() time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		panic(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
