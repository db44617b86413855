package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/railtwin/digitaltwin/internal/wiring"
)

func newClients(c console) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "clients COMMAND",
		Short: "rotates the secrets of a twin's clients on AWS",
		Long: `What an operator does for the machines that read a twin on AWS, by the AWS command
line (aws) and with its credentials.`,

		DisableFlagsInUseLine: true,
		Args:                  cobra.ArbitraryArgs,
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) > 0 {
				return unknownCommand(cmd, args[0])
			}
			fmt.Fprint(c.err, help(cmd))
			return usageError{}
		},
	}
	cmd.AddCommand(newRotate(c))
	return cmd
}

// rotate is what the arguments of one "twin clients rotate" ask for.
type rotate struct {
	client, environment, stack, region string
	leaked                             bool
}

func newRotate(c console) *cobra.Command {
	r := &rotate{}
	cmd := &cobra.Command{
		Use:   "rotate CLIENT --env ENVIRONMENT",
		Short: "replaces the secret of a client; the old one is good for the grace time",
		Long: `Replaces the secret of a client of an environment on AWS, such as machine. The new secret lies in AWS Secrets
Manager where the old one was, which is good for the grace time of the environment (secretGraceDays). Within that
time the command does nothing and says when the old secret ends. If it fails, the secret in place is good: run it
again. The role that runs it needs the policy of the output OperatorPolicy, and the AWS command line (aws) is needed.`,
		Example: `
  twin clients rotate machine --env prod
  AWS_PROFILE=operator twin clients rotate machine --env prod --leaked`,
		ValidArgsFunction: cobra.NoFileCompletions,
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) != 1 || args[0] == "" {
				return usagef("name one client, such as machine")
			}
			if r.client = args[0]; r.environment == "" && r.stack == "" {
				return usagef("--env names the environment of the client")
			}
			return r.run(cmd.Context(), c.out)
		},
	}
	cmd.Flags().StringVar(&r.environment, "env", "", "the `ENVIRONMENT` of cdk.json")
	cmd.Flags().StringVar(&r.stack, "stack", "", "the `STACK` that holds the twin (default DigitalTwin-ENVIRONMENT)")
	cmd.Flags().StringVar(&r.region, "region", "", "the AWS `REGION` (default that of the credentials)")
	cmd.Flags().BoolVar(&r.leaked, "leaked", false, "end the old secret at once, because somebody else has it")
	complete(cmd, "env")
	complete(cmd, "stack")
	complete(cmd, "region")
	return cmd
}

// answerTime is longer than the function may take.
const answerTime = 6 * time.Minute

func (r *rotate) run(ctx context.Context, out io.Writer) error {
	ctx, cancel := context.WithTimeout(ctx, answerTime)
	defer cancel()
	if r.stack == "" {
		r.stack = "DigitalTwin-" + r.environment
	}
	function, secret, err := r.find(ctx)
	if err != nil {
		return err
	}
	event, err := json.Marshal(wiring.RotateEvent{Rotation: wiring.Rotation{Secret: secret, Now: true, Leaked: r.leaked}})
	if err != nil {
		return err
	}
	var done wiring.Rotated
	if err := r.invoke(ctx, function, event, &done); err != nil {
		return err
	}
	r.tell(out, done, secret)
	return nil
}

// invoke calls a function with an event, and decodes its answer into a value.
func (r *rotate) invoke(ctx context.Context, function string, event []byte, value any) error {
	dir, err := os.MkdirTemp("", "twin")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	payload, answer := filepath.Join(dir, "event.json"), filepath.Join(dir, "answer.json")
	if err := os.WriteFile(payload, event, 0o600); err != nil {
		return err
	}
	var said struct{ FunctionError string }
	// The file is taken as it is by the versions 1 and 2 of the command.
	if err := r.aws(ctx, &said, "lambda", "invoke", "--function-name", function, "--payload", "fileb://"+payload,
		"--cli-read-timeout", strconv.Itoa(int(answerTime.Seconds())), answer); err != nil {
		return fmt.Errorf("call the function %s: %w", function, err)
	}
	text, err := os.ReadFile(answer)
	if err != nil {
		return err
	}
	if said.FunctionError != "" {
		var failure struct {
			Message string `json:"errorMessage"`
		}
		if json.Unmarshal(text, &failure) != nil || failure.Message == "" {
			failure.Message = "it failed: " + said.FunctionError
		}
		return errors.New(failure.Message)
	}
	if err := json.Unmarshal(text, value); err != nil {
		return fmt.Errorf("the answer of %s: %w", function, err)
	}
	return nil
}

// aws runs the AWS command line and decodes what it prints into a value. The SDK costs more than all the rest of this
// binary, and knows no more about the credentials.
func (r *rotate) aws(ctx context.Context, value any, args ...string) error {
	args = append(args, "--output", "json")
	if r.region != "" {
		args = append(args, "--region", r.region)
	}
	cmd := exec.CommandContext(ctx, "aws", args...)
	// A rotation may take a minute, and a second call would find the first under way.
	cmd.Env = append(os.Environ(), "AWS_MAX_ATTEMPTS=1", "AWS_PAGER=")
	var said bytes.Buffer
	cmd.Stderr = &said
	out, err := cmd.Output()
	switch why := strings.TrimSpace(said.String()); {
	case errors.Is(err, exec.ErrNotFound):
		return errors.New("there is no command aws: install the AWS CLI")
	case err != nil && why != "":
		return errors.New(why)
	case err != nil:
		return fmt.Errorf("aws: %w", err)
	}
	if err := json.Unmarshal(out, value); err != nil {
		return fmt.Errorf("aws: %w", err)
	}
	return nil
}

// find returns the name of the function that rotates, and the ARN of the client's secret, by the outputs of the stack.
func (r *rotate) find(ctx context.Context) (function, secret string, err error) {
	var answer struct {
		Stacks []struct {
			Outputs []struct{ OutputKey, OutputValue string }
		}
	}
	if err := r.aws(ctx, &answer, "cloudformation", "describe-stacks", "--stack-name", r.stack); err != nil {
		return "", "", fmt.Errorf("read the outputs of the stack %s: %w", r.stack, err)
	}
	for _, stack := range answer.Stacks {
		for _, o := range stack.Outputs {
			switch o.OutputKey {
			case wiring.OutputRotate:
				function = o.OutputValue
			case wiring.OutputCredentials(r.client):
				secret = o.OutputValue
			}
		}
	}
	switch {
	case function == "":
		return "", "", fmt.Errorf("the stack %s has no output %s: deploy this version of the core first",
			r.stack, wiring.OutputRotate)
	case secret == "":
		return "", "",
			fmt.Errorf("the stack %s has no client %q: clients of cdk.json names them, and machine is always there",
				r.stack, r.client)
	}
	return function, secret, nil
}

func (r *rotate) tell(out io.Writer, done wiring.Rotated, secret string) {
	stamp := func(t time.Time) string { return t.UTC().Format(time.RFC3339) }
	if done.Rotated {
		fmt.Fprintf(out, "rotated: %s has a new secret in %s\n", r.client, secret)
	} else {
		fmt.Fprintf(out, "not rotated: the secret of %s was rotated at %s\n", r.client, stamp(done.Since))
	}
	if done.OldEnds == nil {
		fmt.Fprintln(out, "The old secret has ended.")
	} else {
		fmt.Fprintf(out, "The old secret ends at %s. Until then both are good, and its users read the new one.\n",
			stamp(*done.OldEnds))
	}
	if !done.Rotated {
		fmt.Fprintln(out, "If the new one has leaked: --leaked")
	}
}
