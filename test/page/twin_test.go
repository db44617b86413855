package page_test

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/railtwin/digitaltwin/internal/extract"
	"github.com/railtwin/digitaltwin/internal/local"
	"github.com/railtwin/digitaltwin/internal/store/bolt"
)

// thingsSQL delivers whatever of these a record {"id":…,"t":…,"lat":…,"lon":…,"at":…} has.
const thingsSQL = `SET 'twin.interval' = '10 s';
CREATE TABLE things (id STRING, t DOUBLE, lat DOUBLE, lon DOUBLE, ` + "`at`" + ` TIMESTAMP_LTZ(3)) WITH (
  'format' = 'json', 'json.timestamp-format.standard' = 'ISO-8601', 'json.ignore-parse-errors' = 'true');
INSERT INTO digitaltwin (component, metric, ` + "`value`" + `, unit, event_time)
SELECT id, 'temperature', JSON_STRING(t), 'Cel', ` + "`at`" + ` FROM things
UNION ALL
SELECT id, 'position', JSON_OBJECT('lat' VALUE lat, 'lon' VALUE lon), 'deg', ` + "`at`" + ` FROM things
WHERE lat IS NOT NULL AND lon IS NOT NULL;
`

// things compiles thingsSQL.
func things(t *testing.T) []*extract.Program {
	t.Helper()
	p, err := extract.Compile("things.sql", []byte(thingsSQL))
	if err != nil {
		t.Fatal(err)
	}
	return []*extract.Program{p}
}

// rig is a twin that runs, with its server.
type rig struct {
	t        *testing.T
	dir      string
	programs []*extract.Program
	feeds    map[string][]local.Feed
	around   func(http.Handler) http.Handler // the server's handler; nil leaves it as it is
	auth     bool
	polled   bool // without a feed
	address  string
	stop     func()
}

// start starts the twin, again at the same address and on the same state.
func (r *rig) start() *rig {
	r.t.Helper()
	if r.dir == "" {
		r.dir = r.t.TempDir()
	}
	if r.address == "" {
		r.address = "127.0.0.1:0"
	}
	ctx, cancel := context.WithCancel(context.Background())
	log := slog.New(slog.DiscardHandler)
	options := &bolt.Options{NoSync: true}
	if !r.polled {
		options.Feed = &bolt.FeedOptions{}
	}
	s, err := bolt.Open(filepath.Join(r.dir, "twin.db"), options)
	r.must(err)
	twin, err := local.Open(ctx, r.programs, nil, s, log)
	r.must(err)
	r.must(twin.Operate(ctx, filepath.Join(r.dir, "operations")))
	for dataset, feeds := range r.feeds {
		for _, f := range feeds {
			twin.Add(dataset, f)
		}
	}
	var listener net.Listener
	for range 50 { // the last server may not have let go yet
		if listener, err = local.Listen(ctx, r.address); err == nil {
			break
		}
		time.Sleep(100 * time.Millisecond)
	}
	r.must(err)
	r.address = listener.Addr().String()
	if r.auth {
		auth, err := local.OpenAuth(r.dir, r.url())
		r.must(err)
		twin.Require(auth)
	}
	handler := twin.Handler()
	if r.around != nil {
		handler = r.around(handler)
	}
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		_ = twin.Run(ctx, func(ctx context.Context) error { return local.Serve(ctx, listener, handler, log) })
	}()
	r.stop = sync.OnceFunc(func() {
		cancel()
		<-ended
	})
	r.t.Cleanup(func() { r.stop() })
	return r
}

func (r *rig) must(err error) {
	r.t.Helper()
	if err != nil {
		r.t.Fatal(err)
	}
}

func (r *rig) url() string { return "http://" + r.address }

// page is the address of the page in a state.
func (r *rig) page(hash string) string { return r.url() + "/" + hash }

// post sends records of a dataset, one a line.
func (r *rig) post(dataset string, records ...string) {
	r.t.Helper()
	answer, err := http.Post(r.url()+"/dev/records/"+dataset+"?framing=lines", "application/x-ndjson",
		strings.NewReader(strings.Join(records, "\n")))
	r.must(err)
	defer answer.Body.Close()
	if body, _ := io.ReadAll(answer.Body); answer.StatusCode != http.StatusOK {
		r.t.Fatalf("%s: %s", answer.Status, body)
	}
}

// thing is a record of a thing, measured some time ago.
func thing(id string, temperature float64, ago time.Duration) string {
	return fmt.Sprintf(`{"id":%q,"t":%.1f,"at":%q}`, id, temperature, stamp(ago))
}

// placed is the same with a position.
func placed(id string, temperature, lat, lon float64, ago time.Duration) string {
	return fmt.Sprintf(`{"id":%q,"t":%.1f,"lat":%.4f,"lon":%.4f,"at":%q}`, id, temperature, lat, lon, stamp(ago))
}

func stamp(ago time.Duration) string {
	return time.Now().Add(-ago).UTC().Format("2006-01-02T15:04:05.000Z")
}
