package clients

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"
)

// hostile is a component whose name has what paths, query strings and pages trip over.
const hostile = "wagon:a/b-%2F..?#&+é\u202e<b>"

// wagonRecord is the record of a wagon with this id, in JSON.
func wagonRecord(id string) string {
	return `{"header":{"measuredAt":"2026-11-23T05:30:00.137Z"},"wagon":{"id":"` + id + `"},` +
		`"motion":{"state":"moving","speedKmh":82.5},"load":{"state":"loaded","massT":58.4,"weighedAt":"2026-11-23T05:00:00Z"}}`
}

// running is a twin that runs in a process of its own.
type running struct {
	url    string
	secret string // of the client "machine", which reads and operates
	cmd    *exec.Cmd
	errors *strings.Builder // what it has written to stderr, to be read when it has ended
}

// shared is what the tests of this package have together: the command and the twin of all that only read.
var shared struct {
	build, start sync.Once
	dir          string
	twin         *running
	err          error
}

func TestMain(m *testing.M) {
	status := m.Run()
	if shared.twin != nil {
		shared.twin.stop()
	}
	os.RemoveAll(shared.dir)
	os.Exit(status)
}

// reader returns the twin of all tests that only read.
func reader(t *testing.T) *running {
	t.Helper()
	command := twinCommand(t)
	shared.start.Do(func() { shared.twin, shared.err = start(command, filepath.Join(shared.dir, "data")) })
	if shared.err != nil {
		t.Fatal(shared.err)
	}
	return shared.twin
}

// twinCommand returns the path of the command, which is built once.
func twinCommand(t *testing.T) string {
	t.Helper()
	shared.build.Do(func() {
		if shared.dir, shared.err = os.MkdirTemp("", "clients"); shared.err != nil {
			return
		}
		out, err := exec.Command("go", "build", "-o", filepath.Join(shared.dir, "twin"), "../../cmd/twin").CombinedOutput()
		if err != nil {
			shared.err = &failure{"go build", err, out}
		}
	})
	if shared.err != nil {
		t.Fatal(shared.err)
	}
	return filepath.Join(shared.dir, "twin")
}

// start starts a twin, and returns when it has every reading of its captures.
func start(command, data string) (*running, error) {
	const secret = "for-tests-only-0123456789"
	auth := `{"clients":{"machine":{"secret":"` + secret + `","scopes":["twin/read","twin/operate"]}},"people":{}}`
	if err := os.MkdirAll(data, 0o700); err != nil {
		return nil, err
	}
	if err := os.WriteFile(filepath.Join(data, "auth.json"), []byte(auth), 0o600); err != nil {
		return nil, err
	}
	cmd := exec.Command(command, "up", "--auth", "--once", "--wagons", "0", "--listen", "127.0.0.1:0", "--data", data)
	out, err := cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	var stderr strings.Builder
	cmd.Stderr = &stderr
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	r := &running{secret: secret, cmd: cmd, errors: &stderr}
	lines := bufio.NewReader(out)
	for r.url == "" {
		line, err := lines.ReadString('\n')
		if err != nil {
			r.stop()
			return nil, fmt.Errorf("twin up ended: %s", stderr.String())
		}
		if _, at, ok := strings.Cut(line, "twin at "); ok {
			r.url, _, _ = strings.Cut(at, ",")
		}
	}
	go io.Copy(io.Discard, lines)
	if err := r.fill(); err != nil {
		r.stop()
		return nil, err
	}
	return r, nil
}

// stop ends the twin.
func (r *running) stop() {
	_ = r.cmd.Process.Signal(os.Interrupt)
	_ = r.cmd.Wait()
}

// send sends a record of wagon_telemetry.
func (r *running) send(record string) error {
	answer, err := http.Post(r.url+"/dev/records/wagon_telemetry", "application/json", strings.NewReader(record))
	if err != nil {
		return err
	}
	return answer.Body.Close()
}

// fill sends the hostile record and one that is a reject, and waits until every dataset has what its capture gives.
func (r *running) fill() error {
	for _, record := range []string{wagonRecord(`a/b %2F..?#&+é\u202e<b>`), `{"wagon":`} {
		if err := r.send(record); err != nil {
			return err
		}
	}
	for range 600 {
		answer, err := http.Get(r.url + "/dev/status")
		if err != nil {
			return err
		}
		var status struct {
			Datasets []struct{ Records, Changes, Applied, Late, Superseded, Same int }
		}
		err = json.NewDecoder(answer.Body).Decode(&status)
		answer.Body.Close()
		if err != nil {
			return err
		}
		done := len(status.Datasets) > 0
		for _, d := range status.Datasets {
			done = done && d.Records > 0 && d.Changes > 0 && d.Applied+d.Late+d.Superseded+d.Same >= d.Changes
		}
		if done {
			return nil
		}
		time.Sleep(50 * time.Millisecond)
	}
	return fmt.Errorf("%s does not have its readings after 30 s", r.url)
}

// token gets an access token.
func (r *running) token(t *testing.T) string {
	t.Helper()
	answer, err := http.PostForm(r.url+"/oauth2/token", url.Values{
		"grant_type": {"client_credentials"}, "client_id": {"machine"}, "client_secret": {r.secret},
	})
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	var granted struct {
		Access string `json:"access_token"`
	}
	if err := json.NewDecoder(answer.Body).Decode(&granted); err != nil || granted.Access == "" {
		t.Fatalf("%s, no token: %v", answer.Status, err)
	}
	return granted.Access
}

// get returns the body of a call that must succeed.
func (r *running) get(t *testing.T, path string) []byte {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, r.url+path, nil)
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Authorization", "Bearer "+r.token(t))
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	if err != nil || answer.StatusCode != http.StatusOK {
		t.Fatalf("GET %s: %s %v: %s", path, answer.Status, err, body)
	}
	return body
}
