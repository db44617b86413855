package main

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"testing"
)

// account is AWS with a deployed twin: AWS CloudFormation with the outputs, and AWS Lambda with the function.
func account(t *testing.T, function string, answer func(event string) (failure, body string)) {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			t.Error(err)
		}
		if r.URL.Path == "/" && strings.Contains(string(body), "StackName=DigitalTwin-prod") {
			output := func(k, v string) string {
				return "<member><OutputKey>" + k + "</OutputKey><OutputValue>" + v + "</OutputValue></member>"
			}
			fmt.Fprintf(w, `<DescribeStacksResponse><DescribeStacksResult><Stacks><member><StackName>DigitalTwin-prod</StackName><Outputs>%s</Outputs></member></Stacks></DescribeStacksResult></DescribeStacksResponse>`,
				output("RotateFunction", function)+output("MapServerCredentials", "arn:aws:secretsmanager:eu-central-1:123456789012:secret:map"))
			return
		}
		if r.URL.Path != "/2015-03-31/functions/twin-rotate/invocations" {
			w.WriteHeader(http.StatusBadRequest)
			fmt.Fprint(w, `<ErrorResponse><Error><Code>ValidationError</Code><Message>Stack does not exist</Message></Error></ErrorResponse>`)
			return
		}
		failure, said := answer(string(body))
		if failure != "" {
			w.Header().Set("X-Amz-Function-Error", failure)
		}
		fmt.Fprint(w, said)
	}))
	t.Cleanup(server.Close)
	for name, value := range map[string]string{
		"AWS_ENDPOINT_URL": server.URL, "AWS_ACCESS_KEY_ID": "a", "AWS_SECRET_ACCESS_KEY": "b", "AWS_REGION": "eu-central-1", "AWS_PROFILE": "", "AWS_SESSION_TOKEN": "",
		"AWS_CONFIG_FILE": filepath.Join(t.TempDir(), "none"), "AWS_SHARED_CREDENTIALS_FILE": filepath.Join(t.TempDir(), "none"), "AWS_MAX_ATTEMPTS": "1",
	} {
		t.Setenv(name, value)
	}
}

// Ensure that an operator rotates the secret of a client by the name of environment and client alone, and reads what has
// become of it.
func TestRotateClient(t *testing.T) {
	for _, tc := range []struct{ args, event, answer, want string }{
		{"", `{"secret":"arn:aws:secretsmanager:eu-central-1:123456789012:secret:map","now":true}`,
			`{"client":"c","rotated":true,"since":"2026-11-29T06:00:00Z","oldEnds":"2026-12-06T06:00:00Z"}`,
			"rotated: map-server has a new secret in arn:aws:secretsmanager:eu-central-1:123456789012:secret:map\nThe old secret ends at 2026-12-06T06:00:00Z. Until"},
		{" --leaked", `{"secret":"arn:aws:secretsmanager:eu-central-1:123456789012:secret:map","now":true,"leaked":true}`,
			`{"client":"c","rotated":true,"since":"2026-11-29T06:00:00Z"}`, "The old secret has ended.\n"},
		{"", "", `{"client":"c","rotated":false,"since":"2026-11-28T06:00:00Z","oldEnds":"2026-12-05T06:00:00Z"}`,
			"not rotated: the secret of map-server was rotated at 2026-11-28T06:00:00Z\nThe old secret ends at 2026-12-05T06:00:00Z."},
	} {
		account(t, "twin-rotate", func(event string) (string, string) {
			if tc.event != "" && event != tc.event {
				t.Errorf("the event is %s, want %s", event, tc.event)
			}
			return "", tc.answer
		})
		status, stdout, stderr := twin(t, strings.Fields("clients rotate map-server --env prod"+tc.args)...)
		if status != exitOK || stderr != "" || !strings.Contains(stdout, tc.want) {
			t.Errorf("%s: %d %q %q, want %q", tc.args, status, stdout, stderr, tc.want)
		}
	}
}

// Ensure that what stands in the way of a rotation is said, with what to do.
func TestRotateClientFails(t *testing.T) {
	for _, tc := range []struct {
		args, function string
		status         int
		want           string
	}{
		{"map-server --env prod", "twin-rotate", exitFailure, "twin clients rotate: rotate: client c: a rotation began at 06:00 and is under way\n"},
		{"map-server --env prod", "", exitFailure, "has no output RotateFunction: deploy this version of the core first"},
		{"map-server --env prod", "other", exitFailure, "call the function other: "},
		{"visitor --env prod", "twin-rotate", exitFailure, `the stack DigitalTwin-prod has no client "visitor": clients of cdk.json`},
		{"map-server --env dev", "twin-rotate", exitFailure, "read the outputs of the stack DigitalTwin-dev: "},
		{"map-server --stack Mine", "twin-rotate", exitFailure, "read the outputs of the stack Mine: "},
		{"map-server", "twin-rotate", exitUsage, "--env names the environment of the client"},
		{"--env prod", "twin-rotate", exitUsage, "name one client, such as machine"},
		{"a b --env prod", "twin-rotate", exitUsage, "name one client, such as machine"},
	} {
		account(t, tc.function, func(string) (string, string) {
			return "Unhandled", `{"errorMessage":"rotate: client c: a rotation began at 06:00 and is under way","errorType":"errorString"}`
		})
		if status, stdout, stderr := twin(t, append([]string{"clients", "rotate"}, strings.Fields(tc.args)...)...); status != tc.status || stdout != "" || !strings.Contains(stderr, tc.want) {
			t.Errorf("%s: %d %q %q, want %q", tc.args, status, stdout, stderr, tc.want)
		}
	}
	t.Setenv("AWS_REGION", "")
	if status, _, stderr := twin(t, "clients", "rotate", "machine", "--env", "prod"); status != exitUsage || !strings.Contains(stderr, "pass --region, or set AWS_REGION") {
		t.Errorf("%d %q", status, stderr)
	}
	if status, _, stderr := twin(t, "clients", "rotat"); status != exitUsage || !strings.Contains(stderr, `unknown command "rotat". Did you mean rotate?`) {
		t.Errorf("%d %q", status, stderr)
	}
}
