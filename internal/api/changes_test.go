package api

import (
	"bufio"
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/railtwin/digitaltwin/internal/access"
	"github.com/railtwin/digitaltwin/internal/feed"
	"github.com/railtwin/digitaltwin/internal/feed/feedtest"
	"github.com/railtwin/digitaltwin/internal/twin"
)

// connection takes what a stream writes. The test runs in a bubble of synctest, so that it knows when nothing more
// comes.
type connection struct {
	header http.Header
	cancel context.CancelFunc
	ended  atomic.Bool

	mu   sync.Mutex
	text strings.Builder
	read int
}

func (c *connection) Header() http.Header                { return c.header }
func (c *connection) WriteHeader(int)                    {}
func (c *connection) Flush()                             {}
func (c *connection) SetWriteDeadline(_ time.Time) error { return nil }

func (c *connection) Write(b []byte) (int, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.text.Write(b)
}

// connect opens a stream as a caller.
func connect(h http.Handler, caller access.Caller, target string, headers ...string) *connection {
	r := httptest.NewRequest(http.MethodGet, target, nil)
	r.Header.Set("Accept", "text/html, text/event-stream;q=0.9")
	for i := 0; i < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	ctx, cancel := context.WithCancel(access.NewContext(context.Background(), caller))
	c := &connection{header: http.Header{}, cancel: cancel}
	go func() {
		h.ServeHTTP(c, r.WithContext(ctx))
		c.ended.Store(true)
	}()
	return c
}

// next returns what came since the last call, in short: kinds with the values of changes, without ids.
func (c *connection) next() string {
	time.Sleep(2 * usualPause)
	synctest.Wait()
	c.mu.Lock()
	defer c.mu.Unlock()
	var out []string
	text := c.text.String()[c.read:]
	c.read += len(text)
	for event := range strings.SplitSeq(text, "\n\n") {
		kind, value := "", ""
		for line := range strings.SplitSeq(event, "\n") {
			switch name, rest, _ := strings.Cut(line, ":"); name {
			case "event":
				kind = strings.TrimSpace(rest)
			case "":
				if rest == "" && line != "" {
					kind = "heartbeat"
				}
			case "data":
				value = strings.TrimSpace(rest)
			case "retry":
				kind = "retry"
			}
		}
		if m, ok := decode([]byte(value)).(map[string]any); ok && kind == "change" {
			value = fmt.Sprint(m["component"], ".", m["metric"], "=", m["value"])
		} else if ok && kind == "gap" {
			value = fmt.Sprint(m["from"].(string)[11:19], " to ", m["to"].(string)[11:19])
		}
		if kind != "" {
			out = append(out, strings.TrimSuffix(kind+" "+value, " "))
		}
	}
	return strings.Join(out, "; ")
}

// lastID returns the last id that came.
func (c *connection) lastID() string {
	c.mu.Lock()
	defer c.mu.Unlock()
	all := strings.Split(c.text.String(), "\nid: ")
	id, _, _ := strings.Cut(all[len(all)-1], "\n")
	return id
}

// rig is a handler over readings and a log.
type changesRig struct {
	*testing.T
	log     *feedtest.Memory
	handler http.Handler
	end     context.CancelFunc
}

func newChangesRig(t *testing.T, rules *access.Rules, bytes int) *changesRig {
	r := &changesRig{T: t, log: feedtest.NewMemory(bytes, time.Now)}
	ending, end := context.WithCancel(context.Background())
	r.end = end
	r.handler = newHandler(Config{
		Reader: sample(), Authenticated: true, Rules: rules, Changes: Changes{Log: r.log, Ending: ending},
	})
	return r
}

// change appends a batch with changes such as "a:1 speed 5" of a dataset.
func (r *changesRig) change(dataset string, changes ...string) {
	r.Helper()
	b := &feed.Batch{}
	for _, c := range changes {
		f := strings.Fields(c)
		change := twin.Change{Dataset: dataset, Component: f[0], Metric: f[1], Value: f[2], EventTime: at("10:00:00")}
		b.Changes = append(b.Changes, feed.Change{Reading: change.Reading()})
	}
	r.append(b)
}

