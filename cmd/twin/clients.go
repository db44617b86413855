package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/service/cloudformation"
	"github.com/aws/aws-sdk-go-v2/service/lambda"
	"github.com/spf13/cobra"

	"github.com/railtwin/digitaltwin/internal/wiring"
)

func newClients(c console) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "clients COMMAND",
		Short: "rotates the secrets of a twin's clients on AWS",
		Long: `What an operator does for the machines that read a twin on AWS, with the credentials that the AWS command
line would take.`,

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
again. The role that runs it needs the policy of the output OperatorPolicy.`,
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
	account, err := config.LoadDefaultConfig(ctx, config.WithRegion(r.region))
	if err != nil {
		return err
	}
	if account.Region == "" {
		return usagef("no AWS region is set: pass --region, or set AWS_REGION")
	}
	if r.stack == "" {
		r.stack = "DigitalTwin-" + r.environment
	}
	function, secret, err := r.find(ctx, cloudformation.NewFromConfig(account))
	if err != nil {
		return err
	}
	event, err := json.Marshal(wiring.RotateEvent{Rotation: wiring.Rotation{Secret: secret, Now: true, Leaked: r.leaked}})
	if err != nil {
		return err
	}
	// The answer may take a minute, and a second call would find the first under way.
	client := lambda.NewFromConfig(account, func(o *lambda.Options) { o.Retryer = aws.NopRetryer{} })
	answer, err := client.Invoke(ctx, &lambda.InvokeInput{FunctionName: &function, Payload: event})
	if err != nil {
		return fmt.Errorf("call the function %s: %w", function, err)
	}
	if answer.FunctionError != nil {
		var failure struct {
			Message string `json:"errorMessage"`
		}
		if json.Unmarshal(answer.Payload, &failure) != nil || failure.Message == "" {
			failure.Message = "it failed: " + *answer.FunctionError
		}
		return errors.New(failure.Message)
	}
	var done wiring.Rotated
	if err := json.Unmarshal(answer.Payload, &done); err != nil {
		return fmt.Errorf("the answer of %s: %w", function, err)
	}
	r.tell(out, done, secret)
	return nil
}

// find returns the name of the function that rotates, and the ARN of the client's secret, by the outputs of the stack.
func (r *rotate) find(ctx context.Context, client *cloudformation.Client) (function, secret string, err error) {
	answer, err := client.DescribeStacks(ctx, &cloudformation.DescribeStacksInput{StackName: &r.stack})
	if err != nil {
		return "", "", fmt.Errorf("read the outputs of the stack %s: %w", r.stack, err)
	}
	for _, stack := range answer.Stacks {
		for _, o := range stack.Outputs {
			switch aws.ToString(o.OutputKey) {
			case wiring.OutputRotate:
				function = aws.ToString(o.OutputValue)
			case wiring.OutputCredentials(r.client):
				secret = aws.ToString(o.OutputValue)
			}
		}
	}
	switch {
	case function == "":
		return "", "", fmt.Errorf("the stack %s has no output %s: deploy this version of the core first",
			r.stack, wiring.OutputRotate)
	case secret == "":
		return "", "", fmt.Errorf("the stack %s has no client %q: clients of cdk.json names them, and machine is always there",
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
