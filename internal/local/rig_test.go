package local_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/railtwin/digitaltwin/internal/extract"
	"github.com/railtwin/digitaltwin/internal/local"
	"github.com/railtwin/digitaltwin/internal/store/bolt"
)

// boxSQL delivers the temperature and the lid of a record {"id":…,"t":…,"lid":…,"at":…}.
const boxSQL = `SET 'twin.max-future' = '1 h';
CREATE TABLE boxes (id STRING, t DOUBLE, lid STRING, ` + "`at`" + ` TIMESTAMP_LTZ(3)) WITH (
  'format' = 'json', 'json.timestamp-format.standard' = 'ISO-8601', 'json.ignore-parse-errors' = 'true');
INSERT INTO digitaltwin (component, metric, ` + "`value`" + `, unit, event_time)
SELECT CONCAT('box:', id), 'temperature', JSON_STRING(t), 'Cel', ` + "`at`" + ` FROM boxes
UNION ALL
SELECT CONCAT('box:', id), 'lid', JSON_STRING(lid), CAST(NULL AS STRING), ` + "`at`" + ` FROM boxes;
`

func compile(t *testing.T, name, sql string) *extract.Program {
	t.Helper()
	p, err := extract.Compile(name, []byte(sql))
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// rig is a twin that runs, with a server for it.
type rig struct {
	t    *testing.T
	twin *local.Twin
	url  string
	log  *lockedBuffer
	stop func() error // ends the twin and waits until it has ended
}

type lockedBuffer struct {
	mu sync.Mutex
	bytes.Buffer
}

func (b *lockedBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.Buffer.Write(p)
}

func (b *lockedBuffer) text() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.String()
}

// start runs a twin of boxes on the file at path, with feeds.
func start(t *testing.T, path string, feeds ...local.Feed) *rig {
	t.Helper()
	s, err := bolt.Open(path, &bolt.Options{NoSync: true})
	if err != nil {
		t.Fatal(err)
	}
	return startOn(t, s, feeds...)
}

func startOn(t *testing.T, s local.Store, feeds ...local.Feed) *rig {
	t.Helper()
	return startWith(t, s, compile(t, "boxes.sql", boxSQL), feeds...)
}

// startWith runs a twin of one program on a store.
func startWith(t *testing.T, s local.Store, p *extract.Program, feeds ...local.Feed) *rig {
	t.Helper()
	return startWithOperators(t, s, p, "", feeds...)
}

// startWithOperators is startWith for a twin that operators work on, where there is a folder.
func startWithOperators(t *testing.T, s local.Store, p *extract.Program, dir string, feeds ...local.Feed) *rig {
	t.Helper()
	r := &rig{t: t, log: &lockedBuffer{}}
	var err error
	r.twin, err = local.Open(t.Context(), []*extract.Program{p}, nil, s, slog.New(slog.NewTextHandler(r.log, nil)))
	if err != nil {
		t.Fatal(err)
	}
	if dir != "" {
		if err := r.twin.Operate(t.Context(), filepath.Join(dir, "operations")); err != nil {
			t.Fatal(err)
		}
	}
	for _, f := range feeds {
		r.twin.Add(p.Dataset().Name, f)
	}
	r.run()
	return r
}

// run runs the twin and a server for it.
func (r *rig) run() {
	server := httptest.NewServer(r.twin.Handler())
	r.t.Cleanup(server.Close)
	r.url = server.URL
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() {
		ended <- r.twin.Run(ctx, func(ctx context.Context) error { <-ctx.Done(); return nil })
	}()
	r.stop = sync.OnceValue(func() error { cancel(); return <-ended })
	r.t.Cleanup(func() { r.stop() })
}

// do sends a request and returns the status and the body.
func (r *rig) do(method, path, body string, header ...string) (int, string) {
	r.t.Helper()
	request, err := http.NewRequestWithContext(r.t.Context(), method, r.url+path, strings.NewReader(body))
	if err != nil {
		r.t.Fatal(err)
	}
	for i := 0; i < len(header); i += 2 {
		if header[i] == "Host" {
			request.Host = header[i+1]
		}
		request.Header.Set(header[i], header[i+1])
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		r.t.Fatal(err)
	}
	defer response.Body.Close()
	b, err := io.ReadAll(response.Body)
	if err != nil {
		r.t.Fatal(err)
	}
	return response.StatusCode, string(b)
}

// temperature returns what the twin serves as the temperature of a box, "" for nothing.
func (r *rig) temperature(box string) string {
	r.t.Helper()
	status, body := r.do("GET", "/v1/components/box:"+box+"/metrics/temperature", "")
	if status != 200 {
		return ""
	}
	var reading struct{ Value json.RawMessage }
	if err := json.Unmarshal([]byte(body), &reading); err != nil {
		r.t.Fatal(err)
	}
	return string(reading.Value)
}

// record is of the last century, because the fake clock of synctest begins with this one.
func record(box string, temperature float64, second int) string {
	return fmt.Sprintf(`{"id":%q,"t":%g,"at":"1999-12-31T00:00:%02dZ"}`, box, temperature, second)
}
