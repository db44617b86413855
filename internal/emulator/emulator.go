// Package emulator runs a DynamoDB emulator for tests, and for tests only.
//
// [DynamoDB] starts one for a test; it is Dynoxide, one static binary that the first test of a machine
// fetches with npm, checks against a known hash and keeps in the user's cache folder. Where it cannot be fetched, or
// the machine is not Linux on x86-64, the tier is missing (see package tier).
//
// What it does not do: throttle (see the fault tests of package dynamo), and be slow.
package emulator

import (
	"bytes"
	"fmt"
	"io"
	"net"
	"net/http"
	"os/exec"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"

	"github.com/railtwin/digitaltwin/internal/tier"
)

// DynamoDB starts an empty emulator on a free port of 127.0.0.1, which lives as long as the test, and
// returns its URL.
func DynamoDB(tb testing.TB) string {
	tb.Helper()
	binary, err := binary()
	tier.Need(tb, "DynamoDB", err)
	for attempt := 1; ; attempt++ { // another process may take the port before the emulator does
		url, err := start(tb, binary)
		if err == nil {
			return url
		}
		if attempt == 3 {
			tb.Fatal(err)
		}
	}
}

// Client returns a client of an emulator. Options come after its own: by default it does not retry,
// for an emulator's error is a finding and no glitch.
func Client(url string, options ...func(*dynamodb.Options)) *dynamodb.Client {
	transport := http.DefaultTransport.(*http.Transport).Clone()
	transport.MaxIdleConns, transport.MaxIdleConnsPerHost = 256, 256
	return dynamodb.New(dynamodb.Options{
		Region:       "eu-central-1",
		BaseEndpoint: aws.String(url),
		Credentials:  credentials.NewStaticCredentialsProvider("AKIDEXAMPLE", "secret", ""),
		HTTPClient:   &http.Client{Timeout: time.Minute, Transport: transport},
		Retryer:      aws.NopRetryer{},
	}, options...)
}

// watch runs the emulator until standard input ends. That is when the test closes it, and also when
// the process of the test is killed: so no emulator is left behind.
const watch = `"$1" --host 127.0.0.1 --port "$2" & pid=$!; read -r _; kill "$pid"; wait "$pid"`

func start(tb testing.TB, binary string) (url string, err error) {
	port, err := freePort()
	if err != nil {
		return "", err
	}
	var output bytes.Buffer
	cmd := exec.Command("sh", "-c", watch, "sh", binary, port)
	cmd.Stdout, cmd.Stderr, cmd.WaitDelay = &output, &output, 5*time.Second
	stdin, err := cmd.StdinPipe()
	if err != nil {
		return "", err
	}
	if err := cmd.Start(); err != nil {
		return "", fmt.Errorf("emulator: %w", err)
	}
	stop := func() {
		_ = stdin.Close()
		_ = cmd.Wait() // it was killed, which is no news
	}
	url = "http://127.0.0.1:" + port
	if err := ready(url); err != nil {
		stop()
		return "", fmt.Errorf("emulator: it does not answer: %w; it said: %s", err, output.String())
	}
	tb.Cleanup(stop)
	return url, nil
}

func freePort() (string, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", fmt.Errorf("emulator: finding a free port: %w", err)
	}
	defer func() { _ = l.Close() }()
	_, port, err := net.SplitHostPort(l.Addr().String())
	return port, err
}

// ready waits until the emulator answers.
func ready(url string) (err error) {
	for range 500 {
		var response *http.Response
		if response, err = http.Get(url); err == nil {
			_, _ = io.Copy(io.Discard, response.Body)
			return response.Body.Close()
		}
		time.Sleep(20 * time.Millisecond)
	}
	return err
}
