package local_test

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/railtwin/digitaltwin/internal/local"
	"github.com/railtwin/digitaltwin/internal/store"
	"github.com/railtwin/digitaltwin/internal/store/bolt"
)

// faulty is a store whose writes fail as long as broken is true, and wait as long as gate is not nil.
type faulty struct {
	*bolt.Store
	broken atomic.Bool
	gate   chan struct{}
}

func (f *faulty) Write(ctx context.Context, items []store.Item) ([][]store.Result, error) {
	if f.gate != nil {
		<-f.gate
	}
	if f.broken.Load() {
		return nil, errors.New("no space left on device")
	}
	return f.Store.Write(ctx, items)
}

// once is a feed of one record.
func once() local.Feed {
	return local.Once{Name: "test", Records: [][]byte{[]byte(record("1", 1, 0))}}
}

// ask asks a twin without a network, which the fake clock does not bear.
func ask(t *local.Twin, method, path, body string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(method, path, strings.NewReader(body))
	r.Host = "localhost"
	w := httptest.NewRecorder()
	t.Handler().ServeHTTP(w, r)
	return w
}

// Ensure that nothing is lost while the store fails, and that the log has it.
func TestRun_StoreRecovers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &faulty{Store: openBolt(t)}
		s.broken.Store(true)
		log := &lockedBuffer{}
		twin, stop := runTwin(t, s, compile(t, "boxes.sql", boxSQL), log, once())
		time.Sleep(time.Minute)
		synctest.Wait()
		if got := twin.Status()[0]; got.Applied != 0 || !strings.Contains(log.text(), "no space left") {
			t.Errorf("while the store fails: %+v, %s", got, log.text())
		}
		s.broken.Store(false)
		time.Sleep(time.Minute)
		synctest.Wait()
		if got := twin.Status()[0]; got.Applied != 1 {
			t.Errorf("after the store recovered: %+v", got)
		}
		if err := stop(); err != nil {
			t.Error(err)
		}
	})
}

// Ensure that a twin ends within two seconds whatever its store does, and that the error says what was lost.
func TestRun_Ends(t *testing.T) {
	for name, broken := range map[string]bool{"2 changes were not stored": true, "did not answer in time": false} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := &faulty{Store: openBolt(t), gate: make(chan struct{})}
				s.broken.Store(broken)
				if broken {
					close(s.gate)
				}
				_, stop := runTwin(t, s, compile(t, "boxes.sql", boxSQL), &lockedBuffer{}, once(),
					local.Once{Name: "more", Records: [][]byte{[]byte(record("2", 1, 0))}})
				time.Sleep(time.Minute)
				began := time.Now()
				if err := stop(); err == nil || !strings.Contains(err.Error(), name) {
					t.Errorf("the error is %v", err)
				}
				if took := time.Since(began); took > 2*time.Second {
					t.Errorf("it took %s", took)
				}
				if !broken {
					close(s.gate) // so that the goroutine that is left ends
				}
			})
		})
	}
}

// Ensure that while the disk is full, posts are refused at once with when to retry, health says why, and that both
// are well again when the disk is.
func TestPost_DiskFull(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &faulty{Store: openBolt(t)}
		s.broken.Store(true)
		twin, stop := runTwin(t, s, compile(t, "boxes.sql", boxSQL), &lockedBuffer{})
		if w := ask(twin, "GET", "/v1/health", ""); w.Code != 200 {
			t.Errorf("before a write: %d %s", w.Code, w.Body)
		}
		began := time.Now()
		for range 3 {
			w := ask(twin, "POST", "/dev/records/boxes", record("1", 4.5, 0))
			if w.Code != 503 || w.Header().Get("Retry-After") != "5" ||
				!strings.Contains(w.Body.String(), "no space left on device. Retry later") {
				t.Errorf("%d %v %s", w.Code, w.Header(), w.Body)
			}
		}
		if took := time.Since(began); took > time.Second {
			t.Errorf("the answers took %s", took)
		}
		w := ask(twin, "GET", "/v1/health", "")
		if w.Code != 503 || w.Header().Get("Retry-After") == "" ||
			!strings.Contains(w.Body.String(), "the store takes no writes") {
			t.Errorf("%d %v %s", w.Code, w.Header(), w.Body)
		}
		if status := ask(twin, "GET", "/dev/status", "").Body.String(); !strings.Contains(status,
			`"problem":"the store takes no writes`) {
			t.Errorf("the status is %s", status)
		}
		s.broken.Store(false)
		time.Sleep(10 * time.Second)
		if w := ask(twin, "GET", "/v1/health", ""); w.Code != 200 {
			t.Errorf("after the disk has room again: %d %s", w.Code, w.Body)
		}
		if w := ask(twin, "POST", "/dev/records/boxes", record("1", 5, 1)); w.Code != 200 ||
			!strings.Contains(w.Body.String(), `"applied":1`) {
			t.Errorf("after the disk has room again: %d %s", w.Code, w.Body)
		}
		if err := stop(); err != nil {
			t.Error(err)
		}
	})
}

// Ensure that a post does not wait long for a disk that does not answer, and not at all once that is known, also
// where the queue before the store is full.
func TestPost_DiskBlocked(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &faulty{Store: openBolt(t), gate: make(chan struct{})}
		twin, stop := runTwin(t, s, compile(t, "boxes.sql", boxSQL), &lockedBuffer{})
		many := strings.Repeat(record("1", 1, 0)+"\n", 10_000)
		for i, body := range []string{many, record("1", 2, 0)} {
			began := time.Now()
			w := ask(twin, "POST", "/dev/records/boxes?framing=lines", body)
			took := time.Since(began)
			if w.Code != http.StatusServiceUnavailable || !strings.Contains(w.Body.String(), "has not finished a write for") {
				t.Errorf("post %d: %d %s", i, w.Code, w.Body)
			}
			if took > 10*time.Second || i > 0 && took > time.Second {
				t.Errorf("post %d took %s", i, took)
			}
		}
		if w := ask(twin, "GET", "/v1/health", ""); w.Code != 503 {
			t.Errorf("%d %s", w.Code, w.Body)
		}
		close(s.gate)
		time.Sleep(10 * time.Second)
		if w := ask(twin, "GET", "/v1/health", ""); w.Code != 200 {
			t.Errorf("after the disk answers again: %d %s", w.Code, w.Body)
		}
		if err := stop(); err != nil {
			t.Error(err)
		}
	})
}

// Ensure that a post ends when the twin does, with a problem.
func TestPost_Ending(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &faulty{Store: openBolt(t), gate: make(chan struct{})}
		twin, stop := runTwin(t, s, compile(t, "boxes.sql", boxSQL), &lockedBuffer{})
		answered := make(chan *httptest.ResponseRecorder)
		go func() { answered <- ask(twin, "POST", "/dev/records/boxes", record("1", 1, 0)) }()
		synctest.Wait()
		ended := make(chan error)
		go func() { ended <- stop() }()
		if w := <-answered; w.Code != 503 || !strings.Contains(w.Body.String(), "shutting down") {
			t.Errorf("%d %s", w.Code, w.Body)
		}
		close(s.gate)
		if err := <-ended; err != nil {
			t.Error(err)
		}
	})
}
