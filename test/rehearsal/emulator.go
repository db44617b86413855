package rehearsal

import (
	"context"
	"crypto/tls"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"
)

// The account that the emulator pretends to be.
const (
	account = "123456789012"
	region  = "eu-central-1"
)

// emulator is an AWS on this machine: Ministack, which enforces IAM and runs functions as processes. It lives in
// memory and in a folder of the test, and ends with the test's process at the latest. testdata/emulator.py starts it.
type emulator struct {
	url    string // https://localhost:port
	client *http.Client
	cert   certificate

	folder string
	stdin  io.Closer
	cmd    *exec.Cmd
}

// watch runs the emulator until standard input ends, which is also when the process of the test is killed. On
// SIGTERM the emulator ends the functions' processes too.
const watch = `"$@" & pid=$!; read -r _; kill "$pid"; wait "$pid"`

// startEmulator starts an empty emulator that works below folder.
func startEmulator(ctx context.Context, python, folder string) (*emulator, error) {
	cert, err := newCertificate(folder)
	if err != nil {
		return nil, err
	}
	for attempt := 1; ; attempt++ { // another process may take the port before the emulator does
		e, err := tryEmulator(ctx, python, folder, cert)
		if err == nil {
			return e, nil
		}
		if attempt == 3 {
			return nil, err
		}
	}
}

func tryEmulator(ctx context.Context, python, folder string, cert certificate) (*emulator, error) {
	port, err := freePort()
	if err != nil {
		return nil, err
	}
	e := &emulator{
		url: "https://localhost:" + port, cert: cert, folder: folder,
		client: &http.Client{Timeout: time.Minute,
			Transport: &http.Transport{TLSClientConfig: &tls.Config{RootCAs: cert.pool}, MaxIdleConnsPerHost: 64}},
	}
	program, err := filepath.Abs(filepath.Join("testdata", "emulator.py"))
	if err != nil {
		return nil, err
	}
	log, err := os.Create(e.logFile())
	if err != nil {
		return nil, err
	}
	defer func() { _ = log.Close() }()
	e.cmd = exec.Command("sh", "-c", watch, "sh", python, program)
	e.cmd.Dir, e.cmd.Stdout, e.cmd.Stderr = folder, log, log
	e.cmd.Env = append(withoutAWS(os.Environ()),
		"AUTH=true", "USE_SSL=1", "MINISTACK_SSL_CERT="+cert.cert, "MINISTACK_SSL_KEY="+cert.key,
		"BIND_HOST=127.0.0.1", "GATEWAY_PORT="+port, "MINISTACK_REGION="+region, "MINISTACK_ACCOUNT_ID="+account,
		"IOT_MTLS_ENABLED=0", "SFTP_ENABLED=0", "TMPDIR="+folder,
		"AWS_ENDPOINT_URL="+e.url, "AWS_CA_BUNDLE="+cert.cert, "SSL_CERT_FILE="+cert.cert) // the functions inherit these
	if e.stdin, err = e.cmd.StdinPipe(); err != nil {
		return nil, err
	}
	if err := e.cmd.Start(); err != nil {
		return nil, err
	}
	if err := e.ready(ctx); err != nil {
		e.stop()
		return nil, fmt.Errorf("the emulator does not answer: %w\n%s", err, e.log(20))
	}
	return e, nil
}

func (e *emulator) ready(ctx context.Context) error {
	var last error
	for range 600 {
		request, err := http.NewRequestWithContext(ctx, http.MethodGet, e.url+"/_ministack/ready", nil)
		if err != nil {
			return err
		}
		response, err := e.client.Do(request)
		if err == nil {
			_ = response.Body.Close()
			if response.StatusCode == http.StatusOK {
				return nil
			}
			err = fmt.Errorf("status %s", response.Status)
		}
		last = err
		time.Sleep(50 * time.Millisecond)
	}
	return last
}

func (e *emulator) stop() {
	_ = e.stdin.Close()
	_ = e.cmd.Wait() // it was ended, which is no news
}

func (e *emulator) logFile() string { return filepath.Join(e.folder, "emulator.log") }

// log is the last lines of what the emulator and the functions said, without metrics and what goes well.
func (e *emulator) log(lines int) string {
	b, err := os.ReadFile(e.logFile())
	if err != nil {
		return err.Error()
	}
	var all []string
	for line := range strings.Lines(string(b)) {
		if !strings.Contains(line, "CloudWatchMetrics") && !strings.Contains(line, "[lambda] ESM: Lambda") {
			all = append(all, line)
		}
	}
	return tail(strings.Join(all, ""), lines)
}

// environment is that of a command that talks to the emulator as the account's administrator. What it compiles does not
// depend on the folder of the checkout, so that the cache of builds serves all of them. The CDK does not judge the
// templates, which takes most of a synth: the tests of package constructs have it judge all of them.
func (e *emulator) environment() []string {
	return append(withoutAWS(os.Environ()), "GOFLAGS="+strings.TrimSpace(os.Getenv("GOFLAGS")+" -trimpath"),
		"CDK_VALIDATION=false", "AWS_ENDPOINT_URL="+e.url, "AWS_ENDPOINT_URL_S3="+e.url, "AWS_CA_BUNDLE="+e.cert.cert,
		"AWS_ACCESS_KEY_ID=test", "AWS_SECRET_ACCESS_KEY=test", "AWS_REGION="+region)
}

// withoutAWS leaves the user's own account out of an environment.
func withoutAWS(environment []string) (kept []string) {
	for _, v := range environment {
		if !strings.HasPrefix(v, "AWS_") && !strings.HasPrefix(v, "CDK_") {
			kept = append(kept, v)
		}
	}
	return kept
}

func freePort() (string, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	defer func() { _ = l.Close() }()
	_, port, err := net.SplitHostPort(l.Addr().String())
	return port, err
}

// tail is the last lines of a text.
func tail(text string, lines int) string {
	all := strings.Split(strings.TrimRight(text, "\n"), "\n")
	return strings.Join(all[max(0, len(all)-lines):], "\n")
}