func (r *changesRig) append(b *feed.Batch) {
	r.Helper()
	if err := r.log.Append(context.Background(), b); err != nil {
		r.Fatal(err)
	}
	time.Sleep(time.Second) // longer than followers pause
}

func (r *changesRig) wants(c *connection, want string) {
	r.Helper()
	if got := c.next(); got != want {
		r.Errorf("got  %s\nwant %s", got, want)
	}
}

// Ensure that a stream says that it is live, then what happens and only what was asked for, and that it goes on from
// the last id.
func TestChanges_Stream(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newChangesRig(t, nil, 1<<20)
		r.change("wayside", "a:1 speed 0")
		all, some := connect(r.handler, reader, "/v1/changes"),
			connect(r.handler, reader, "/v1/changes?prefix=a:&metrics=speed,load&dataset=wayside")
		r.wants(all, "retry; live {}")
		r.wants(some, "retry; live {}")
		r.change("wayside", "a:1 speed 1", "b:1 speed 2", "a:2 speed 3", "a:1 door 4")
		r.change("hsl_hfp", "a:1 speed 5")
		r.wants(all, "change a:1.speed=1; change b:1.speed=2; change a:2.speed=3; change a:1.door=4; change a:1.speed=5")
		r.wants(some, "change a:1.speed=1; change a:2.speed=3")
		some.cancel()
		r.change("wayside", "a:3 load 6", "b:3 load 7")
		again := connect(r.handler, reader, "/v1/changes?prefix=a:&metrics=load,speed&dataset=wayside", feed.LastEventID,
			some.lastID())
		r.wants(again, "retry; change a:3.load=6; live {}")
		after := connect(r.handler, reader, "/v1/changes?prefix=a:&metrics=load,speed&dataset=wayside&snapshot=true&after="+
			some.lastID())
		r.wants(after, "retry; change a:3.load=6; live {}")
		if !some.ended.Load() || again.header.Get("Content-Type") != feed.ContentType ||
			again.header.Get("Cache-Control") != "no-store" {
			t.Errorf("%v %v", some.ended.Load(), again.header)
		}
		for _, c := range []*connection{all, again, after} {
			c.cancel()
		}
	})
}

// Ensure that a snapshot has what a page of readings has, and that what changes after it follows.
func TestChanges_Snapshot(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newChangesRig(t, grants(t, `{"datasets": "*", "metrics": ["speed", "renting"]}`), 2<<10)
		all, bus := connect(r.handler, reader, "/v1/changes?snapshot=true"),
			connect(r.handler, reader, "/v1/changes?snapshot=true&component=vehicle:22:790")
		r.wants(all, "retry; change bikestation:5220.renting=<nil>; change vehicle:22:790.speed=12; live {}")
		r.wants(bus, "retry; change vehicle:22:790.speed=12; live {}")
		r.change("wayside", "vehicle:22:790 speed 13", "vehicle:22:791 speed 14", "vehicle:22:790 load 15")
		r.wants(all, "change vehicle:22:790.speed=13; change vehicle:22:791.speed=14")
		r.wants(bus, "change vehicle:22:790.speed=13")
		id := all.lastID()
		all.cancel()
		for range 40 {
			r.change("wayside", "vehicle:22:790 load 1")
		}
		again := connect(r.handler, reader, "/v1/changes?snapshot=true", feed.LastEventID, id)
		r.wants(again, "retry; gap 00:00:00 to 00:00:41; "+
			"change bikestation:5220.renting=<nil>; change vehicle:22:790.speed=12; live {}")
		without := connect(r.handler, reader, "/v1/changes?after="+id)
		r.wants(without, "retry; gap 00:00:00 to 00:00:41; live {}")
		for _, c := range []*connection{bus, again, without} {
			c.cancel()
		}
	})
}

