package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// account makes a command aws that knows a deployed twin: the outputs of its stack, and the function, which answers the
// event that it leaves in a file. It returns the path of that.
func account(t *testing.T, function, failure, answer string) string {
	t.Helper()
	dir := t.TempDir()
	script := `#!/bin/sh
case "$AWS_MAX_ATTEMPTS $*" in
"1 cloudformation describe-stacks --stack-name DigitalTwin-prod --output json"*)
	echo '{"Stacks":[{"StackName":"DigitalTwin-prod","Outputs":[{"OutputKey":"RotateFunction","OutputValue":"` + function + `"},
		{"OutputKey":"MapServerCredentials","OutputValue":"arn:aws:secretsmanager:eu-central-1:123456789012:secret:map"}]}]}' ;;
"1 lambda invoke --function-name twin-rotate --payload fileb://"*" --cli-read-timeout 360 "*)
	cp "${6#fileb://}" ` + dir + `/event
	echo '` + answer + `' >"$9"
	echo '{"StatusCode":200` + failure + `}' ;;
*)
	echo >&2 "An error occurred (ValidationError) when calling $*"
	exit 254 ;;
esac
`
	if err := os.WriteFile(filepath.Join(dir, "aws"), []byte(script), 0o700); err != nil {
		t.Fatal(err)
	}
	t.Setenv("PATH", dir+":/usr/bin:/bin")
	return filepath.Join(dir, "event")
}

// Ensure that an operator rotates the secret of a client by the name of environment and client alone, and reads what
// has become of it.
func TestRotateClient(t *testing.T) {
	for _, tc := range []struct{ args, event, answer, want string }{
		{"", `{"secret":"arn:aws:secretsmanager:eu-central-1:123456789012:secret:map","now":true}`,
			`{"client":"c","rotated":true,"since":"2026-11-29T06:00:00Z","oldEnds":"2026-12-06T06:00:00Z"}`,
			"rotated: map-server has a new secret in arn:aws:secretsmanager:eu-central-1:123456789012:secret:map\nThe old " +
				"secret ends at 2026-12-06T06:00:00Z. Until"},
		{" --leaked", `{"secret":"arn:aws:secretsmanager:eu-central-1:123456789012:secret:map","now":true,"leaked":true}`,
			`{"client":"c","rotated":true,"since":"2026-11-29T06:00:00Z"}`, "The old secret has ended.\n"},
		{"", "", `{"client":"c","rotated":false,"since":"2026-11-28T06:00:00Z","oldEnds":"2026-12-05T06:00:00Z"}`,
			"not rotated: the secret of map-server was rotated at 2026-11-28T06:00:00Z\nThe old secret ends at " +
				"2026-12-05T06:00:00Z."},
	} {
		left := account(t, "twin-rotate", "", tc.answer)
		status, stdout, stderr := twin(t, strings.Fields("clients rotate map-server --env prod"+tc.args)...)
		if status != exitOK || stderr != "" || !strings.Contains(stdout, tc.want) {
			t.Errorf("%s: %d %q %q, want %q", tc.args, status, stdout, stderr, tc.want)
		}
		if event, err := os.ReadFile(left); err != nil || tc.event != "" && string(event) != tc.event {
			t.Errorf("the event is %s, %v, want %s", event, err, tc.event)
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
		{"map-server --env prod", "twin-rotate", exitFailure,
			"twin clients rotate: rotate: client c: a rotation began at 06:00 and is under way\n"},
		{"map-server --env prod", "", exitFailure, "has no output RotateFunction: deploy this version of the core first"},
		{"map-server --env prod", "other", exitFailure, "call the function other: "},
		{"visitor --env prod", "twin-rotate", exitFailure,
			`the stack DigitalTwin-prod has no client "visitor": clients of cdk.json`},
		{"map-server --env dev", "twin-rotate", exitFailure, "read the outputs of the stack DigitalTwin-dev: "},
		{"map-server --stack Mine", "twin-rotate", exitFailure, "read the outputs of the stack Mine: "},
		{"map-server", "twin-rotate", exitUsage, "--env names the environment of the client"},
		{"--env prod", "twin-rotate", exitUsage, "name one client, such as machine"},
		{"a b --env prod", "twin-rotate", exitUsage, "name one client, such as machine"},
	} {
		account(t, tc.function, `,"FunctionError":"Unhandled"`,
			`{"errorMessage":"rotate: client c: a rotation began at 06:00 and is under way","errorType":"errorString"}`)
		if status, stdout, stderr := twin(t, append([]string{"clients", "rotate"},
			strings.Fields(tc.args)...)...); status != tc.status || stdout != "" || !strings.Contains(stderr, tc.want) {
			t.Errorf("%s: %d %q %q, want %q", tc.args, status, stdout, stderr, tc.want)
		}
	}
	t.Setenv("PATH", t.TempDir())
	if status, _, stderr := twin(t, "clients", "rotate", "machine", "--env", "prod"); status != exitFailure ||
		!strings.Contains(stderr, "there is no command aws: install the AWS CLI") {
		t.Errorf("%d %q", status, stderr)
	}
	if status, _, stderr := twin(t, "clients", "rotat"); status != exitUsage ||
		!strings.Contains(stderr, `unknown command "rotat". Did you mean rotate?`) {
		t.Errorf("%d %q", status, stderr)
	}
}
