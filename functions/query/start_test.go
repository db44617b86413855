package main

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/railtwin/digitaltwin/internal/wiring"
)

// binary builds a command as the constructs do, for this machine.
func binary(tb testing.TB, pkg string) string {
	tb.Helper()
	out := filepath.Join(tb.TempDir(), "bootstrap")
	cmd := exec.Command("go", "build", "-trimpath", "-buildvcs=false", "-tags=lambda.norpc", "-ldflags=-s -w -buildid=",
		"-o", out, pkg)
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0")
	if b, err := cmd.CombinedOutput(); err != nil {
		tb.Fatalf("%s: %v\n%s", cmd, err, b)
	}
	return out
}

// started is how long a process took from its start until it asked for its first event, and until it answered that.
type started struct{ ready, answered time.Duration }

// runtimeAPI hands one event to a function.
type runtimeAPI struct {
	event    string
	asked    chan time.Time
	answered chan time.Time
	answer   string
	done     chan struct{} // closed when nothing more is handed out
}

func (a *runtimeAPI) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	now := time.Now()
	if strings.HasSuffix(r.URL.Path, "/next") {
		select {
		case a.asked <- now:
			w.Header().Set("Lambda-Runtime-Aws-Request-Id", "1")
			w.Header().Set("Lambda-Runtime-Deadline-Ms", "9999999999999")
			_, _ = io.WriteString(w, a.event)
		case <-a.done:
		}
		return
	}
	b, err := io.ReadAll(r.Body)
	if err == nil {
		a.answer = string(b)
	}
	w.WriteHeader(http.StatusAccepted)
	a.answered <- now
}

// startOnce starts a function behind a runtime API, as AWS Lambda does, and ends it after its first answer.
func startOnce(tb testing.TB, bin, event, want string, env map[string]string) started {
	tb.Helper()
	api := &runtimeAPI{event: event, asked: make(chan time.Time, 1), answered: make(chan time.Time, 1),
		done: make(chan struct{})}
	server := httptest.NewServer(api)
	defer server.Close()
	defer close(api.done)
	cmd := exec.Command(bin)
	cmd.Env = []string{"AWS_LAMBDA_RUNTIME_API=" + strings.TrimPrefix(server.URL, "http://"), "_HANDLER=bootstrap"}
	for k, v := range env {
		cmd.Env = append(cmd.Env, k+"="+v)
	}
	begin := time.Now()
	if err := cmd.Start(); err != nil {
		tb.Fatal(err)
	}
	defer func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
	}()
	s := started{ready: (<-api.asked).Sub(begin), answered: (<-api.answered).Sub(begin)}
	if !strings.Contains(api.answer, want) {
		tb.Fatalf("%s answers %s", bin, api.answer)
	}
	return s
}

// BenchmarkStart compares the start of this function with the start of the smallest one, both as processes behind a
// runtime API, in turns, the best of each: until it asks for its first event, and until the first answer, for
// which no table is asked.
func BenchmarkStart(b *testing.B) {
	if runtime.GOOS != "linux" {
		b.Skip("the functions are Linux binaries")
	}
	settings := wiring.Query{Table: "twin", Issuer: "https://example.com", TokenURL: "https://example.com/token",
		Scope: "twin/read"}.Env()
	for k, v := range (wiring.AWS{Region: "eu-central-1", AccessKeyID: "a", SecretAccessKey: "b"}).Env() {
		settings[k] = v
	}
	query, hello := binary(b, "."), binary(b, "./testdata/hello")
	if err := os.WriteFile(filepath.Join(filepath.Dir(query), wiring.RulesFile), grants(200), 0o644); err != nil {
		b.Fatal(err)
	}
	best := [2]started{{time.Hour, time.Hour}, {time.Hour, time.Hour}}
	for b.Loop() {
		for i, s := range []started{
			startOnce(b, query, `{"httpMethod":"GET","resource":"/v1/health","path":"/v1/health"}`, `"statusCode":200`,
				settings),
			startOnce(b, hello, `{}`, `"hello"`, nil),
		} {
			best[i] = started{min(best[i].ready, s.ready), min(best[i].answered, s.answered)}
		}
	}
	ms := func(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }
	b.ReportMetric(ms(best[0].ready), "ms")
	b.ReportMetric(ms(best[1].ready), "hello-ms")
	b.ReportMetric(ms(best[0].ready)/ms(best[1].ready), "ratio")
	b.ReportMetric(ms(best[0].answered)/ms(best[1].answered), "answer-ratio")
	b.ReportMetric(size(b, query), "MB")
	b.ReportMetric(size(b, hello), "hello-MB")
}

// grants is a file of rules with n grants.
func grants(n int) []byte {
	var list []string
	for i := range n {
		list = append(list, fmt.Sprintf(`{"who": ["client:machine", "group:g%d"], "read": {"datasets": ["wagon_telemetry", "hsl_*"], "components": "wagon:33-80-7845-%03d*", "metrics": ["position", "axle.*"]}}`, i, i))
	}
	return []byte(`{"grants": [` + strings.Join(list, ",\n") + `]}`)
}

func size(b *testing.B, file string) float64 {
	info, err := os.Stat(file)
	if err != nil {
		b.Fatal(err)
	}
	return float64(info.Size()) / 1e6
}