// Ensure that a stream gives signs of life, from which it can go on, and ends in time: before a gateway ends it, when
// the token expires, and with the process.
func TestChanges_StreamEnds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newChangesRig(t, nil, 1<<20)
		brief := reader
		brief.Expires = time.Now().Add(20 * time.Second)
		long, short := connect(r.handler, reader, "/v1/changes?prefix=x"), connect(r.handler, brief, "/v1/changes?prefix=x")
		r.wants(long, "retry; live {}")
		first := long.lastID()
		time.Sleep(16 * time.Second)
		r.wants(long, "heartbeat")
		time.Sleep(5 * time.Second)
		r.wants(short, `retry; live {}; heartbeat; reconnect {"reason":"token"}`)
		if !short.ended.Load() || long.lastID() == first {
			t.Errorf("%v, the id stays %s", short.ended.Load(), first)
		}
		for range 3600 { // the ring forgets what the follower did not ask for
			r.change("wayside", "a:1 speed 1")
			if long.ended.Load() {
				break
			}
		}
		if got := long.next(); !strings.HasSuffix(got, `heartbeat; reconnect {"reason":"time"}`) ||
			time.Since(brief.Expires) > 13*time.Minute {
			t.Errorf("it ended after %s: %s", time.Since(brief.Expires), got)
		}
		next := connect(r.handler, reader, "/v1/changes?prefix=x", feed.LastEventID, long.lastID())
		r.wants(next, "retry; live {}")
		r.end()
		r.wants(next, `reconnect {"reason":"shutdown"}`)
	})
}

// Ensure that a follower who takes nothing for long gets a gap once the past is gone, while others get everything.
func TestChanges_SlowFollower(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newChangesRig(t, nil, 2<<10)
		slow := &stuck{connection: connection{header: http.Header{}}, free: make(chan struct{})}
		ctx, cancel := context.WithCancel(access.NewContext(context.Background(), reader))
		request := httptest.NewRequest(http.MethodGet, "/v1/changes", nil).WithContext(ctx)
		request.Header.Set("Accept", feed.ContentType)
		go r.handler.ServeHTTP(slow, request)
		quick := connect(r.handler, reader, "/v1/changes")
		r.wants(quick, "retry; live {}")
		for i := range 50 {
			r.change("wayside", fmt.Sprint("a:1 speed ", i))
			r.wants(quick, fmt.Sprint("change a:1.speed=", i))
		}
		slow.free <- struct{}{}
		r.wants(&slow.connection, "retry; live {}; gap 00:00:00 to 00:00:55; live {}")
		r.change("wayside", "a:1 speed 50")
		r.wants(&slow.connection, "change a:1.speed=50")
		cancel()
		quick.cancel()
	})
}

// stuck is a connection whose first write ends when it is freed.
type stuck struct {
	connection
	free  chan struct{}
	freed bool
}

func (s *stuck) Write(b []byte) (int, error) {
	if !s.freed {
		<-s.free
		s.freed = true
	}
	return s.connection.Write(b)
}

// Ensure that a stream outlives the deadlines that a server has for a request and its answer.
func TestChanges_Deadlines(t *testing.T) {
	r := newChangesRig(t, nil, 1<<20)
	server := httptest.NewUnstartedServer(as(reader, r.handler))
	server.Config.ReadTimeout, server.Config.WriteTimeout = 100*time.Millisecond, 100*time.Millisecond
	server.Start()
	defer server.Close()
	request := httptest.NewRequest(http.MethodGet, server.URL+"/v1/changes", nil)
	request.RequestURI = ""
	request.Header.Set("Accept", feed.ContentType)
	response, err := server.Client().Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	time.Sleep(300 * time.Millisecond)
	go r.change("wayside", "a:1 speed 17")
	for lines := bufio.NewScanner(response.Body); ; {
		if !lines.Scan() {
			t.Fatalf("the stream ended: %v", lines.Err())
		}
		if strings.Contains(lines.Text(), `"value":17`) {
			return
		}
	}
}
