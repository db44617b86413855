package main

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
)

// Ensure that readings are shown once and again when they change, over pages, that what has not changed is not sent,
// and that a twin that is away for a while is waited for.
func TestWatch(t *testing.T) {
	home(t)
	var mu sync.Mutex
	value, unchanged, away := 1, 0, 0
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		mu.Lock()
		defer mu.Unlock()
		if away > 0 {
			away--
			w.WriteHeader(502)
			return
		}
		if r.URL.Path == changesPath { // it has no change feed
			w.WriteHeader(404)
			return
		}
		first := r.URL.Query().Get("cursor") == ""
		tag := fmt.Sprintf(`"%v-%d"`, first, value)
		if !first {
			tag = `"second"`
		}
		w.Header().Set("ETag", tag)
		if r.Header.Get("If-None-Match") == tag {
			unchanged++
			w.WriteHeader(304)
			return
		}
		reading := `{"component":"box:%d","metric":"t","value":%d,"unit":null,"eventTime":"2026-01-01T00:00:00Z","staleAt":null,"dataset":"boxes"}`
		if first {
			fmt.Fprintf(w, `{"readings":[`+reading+`],"cursor":"2"}`, 1, value)
		} else {
			fmt.Fprintf(w, `{"readings":[`+reading+`],"cursor":null}`, 2, 0)
		}
	}))
	defer server.Close()
	var out, notes output
	ctx, cancel := context.WithCancel(t.Context())
	status := make(chan int, 1)
	go func() {
		args := []string{"watch", "--url", server.URL, "--metrics", "t", "--every", "1s", "--output", "json"}
		status <- run(ctx, console{strings.NewReader(""), &out, &notes}, args)
	}()
	eventually(t, "both are shown", func() bool { return strings.Count(out.String(), "\n") == 2 })
	mu.Lock()
	value, away = 2, 1
	mu.Unlock()
	eventually(t, "the change is shown", func() bool { return strings.Count(out.String(), "\n") == 3 })
	cancel()
	if got := <-status; got != exitOK {
		t.Errorf("status %d", got)
	}
	lines := strings.Split(out.String(), "\n")
	if !strings.Contains(lines[2], `"component":"box:1","metric":"t","value":2`) || unchanged == 0 ||
		!strings.Contains(notes.String(), "trying again") {
		t.Errorf("%s\n%s\n%d answers without a body", &out, &notes, unchanged)
	}
}

// Ensure that every change is shown as it happens where the twin has a change feed, and that the feed goes on when the
// twin was away.
func TestWatch_Feed(t *testing.T) {
	home(t)
	var twinOut, twinAgain, out, notes output
	data, dir := t.TempDir(), boxes(t)
	url, stop := startUp(t, &twinOut, "--data", data, "--extractors", dir, "--once")
	eventually(t, "box 1 is there", func() bool { return strings.Contains(fetch(t, url+"/v1/components"), "box:1") })
	ctx, cancel := context.WithCancel(t.Context())
	status := make(chan int, 1)
	go func() {
		status <- run(ctx, console{strings.NewReader(""), &out, &notes},
			[]string{"watch", "--url", url, "--prefix", "box:", "--output", "json"})
	}()
	eventually(t, "what is there is shown", func() bool { return strings.Contains(out.String(), "box:1") })
	post := func(from, to int) {
		for n := from; n < to; n++ {
			body := fmt.Sprintf(`{"id":"9","t":%d,"measured":"2026-01-01T00:00:%02dZ"}`, n, n)
			response, err := http.Post(url+"/dev/records/boxes", "application/json", strings.NewReader(body))
			if err != nil {
				t.Fatal(err)
			}
			response.Body.Close()
		}
	}
	post(1, 6)
	eventually(t, "the last change is shown", func() bool { return strings.Contains(out.String(), `"value":5.0`) })
	stop()
	again, _ := startUp(t, &twinAgain, "--data", data, "--extractors", dir, "--once", "--listen",
		strings.TrimPrefix(url, "http://"))
	if again != url {
		t.Fatalf("%s is %s now", url, again)
	}
	post(6, 8)
	eventually(t, "a change after a restart is shown",
		func() bool { return strings.Contains(out.String(), `"value":7.0`) })
	cancel()
	if got := <-status; got != exitOK || strings.Contains(notes.String(), "missed") {
		t.Errorf("status %d: %s", got, &notes)
	}
	for n := 1; n < 8; n++ {
		if strings.Count(out.String(), fmt.Sprintf(`"component":"box:9","metric":"temperature","value":%d.0`, n)) != 1 {
			t.Errorf("%d is not shown once: %s", n, &out)
		}
	}
}

// Ensure that what cannot be watched is said at once.
func TestWatch_Failures(t *testing.T) {
	home(t)
	var out output
	url, _ := startUp(t, &out, "--data", t.TempDir(), "--extractors", boxes(t))
	eventually(t, "box 1 is there", func() bool { return strings.Contains(fetch(t, url+"/v1/components"), "box:1") })
	for args, want := range map[string]string{
		"watch box:17":             "Similar names: box:1",
		"watch --dataset boxs":     "Did you mean boxes?",
		"watch box:1 box:2":        "name one component",
		"watch box:1 --prefix box": "leave --dataset and --prefix out",
		"watch --every 1ms":        "--every must be 1s or longer",
		"watch --every soon":       `invalid value "soon" for --every`,
	} {
		if status, stdout, stderr := twin(t, append(strings.Fields(args), "--url", url)...); status == exitOK ||
			stdout != "" || !strings.Contains(stderr, want) {
			t.Errorf("%s: %d %s %s", args, status, stdout, stderr)
		}
	}
}
