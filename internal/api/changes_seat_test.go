package api

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/railtwin/digitaltwin/internal/access"
	"github.com/railtwin/digitaltwin/internal/feed"
	"github.com/railtwin/digitaltwin/internal/feed/feedtest"
	"github.com/railtwin/digitaltwin/internal/feed/seats"
)

// seated is a handler with two seats for each caller, and three for the client three.
func seated(book seats.Book) http.Handler {
	return newHandler(Config{Reader: sample(), Authenticated: true, Changes: Changes{
		Log: feedtest.NewMemory(1<<20, time.Now), Seats: &seats.Seats{Book: book, Usual: 2,
			Clients: map[string]int{"three": 3}},
	}})
}

func machine(id string) access.Caller {
	return access.Caller{Subject: id, Client: id, Scopes: []string{access.ScopeRead}}
}

// Ensure that a caller keeps so many streams and waiting polls at once, that one more is refused before it begins and
// told what to do, that others are not concerned, and that each way in which one ends frees its seat.
func TestChanges_Seats(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := seated(&seats.Memory{})
		first := connect(h, machine("m"), changesPath)
		polled := make(chan int)
		go func() { polled <- get(t, as(machine("m"), h), changesPath+"?wait=20").Code }()
		synctest.Wait()
		for _, headers := range [][]string{{"Accept", feed.ContentType}, nil} {
			w := get(t, as(machine("m"), h), changesPath+"?wait=5", headers...)
			if problemOf(w) != "429 too-many-followers" || w.Header().Get("Retry-After") != "15" ||
				w.Header().Get("Content-Type") == feed.ContentType ||
				!strings.Contains(w.Body.String(), "You keep 2 streams") || !strings.Contains(w.Body.String(), "14 minutes") {
				t.Errorf("%v: %d %v %s", headers, w.Code, w.Header(), w.Body)
			}
		}
		if w := get(t, as(machine("m"), h), changesPath); w.Code != 200 {
			t.Errorf("a poll that does not wait: %d", w.Code)
		}
		three := machine("three")
		for range 3 {
			connect(h, three, changesPath)
		}
		synctest.Wait()
		if w := get(t, as(three, h), changesPath+"?wait=5"); w.Code != 429 ||
			!strings.Contains(w.Body.String(), "You keep 3 streams") {
			t.Errorf("%d %s", w.Code, w.Body)
		}
		// People are bounded by their subject, with whatever program, and not by that.
		for _, c := range []access.Caller{{Subject: "anna", Client: "three"}, {Subject: "bert", Client: "three"}} {
			c.Scopes = three.Scopes
			for range 2 {
				connect(h, c, changesPath)
			}
			synctest.Wait()
			c.Client = "other"
			if w := get(t, as(c, h), changesPath+"?wait=5"); w.Code != 429 {
				t.Errorf("%s: %d %s", c.Subject, w.Code, w.Body)
			}
		}
		if code := <-polled; code != 200 {
			t.Errorf("the poll: %d", code)
		}
		brief := machine("m")
		brief.Expires = time.Now().Add(5 * time.Second)
		short := connect(h, brief, changesPath)
		time.Sleep(6 * time.Second)
		if !short.ended.Load() || !strings.Contains(short.next(), `reconnect {"reason":"token"}`) {
			t.Fatal("it should have ended with its token")
		}
		gone, leave := context.WithCancel(t.Context())
		left := make(chan int)
		go func() { left <- get(t, withContext(gone, as(machine("m"), h)), changesPath+"?wait=25").Code }()
		synctest.Wait()
		leave()
		<-left
		second := connect(h, machine("m"), changesPath)
		synctest.Wait()
		if second.ended.Load() {
			t.Error("no seat is free")
		}
		time.Sleep(15 * time.Minute) // until all have ended
		if !first.ended.Load() {
			t.Error("a stream goes on")
		}
	})
}

// closedBook fails.
type closedBook struct{}

func (closedBook) Take(context.Context, string, int, time.Time) (func(), error) {
	return nil, errors.New("throttled")
}

// Ensure that without knowing whether a seat is free nobody follows, and that what has no caller is not bounded.
func TestChanges_SeatsUnknown(t *testing.T) {
	if w := get(t, as(machine("m"), seated(closedBook{})), changesPath+
		"?wait=1"); problemOf(w) != "503 store-unavailable" {
		t.Errorf("%d %s", w.Code, w.Body)
	}
	h := newHandler(Config{Reader: sample(), Changes: Changes{Seats: &seats.Seats{Book: closedBook{}}}})
	if w := get(t, h, changesPath+"?wait=1"); w.Code != 200 {
		t.Errorf("%d %s", w.Code, w.Body)
	}
}
